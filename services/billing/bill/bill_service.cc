#include "services/billing/bill/bill_service.h"

#include <algorithm>

#include "services/billing/agreement/agreement_store.h"
#include "services/billing/bill/bill_wire_service.h"
#include "services/billing/bill/explanation.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/rate/rate_store.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::bill {
namespace {

constexpr std::string_view kAfterAllDates = "9999-99-99";

struct BillKey {
  AccountId account;
  std::int64_t bill_id = 0;
};

template <class Request>
Result<BillKey> Parse(const Request& request) {
  Fields fields;
  BillKey key{AccountId(fields.Id("account_id", request.account_id())), request.bill_id()};
  if (request.bill_id() < 0) fields.Refuse("bill_id", "is not an identifier");
  if (!fields.ok()) return fields.error();
  return key;
}

Result<cycle::Bill> Find(db::Transaction& tx, const BillKey& key) {
  std::optional<cycle::Bill> bill = cycle::LoadBill(tx, key.account, key.bill_id);
  if (!bill) return NotFound(reason::kBillUnknown, "There is no such bill.");
  return *std::move(bill);
}

MeterReading ReadingOf(const cycle::MeterUse& use) {
  return {use.meter.meter_number,
          use.start_read_thousandths,
          use.end_read_thousandths,
          use.meter.register_digits,
          use.meter.multiplier_thousandths,
          use.usage_thousandths,
          use.meter.unit};
}

// Of a period with an exchange from the first register to the last; the formula names each meter.
void ExplainUsage(db::Transaction& tx, const cycle::Bill& bill, const cycle::Segment& segment,
                  v1::UsageExplanation& usage) {
  std::vector<MeterReading> readings;
  for (const cycle::MeterUse& one : segment.meters) readings.push_back(ReadingOf(one));
  const std::string& unit = segment.meters.back().meter.unit;
  usage.set_meter_number(NumbersText(readings));
  usage.set_start_read(CountsText(segment.start_read_thousandths));
  usage.set_end_read(CountsText(segment.end_read_thousandths));
  usage.set_multiplier(CountsText(readings.back().multiplier_thousandths));
  usage.set_estimated(segment.estimated);
  usage.set_rolled_over(std::any_of(readings.begin(), readings.end(), RolledOver));
  usage.set_usage(CountsText(segment.use.usage_thousandths) + " " + unit);
  usage.set_formula(UsageFormula(readings, segment.use.usage_thousandths));
  const std::optional<cycle::BilledBefore> before =
      cycle::FindBilledBefore(tx, bill.account, segment.agreement_id, segment.from_date);
  if (!before) return;
  usage.set_last_usage(CountsText(before->use.usage_thousandths) + " " + unit);
  usage.set_last_day_count(static_cast<int>(before->use.day_count));
  usage.set_last_amount_cents(before->amount.cents());
}

v1::ServiceExplanation ExplainSegment(db::Transaction& tx, const cycle::Bill& bill,
                                      const cycle::Segment& segment, const rate::Tariff& tariff) {
  const rate::Schedule& schedule = *tariff.Version(segment.schedule_code, segment.effective_date);
  v1::ServiceExplanation message;
  message.set_service(segment.service);
  message.set_schedule_code(schedule.code);
  message.set_schedule_title(schedule.title);
  message.set_effective_date(schedule.effective_date.ToString());
  message.set_citation(schedule.citation);
  message.set_from_date(segment.from_date.ToString());
  message.set_to_date(segment.to_date.ToString());
  message.set_day_count(static_cast<int>(
      rate::CountDays(schedule.terms.day_count, segment.from_date, segment.to_date)));
  if (schedule.usage_unit) ExplainUsage(tx, bill, segment, *message.mutable_usage());
  for (const rate::Line& line : segment.lines) {
    v1::LineExplanation& added = *message.add_lines();
    const rate::Schedule& version = VersionOf(tariff, segment, line);
    *added.mutable_line() = ToProto(version, line);
    added.mutable_line()->set_estimated(IsEstimated(segment, version, line));
    added.set_basis(rate::Basis(version, segment.lines, line));
    added.set_formula(rate::Formula(version, line));
    added.set_effective_date(version.effective_date.ToString());
    added.set_citation(version.citation);
    added.set_day_count(static_cast<int>(line.day_count));
  }
  message.set_amount_cents(segment.amount.cents());
  return message;
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
          return ToProtoWithLines(bill, rate::Tariff(rate::LoadSchedules(tx)));
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
              const rate::Tariff tariff(rate::LoadSchedules(tx));
              v1::BillExplanation answer;
              *answer.mutable_bill() = ToProto(bill);
              for (const cycle::Segment& segment : bill.segments) {
                *answer.add_services() = ExplainSegment(tx, bill, segment, tariff);
              }
              return answer;
            });
      });
}

}  // namespace reeve::billing::bill
