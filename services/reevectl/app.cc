#include "services/reevectl/app.h"

#include <optional>
#include <ostream>

#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

void AddDeskOptions(CLI::App& app, DeskSettings& settings) {
  app.add_option("--home", settings.home, "Folder of the desk: sessions, last answer")
      ->envname("REEVE_HOME")
      ->capture_default_str();
  app.add_option("--anchors", settings.anchors,
                 "Folder of the signed heads of the audit chains; the desk's if not given")
      ->envname("REEVE_ANCHORS");
  app.add_option("--anchor-key", settings.anchor_key,
                 "File of the key that signs them; anchor.key of the desk if not given")
      ->envname("REEVE_ANCHOR_KEY");
  app.add_option("--host", settings.address.host, "Where the suite listens")
      ->envname("REEVE_HOST")
      ->capture_default_str();
  app.add_option("--port-base", settings.address.port_base,
                 "identity listens at this + 1, account + 2, billing + 3, payment + 4, "
                 "work_order + 5, case311 + 6")
      ->envname("REEVE_PORT_BASE")
      ->capture_default_str();
  app.add_option("--as", settings.person, "Login that sends the call; else whoever signed in last");
  app.add_option("--request-id", settings.request_id,
                 "Key of the effect, to send a command once more; else a new one");
  app.add_option("--output", settings.output, "text or json")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Output>{{"text", Output::kText}, {"json", Output::kJson}}));
}

void AddCommands(CLI::App& app, Session& session) {
  for (const Noun& noun :
       {Accounts(),  Adjustments(), Applications(), BankDeposits(), Bills(),         Collections(),
        Customers(), Cycles(),      Drawers(),      FieldWork(),    GuardPolicies(), Interactions(),
        LateFees(),  Ledger(),      Meters(),       Orders(),       Payments(),      Premises(),
        Rebills(),   Transfers(),   Vaults(),       Winters()}) {
    AddNoun(app, session, noun);
  }
  AddCaseImport(AddNoun(app, session, Cases()), session);
  AddPrintFiles(AddNoun(app, session, Prints()), session);
  CLI::App& rates = AddNoun(app, session, Rates());
  AddRateLoad(rates, session);
  AddRatePreview(rates, session);
  AddRatePrice(rates, session);
  AddIntervalImport(AddNoun(app, session, Intervals()), session);
  AddReadImport(AddNoun(app, session, Reads()), session);
  AddParcelLoad(AddNoun(app, session, Parcels()), session);
  AddShadowRuns(AddNoun(app, session, Shadows()), session);
  AddSignIn(app, session);
  AddCall(app, session);
  AddWatch(app, session);
  AddVerify(app, session);
  AddHealth(app, session);
  AddDemo(app, session);
}

}  // namespace

int RunApp(int argc, const char* const* argv, const Clock& machine_clock, Random& random,
           const TimeZone& zone, std::ostream& out, std::ostream& remarks) {
  CLI::App app{"The command line of Reeve, for staff, operators and scripts.", "reevectl"};
  app.require_subcommand(1);
  app.fallthrough(false);
  DeskSettings settings;
  AddDeskOptions(app, settings);
  std::optional<Desk> desk;
  Session session{[&]() -> Desk& {
    if (!desk) desk.emplace(settings, machine_clock, random, zone, out, remarks);
    return *desk;
  }};
  AddCommands(app, session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, remarks) == 0 ? kDone : kUsage;
  }
  return session.code;
}

}  // namespace reeve::reevectl
