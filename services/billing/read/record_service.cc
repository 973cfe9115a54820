#include "services/billing/read/record_service.h"

#include "services/billing/audit_row.h"

namespace reeve::billing::read {

bool Record(command::Change& change, const agreement::Agreement& agreement, Reading reading,
            Source source, std::int64_t read_id, std::int64_t cause_id) {
  const Recorded recorded = RecordRead(change.tx(), agreement, reading, source, read_id, cause_id);
  if (recorded.read) AuditRow(change, kKeptRead, "record", "", FixedCellsOf(*recorded.read));
  if (recorded.exception) {
    AuditRow(change, kKeptException, "queue", "", CellsOfException(*recorded.exception));
  }
  return recorded.is_read;
}

void QueueUnknown(command::Change& change, const agreement::Agreement& agreement,
                  const std::string& meter_number, Reading reading, std::int64_t cause_id) {
  const Recorded recorded =
      QueueUnknownMeter(change.tx(), agreement, meter_number, reading, cause_id);
  if (!recorded.exception) return;
  AuditRow(change, kKeptException, "queue", "", CellsOfException(*recorded.exception));
}

}  // namespace reeve::billing::read
