#include "services/payment/vault/vault_service.h"

#include <limits>

#include "services/payment/bank_deposit/bank_deposit_store.h"
#include "services/payment/drawer/drawer_store.h"
#include "services/payment/journal/journal_store.h"
#include "services/payment/payment/payment_store.h"
#include "services/payment/vault/vault_store.h"
#include "services/payment/wire.h"

namespace reeve::payment {
namespace {

constexpr std::int64_t kVaultNumberMax = 1'000'000;
constexpr std::size_t kNameMax = 60;
constexpr std::size_t kReasonMax = 500;

struct CreateVaultCommand {
  static constexpr std::string_view kMethod = "reeve.payment.v1.VaultService/CreateVault";
  std::string request_id;
  DrawerId vault;
  std::string name;
  std::int64_t home() const { return vault.value(); }
  Canonical canonical() const {
    return Canonical("CreateVault", 1).Add("vault", vault.value()).Add("name", name);
  }
};

struct InitiateTransferCommand {
  static constexpr std::string_view kMethod = "reeve.payment.v1.VaultService/InitiateTransfer";
  std::string request_id;
  TransferKind kind = TransferKind::kChangeFund;
  DrawerId vault;
  DrawerId drawer;  // for the change fund: the vault
  Holding counted;
  std::int64_t home() const { return drawer.value(); }
  Canonical canonical() const {
    return Canonical("InitiateTransfer", 1)
        .Add("kind", kTransferKindName(kind))
        .Add("vault", vault.value())
        .Add("drawer", drawer.value())
        .Add("counted", counted.ToString());
  }
};

struct OfTransfer {
  std::string request_id;
  DrawerId drawer;
  std::int64_t transfer = 0;
  std::int64_t home() const { return drawer.value(); }
};

struct AcceptTransferCommand : OfTransfer {
  static constexpr std::string_view kMethod = "reeve.payment.v1.VaultService/AcceptTransfer";
  Holding counted;
  Canonical canonical() const {
    return Canonical("AcceptTransfer", 1)
        .Add("drawer", drawer.value())
        .Add("transfer", transfer)
        .Add("counted", counted.ToString());
  }
};

struct CancelTransferCommand : OfTransfer {
  static constexpr std::string_view kMethod = "reeve.payment.v1.VaultService/CancelTransfer";
  std::string reason;
  Canonical canonical() const {
    return Canonical("CancelTransfer", 1)
        .Add("drawer", drawer.value())
        .Add("transfer", transfer)
        .Add("reason", reason);
  }
};

Result<CreateVaultCommand> Parse(const v1::CreateVaultRequest& request) {
  Fields fields;
  CreateVaultCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.vault = DrawerId(fields.Range("vault_id", request.vault_id(), 1, kVaultNumberMax));
  command.name = fields.Text("name", request.name(), 1, kNameMax);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<InitiateTransferCommand> Parse(const v1::InitiateTransferRequest& request) {
  Fields fields;
  InitiateTransferCommand command;
  command.request_id = fields.RequestId(request.request_id());
  const auto kind = FromWire(fields, "kind", request.kind(), kTransferKindName);
  command.kind = kind.value_or(TransferKind::kChangeFund);
  command.vault = DrawerId(fields.Id("vault_id", request.vault_id()));
  command.counted = ParseHolding(fields, "counted", request.counted());
  if (command.kind == TransferKind::kChangeFund) {
    fields.Range("drawer_id", request.drawer_id(), 0, 0);
    command.drawer = command.vault;
  } else {
    command.drawer = DrawerId(fields.Id("drawer_id", request.drawer_id()));
  }
  if (command.kind != TransferKind::kTurnIn) {
    const Holding& counted = command.counted;
    if (request.counted().cash().empty()) fields.Refuse("counted.cash", "is required");
    if (counted.check_count > 0) fields.Refuse("counted.check_count", "only cash can be moved so");
    if (counted.card_count > 0) fields.Refuse("counted.card_count", "only cash can be moved so");
  }
  if (!fields.ok()) return fields.error();
  return command;
}

template <class Command, class Request>
Command ParseOfTransfer(Fields& fields, const Request& request) {
  Command command;
  command.request_id = fields.RequestId(request.request_id());
  command.drawer = DrawerId(fields.Id("drawer_id", request.drawer_id()));
  command.transfer = fields.Id("transfer_id", request.transfer_id());
  return command;
}

Result<AcceptTransferCommand> Parse(const v1::AcceptTransferRequest& request) {
  Fields fields;
  auto command = ParseOfTransfer<AcceptTransferCommand>(fields, request);
  command.counted = ParseHolding(fields, "counted", request.counted());
  if (!fields.ok()) return fields.error();
  return command;
}

Result<CancelTransferCommand> Parse(const v1::CancelTransferRequest& request) {
  Fields fields;
  auto command = ParseOfTransfer<CancelTransferCommand>(fields, request);
  command.reason = fields.Text("reason", request.reason(), 1, kReasonMax);
  if (!fields.ok()) return fields.error();
  return command;
}

// The second count is blind: until the end only the initiator sees the first one.
v1::Transfer ToWire(const Transfer& transfer, PersonId reader) {
  v1::Transfer wire;
  wire.set_drawer_id(transfer.drawer.value());
  wire.set_transfer_id(transfer.id);
  wire.set_kind(ToWire<v1::TransferKind>(transfer.kind));
  wire.set_state(ToWire<v1::TransferState>(transfer.state));
  wire.set_vault_id(transfer.vault.value());
  wire.set_session_no(transfer.session_no);
  if (transfer.state != TransferState::kPending || reader == transfer.initiated_by) {
    *wire.mutable_counted() = ToWire(transfer.counted);
  }
  wire.set_initiated_by(transfer.initiated_by.value());
  wire.set_initiated_time_micros(transfer.initiated_time.micros());
  wire.set_ended_by(transfer.ended_by.value());
  wire.set_ended_time_micros(transfer.ended_time.micros());
  wire.set_cancel_reason(transfer.cancel_reason);
  return wire;
}

Error VaultUnknown() {
  return NotFound(reason::kVaultUnknown, "There is no vault of this number.");
}
Error TransferUnknown() { return NotFound(reason::kTransferUnknown, "There is no such transfer."); }

Result<v1::Vault> ReadVault(db::Transaction& tx, DrawerId id) {
  const std::optional<Vault> vault = FindVault(tx, id);
  if (!vault) return VaultUnknown();
  const Due due = FindDue(tx, id);
  v1::Vault wire;
  wire.set_vault_id(id.value());
  wire.set_name(FindDrawer(tx, id)->name);
  *wire.mutable_holding() =
      ToWire(Holding{vault->cash, due.CheckCount(), due.Checks(), 0, Money()});
  wire.set_cash_cents(vault->cash.Total().cents());
  return wire;
}

Result<v1::Vault> Create(command::Change& change, const CreateVaultCommand& command) {
  const Drawer drawer{command.vault, DrawerKind::kVault, command.name, 0};
  if (!InsertDrawer(change.tx(), drawer)) {
    return AlreadyExists(reason::kVaultExists, "The number is taken.");
  }
  InsertVault(change.tx(), {command.vault, 1, Cash()});
  change.Audit({"drawer", drawer.id.ToString(), "create", "", Describe(drawer)});
  return ReadVault(change.tx(), command.vault);
}

// What a transfer moves between, locked in the order drawer, vault, and as it was before.
class Custody {
 public:
  static Result<Custody> Lock(db::Transaction& tx, DrawerId drawer, DrawerId vault) {
    Custody custody;
    if (drawer != vault) custody.session_ = LockLiveSession(tx, drawer);
    custody.vault_ = LockVault(tx, vault);
    if (!custody.vault_) return VaultUnknown();
    custody.session_before_ = custody.session_;
    custody.vault_before_ = custody.vault_;
    return custody;
  }

  Parties parties() { return {session_ ? &*session_ : nullptr, &*vault_}; }

  void Save(db::Transaction& tx, const Transfer& transfer, Entry entry, Date today) {
    Journal journal;
    std::int64_t& entry_no = session_ ? session_->next_entry_no : vault_->next_entry_no;
    journal.Post(transfer.drawer, transfer.session_no, entry_no, std::move(entry), today);
    InsertEntries(tx, journal.entries());
    if (session_) SaveSession(tx, *session_before_, *session_);
    SaveVault(tx, *vault_before_, *vault_);
  }

 private:
  std::optional<Session> session_, session_before_;
  std::optional<Vault> vault_, vault_before_;
};

void Audit(command::Change& change, const Transfer& transfer, std::string action,
           std::string before) {
  change.Audit({"transfer", transfer.drawer.ToString() + "-" + std::to_string(transfer.id),
                std::move(action), std::move(before), Describe(transfer)});
}

Result<v1::Transfer> Initiate(command::Change& change, const InitiateTransferCommand& command,
                              Random& random) {
  db::Transaction& tx = change.tx();
  const Call& call = change.call();
  REEVE_ASSIGN_OR_RETURN(Custody custody, Custody::Lock(tx, command.drawer, command.vault));
  const Parties parties = custody.parties();
  Transfer transfer;
  transfer.drawer = command.drawer;
  transfer.id = NewId(call.now, random);
  transfer.kind = command.kind;
  transfer.vault = command.vault;
  transfer.session_no = parties.session ? parties.session->no : 0;
  transfer.counted = command.counted;
  transfer.initiated_by = call.caller.person;
  transfer.initiated_time = call.now;
  transfer.initiated_date = call.today;
  const bool another_pending = !PendingTransfers(tx, command.drawer).empty();
  REEVE_ASSIGN_OR_RETURN(Entry entry, payment::Initiate(transfer, parties, another_pending));
  InsertTransfer(tx, transfer);
  custody.Save(tx, transfer, std::move(entry), call.today);
  Audit(change, transfer, "initiate", "");
  return ToWire(transfer, call.caller.person);
}

// A turn-in that has arrived is a taking, to be deposited with the checks that came with it.
void RecordTaking(command::Change& change, const Transfer& transfer, const Session& closed,
                  const Session& session, Meters& meters) {
  db::Transaction& tx = change.tx();
  const std::optional<Count> count = FindCount(tx, session.drawer, session.no);
  const Money starting = StartingCash(tx, transfer.drawer, transfer.session_no).Total();
  const Taking taking{transfer.drawer,
                      transfer.session_no,
                      session.business_date,
                      Money::Cents(transfer.counted.cash.Total().cents() - starting.cents()),
                      transfer.counted.check_count,
                      transfer.counted.checks};
  InsertTaking(tx, transfer.vault, taking,
               ChecksOf(ReadPayments(tx, transfer.drawer, transfer.session_no, 1,
                                     std::numeric_limits<std::int64_t>::max())));
  change.Audit({"drawer-session",
                transfer.drawer.ToString() + "-" + std::to_string(transfer.session_no), "turn-in",
                Describe(closed, count), Describe(session, count)});
  change.AfterCommit([&meters, oldest = OldestUndeposited(tx)] { meters.Undeposited(oldest); });
}

Result<v1::Transfer> Accept(command::Change& change, const AcceptTransferCommand& command,
                            Meters& meters) {
  db::Transaction& tx = change.tx();
  const Call& call = change.call();
  std::optional<Transfer> transfer = FindTransfer(tx, command.drawer, command.transfer);
  if (!transfer) return TransferUnknown();
  REEVE_ASSIGN_OR_RETURN(Custody custody, Custody::Lock(tx, transfer->drawer, transfer->vault));
  transfer = LockTransfer(tx, command.drawer, command.transfer);
  const std::string before = Describe(*transfer);
  const Parties parties = custody.parties();
  const Session session_before = parties.session ? *parties.session : Session();
  REEVE_ASSIGN_OR_RETURN(Entry entry, payment::Accept(*transfer, parties, command.counted,
                                                      {call.caller.person, call.now, call.today,
                                                       call.May(kAcceptIntoVault)}));
  SaveEnd(tx, *transfer);
  custody.Save(tx, *transfer, std::move(entry), call.today);
  Audit(change, *transfer, "accept", before);
  if (transfer->kind == TransferKind::kTurnIn) {
    RecordTaking(change, *transfer, session_before, *parties.session, meters);
  }
  return ToWire(*transfer, call.caller.person);
}

Result<v1::Transfer> Cancel(command::Change& change, const CancelTransferCommand& command) {
  db::Transaction& tx = change.tx();
  const Call& call = change.call();
  std::optional<Transfer> transfer = FindTransfer(tx, command.drawer, command.transfer);
  if (!transfer) return TransferUnknown();
  REEVE_ASSIGN_OR_RETURN(Custody custody, Custody::Lock(tx, transfer->drawer, transfer->vault));
  transfer = LockTransfer(tx, command.drawer, command.transfer);
  const std::string before = Describe(*transfer);
  REEVE_ASSIGN_OR_RETURN(Entry entry, payment::Cancel(*transfer, custody.parties(), command.reason,
                                                      {call.caller.person, call.now, call.today}));
  SaveEnd(tx, *transfer);
  custody.Save(tx, *transfer, std::move(entry), call.today);
  Audit(change, *transfer, "cancel", before);
  return ToWire(*transfer, call.caller.person);
}

}  // namespace

grpc::ServerUnaryReactor* VaultService::CreateVault(grpc::CallbackServerContext* context,
                                                    const v1::CreateVaultRequest* request,
                                                    v1::Vault* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::CreateVaultRequest& message) -> Result<v1::Vault> {
        REEVE_ASSIGN_OR_RETURN(const CreateVaultCommand command, Parse(message));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Create(change, command); });
      });
}

grpc::ServerUnaryReactor* VaultService::GetVault(grpc::CallbackServerContext* context,
                                                 const v1::GetVaultRequest* request,
                                                 v1::Vault* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetVaultRequest& message) -> Result<v1::Vault> {
        Fields fields;
        const DrawerId id(fields.Id("vault_id", message.vault_id()));
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline,
                                    [&](db::Transaction& tx) { return ReadVault(tx, id); });
      });
}

grpc::ServerUnaryReactor* VaultService::InitiateTransfer(grpc::CallbackServerContext* context,
                                                         const v1::InitiateTransferRequest* request,
                                                         v1::Transfer* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::InitiateTransferRequest& message) -> Result<v1::Transfer> {
        REEVE_ASSIGN_OR_RETURN(const InitiateTransferCommand command, Parse(message));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Initiate(change, command, random_);
        });
      });
}

grpc::ServerUnaryReactor* VaultService::AcceptTransfer(grpc::CallbackServerContext* context,
                                                       const v1::AcceptTransferRequest* request,
                                                       v1::Transfer* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::AcceptTransferRequest& message) -> Result<v1::Transfer> {
        REEVE_ASSIGN_OR_RETURN(const AcceptTransferCommand command, Parse(message));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Accept(change, command, meters_);
        });
      });
}

grpc::ServerUnaryReactor* VaultService::CancelTransfer(grpc::CallbackServerContext* context,
                                                       const v1::CancelTransferRequest* request,
                                                       v1::Transfer* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::CancelTransferRequest& message) -> Result<v1::Transfer> {
        REEVE_ASSIGN_OR_RETURN(const CancelTransferCommand command, Parse(message));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Cancel(change, command); });
      });
}

grpc::ServerUnaryReactor* VaultService::GetTransfer(grpc::CallbackServerContext* context,
                                                    const v1::GetTransferRequest* request,
                                                    v1::Transfer* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetTransferRequest& message) -> Result<v1::Transfer> {
        Fields fields;
        const DrawerId drawer(fields.Id("drawer_id", message.drawer_id()));
        const std::int64_t id = fields.Id("transfer_id", message.transfer_id());
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::Transfer> {
              const std::optional<Transfer> transfer = FindTransfer(tx, drawer, id);
              if (!transfer) return TransferUnknown();
              return ToWire(*transfer, call.caller.person);
            });
      });
}

grpc::ServerUnaryReactor* VaultService::ListPendingTransfers(
    grpc::CallbackServerContext* context, const v1::ListPendingTransfersRequest* request,
    v1::ListPendingTransfersResponse* response) {
  return server_.Handle(context, request, response,
                        [this](const Call& call, const v1::ListPendingTransfersRequest& message)
                            -> Result<v1::ListPendingTransfersResponse> {
                          Fields fields;
                          const DrawerId drawer(fields.Id("drawer_id", message.drawer_id()));
                          if (!fields.ok()) return fields.error();
                          v1::ListPendingTransfersResponse list;
                          database_.Read(call.deadline, [&](db::Transaction& tx) {
                            for (const Transfer& transfer : PendingTransfers(tx, drawer)) {
                              *list.add_transfers() = ToWire(transfer, call.caller.person);
                            }
                          });
                          return list;
                        });
}

}  // namespace reeve::payment
