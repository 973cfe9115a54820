#include "reeve/payment/v1/bank_deposit_service.pb.h"
#include "services/reevectl/commands/holding.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = payment::v1;

std::string CheckText(const pb::DepositCheck& check) {
  return "check " + check.check_number() + " of receipt " + check.payment_id();
}

void ShowDue(Screen& screen, const pb::DepositDue& due) {
  screen.Line("In vault " + std::to_string(due.vault_id()) + ", to be at the bank by " +
              due.due_date());
  screen.Amount("cash", due.cash_cents(), 2);
  for (const pb::DepositCheck& check : due.checks()) {
    screen.Amount(CheckText(check), check.amount_cents(), 2);
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
             {"--check", "checks", "A check, e.g. payment=1-1-2,tender_no=1"}},
            As(ShowDeposit)},
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
