#include "services/payment/payment/payment_service.h"

#include <algorithm>

#include "services/payment/drawer/drawer_store.h"
#include "services/payment/journal/journal_store.h"
#include "services/payment/payment/direction_check.h"
#include "services/payment/payment/payment_event_service.h"
#include "services/payment/payment/payment_request_service.h"
#include "services/payment/payment/payment_store.h"
#include "services/payment/wire.h"
#include "shared/rpc/paging.h"

namespace reeve::payment {
namespace {

// Billing has this long to say how a payment would be spread; the customer waits.
constexpr Duration kPreviewTimeout = Duration::Millis(1'500);

v1::Tender ToWire(const Tender& tender) {
  v1::Tender wire;
  wire.set_kind(ToWire<v1::TenderKind>(tender.kind));
  wire.set_amount_cents(tender.amount.cents());
  ToWire(tender.cash, wire.mutable_cash());
  wire.set_check_number(tender.check_number);
  wire.set_bank_last4(tender.bank_last4);
  wire.set_card_token(tender.card_token);
  return wire;
}

v1::Receipt ToWire(const Payment& payment, const Session& session) {
  v1::Receipt wire;
  wire.set_payment_id(payment.id.ToString());
  wire.set_drawer_id(payment.id.drawer.value());
  wire.set_session_no(payment.id.session_no);
  wire.set_receipt_no(payment.id.receipt_no);
  wire.set_account_id(payment.account.value());
  wire.set_amount_cents(payment.amount.cents());
  for (const Tender& tender : payment.tenders) *wire.add_tenders() = ToWire(tender);
  wire.set_change_cents(payment.change.Total().cents());
  ToWire(payment.change, wire.mutable_change());
  ToWire(payment.directions, wire.mutable_directions());
  wire.set_cashier_name(session.cashier_name);
  wire.set_business_date(payment.business_date.ToString());
  wire.set_taken_time_micros(payment.taken_time.micros());
  wire.set_state(ToWire<v1::PaymentState>(payment.state));
  wire.set_void_reason(payment.void_reason);
  wire.set_void_approved_by(payment.void_approved_by.value());
  ToWire(payment.void_cash, wire.mutable_void_cash());
  return wire;
}

bool HasCash(const TakePayment& command) {
  return std::ranges::any_of(command.tenders,
                             [](const Tender& tender) { return tender.kind == TenderKind::kCash; });
}

// The live sessions of the commands' drawers, locked in the order of their numbers, with the pieces
// of those that will take cash.
std::map<DrawerId, Session> LockSessions(db::Transaction& tx,
                                         std::span<const TakePayment* const> commands) {
  std::map<DrawerId, bool> drawers;  // sorted; true if cash comes in
  for (const TakePayment* command : commands) drawers[command->drawer] |= HasCash(*command);
  std::vector<DrawerId> sorted;
  for (const auto& [drawer, cash] : drawers) sorted.push_back(drawer);
  std::map<DrawerId, Session> sessions = LockLiveSessions(tx, sorted);
  std::vector<Session*> with_cash;
  for (auto& [drawer, session] : sessions) {
    if (drawers[drawer]) with_cash.push_back(&session);
  }
  if (!with_cash.empty()) ReadPieces(tx, with_cash);
  return sessions;
}

std::vector<SessionChange> Changes(const std::map<DrawerId, Session>& before,
                                   const std::map<DrawerId, Session>& after) {
  std::vector<SessionChange> changes;
  for (const auto& [drawer, session] : after) {
    const Session& was = before.at(drawer);
    if (session.next_receipt_no != was.next_receipt_no) changes.push_back({was, session});
  }
  return changes;
}

void Record(command::Change& change, const Payment& payment, std::string action,
            std::string before) {
  change.Audit(
      {"payment", payment.id.ToString(), std::move(action), std::move(before), Describe(payment)});
}

Error PaymentUnknown() { return NotFound(reason::kPaymentUnknown, "There is no such payment."); }

// The payment's session if it is the drawer's live one, locked.
std::optional<Session> LockSessionOf(db::Transaction& tx, const PaymentId& id) {
  std::optional<Session> session = LockLiveSession(tx, id.drawer);
  if (session && session->no != id.session_no) session.reset();
  return session;
}

Result<> CheckOpen(const std::optional<Session>& session) {
  return CheckCashier(session ? &*session : nullptr, session ? session->cashier : PersonId());
}

Result<v1::Receipt> Request(command::Change& change, const RequestVoidCommand& command) {
  db::Transaction& tx = change.tx();
  const PersonId caller = change.call().caller.person;
  const std::optional<Session> session = LockSessionOf(tx, command.payment);
  REEVE_RETURN_IF_ERROR(CheckCashier(session ? &*session : nullptr, caller));
  std::optional<Payment> payment = FindPayment(tx, command.payment);
  if (!payment) return PaymentUnknown();
  const Payment before = *payment;
  REEVE_RETURN_IF_ERROR(RequestVoid(*payment, caller, command.reason));
  SaveVoid(tx, before.state, *payment);
  Record(change, *payment, "request-void", Describe(before));
  return ToWire(*payment, *session);
}

Result<v1::Receipt> Approve(command::Change& change, const ApproveVoidCommand& command,
                            Meters& meters) {
  db::Transaction& tx = change.tx();
  const Call& call = change.call();
  std::optional<Session> session = LockSessionOf(tx, command.payment);
  REEVE_RETURN_IF_ERROR(CheckOpen(session));
  std::optional<Payment> payment = FindPayment(tx, command.payment);
  if (!payment) return PaymentUnknown();
  const Payment before = *payment;
  const Session session_before = *session;
  REEVE_RETURN_IF_ERROR(ApproveVoid(*payment, *session, call.caller.person, call.today));
  Journal journal;
  journal.Post(session->drawer, session->no, session->next_entry_no,
               VoidEntry(payment->id.receipt_no, NetAmounts(*payment)), call.today);
  InsertEntries(tx, journal.entries());
  SaveVoid(tx, before.state, *payment);
  SaveSession(tx, session_before, *session);
  Record(change, *payment, "void", Describe(before));
  Emit(change, command.home(), ReversedEvent(*payment));
  change.AfterCommit([&meters] { meters.PaymentVoided(); });
  return ToWire(*payment, *session);
}

// The payment stands: `rule` says whether it may, `action` is the audit trail's word for it.
Result<v1::Receipt> LetStand(command::Change& change, const PaymentId& id, const Session& session,
                             Result<> (*rule)(Payment&), const char* action) {
  std::optional<Payment> payment = FindPayment(change.tx(), id);
  if (!payment) return PaymentUnknown();
  const Payment before = *payment;
  REEVE_RETURN_IF_ERROR(rule(*payment));
  SaveVoid(change.tx(), before.state, *payment);
  Record(change, *payment, action, Describe(before));
  return ToWire(*payment, session);
}

Result<v1::Receipt> Decline(command::Change& change, const DeclineVoidCommand& command) {
  const std::optional<Session> session = LockSessionOf(change.tx(), command.payment);
  REEVE_RETURN_IF_ERROR(CheckOpen(session));
  return LetStand(change, command.payment, *session, DeclineVoid, "decline-void");
}

Result<v1::Receipt> Withdraw(command::Change& change, const WithdrawVoidCommand& command) {
  const std::optional<Session> session = LockSessionOf(change.tx(), command.payment);
  REEVE_RETURN_IF_ERROR(CheckCashier(session ? &*session : nullptr, change.call().caller.person));
  return LetStand(change, command.payment, *session, WithdrawVoid, "withdraw-void");
}

v1::PaymentPreview ToWire(const Allocation& allocation) {
  v1::PaymentPreview wire;
  wire.set_balance_cents(allocation.balance.cents());
  for (const Allocation::Share& share : allocation.shares) {
    v1::ChargeShare* charge = wire.add_shares();
    charge->set_service(share.service);
    charge->set_charge_description(share.charge_description);
    charge->set_amount_cents(share.amount.cents());
  }
  wire.set_credit_cents(allocation.credit.cents());
  return wire;
}

}  // namespace

std::vector<Result<v1::Receipt>> TakePayments(db::Transaction& tx,
                                              std::span<command::Change* const> changes,
                                              std::span<const TakePayment* const> commands,
                                              Meters& meters) {
  std::map<DrawerId, Session> sessions = LockSessions(tx, commands);
  const std::map<DrawerId, Session> before = sessions;
  std::vector<Result<v1::Receipt>> answers;
  std::vector<Payment> taken;
  Journal journal;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const Call& call = changes[i]->call();
    const auto found = sessions.find(commands[i]->drawer);
    Session* session = found == sessions.end() ? nullptr : &found->second;
    Result<Payment> payment = Take(*commands[i], session, call.caller.person, call.today, call.now);
    if (!payment.ok()) {
      answers.push_back(std::move(payment).error());
      continue;
    }
    journal.Post(session->drawer, session->no, session->next_entry_no,
                 PaymentEntry(payment->id.receipt_no, NetAmounts(*payment)), call.today);
    Record(*changes[i], *payment, "take", "");
    Emit(*changes[i], session->drawer.value(), TakenEvent(*payment, session->cashier));
    changes[i]->AfterCommit(
        [&meters, tenders = payment->tenders] { meters.PaymentTaken(tenders); });
    answers.push_back(ToWire(*payment, *session));
    taken.push_back(std::move(payment).value());
  }
  InsertPayments(tx, taken);
  InsertEntries(tx, journal.entries());
  SaveSessions(tx, Changes(before, sessions));
  return answers;
}

PaymentService::PaymentService(rpc::Server& server, db::Database& database, command::Frame& frame,
                               Executor& background, AllocationPreview& allocations, Meters& meters)
    : server_(server),
      database_(database),
      frame_(frame),
      allocations_(allocations),
      meters_(meters),
      take_payment_(frame, background, {.lanes_max = command::LanesOf(database)},
                    [&meters](db::Transaction& tx, std::span<command::Change* const> changes,
                              std::span<const payment::TakePayment* const> commands) {
                      return TakePayments(tx, changes, commands, meters);
                    }),
      owed_check_(allocations, database.clock(), background, take_payment_, meters) {}

grpc::ServerUnaryReactor* PaymentService::TakePayment(grpc::CallbackServerContext* context,
                                                      const v1::TakePaymentRequest* request,
                                                      v1::Receipt* response) {
  return server_.HandleBatched(
      context, request, response, owed_check_,
      [](const v1::TakePaymentRequest& message) { return Parse(message); });
}

grpc::ServerUnaryReactor* PaymentService::PreviewChange(grpc::CallbackServerContext* context,
                                                        const v1::PreviewChangeRequest* request,
                                                        v1::ChangePreview* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::PreviewChangeRequest& message) -> Result<v1::ChangePreview> {
        REEVE_ASSIGN_OR_RETURN(const ChangeQuestion question, Parse(message));
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ChangePreview> {
              const std::optional<Session> session = FindLiveSession(tx, question.drawer);
              REEVE_RETURN_IF_ERROR(
                  CheckCashier(session ? &*session : nullptr, call.caller.person));
              REEVE_ASSIGN_OR_RETURN(const Cash change,
                                     ChangeFor(session->pieces, question.cash, question.amount));
              v1::ChangePreview wire;
              wire.set_change_cents(change.Total().cents());
              ToWire(change, wire.mutable_change());
              return wire;
            });
      });
}

grpc::ServerUnaryReactor* PaymentService::PreviewPayment(grpc::CallbackServerContext* context,
                                                         const v1::PreviewPaymentRequest* request,
                                                         v1::PaymentPreview* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::PreviewPaymentRequest& message) -> Result<v1::PaymentPreview> {
        REEVE_ASSIGN_OR_RETURN(const SplitQuestion question, Parse(message));
        Call hurried = call;
        hurried.deadline = std::min(call.deadline, database_.clock().Now() + kPreviewTimeout);
        const Result<Allocation> allocation =
            allocations_.Preview(hurried, question.account, question.amount, question.directions);
        if (allocation.ok()) {
          REEVE_RETURN_IF_ERROR(
              CheckDirections(allocation->owed, question.amount, question.directions));
          return ToWire(*allocation);
        }
        if (!DidNotAnswer(allocation.error())) return allocation.error();
        v1::PaymentPreview later;
        later.set_split_follows(true);
        return later;
      });
}

grpc::ServerUnaryReactor* PaymentService::GetReceipt(grpc::CallbackServerContext* context,
                                                     const v1::GetReceiptRequest* request,
                                                     v1::Receipt* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetReceiptRequest& message) -> Result<v1::Receipt> {
        REEVE_ASSIGN_OR_RETURN(const PaymentId id, Parse(message));
        return database_.ReadResult(call.deadline, [&](db::Transaction& tx) -> Result<v1::Receipt> {
          const std::optional<Payment> payment = FindPayment(tx, id);
          if (!payment) return PaymentUnknown();
          return ToWire(*payment, *FindSession(tx, id.drawer, id.session_no));
        });
      });
}

grpc::ServerUnaryReactor* PaymentService::ListReceipts(grpc::CallbackServerContext* context,
                                                       const v1::ListReceiptsRequest* request,
                                                       v1::ListReceiptsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListReceiptsRequest& message) -> Result<v1::ListReceiptsResponse> {
        Fields fields;
        const DrawerId drawer(fields.Id("drawer_id", message.drawer_id()));
        const std::int64_t session_no = fields.Id("session_no", message.session_no());
        const std::string query =
            "ListReceipts/" + drawer.ToString() + "/" + std::to_string(session_no);
        const rpc::Page page =
            rpc::ParsePage(fields, message.page_size(), message.page_token(), query, 1);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListReceiptsResponse> {
              const std::optional<Session> session = FindSession(tx, drawer, session_no);
              if (!session) {
                return NotFound(reason::kSessionUnknown, "The drawer has no such session.");
              }
              const std::int64_t after = page.AfterInt(0);
              const std::int64_t last =
                  std::min(after, session->next_receipt_no) + page.size;  // no number is missing
              v1::ListReceiptsResponse list;
              for (const Payment& payment : ReadPayments(tx, drawer, session_no, after + 1, last)) {
                *list.add_receipts() = ToWire(payment, *session);
              }
              if (last < session->next_receipt_no - 1) {
                list.set_next_page_token(rpc::NextPageToken(query, {std::to_string(last)}));
              }
              return list;
            });
      });
}

grpc::ServerUnaryReactor* PaymentService::RequestVoid(grpc::CallbackServerContext* context,
                                                      const v1::RequestVoidRequest* request,
                                                      v1::Receipt* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::RequestVoidRequest& message) -> Result<v1::Receipt> {
        REEVE_ASSIGN_OR_RETURN(const RequestVoidCommand command, Parse(message));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Request(change, command); });
      });
}

grpc::ServerUnaryReactor* PaymentService::ApproveVoid(grpc::CallbackServerContext* context,
                                                      const v1::ApproveVoidRequest* request,
                                                      v1::Receipt* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ApproveVoidRequest& message) -> Result<v1::Receipt> {
        REEVE_ASSIGN_OR_RETURN(const ApproveVoidCommand command, Parse(message));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Approve(change, command, meters_);
        });
      });
}

grpc::ServerUnaryReactor* PaymentService::DeclineVoid(grpc::CallbackServerContext* context,
                                                      const v1::DeclineVoidRequest* request,
                                                      v1::Receipt* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::DeclineVoidRequest& message) -> Result<v1::Receipt> {
        REEVE_ASSIGN_OR_RETURN(const DeclineVoidCommand command, Parse(message));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Decline(change, command); });
      });
}

grpc::ServerUnaryReactor* PaymentService::WithdrawVoid(grpc::CallbackServerContext* context,
                                                       const v1::WithdrawVoidRequest* request,
                                                       v1::Receipt* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::WithdrawVoidRequest& message) -> Result<v1::Receipt> {
        REEVE_ASSIGN_OR_RETURN(const WithdrawVoidCommand command, Parse(message));
        return frame_.Write(call, command,
                            [&](command::Change& change) { return Withdraw(change, command); });
      });
}

}  // namespace reeve::payment
