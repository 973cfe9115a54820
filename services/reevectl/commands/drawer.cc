#include "reeve/payment/v1/drawer_service.pb.h"
#include "services/reevectl/commands/holding.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = payment::v1;

void ShowSession(Screen& screen, const pb::DrawerSession& session) {
  screen.Line("Drawer " + std::to_string(session.drawer_id()) + ", session " +
              std::to_string(session.session_no()) + ": " + Word(session.state()) + "   opened " +
              session.business_date() + " by " + session.cashier_name());
  if (session.receipt_count() > 0) {
    screen.Pair("receipts", "1 to " + std::to_string(session.receipt_count()));
  }
  if (session.has_counted()) ShowHolding(screen, "counted", session.counted());
  for (const pb::TenderBalance& balance : session.balances()) {
    const std::int64_t difference = balance.over_short_cents();
    const std::string verdict = difference == 0  ? "even"
                                : difference > 0 ? Dollars(difference) + " over"
                                                 : Dollars(-difference) + " short";
    screen.Pair(Word(balance.kind()),
                "counted " + Dollars(balance.counted_cents()) + ", expected " +
                    Dollars(balance.expected_cents()) + ": " + verdict,
                2);
  }
  if (!session.over_short_reason().empty()) screen.Pair("reason", session.over_short_reason(), 2);
}

void ShowDrawer(Screen& screen, const pb::Drawer& drawer) {
  screen.Pair("drawer " + std::to_string(drawer.drawer_id()), drawer.name());
  if (drawer.has_latest_session()) ShowSession(screen, drawer.latest_session());
}

}  // namespace

Noun Drawers() {
  const Option drawer{"--drawer", "drawer_id", "Number of the drawer", kRequired};
  return {"drawer",
          "A cashier's drawer, from opening to closing.",
          {{"create",
            "Sets up a drawer.",
            "reeve.payment.v1.DrawerService/CreateDrawer",
            {drawer, {"--name", "name", "What people call it", kRequired}},
            As(ShowDrawer)},
           {"open",
            "Opens a session for whoever is signed in.",
            "reeve.payment.v1.DrawerService/OpenDrawer",
            {drawer},
            As(ShowSession)},
           {"count", "Hands in the blind count; what is expected shows only afterwards.",
            "reeve.payment.v1.DrawerService/SubmitCount", CountOptions({drawer}, "counted"),
            As(ShowSession)},
           {"close",
            "Closes the counted session.",
            "reeve.payment.v1.DrawerService/CloseDrawer",
            {drawer, {"--reason", "over_short_reason", "Why it is over or short"}},
            As(ShowSession)},
           {"show",
            "The drawer and its latest session.",
            "reeve.payment.v1.DrawerService/GetDrawer",
            {drawer},
            As(ShowDrawer)},
           {"session",
            "One session of the drawer.",
            "reeve.payment.v1.DrawerService/GetDrawerSession",
            {drawer, {"--session", "session_no", "Number of the session", kRequired}},
            As(ShowSession)}}};
}

}  // namespace reeve::reevectl
