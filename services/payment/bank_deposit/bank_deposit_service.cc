#include "services/payment/bank_deposit/bank_deposit_service.h"

#include <algorithm>

#include "services/payment/bank_deposit/bank_deposit_store.h"
#include "services/payment/drawer/drawer_store.h"
#include "services/payment/journal/journal_store.h"
#include "services/payment/vault/vault_store.h"
#include "services/payment/wire.h"

namespace reeve::payment {
namespace {

constexpr std::size_t kReasonMax = 500;
constexpr std::size_t kBagNumberMin = 4;
constexpr std::size_t kBagNumberMax = 20;
constexpr int kChecksMax = 4'000;  // of one deposit: a transaction holds at most 5,000 rows

struct PrepareBankDepositCommand {
  static constexpr std::string_view kMethod =
      "reeve.payment.v1.BankDepositService/PrepareBankDeposit";
  std::string request_id;
  DrawerId vault;
  std::string bag_number;
  Cash cash;
  std::vector<CheckItem> checks;
  std::int64_t home() const { return vault.value(); }
  Canonical canonical() const {
    Canonical form("PrepareBankDeposit", 1);
    form.Add("vault", vault.value()).Add("bag", bag_number).Add("cash", cash.ToString());
    form.List("checks", checks.size());
    for (const CheckItem& check : checks) {
      form.Add("payment", check.payment.ToString()).Add("tender", check.tender_no);
    }
    return form;
  }
};

struct AcceptCheckDifferenceCommand {
  static constexpr std::string_view kMethod =
      "reeve.payment.v1.BankDepositService/AcceptCheckDifference";
  std::string request_id;
  DrawerId vault;
  std::int64_t count = 0;
  Money checks;
  std::string reason;
  std::int64_t home() const { return vault.value(); }
  Canonical canonical() const {
    return Canonical("AcceptCheckDifference", 1)
        .Add("vault", vault.value())
        .Add("count", count)
        .Add("checks", checks.cents())
        .Add("reason", reason);
  }
};

struct CarryBankDepositCommand {
  static constexpr std::string_view kMethod =
      "reeve.payment.v1.BankDepositService/CarryBankDeposit";
  std::string request_id;
  DrawerId vault;
  std::int64_t deposit = 0;
  std::int64_t home() const { return vault.value(); }
  Canonical canonical() const {
    return Canonical("CarryBankDeposit", 1).Add("vault", vault.value()).Add("deposit", deposit);
  }
};

bool IsBagNumber(std::string_view text) {
  return text.size() >= kBagNumberMin && text.size() <= kBagNumberMax &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
         });
}

Result<PrepareBankDepositCommand> Parse(const v1::PrepareBankDepositRequest& request) {
  Fields fields;
  PrepareBankDepositCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.vault = DrawerId(fields.Id("vault_id", request.vault_id()));
  command.bag_number = request.bag_number();
  if (!IsBagNumber(command.bag_number)) {
    fields.Refuse("bag_number", "has 4 to 20 of the characters A-Z, 0-9 and -");
  }
  command.cash = ParseCash(fields, "cash", request.cash());
  if (request.checks_size() > kChecksMax) fields.Refuse("checks", "are more than 4000");
  for (int i = 0; i < std::min(request.checks_size(), kChecksMax); ++i) {
    const std::string at = "checks[" + std::to_string(i) + "].";
    const auto payment = PaymentId::Parse(request.checks(i).payment_id());
    if (!payment) fields.Refuse(at + "payment_id", "is no payment's");
    command.checks.push_back(
        {payment.value_or(PaymentId()),
         fields.Range(at + "tender_no", request.checks(i).tender_no(), 1, 10)});
  }
  std::ranges::sort(command.checks);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<AcceptCheckDifferenceCommand> Parse(const v1::AcceptCheckDifferenceRequest& request) {
  Fields fields;
  AcceptCheckDifferenceCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.vault = DrawerId(fields.Id("vault_id", request.vault_id()));
  ParsePapers(fields, "check", request.check_count(), request.check_cents());
  command.count = request.check_count();
  command.checks = Money::Cents(request.check_cents());
  command.reason = fields.Text("reason", request.reason(), 1, kReasonMax);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<CarryBankDepositCommand> Parse(const v1::CarryBankDepositRequest& request) {
  Fields fields;
  CarryBankDepositCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.vault = DrawerId(fields.Id("vault_id", request.vault_id()));
  command.deposit = fields.Id("deposit_id", request.deposit_id());
  if (!fields.ok()) return fields.error();
  return command;
}

v1::DepositCheck ToWire(const VaultCheck& check) {
  v1::DepositCheck wire;
  wire.set_payment_id(check.payment.ToString());
  wire.set_tender_no(check.tender_no);
  wire.set_check_number(check.check_number);
  wire.set_bank_last4(check.bank_last4);
  wire.set_amount_cents(check.amount.cents());
  return wire;
}

v1::CheckDifference ToWire(const CheckDifference& difference) {
  v1::CheckDifference wire;
  wire.set_vault_id(difference.vault.value());
  wire.set_difference_id(difference.id);
  wire.set_counted_count(difference.counted_count);
  wire.set_counted_cents(difference.counted.cents());
  wire.set_found_count(difference.found_count);
  wire.set_found_cents(difference.found.cents());
  wire.set_reason(difference.reason);
  wire.set_accepted_by(difference.accepted_by.value());
  wire.set_accepted_time_micros(difference.accepted_time.micros());
  return wire;
}

v1::DepositDue ToWire(DrawerId vault, const Due& due) {
  v1::DepositDue wire;
  wire.set_vault_id(vault.value());
  wire.set_cash_cents(due.Cash().cents());
  for (const VaultCheck& check : due.checks) *wire.add_checks() = ToWire(check);
  wire.set_fund_short_cents(due.FundShort().cents());
  for (const CheckDifference& difference : due.differences) {
    *wire.add_differences() = ToWire(difference);
  }
  wire.set_check_count(due.CheckCount());
  wire.set_check_cents(due.Checks().cents());
  if (!due.takings.empty()) {
    wire.set_oldest_date(due.Oldest().ToString());
    wire.set_due_date(DepositDueDate(due.Oldest()).ToString());
  }
  return wire;
}

v1::BankDeposit ToWire(const BankDeposit& deposit) {
  v1::BankDeposit wire;
  wire.set_vault_id(deposit.vault.value());
  wire.set_deposit_id(deposit.id);
  wire.set_state(ToWire<v1::BankDepositState>(deposit.state));
  wire.set_bag_number(deposit.bag_number);
  ToWire(deposit.cash, wire.mutable_cash());
  wire.set_cash_cents(deposit.cash.Total().cents());
  for (const VaultCheck& check : deposit.checks) *wire.add_checks() = ToWire(check);
  wire.set_check_cents(deposit.Checks().cents());
  wire.set_fund_short_cents(deposit.Covers().FundShort().cents());
  for (const CheckDifference& difference : deposit.differences) {
    *wire.add_differences() = ToWire(difference);
  }
  wire.set_oldest_date(deposit.oldest_date.ToString());
  wire.set_due_date(deposit.due_date.ToString());
  wire.set_prepared_by(deposit.prepared_by.value());
  wire.set_prepared_time_micros(deposit.prepared_time.micros());
  wire.set_carried_by(deposit.carried_by.value());
  wire.set_carried_time_micros(deposit.carried_time.micros());
  return wire;
}

void Audit(command::Change& change, const BankDeposit& deposit, std::string action,
           std::string before) {
  change.Audit({"bank-deposit", deposit.vault.ToString() + "-" + std::to_string(deposit.id),
                std::move(action), std::move(before), Describe(deposit)});
}

Result<v1::BankDeposit> PrepareDeposit(command::Change& change,
                                       const PrepareBankDepositCommand& command, Random& random,
                                       Meters& meters) {
  db::Transaction& tx = change.tx();
  const Call& call = change.call();
  std::optional<Vault> vault = LockVault(tx, command.vault);
  if (!vault) return NotFound(reason::kVaultUnknown, "There is no vault of this number.");
  const Vault before = *vault;
  const Due due = FindDue(tx, command.vault);
  const PersonId person = call.caller.person;
  const Date first = due.takings.empty() ? call.today : std::min(due.Oldest(), call.today);
  REEVE_ASSIGN_OR_RETURN(
      BankDeposit deposit,
      Prepare({command.bag_number, command.cash, command.checks, person, call.now, call.today,
               HadDrawer(tx, person, first, call.today), MovedMoney(tx, person, first, call.today),
               IsBagNumberUsed(tx, command.vault, command.bag_number)},
              due, *vault));
  deposit.id = NewId(call.now, random);
  Journal journal;
  journal.Post(command.vault, 0, vault->next_entry_no, DepositEntry(deposit), call.today);
  InsertEntries(tx, journal.entries());
  SaveVault(tx, before, *vault);
  InsertBankDeposit(tx, deposit);
  Audit(change, deposit, "prepare", "");
  change.AfterCommit([&meters, oldest = OldestUndeposited(tx)] { meters.Undeposited(oldest); });
  return ToWire(deposit);
}

Result<v1::CheckDifference> AcceptFound(command::Change& change,
                                        const AcceptCheckDifferenceCommand& command, Random& random,
                                        Meters& meters) {
  db::Transaction& tx = change.tx();
  const Call& call = change.call();
  std::optional<Vault> vault = LockVault(tx, command.vault);
  if (!vault) return NotFound(reason::kVaultUnknown, "There is no vault of this number.");
  const Vault before = *vault;
  const Due due = FindDue(tx, command.vault);
  const Date first = due.takings.empty() ? call.today : std::min(due.Oldest(), call.today);
  REEVE_ASSIGN_OR_RETURN(
      CheckDifference difference,
      AcceptDifference({command.count, command.checks, command.reason, call.caller.person, call.now,
                        call.today, HadDrawer(tx, call.caller.person, first, call.today),
                        MovedMoney(tx, call.caller.person, first, call.today)},
                       due));
  difference.vault = command.vault;
  difference.id = NewId(call.now, random);
  Journal journal;
  journal.Post(command.vault, 0, vault->next_entry_no, DifferenceEntry(difference), call.today);
  InsertEntries(tx, journal.entries());
  SaveVault(tx, before, *vault);
  InsertDifference(tx, difference);
  change.Audit({"check-difference",
                difference.vault.ToString() + "-" + std::to_string(difference.id), "accept", "",
                Describe(difference)});
  change.AfterCommit([&meters, over = difference.Over()] {
    meters.OverOrShort({Money(), over, Money()});
  });
  return ToWire(difference);
}

Error BankDepositUnknown() {
  return NotFound(reason::kBankDepositUnknown, "The vault has no such deposit.");
}

Result<v1::BankDeposit> CarryDeposit(command::Change& change,
                                     const CarryBankDepositCommand& command) {
  auto deposit = LockBankDeposit(change.tx(), command.vault, command.deposit);
  if (!deposit) return BankDepositUnknown();
  std::string before = Describe(*deposit);
  REEVE_RETURN_IF_ERROR(Carry(*deposit, change.call().caller.person, change.call().now));
  SaveCarried(change.tx(), *deposit);
  Audit(change, *deposit, "carry", std::move(before));
  return ToWire(*deposit);
}

}  // namespace

grpc::ServerUnaryReactor* BankDepositService::GetDepositDue(grpc::CallbackServerContext* context,
                                                            const v1::GetDepositDueRequest* request,
                                                            v1::DepositDue* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetDepositDueRequest& message) -> Result<v1::DepositDue> {
        Fields fields;
        const DrawerId vault(fields.Id("vault_id", message.vault_id()));
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::DepositDue> {
              if (!FindVault(tx, vault)) {
                return NotFound(reason::kVaultUnknown, "There is no vault of this number.");
              }
              return ToWire(vault, FindDue(tx, vault));
            });
      });
}

grpc::ServerUnaryReactor* BankDepositService::PrepareBankDeposit(
    grpc::CallbackServerContext* context, const v1::PrepareBankDepositRequest* request,
    v1::BankDeposit* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::PrepareBankDepositRequest& message) -> Result<v1::BankDeposit> {
        REEVE_ASSIGN_OR_RETURN(const PrepareBankDepositCommand command, Parse(message));
        return frame_.Write(call, command, [&](command::Change& change) {
          return PrepareDeposit(change, command, random_, meters_);
        });
      });
}

grpc::ServerUnaryReactor* BankDepositService::AcceptCheckDifference(
    grpc::CallbackServerContext* context, const v1::AcceptCheckDifferenceRequest* request,
    v1::CheckDifference* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::AcceptCheckDifferenceRequest& message) -> Result<v1::CheckDifference> {
        REEVE_ASSIGN_OR_RETURN(const AcceptCheckDifferenceCommand command, Parse(message));
        return frame_.Write(call, command, [&](command::Change& change) {
          return AcceptFound(change, command, random_, meters_);
        });
      });
}

grpc::ServerUnaryReactor* BankDepositService::CarryBankDeposit(
    grpc::CallbackServerContext* context, const v1::CarryBankDepositRequest* request,
    v1::BankDeposit* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::CarryBankDepositRequest& message) -> Result<v1::BankDeposit> {
        REEVE_ASSIGN_OR_RETURN(const CarryBankDepositCommand command, Parse(message));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return CarryDeposit(change, command); });
      });
}

grpc::ServerUnaryReactor* BankDepositService::GetBankDeposit(
    grpc::CallbackServerContext* context, const v1::GetBankDepositRequest* request,
    v1::BankDeposit* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::GetBankDepositRequest& message) -> Result<v1::BankDeposit> {
        Fields fields;
        const DrawerId vault(fields.Id("vault_id", message.vault_id()));
        const std::int64_t id = fields.Id("deposit_id", message.deposit_id());
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::BankDeposit> {
              const std::optional<BankDeposit> deposit = FindBankDeposit(tx, vault, id);
              if (!deposit) return BankDepositUnknown();
              return ToWire(*deposit);
            });
      });
}

void FollowUndeposited(db::Database& database, Executor& executor, Meters& meters) {
  constexpr Duration kEvery = Duration::Minutes(1);
  constexpr Duration kTimeout = Duration::Seconds(5);
  try {
    database.Read(database.clock().Now() + kTimeout,
                  [&](db::Transaction& tx) { meters.Undeposited(OldestUndeposited(tx)); });
  } catch (const db::DatabaseError&) {
    // The gauge keeps its last value; the next minute reads again.
  }
  executor.PostAfter(kEvery, [&] { FollowUndeposited(database, executor, meters); });
}

}  // namespace reeve::payment
