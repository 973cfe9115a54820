#include "services/billing/read/record_store.h"

#include "shared/core/decimal.h"

namespace reeve::billing::read {
namespace {

constexpr db::Query kHasRead{
    "meter_read_has", "SELECT read_id FROM meter_read WHERE account_id = $1 AND read_id = $2"};
constexpr db::Query kHasException{"read_exception_has",
                                  "SELECT line FROM read_exception WHERE account_id = $1 AND "
                                  "import_id = $2 AND line = 0"};

Recorded Queue(db::Transaction& tx, const agreement::Agreement& agreement,
               const std::string& meter_number, Reading reading, Problem problem,
               std::int64_t cause_id) {
  if (!tx.Select(kHasException, agreement.account, cause_id).empty()) return {};
  const Exception exception{
      agreement.account,
      cause_id,
      0,
      std::string(ProblemName(problem)),
      true,
      Excerpt(meter_number + "," + reading.date.ToString() + "," +
              PrintDecimal(reading.thousandths, 3, 0) + "," + agreement.unit)};
  InsertExceptions(tx, {&exception, 1});
  return {false, std::nullopt, exception};
}

}  // namespace

Meter MeterOf(const agreement::Agreement& agreement, History history) {
  return {agreement.unit, agreement.register_digits, std::move(history)};
}

Recorded RecordRead(db::Transaction& tx, const agreement::Agreement& agreement, Reading reading,
                    Source source, std::int64_t read_id, std::int64_t cause_id) {
  if (!tx.Select(kHasRead, agreement.account, read_id).empty()) return {.is_read = true};
  const MeterKey key{agreement.account, agreement.agreement_id, agreement.meter_number};
  const Row row{agreement.meter_number, reading.date, reading.thousandths, agreement.unit};
  const std::optional<Problem> problem =
      Judge(row, MeterOf(agreement, LoadHistories(tx, {&key, 1}).front()));
  if (!problem) {
    const Read read{
        agreement.account, read_id, agreement.agreement_id, agreement.meter_number, reading, source,
        cause_id};
    InsertReads(tx, {&read, 1});
    return {true, read, std::nullopt};
  }
  return Queue(tx, agreement, agreement.meter_number, reading, *problem, cause_id);
}

Recorded QueueUnknownMeter(db::Transaction& tx, const agreement::Agreement& agreement,
                           const std::string& meter_number, Reading reading,
                           std::int64_t cause_id) {
  return Queue(tx, agreement, meter_number, reading, Problem::kUnknownMeter, cause_id);
}

}  // namespace reeve::billing::read
