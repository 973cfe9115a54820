#include "services/payment/drawer/drawer_service.h"

#include "services/payment/drawer/drawer_store.h"
#include "services/payment/journal/journal_store.h"
#include "services/payment/payment/payment_store.h"
#include "services/payment/vault/vault_store.h"
#include "services/payment/wire.h"
#include "shared/command/audit.h"

namespace reeve::payment {
namespace {

constexpr std::string_view kAcceptVariance = "drawer.accept_variance";
constexpr std::int64_t kDrawerNumberMax = 1'000'000;
constexpr std::size_t kNameMax = 60;
constexpr std::size_t kReasonMax = 500;

// Each is idempotent per request_id and changes one drawer.
struct OfDrawer {
  std::string request_id;
  DrawerId drawer;
  std::int64_t home() const { return drawer.value(); }
};

struct CreateDrawerCommand : OfDrawer {
  static constexpr std::string_view kMethod = "reeve.payment.v1.DrawerService/CreateDrawer";
  std::string name;
  Canonical canonical() const {
    return Canonical("CreateDrawer", 1).Add("drawer", drawer.value()).Add("name", name);
  }
};

struct OpenDrawerCommand : OfDrawer {
  static constexpr std::string_view kMethod = "reeve.payment.v1.DrawerService/OpenDrawer";
  Canonical canonical() const { return Canonical("OpenDrawer", 1).Add("drawer", drawer.value()); }
};

struct SubmitCountCommand : OfDrawer {
  static constexpr std::string_view kMethod = "reeve.payment.v1.DrawerService/SubmitCount";
  Holding counted;
  Canonical canonical() const {
    return Canonical("SubmitCount", 1)
        .Add("drawer", drawer.value())
        .Add("counted", counted.ToString());
  }
};

struct CloseDrawerCommand : OfDrawer {
  static constexpr std::string_view kMethod = "reeve.payment.v1.DrawerService/CloseDrawer";
  std::string reason;
  Canonical canonical() const {
    return Canonical("CloseDrawer", 1).Add("drawer", drawer.value()).Add("reason", reason);
  }
};

template <class Command, class Request>
Command ParseOfDrawer(Fields& fields, const Request& request) {
  Command command;
  command.request_id = fields.RequestId(request.request_id());
  command.drawer = DrawerId(fields.Id("drawer_id", request.drawer_id()));
  return command;
}

Result<CreateDrawerCommand> Parse(const v1::CreateDrawerRequest& request) {
  Fields fields;
  auto command = ParseOfDrawer<CreateDrawerCommand>(fields, request);
  fields.Range("drawer_id", request.drawer_id(), 1, kDrawerNumberMax);
  command.name = fields.Text("name", request.name(), 1, kNameMax);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<OpenDrawerCommand> Parse(const v1::OpenDrawerRequest& request) {
  Fields fields;
  const auto command = ParseOfDrawer<OpenDrawerCommand>(fields, request);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<SubmitCountCommand> Parse(const v1::SubmitCountRequest& request) {
  Fields fields;
  auto command = ParseOfDrawer<SubmitCountCommand>(fields, request);
  command.counted = ParseHolding(fields, "counted", request.counted());
  if (!fields.ok()) return fields.error();
  return command;
}

Result<CloseDrawerCommand> Parse(const v1::CloseDrawerRequest& request) {
  Fields fields;
  auto command = ParseOfDrawer<CloseDrawerCommand>(fields, request);
  command.reason = fields.Text("over_short_reason", request.over_short_reason(), 0, kReasonMax);
  if (!fields.ok()) return fields.error();
  return command;
}

v1::TenderBalance ToWire(TenderKind kind, const Count& count) {
  v1::TenderBalance balance;
  balance.set_kind(ToWire<v1::TenderKind>(kind));
  balance.set_expected_cents(count.expected.Total(kind).cents());
  balance.set_counted_cents(count.counted.Total(kind).cents());
  balance.set_over_short_cents(balance.counted_cents() - balance.expected_cents());
  return balance;
}

// What was expected is nobody's business before the count: without one it is not shown.
v1::DrawerSession ToWire(const Session& session, const std::optional<Count>& count) {
  v1::DrawerSession wire;
  wire.set_drawer_id(session.drawer.value());
  wire.set_session_no(session.no);
  wire.set_person_id(session.cashier.value());
  wire.set_cashier_name(session.cashier_name);
  wire.set_state(ToWire<v1::DrawerSessionState>(session.state));
  wire.set_business_date(session.business_date.ToString());
  wire.set_opened_time_micros(session.opened_time.micros());
  wire.set_receipt_count(session.next_receipt_no - 1);
  if (count) {
    for (const TenderKind kind : kTenderKinds) *wire.add_balances() = ToWire(kind, *count);
    *wire.mutable_expected() = ToWire(count->expected);
    *wire.mutable_counted() = ToWire(count->counted);
  }
  if (session.closed_by.is_set()) {
    wire.set_over_short_reason(session.over_short_reason);
    wire.set_closed_by(session.closed_by.value());
    wire.set_closed_time_micros(session.closed_time.micros());
    v1::AuditAnchor* anchor = wire.mutable_audit_anchor();
    anchor->set_chain(command::ChainName(command::ChainOf(session.drawer.value())));
    anchor->set_length(session.anchor_length);
    anchor->set_hash(session.anchor_hash);
  }
  return wire;
}

v1::Drawer ToWire(const Drawer& drawer) {
  v1::Drawer wire;
  wire.set_drawer_id(drawer.id.value());
  wire.set_name(drawer.name);
  return wire;
}

command::AuditRecord AuditOf(const Session& session, const std::optional<Count>& count,
                             std::string action, std::string before) {
  return {"drawer-session", session.drawer.ToString() + "-" + std::to_string(session.no),
          std::move(action), std::move(before), Describe(session, count)};
}

Result<v1::Drawer> Create(command::Change& change, const CreateDrawerCommand& command) {
  const Drawer drawer{command.drawer, DrawerKind::kCounter, command.name, 0};
  if (!InsertDrawer(change.tx(), drawer)) {
    return AlreadyExists(reason::kDrawerExists, "The number is taken.");
  }
  change.Audit({"drawer", drawer.id.ToString(), "create", "", Describe(drawer)});
  return ToWire(drawer);
}

Result<v1::DrawerSession> OpenSession(command::Change& change, const OpenDrawerCommand& command) {
  const Call& call = change.call();
  const std::optional<Drawer> drawer = FindDrawerForUpdate(change.tx(), command.drawer);
  const bool live = LockLiveSession(change.tx(), command.drawer).has_value();
  REEVE_ASSIGN_OR_RETURN(const Session session,
                         Open(drawer ? &*drawer : nullptr, live, call.caller.person,
                              call.display_name, call.today, call.now));
  if (!ClaimDrawer(change.tx(), session)) {
    return FailedPrecondition(reason::kCashierHasDrawer, "The cashier has another drawer open.");
  }
  InsertSession(change.tx(), session);
  change.Audit(AuditOf(session, std::nullopt, "open", ""));
  return ToWire(session, std::nullopt);
}

Result<v1::DrawerSession> CountSession(command::Change& change, const SubmitCountCommand& command) {
  const Call& call = change.call();
  std::optional<Session> session = LockLiveSession(change.tx(), command.drawer);
  const std::optional<Session> before = session;
  const std::int64_t no = session ? session->no : 0;
  const std::optional<Count> count_before = FindCount(change.tx(), command.drawer, no);
  REEVE_ASSIGN_OR_RETURN(
      const Count count,
      SubmitCount(session ? &*session : nullptr, count_before,
                  {call.caller.person, call.May(kAcceptVariance)}, command.counted,
                  VoidsPending(change.tx(), command.drawer, no)));
  SaveCount(change.tx(), *session, count);
  SaveSession(change.tx(), *before, *session);
  change.Audit(AuditOf(*session, count, "count", Describe(*before, count_before)));
  return ToWire(*session, count);
}

Result<v1::DrawerSession> CloseSession(command::Change& change, const CloseDrawerCommand& command,
                                       Meters& meters) {
  db::Transaction& tx = change.tx();
  const Call& call = change.call();
  std::optional<Session> session = LockLiveSession(tx, command.drawer);
  const std::optional<Session> before = session;
  const std::optional<Count> count = FindCount(tx, command.drawer, session ? session->no : 0);
  const bool transfer_pending = !PendingTransfers(tx, command.drawer).empty();
  REEVE_ASSIGN_OR_RETURN(Entry entry, Close(session ? &*session : nullptr, count,
                                            {{call.caller.person, call.May(kAcceptVariance)},
                                             transfer_pending,
                                             command.reason,
                                             call.now,
                                             call.today}));
  Journal journal;
  journal.Post(session->drawer, session->no, session->next_entry_no, std::move(entry), call.today);
  const std::int64_t home[] = {command.home()};
  const command::ChainHead head = command::LockChains(tx, home).begin()->second;
  session->anchor_length = head.length;
  session->anchor_hash = head.hash;
  InsertEntries(tx, journal.entries());
  SaveSession(tx, *before, *session);
  ReleaseDrawer(tx, *session);
  change.Audit(AuditOf(*session, count, "close", Describe(*before, count)));
  change.AfterCommit([&meters, over = count->Over()] { meters.OverOrShort(over); });
  return ToWire(*session, count);
}

Result<v1::Drawer> ReadDrawer(db::Transaction& tx, DrawerId id) {
  const std::optional<Drawer> drawer = FindDrawer(tx, id);
  if (!drawer || drawer->kind != DrawerKind::kCounter) {
    return NotFound(reason::kDrawerUnknown, "There is no drawer of this number.");
  }
  v1::Drawer wire = ToWire(*drawer);
  if (const auto session = FindSession(tx, id, drawer->last_session_no)) {
    *wire.mutable_latest_session() = ToWire(*session, FindCount(tx, id, session->no));
  }
  return wire;
}

Result<v1::DrawerSession> ReadSession(db::Transaction& tx, DrawerId drawer,
                                      std::int64_t session_no) {
  REEVE_RETURN_IF_ERROR(ReadDrawer(tx, drawer));
  const std::optional<Session> session = FindSession(tx, drawer, session_no);
  if (!session) return NotFound(reason::kSessionUnknown, "The drawer has no such session.");
  return ToWire(*session, FindCount(tx, drawer, session_no));
}

}  // namespace

grpc::ServerUnaryReactor* DrawerService::CreateDrawer(grpc::CallbackServerContext* context,
                                                      const v1::CreateDrawerRequest* request,
                                                      v1::Drawer* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::CreateDrawerRequest& message) -> Result<v1::Drawer> {
        REEVE_ASSIGN_OR_RETURN(const CreateDrawerCommand command, Parse(message));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Create(change, command); });
      });
}

grpc::ServerUnaryReactor* DrawerService::OpenDrawer(grpc::CallbackServerContext* context,
                                                    const v1::OpenDrawerRequest* request,
                                                    v1::DrawerSession* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::OpenDrawerRequest& message) -> Result<v1::DrawerSession> {
        REEVE_ASSIGN_OR_RETURN(const OpenDrawerCommand command, Parse(message));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return OpenSession(change, command); });
      });
}

grpc::ServerUnaryReactor* DrawerService::SubmitCount(grpc::CallbackServerContext* context,
                                                     const v1::SubmitCountRequest* request,
                                                     v1::DrawerSession* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::SubmitCountRequest& message) -> Result<v1::DrawerSession> {
        REEVE_ASSIGN_OR_RETURN(const SubmitCountCommand command, Parse(message));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return CountSession(change, command); });
      });
}

grpc::ServerUnaryReactor* DrawerService::CloseDrawer(grpc::CallbackServerContext* context,
                                                     const v1::CloseDrawerRequest* request,
                                                     v1::DrawerSession* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::CloseDrawerRequest& message) -> Result<v1::DrawerSession> {
        REEVE_ASSIGN_OR_RETURN(const CloseDrawerCommand command, Parse(message));
        return frame_.Write(call, command, [&](command::Change& change) {
          return CloseSession(change, command, meters_);
        });
      });
}

grpc::ServerUnaryReactor* DrawerService::GetDrawer(grpc::CallbackServerContext* context,
                                                   const v1::GetDrawerRequest* request,
                                                   v1::Drawer* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetDrawerRequest& message) -> Result<v1::Drawer> {
        Fields fields;
        const DrawerId id(fields.Id("drawer_id", message.drawer_id()));
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline,
                                    [&](db::Transaction& tx) { return ReadDrawer(tx, id); });
      });
}

grpc::ServerUnaryReactor* DrawerService::GetDrawerSession(
    grpc::CallbackServerContext* context, const v1::GetDrawerSessionRequest* request,
    v1::DrawerSession* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::GetDrawerSessionRequest& message) -> Result<v1::DrawerSession> {
        Fields fields;
        const DrawerId drawer(fields.Id("drawer_id", message.drawer_id()));
        const std::int64_t session_no = fields.Id("session_no", message.session_no());
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline, [&](db::Transaction& tx) {
          return ReadSession(tx, drawer, session_no);
        });
      });
}

}  // namespace reeve::payment
