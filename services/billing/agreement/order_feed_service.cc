#include "services/billing/agreement/order_feed_service.h"

#include <algorithm>

#include "reeve/work_order/v1/events.pb.h"
#include "services/billing/agreement/agreement_store.h"
#include "services/billing/agreement/start_service.h"
#include "services/billing/audit_row.h"
#include "services/billing/collections/collections_store.h"
#include "services/billing/derived_id.h"
#include "services/billing/read/record_service.h"
#include "services/billing/read/served_store.h"
#include "services/billing/receivable/books_store.h"

namespace reeve::billing::agreement {
namespace {

void RecordCut(command::Change& change, AccountId account, std::int64_t disconnect_id) {
  db::Transaction& tx = change.tx();
  receivable::LockBooks(tx, {account});
  std::optional<collections::Disconnect> disconnect =
      collections::LockDisconnect(tx, account, disconnect_id);
  if (!disconnect) return;
  std::string before =
      RowText(collections::kKeptDisconnect, collections::CellsOfDisconnect(account, *disconnect));
  disconnect->state = collections::After(disconnect->state, collections::DisconnectEvent::kCut);
  collections::SaveDisconnect(tx, account, *disconnect);
  AuditRow(change, collections::kKeptDisconnect, "cut", std::move(before),
           collections::CellsOfDisconnect(account, *disconnect));
}

void Close(command::Change& change, const work_order::v1::FieldResult& result) {
  db::Transaction& tx = change.tx();
  const AccountId account(result.account_id());
  if (result.disconnect_id() != 0 &&
      result.type() == work_order::v1::ORDER_TYPE_DISCONNECT_NONPAY) {
    RecordCut(change, account, result.disconnect_id());
  }
  if (!result.has_read()) return;
  const Result<Date> date = Date::Parse(result.read_date());
  const read::Reading reading{date.ok() ? *date : change.call().today, result.read_thousandths()};
  std::vector<Agreement> agreements = LockAgreements(tx, account);
  const auto agreement =
      std::find_if(agreements.begin(), agreements.end(), [&](const Agreement& candidate) {
        // The last read may come after the account was closed.
        const bool is_over =
            candidate.state == State::kStopped && !read::WasServed(candidate, reading.date);
        if (!candidate.IsMetered() || is_over) return false;
        return result.agreement_id() != 0 ? candidate.agreement_id == result.agreement_id()
                                          : candidate.meter_number == result.meter_number();
      });
  if (agreement == agreements.end()) return;
  // The meter that was read may have been exchanged since.
  if (!result.meter_number().empty() && result.meter_number() != agreement->meter_number) {
    return read::QueueUnknown(change, *agreement, result.meter_number(), reading,
                              result.order_id());
  }
  const bool recorded = read::Record(change, *agreement, reading, read::Source::kOrder,
                                     DerivedId("order-read", result.order_id()), result.order_id());
  if (recorded) Start(change, *agreement, reading.date, reading);
}

}  // namespace

std::vector<std::string> OrderEvents() {
  return {std::string(work_order::v1::OrderClosed::descriptor()->full_name())};
}

Result<> ApplyOrders(command::Change& change, std::span<const feed::Event> events) {
  for (const feed::Event& event : events) {
    work_order::v1::OrderClosed closed;
    closed.ParseFromString(event.payload);
    if (closed.result().outcome() == work_order::v1::OUTCOME_DONE) Close(change, closed.result());
  }
  return Ok();
}

}  // namespace reeve::billing::agreement
