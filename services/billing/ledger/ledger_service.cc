#include "services/billing/ledger/ledger_service.h"

#include <algorithm>
#include <functional>

#include "services/billing/ledger/ledger_store.h"
#include "services/billing/ledger/ledger_wire_service.h"
#include "shared/core/fields.h"

namespace reeve::billing::ledger {
namespace {

// A day that may be left out.
std::optional<Date> DayIfGiven(Fields& fields, std::string_view name, const std::string& text) {
  if (text.empty()) return std::nullopt;
  return fields.CivilDate(name, text);
}

v1::TrialBalance ToProto(const v1::GetTrialBalanceRequest& request,
                         const std::vector<Activity>& activities) {
  v1::TrialBalance message;
  message.set_from_date(request.from_date());
  message.set_through_date(request.through_date());
  for (const Activity& activity : activities) *message.add_lines() = ToProto(activity);
  const Totals totals = TotalsOf(activities);
  message.set_debit_cents(totals.debit_cents);
  message.set_credit_cents(totals.credit_cents);
  message.set_posting_count(totals.posting_count);
  message.set_balanced(totals.balanced);
  return message;
}

void Fill(v1::AgedService& message, const std::string& service, const Aged& aged) {
  message.set_service(service);
  message.set_not_due_cents(aged.cents[0]);
  message.set_days_1_to_30_cents(aged.cents[1]);
  message.set_days_31_to_60_cents(aged.cents[2]);
  message.set_days_61_to_90_cents(aged.cents[3]);
  message.set_days_91_to_120_cents(aged.cents[4]);
  message.set_over_120_days_cents(aged.cents[5]);
  message.set_total_cents(aged.total_cents());
  message.set_charge_count(aged.charge_count);
}

v1::AgedReceivables MakeAgedReceivables(db::Transaction& tx, Date aged_date) {
  v1::AgedReceivables message;
  message.set_aged_date(aged_date.ToString());
  const Items items = ReadItems(tx);
  Aged all;
  for (const OpenItems& one : items.open) all.Add(one, aged_date);
  for (const auto& [service, aged] : AgeByService(items.open, aged_date)) {
    Fill(*message.add_services(), service, aged);
  }
  Fill(*message.mutable_all(), "", all);
  message.set_credit_cents(items.credit.cents);
  message.set_credit_account_count(items.credit.account_count);
  const std::vector<Tie> ties = TieOut(ListActivity(tx, {}), items.control);
  for (const Tie& tie : ties) {
    v1::TieOut& added = *message.add_ties();
    added.set_ledger_account(tie.account.first);
    added.set_fund(tie.account.second);
    added.set_ledger_cents(tie.ledger_cents);
    added.set_item_cents(tie.item_cents);
  }
  message.set_ties_out(std::all_of(ties.begin(), ties.end(), std::mem_fn(&Tie::Agrees)));
  return message;
}

}  // namespace

grpc::ServerUnaryReactor* LedgerService::GetTrialBalance(grpc::CallbackServerContext* context,
                                                         const v1::GetTrialBalanceRequest* request,
                                                         v1::TrialBalance* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::GetTrialBalanceRequest& request) -> Result<v1::TrialBalance> {
        Fields fields;
        const Span span{DayIfGiven(fields, "from_date", request.from_date()),
                        DayIfGiven(fields, "through_date", request.through_date())};
        if (fields.ok() && span.from && span.through && *span.through < *span.from) {
          fields.Refuse("through_date", "is before from_date");
        }
        if (!fields.ok()) return fields.error();
        std::vector<Activity> activities;
        database_.Read(call.deadline,
                       [&](db::Transaction& tx) { activities = ListActivity(tx, span); });
        return ToProto(request, activities);
      });
}

grpc::ServerUnaryReactor* LedgerService::GetAgedReceivables(
    grpc::CallbackServerContext* context, const v1::GetAgedReceivablesRequest* request,
    v1::AgedReceivables* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::GetAgedReceivablesRequest& request) -> Result<v1::AgedReceivables> {
        Fields fields;
        const Date aged_date =
            DayIfGiven(fields, "aged_date", request.aged_date()).value_or(call.today);
        if (!fields.ok()) return fields.error();
        v1::AgedReceivables report;
        database_.Read(call.deadline,
                       [&](db::Transaction& tx) { report = MakeAgedReceivables(tx, aged_date); });
        return report;
      });
}

}  // namespace reeve::billing::ledger
