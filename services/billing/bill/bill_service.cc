#include "services/billing/bill/bill_service.h"

#include <algorithm>

#include "services/billing/agreement/agreement_store.h"
#include "services/billing/bill/bill_store.h"
#include "services/billing/bill/bill_wire_service.h"
#include "services/billing/bill/explanation_wire_service.h"
#include "services/billing/bill/simulation.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/rate/rate_store.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::bill {
namespace {

constexpr std::size_t kNameMax = 20;  // of a service, of a schedule
constexpr std::string_view kAfterAllDates = "9999-99-99";
constexpr std::int32_t kSeasonDaysMax = 45;
constexpr int kChangesMax = 50;

struct BillKey {
  AccountId account;
  std::int64_t bill_id = 0;
};

template <class Request>
BillKey ParseKey(Fields& fields, const Request& request) {
  if (request.bill_id() < 0) fields.Refuse("bill_id", "is not an identifier");
  return {AccountId(fields.Id("account_id", request.account_id())), request.bill_id()};
}

template <class Request>
Result<BillKey> Parse(const Request& request) {
  Fields fields;
  const BillKey key = ParseKey(fields, request);
  if (!fields.ok()) return fields.error();
  return key;
}

Result<cycle::Bill> Find(db::Transaction& tx, const BillKey& key) {
  std::optional<cycle::Bill> bill = cycle::LoadBill(tx, key.account, key.bill_id);
  if (!bill) return NotFound(reason::kBillUnknown, "There is no such bill.");
  return *std::move(bill);
}

// The bill that this one is compared with, if `earlier_bill_id` does not name it.
std::optional<std::int64_t> FindEarlier(db::Transaction& tx, const cycle::Bill& bill,
                                        v1::ComparedBill against) {
  return against == v1::COMPARED_BILL_LAST_YEAR ? FindBillOfLastYear(tx, bill, kSeasonDaysMax)
                                                : FindBillBefore(tx, bill);
}

std::optional<std::int64_t> ParseQuantity(Fields& fields, const std::string& field,
                                          const std::string& text) {
  if (text.empty()) return std::nullopt;
  const Result<Quantity> quantity = Quantity::Parse(Unit::kMonth, text);
  if (quantity.ok() && quantity->thousandths() >= 0) return quantity->thousandths();
  fields.Refuse(field, "is not a quantity with at most three decimals");
  return std::nullopt;
}

std::optional<Date> ParseDay(Fields& fields, const std::string& field, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const Date day = fields.CivilDate(field, text);
  return Date::Parse(text).ok() ? std::optional(day) : std::nullopt;
}

std::vector<Change> ParseChanges(Fields& fields, const v1::SimulateBillRequest& request) {
  if (request.changes_size() > kChangesMax) {
    fields.Refuse("changes", "has more than " + std::to_string(kChangesMax) + " elements");
    return {};
  }
  std::vector<Change> changes;
  for (int i = 0; i < request.changes_size(); ++i) {
    const v1::SimulatedChange& message = request.changes(i);
    const std::string at = "changes[" + std::to_string(i) + "].";
    Change& change = changes.emplace_back();
    change.service = fields.Text(at + "service", message.service(), 0, kNameMax);
    change.usage_thousandths = ParseQuantity(fields, at + "usage", message.usage());
    change.quantity_thousandths = ParseQuantity(fields, at + "quantity", message.quantity());
    change.from_date = ParseDay(fields, at + "from_date", message.from_date());
    change.to_date = ParseDay(fields, at + "to_date", message.to_date());
    const std::string code =
        fields.Text(at + "schedule_code", message.schedule_code(), 0, kNameMax);
    if (!code.empty()) change.schedule_code = code;
  }
  return changes;
}

// The versions that its lines name. What a cancelled bill was priced by may be divided otherwise
// since: its days are billed again by what was activated in the meantime.
rate::Tariff TariffOf(db::Transaction& tx, const cycle::Bill& bill) {
  const std::optional<cycle::Run> run =
      bill.state == cycle::BillState::kCancelled ? cycle::FindRun(tx, bill.cycle_id) : std::nullopt;
  const bool is_then = run && run->tariff_no > 0;
  return rate::Tariff(is_then ? rate::LoadSchedules(tx, run->tariff_no) : rate::LoadSchedules(tx));
}

}  // namespace

grpc::ServerUnaryReactor* BillService::GetBill(grpc::CallbackServerContext* context,
                                               const v1::GetBillRequest* request,
                                               v1::Bill* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetBillRequest& request) -> Result<v1::Bill> {
        REEVE_ASSIGN_OR_RETURN(const BillKey key, Parse(request));
        return database_.ReadResult(call.deadline, [&](db::Transaction& tx) -> Result<v1::Bill> {
          REEVE_ASSIGN_OR_RETURN(const cycle::Bill bill, Find(tx, key));
          return ToProtoWithLines(bill, TariffOf(tx, bill));
        });
      });
}

grpc::ServerUnaryReactor* BillService::ListBills(grpc::CallbackServerContext* context,
                                                 const v1::ListBillsRequest* request,
                                                 v1::ListBillsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListBillsRequest& request) -> Result<v1::ListBillsResponse> {
        Fields fields;
        const AccountId account(fields.Id("account_id", request.account_id()));
        const std::string query = "bills/" + account.ToString();
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        const std::string before = page.after.empty() ? std::string(kAfterAllDates) : page.after[0];
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListBillsResponse> {
              if (!agreement::HasAccount(tx, account)) {
                return NotFound(reason::kAccountUnknown, "Billing does not know the account.");
              }
              v1::ListBillsResponse answer;
              for (const cycle::Bill& bill :
                   cycle::ListBills(tx, account, before, page.AfterInt(1), page.size)) {
                *answer.add_bills() = ToProto(bill);
              }
              if (answer.bills_size() == page.size) {
                const v1::Bill& last = answer.bills(page.size - 1);
                answer.set_next_page_token(
                    rpc::NextPageToken(query, {last.bill_date(), std::to_string(last.bill_id())}));
              }
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* BillService::ExplainBill(grpc::CallbackServerContext* context,
                                                   const v1::ExplainBillRequest* request,
                                                   v1::BillExplanation* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ExplainBillRequest& request) -> Result<v1::BillExplanation> {
        REEVE_ASSIGN_OR_RETURN(const BillKey key, Parse(request));
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::BillExplanation> {
              REEVE_ASSIGN_OR_RETURN(const cycle::Bill bill, Find(tx, key));
              const rate::Tariff tariff = TariffOf(tx, bill);
              v1::BillExplanation answer = Explain(tx, bill, tariff);
              if (const auto before = FindBillBefore(tx, bill)) {
                REEVE_ASSIGN_OR_RETURN(const cycle::Bill earlier, Find(tx, {key.account, *before}));
                *answer.mutable_since_last() =
                    ToProto(Compare(tariff, earlier, bill), earlier, bill);
              }
              if (bill.IsRebill()) {
                REEVE_ASSIGN_OR_RETURN(const cycle::Bill replaced,
                                       Find(tx, {key.account, bill.rebilled_bill_id}));
                *answer.mutable_since_replaced() =
                    ToProto(Compare(tariff, replaced, bill), replaced, bill);
              }
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* BillService::CompareBills(grpc::CallbackServerContext* context,
                                                    const v1::CompareBillsRequest* request,
                                                    v1::BillComparison* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::CompareBillsRequest& request) -> Result<v1::BillComparison> {
        Fields fields;
        const BillKey key = ParseKey(fields, request);
        if (request.earlier_bill_id() < 0) fields.Refuse("earlier_bill_id", "is not an identifier");
        if (!v1::ComparedBill_IsValid(request.against())) {
          fields.Refuse("against", "is not a word of its list");
        }
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::BillComparison> {
              const rate::Tariff tariff(rate::LoadSchedules(tx));
              REEVE_ASSIGN_OR_RETURN(const cycle::Bill bill, Find(tx, key));
              std::optional<std::int64_t> earlier_id = request.earlier_bill_id();
              if (earlier_id == 0) earlier_id = FindEarlier(tx, bill, request.against());
              if (!earlier_id) {
                return FailedPrecondition(reason::kNothingToCompare,
                                          "The account has no such earlier bill.");
              }
              if (*earlier_id == bill.bill_id) {
                return InvalidArgument({{"earlier_bill_id", "is the bill itself"}});
              }
              REEVE_ASSIGN_OR_RETURN(const cycle::Bill earlier,
                                     Find(tx, {key.account, *earlier_id}));
              return ToProto(Compare(tariff, earlier, bill), earlier, bill);
            });
      });
}

grpc::ServerUnaryReactor* BillService::SimulateBill(grpc::CallbackServerContext* context,
                                                    const v1::SimulateBillRequest* request,
                                                    v1::BillSimulation* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::SimulateBillRequest& request) -> Result<v1::BillSimulation> {
        Fields parsed;
        const BillKey key = ParseKey(parsed, request);
        const bool has_key = parsed.ok();
        const std::vector<Change> changes = ParseChanges(parsed, request);
        const std::optional<Date> day = ParseDay(parsed, "bill_date", request.bill_date());
        if (!has_key) return parsed.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::BillSimulation> {
              const rate::Tariff tariff(rate::LoadSchedules(tx));
              const Result<cycle::Bill> bill = Find(tx, key);
              if (!bill.ok()) return parsed.ok() ? bill.error() : parsed.error();
              Fields fields = parsed;
              cycle::Bill changed = ApplyChanges(*bill, tariff, changes, fields);
              if (!fields.ok()) return fields.error();
              changed.bill_date = day.value_or(bill->bill_date);
              if (day) changed.priced_date.reset();
              const cycle::Run run = cycle::FindRun(tx, bill->cycle_id).value();
              REEVE_ASSIGN_OR_RETURN(const cycle::Bill simulated,
                                     PriceAnew(std::move(changed), tariff, run.kind));
              v1::BillSimulation answer;
              *answer.mutable_explanation() = Explain(tx, simulated, tariff);
              answer.mutable_explanation()->mutable_bill()->clear_state();
              *answer.mutable_comparison() =
                  ToProto(Compare(tariff, *bill, simulated), *bill, simulated);
              return answer;
            });
      });
}

}  // namespace reeve::billing::bill
