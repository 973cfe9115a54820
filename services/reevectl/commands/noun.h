// Noun and Verb: a command as data. Every file of this folder describes one noun of the counter.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "services/reevectl/desk/desk.h"

namespace reeve::reevectl {

// One option of a verb, bound to a field of its request (see form/form.h for how text is read).
struct Option {
  std::string flag;  // "--account"; without dashes it is positional
  std::string path;  // "account_id"; a repeated field takes any number of values
  std::string help;
  bool required = false;
};
inline constexpr bool kRequired = true;

struct Verb {
  std::string name;
  std::string help;
  std::string method;  // "reeve.payment.v1.DrawerService/OpenDrawer"
  std::vector<Option> options;
  // How people see the answer; none shows every field.
  std::function<void(Screen&, const Message&)> show;
  bool speaks = false;  // its screen knows all languages: it takes --language
};
inline constexpr bool kSpeaks = true;

struct Noun {
  std::string name;
  std::string help;
  std::vector<Verb> verbs;
};

// A `show` for the generated type of the answer.
template <class Answer>
std::function<void(Screen&, const Message&)> As(void (*show)(Screen&, const Answer&)) {
  return [show](Screen& screen, const Message& answer) {
    show(screen, dynamic_cast<const Answer&>(answer));
  };
}

// What a command answers to the shell.
enum ExitCode { kDone = 0, kRefused = 1, kUsage = 2 };

// The desk exists once the command line is read; `code` is the command's outcome.
struct Session {
  std::function<Desk&()> desk;
  int code = kDone;
};

// Prints an answer or the refusal, and sets the exit code.
template <class Answer>
void Finish(Session& session, const Result<Answer>& answer,
            const std::function<void(Screen&, const Message&)>& show) {
  Desk& desk = session.desk();
  if (answer.ok()) return desk.Print(*answer, show);
  desk.screen().Refusal(answer.error());
  session.code = kRefused;
}

CLI::App& AddNoun(CLI::App& app, Session& session, const Noun& noun);

// The nouns that are plain calls, each in its own file.
Noun Accounts();
Noun Adjustments();
Noun Applications();
Noun BankDeposits();
Noun Bills();
Noun Cases();
Noun Collections();
Noun Customers();
Noun Cycles();
Noun Drawers();
Noun FieldWork();
Noun GuardPolicies();
Noun Interactions();
Noun Intervals();
Noun LateFees();
Noun Ledger();
Noun Meters();
Noun Orders();
Noun Parcels();
Noun Payments();
Noun Premises();
Noun Prints();
Noun Rates();
Noun Reads();
Noun Rebills();
Noun Shadows();
Noun Transfers();
Noun Vaults();
Noun Winters();

// Commands that are more than a call.
void AddSignIn(CLI::App& app, Session& session);                // sign-in, sign-out, whoami
void AddCaseImport(CLI::App& cases, Session& session);          // case import
void AddPrintFiles(CLI::App& prints, Session& session);         // print write, print check
void AddRateLoad(CLI::App& rates, Session& session);            // rate load
void AddRatePreview(CLI::App& rates, Session& session);         // rate preview
void AddRatePrice(CLI::App& rates, Session& session);           // rate price
void AddIntervalImport(CLI::App& intervals, Session& session);  // interval import
void AddParcelLoad(CLI::App& parcels, Session& session);        // parcel load
void AddReadImport(CLI::App& reads, Session& session);          // read import
void AddShadowRuns(CLI::App& shadows, Session& session);        // shadow load, compare
void AddCall(CLI::App& app, Session& session);                  // call, load, last
void AddHealth(CLI::App& app, Session& session);                // health
void AddDemo(CLI::App& app, Session& session);                  // demo clock
void AddVerify(CLI::App& app, Session& session);                // verify
void AddWatch(CLI::App& app, Session& session);                 // watch

}  // namespace reeve::reevectl
