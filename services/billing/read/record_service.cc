#include "services/billing/read/record_service.h"

#include "services/billing/audit_row.h"
#include "services/billing/read/correction_service.h"
#include "services/billing/read/record_store.h"

namespace reeve::billing::read {
namespace {

void QueueAs(command::Change& change, const agreement::Agreement& agreement,
             const std::string& meter_number, Reading reading, Problem problem,
             std::int64_t cause_id) {
  const std::optional<Exception> queued =
      Queue(change.tx(), agreement, meter_number, reading, problem, cause_id);
  if (queued) AuditRow(change, kKeptException, "queue", "", CellsOfException(*queued));
}

}  // namespace

bool Record(command::Change& change, const agreement::Agreement& agreement, Reading reading,
            Source source, std::int64_t read_id, std::int64_t cause_id) {
  db::Transaction& tx = change.tx();
  if (HasRead(tx, agreement.account, read_id)) return true;
  const Placement placement = Place(
      tx, agreement, {agreement.meter_number, reading.date, reading.thousandths, agreement.unit});
  if (placement.problem) {
    QueueAs(change, agreement, agreement.meter_number, reading, *placement.problem, cause_id);
    return false;
  }
  const Read read{
      agreement.account, read_id, agreement.agreement_id, agreement.meter_number, reading, source,
      cause_id};
  CancelVoid(change, placement, read);
  InsertReads(tx, {&read, 1});
  AuditRow(change, kKeptRead, "record", "", FixedCellsOf(read));
  return true;
}

void QueueUnknown(command::Change& change, const agreement::Agreement& agreement,
                  const std::string& meter_number, Reading reading, std::int64_t cause_id) {
  QueueAs(change, agreement, meter_number, reading, Problem::kUnknownMeter, cause_id);
}

}  // namespace reeve::billing::read
