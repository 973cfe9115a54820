#include "reeve/payment/v1/bank_deposit_service.pb.h"
#include "services/reevectl/commands/holding.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = payment::v1;

std::string CheckText(const pb::DepositCheck& check) {
  return "check " + check.check_number() + " of receipt " + check.payment_id();
}

std::string ChecksText(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " check" : " checks");
}

void ShowFundShort(Screen& screen, std::int64_t cents) {
  if (cents > 0) screen.Amount("missing from the change fund", cents, 2);
}

void ShowDifference(Screen& screen, const pb::CheckDifference& difference) {
  screen.Line("Counted " + ChecksText(difference.counted_count()) + ", " +
              Dollars(difference.counted_cents()) + "; found " +
              ChecksText(difference.found_count()) + ", " + Dollars(difference.found_cents()));
  screen.Pair("reason", difference.reason(), 2);
  screen.Pair("accepted",
              screen.Time(difference.accepted_time_micros()) + " by " +
                  screen.Person(difference.accepted_by()),
              2);
}

void ShowDue(Screen& screen, const pb::DepositDue& due) {
  const std::string vault = "In vault " + std::to_string(due.vault_id()) + ", ";
  screen.Line(due.due_date().empty() ? vault + "nothing waits for the bank"
                                     : vault + "to be at the bank by " + due.due_date());
  screen.Amount("cash", due.cash_cents(), 2);
  ShowFundShort(screen, due.fund_short_cents());
  std::int64_t recorded = 0;
  for (const pb::DepositCheck& check : due.checks()) {
    screen.Amount(CheckText(check), check.amount_cents(), 2);
    recorded += check.amount_cents();
  }
  for (const pb::CheckDifference& difference : due.differences()) {
    ShowDifference(screen, difference);
  }
  if (due.checks().empty() && due.check_count() == 0) return;
  screen.Amount("to be listed: " + ChecksText(due.check_count()), due.check_cents(), 2);
  if (recorded != due.check_cents() || due.checks_size() != due.check_count()) {
    screen.Line("The drawers recorded " + ChecksText(due.checks_size()) + ", " + Dollars(recorded) +
                ": list those in hand; if they are not what was counted,");
    screen.Line("a second person says so with bank-deposit accept-difference.");
  }
}

void ShowDeposit(Screen& screen, const pb::BankDeposit& deposit) {
  screen.Rule();
  screen.Line("BANK DEPOSIT " + std::to_string(deposit.deposit_id()) + "   bag " +
              deposit.bag_number() + "   " + Word(deposit.state()));
  screen.Amount("cash  " + CashText(deposit.cash()), deposit.cash_cents(), 2);
  for (const pb::DepositCheck& check : deposit.checks()) {
    screen.Amount(CheckText(check), check.amount_cents(), 2);
  }
  screen.Amount("Total", deposit.cash_cents() + deposit.check_cents());
  ShowFundShort(screen, deposit.fund_short_cents());
  for (const pb::CheckDifference& difference : deposit.differences()) {
    ShowDifference(screen, difference);
  }
  screen.Pair("due at the bank", deposit.due_date() + ", oldest money of " + deposit.oldest_date());
  screen.Pair("prepared", screen.Time(deposit.prepared_time_micros()) + " by " +
                              screen.Person(deposit.prepared_by()));
  if (deposit.carried_by() != 0) {
    screen.Pair("carried", screen.Time(deposit.carried_time_micros()) + " by " +
                               screen.Person(deposit.carried_by()));
  }
  screen.Rule();
}

}  // namespace

Noun BankDeposits() {
  const Option vault{"--vault", "vault_id", "Number of the vault", kRequired};
  const Option deposit{"--deposit", "deposit_id", "Number of the deposit", kRequired};
  return {"bank-deposit",
          "From the vault to the bank.",
          {{"due",
            "What waits in the vault, and until when.",
            "reeve.payment.v1.BankDepositService/GetDepositDue",
            {vault},
            As(ShowDue)},
           {"prepare",
            "Prepares a deposit; whoever took money in it may not.",
            "reeve.payment.v1.BankDepositService/PrepareBankDeposit",
            {vault,
             {"--bag", "bag_number", "Number of the sealed bag", kRequired},
             {"--cash", "cash", "Count by denomination, e.g. 20x3+5x1"},
             {"--check", "checks", "A check in hand, e.g. payment_id=1-1-2,tender_no=1"}},
            As(ShowDeposit)},
           {"accept-difference",
            "Says what the checks in the vault are, where the drawers counted something else.",
            "reeve.payment.v1.BankDepositService/AcceptCheckDifference",
            {vault,
             {"--checks", "check_count", "How many are there"},
             {"--checks-total", "check_cents", "Their total"},
             {"--reason", "reason", "Why they differ", kRequired}},
            As(ShowDifference)},
           {"carry",
            "Hands the bag to the bank.",
            "reeve.payment.v1.BankDepositService/CarryBankDeposit",
            {vault, deposit},
            As(ShowDeposit)},
           {"show",
            "One deposit.",
            "reeve.payment.v1.BankDepositService/GetBankDeposit",
            {vault, deposit},
            As(ShowDeposit)}}};
}

}  // namespace reeve::reevectl
