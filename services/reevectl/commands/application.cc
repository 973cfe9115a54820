#include "reeve/account/v1/application_service.pb.h"
#include "reeve/account/v1/history_service.pb.h"
#include "services/reevectl/commands/noun.h"
#include "services/reevectl/screen/caller.h"

namespace reeve::reevectl {
namespace {

namespace pb = account::v1;

void ShowHistory(Screen& screen, const pb::PaymentHistory& history) {
  screen.Line("Payment history of customer " + std::to_string(history.customer_id()));
  if (history.records().empty()) screen.Line("    none here");
  for (const pb::PaymentRecord& record : history.records()) {
    screen.Pair("account " + std::to_string(record.account_id()),
                "since " + record.open_date() +
                    (record.close_date().empty() ? "" : " to " + record.close_date()) + ", owes " +
                    Dollars(record.owed_cents()) + ", " + std::to_string(record.late_payments()) +
                    " late of " + std::to_string(record.payments_size()) + " payments",
                4);
  }
  if (!history.timely_from_date().empty()) {
    screen.Pair("timely", history.timely_from_date() + " to " + history.timely_to_date(), 4);
  }
  screen.Amount("prior debt", history.owed_cents(), 4);
}

void ShowDecision(Screen& screen, const pb::Decision& decision) {
  screen.Line("Deposit and fees, decided by " + CallerName(screen, decision.decided_by()));
  for (const pb::DecisionLine& line : decision.lines()) {
    screen.Amount((line.service().empty() ? "" : line.service() + ", ") + line.code() + ": " +
                      Word(line.outcome()),
                  line.amount_cents(), 2);
    screen.Paragraph(line.reason(), 6);
  }
  screen.Amount("To pay now", decision.total_cents());
}

void ShowHead(Screen& screen, const pb::Application& application) {
  screen.Line("Application " + std::to_string(application.application_id()) + ", " +
              Word(application.customer_type()) + ": " + Word(application.state()) + "   premise " +
              std::to_string(application.premise_id()) + ", wanted " + application.wanted_date());
}

// What has come and what has not: enough after each paper that is put on file.
void ShowPapers(Screen& screen, const pb::Application& application) {
  ShowHead(screen, application);
  for (const pb::Document& document : application.documents()) {
    screen.Pair("brought", document.kind() + " " + document.reference(), 2);
  }
  for (const pb::Reference& reference : application.references()) {
    screen.Pair(Word(reference.kind()),
                reference.issuer() + ", " + reference.from_date() + " to " + reference.to_date(),
                2);
  }
  for (const pb::ChecklistLine& line : application.missing()) {
    screen.Pair("still missing", line.document() + ": " + line.description(), 2);
  }
}

void ShowAccount(Screen& screen, const pb::Application& application) {
  if (!application.has_account()) return;
  screen.Pair("account",
              std::to_string(application.account().account_id()) +
                  (application.charges_paid() ? ", charges paid" : ""),
              2);
}

void ShowApplication(Screen& screen, const pb::Application& application) {
  ShowPapers(screen, application);
  if (application.has_payment_history()) ShowHistory(screen, application.payment_history());
  if (application.has_decision()) ShowDecision(screen, application.decision());
  ShowAccount(screen, application);
}

void ShowDecided(Screen& screen, const pb::Application& application) {
  ShowHead(screen, application);
  ShowDecision(screen, application.decision());
}

void ShowAccepted(Screen& screen, const pb::Application& application) {
  ShowHead(screen, application);
  ShowAccount(screen, application);
}

}  // namespace

Noun Applications() {
  const Option application{"--application", "application_id", "The application", kRequired};
  return {
      "application",
      "Applications for service, from the first document to the account.",
      {{"start",
        "Starts an application. Services: --service service=electric,monthly=80",
        "reeve.account.v1.ApplicationService/StartApplication",
        {{"--customer", "customer_id", "The customer", kRequired},
         {"--premise", "premise_id", "The premise", kRequired},
         {"--type", "customer_type", "owner, tenant, landlord, business or builder", kRequired},
         {"--service", "services", "A service that is wanted", kRequired},
         {"--wanted", "wanted_date", "First day of service", kRequired}},
        As(ShowApplication)},
       {"document",
        "Puts a document on file.",
        "reeve.account.v1.ApplicationService/RecordDocument",
        {application,
         {"--document", "document", "kind=GOVERNMENT-ID,reference=...,document_date=2024-05-01",
          kRequired}},
        As(ShowPapers)},
       {"reference",
        "Puts another utility's letter on file.",
        "reeve.account.v1.ApplicationService/RecordReference",
        {application,
         {"--reference", "reference",
          "kind=payment-history,issuer=...,from_date=2024-01-01,to_date=2026-01-01", kRequired}},
        As(ShowPapers)},
       {"decide",
        "Decides deposit and fees by the rules, with reasons.",
        "reeve.account.v1.ApplicationService/DecideDeposit",
        {application},
        As(ShowDecided)},
       {"accept",
        "Opens the account and charges what was decided.",
        "reeve.account.v1.ApplicationService/AcceptApplication",
        {application, {"--digest", "decision_digest", "Of the decision that was read", kRequired}},
        As(ShowAccepted)},
       {"withdraw",
        "Ends it.",
        "reeve.account.v1.ApplicationService/WithdrawApplication",
        {application},
        As(ShowApplication)},
       {"show",
        "One application.",
        "reeve.account.v1.ApplicationService/GetApplication",
        {application},
        As(ShowApplication)},
       {"list",
        "The applications of a customer.",
        "reeve.account.v1.ApplicationService/ListApplications",
        {{"--customer", "customer_id", "The customer"}},
        {}},
       {"history",
        "Payment history and prior debt of a customer.",
        "reeve.account.v1.HistoryService/GetPaymentHistory",
        {{"--customer", "customer_id", "The customer", kRequired}},
        As(ShowHistory)}}};
}

}  // namespace reeve::reevectl
