#include "services/account/history/history_service.h"

#include <algorithm>

#include "services/account/account/account.h"
#include "services/account/customer/customer_service.h"
#include "services/account/customer/customer_store.h"
#include "services/account/history/history_store.h"
#include "services/account/policy/policy_store.h"
#include "services/account/wire.h"
#include "shared/rpc/paging.h"

namespace reeve::account {
namespace {

constexpr std::size_t kFactsShown = 36;

struct ExcuseLatePayment {
  static constexpr std::string_view kMethod = "reeve.account.v1.HistoryService/ExcuseLatePayment";
  std::string request_id;
  AccountId account;
  std::string payment_id;
  std::string why;
  std::int64_t home() const { return account.value(); }
  Canonical canonical() const {
    return Canonical("ExcuseLatePayment", 1)
        .Add("account", account.value())
        .Add("payment", payment_id)
        .Add("why", why);
  }
};

Result<ExcuseLatePayment> Parse(const v1::ExcuseLatePaymentRequest& request) {
  Fields fields;
  ExcuseLatePayment command{.request_id = fields.RequestId(request.request_id()),
                            .account = AccountId(fields.Id("account_id", request.account_id())),
                            .payment_id = fields.Text("payment_id", request.payment_id(), 1, 80),
                            .why = fields.Text("reason", request.reason(), 3, 200)};
  if (!fields.ok()) return fields.error();
  return command;
}

v1::BillFact ToProto(const BillFact& bill) {
  v1::BillFact message;
  message.set_bill_id(bill.bill_id);
  message.set_due_date(bill.due_date.ToString());
  message.set_total_cents(bill.total.cents());
  message.set_cancelled(bill.cancelled);
  return message;
}

v1::PaymentFact ToProto(const PaymentFact& payment) {
  v1::PaymentFact message;
  message.set_payment_id(payment.payment_id);
  message.set_amount_cents(payment.amount.cents());
  message.set_timely(payment.timely);
  message.set_applied_date(payment.applied_date.ToString());
  message.set_excuse(payment.excuse);
  return message;
}

v1::PaymentRecord ToProto(const PaymentRecord& record, Date today) {
  v1::PaymentRecord message;
  message.set_account_id(record.account.value());
  message.set_open_date(record.open_date.ToString());
  message.set_close_date(ToText(record.close_date));
  message.set_timely_since_date(ToText(record.timely_since));
  message.set_owed_cents(Owed(record).cents());
  message.set_late_payments(LatePayments(record, today.PlusMonths(-12)));
  const std::size_t bills = std::min(record.bills.size(), kFactsShown);
  for (std::size_t i = 0; i < bills; ++i) *message.add_bills() = ToProto(record.bills.rbegin()[i]);
  const std::size_t payments = std::min(record.payments.size(), kFactsShown);
  for (std::size_t i = 0; i < payments; ++i)
    *message.add_payments() = ToProto(record.payments.rbegin()[i]);
  return message;
}

v1::UnplacedEvent ToProto(const UnplacedEvent& event) {
  v1::UnplacedEvent message;
  message.set_account_id(event.account.value());
  message.set_partition(event.partition);
  message.set_position(event.position);
  message.set_type(event.type);
  message.set_reason(event.reason);
  message.set_created_time_micros(event.created_time.micros());
  return message;
}

}  // namespace

v1::PaymentHistory HistoryOf(db::Transaction& tx, CustomerId customer, Date today) {
  const std::vector<PaymentRecord> records = RecordsOf(tx, customer);
  const std::optional<Policy> policy = PolicyInEffect(tx, today);
  v1::PaymentHistory message;
  message.set_customer_id(customer.value());
  std::int64_t owed_cents = 0;
  for (const PaymentRecord& record : records) {
    *message.add_records() = ToProto(record, today);
    owed_cents += Owed(record).cents();
  }
  message.set_owed_cents(owed_cents);
  if (const std::optional<TimelySpan> timely =
          LongestTimely(ReadHistory(records, {}, today), policy ? policy->gap_days_max : 0)) {
    message.set_timely_from_date(timely->from.ToString());
    message.set_timely_to_date(timely->to.ToString());
  }
  return message;
}

grpc::ServerUnaryReactor* HistoryService::GetPaymentHistory(
    grpc::CallbackServerContext* context, const v1::GetPaymentHistoryRequest* request,
    v1::PaymentHistory* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::GetPaymentHistoryRequest& request) -> Result<v1::PaymentHistory> {
        Fields fields;
        const CustomerId id(fields.Id("customer_id", request.customer_id()));
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline,
                                    [&](db::Transaction& tx) -> Result<v1::PaymentHistory> {
                                      if (!FindCustomer(tx, id)) return UnknownCustomer(id);
                                      return HistoryOf(tx, id, call.today);
                                    });
      });
}

grpc::ServerUnaryReactor* HistoryService::ExcuseLatePayment(
    grpc::CallbackServerContext* context, const v1::ExcuseLatePaymentRequest* request,
    v1::PaymentFact* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ExcuseLatePaymentRequest& request) -> Result<v1::PaymentFact> {
        REEVE_ASSIGN_OR_RETURN(const account::ExcuseLatePayment command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::PaymentFact> {
          const std::optional<PaymentFact> payment =
              FindPaymentForUpdate(change.tx(), command.account, command.payment_id);
          if (!payment) {
            return NotFound(reason::kPaymentUnknown, "No such payment is on the account's record.")
                .With("payment_id", command.payment_id);
          }
          REEVE_ASSIGN_OR_RETURN(const PaymentFact excused, Excuse(*payment, command.why));
          REEVE_RETURN_IF_ERROR(UpdateExcuse(change.tx(), command.account, excused));
          change.Audit({.entity = "payment-fact",
                        .entity_id = FactId(command.account, excused.payment_id),
                        .action = "excuse",
                        .before = ToAuditText(*payment),
                        .after = ToAuditText(excused)});
          return ToProto(excused);
        });
      });
}

grpc::ServerUnaryReactor* HistoryService::ListUnplacedEvents(
    grpc::CallbackServerContext* context, const v1::ListUnplacedEventsRequest* request,
    v1::ListUnplacedEventsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ListUnplacedEventsRequest& request)
          -> Result<v1::ListUnplacedEventsResponse> {
        Fields fields;
        const std::string query = "ListUnplacedEvents";
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 3);
        if (!fields.ok()) return fields.error();
        std::vector<UnplacedEvent> found;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          found = ListUnplaced(tx, AccountId(page.AfterInt(0)), static_cast<int>(page.AfterInt(1)),
                               page.AfterInt(2), page.size + 1);
        });
        v1::ListUnplacedEventsResponse answer;
        if (found.size() > static_cast<std::size_t>(page.size)) {
          found.pop_back();
          const UnplacedEvent& last = found.back();
          answer.set_next_page_token(
              rpc::NextPageToken(query, {last.account.ToString(), std::to_string(last.partition),
                                         std::to_string(last.position)}));
        }
        for (const UnplacedEvent& event : found) *answer.add_events() = ToProto(event);
        return answer;
      });
}

}  // namespace reeve::account
