#include "services/billing/read/record_store.h"

#include "services/billing/file/rows.h"
#include "shared/core/decimal.h"

namespace reeve::billing::read {
namespace {

constexpr db::Query kHasRead{
    "meter_read_has", "SELECT read_id FROM meter_read WHERE account_id = $1 AND read_id = $2"};
constexpr db::Query kHasException{"read_exception_has",
                                  "SELECT line FROM read_exception WHERE account_id = $1 AND "
                                  "import_id = $2 AND line = 0"};

}  // namespace

Meter MeterOf(const agreement::Agreement& agreement, History history) {
  return {agreement.unit, agreement.register_digits, std::move(history)};
}

bool HasRead(db::Transaction& tx, AccountId account, std::int64_t read_id) {
  return !tx.Select(kHasRead, account, read_id).empty();
}

std::optional<Exception> Queue(db::Transaction& tx, const agreement::Agreement& agreement,
                               const std::string& meter_number, Reading reading, Problem problem,
                               std::int64_t cause_id) {
  if (!tx.Select(kHasException, agreement.account, cause_id).empty()) return std::nullopt;
  const Exception exception{
      agreement.account,
      cause_id,
      0,
      std::string(ProblemName(problem)),
      true,
      file::Excerpt(meter_number + "," + reading.date.ToString() + "," +
                    PrintDecimal(reading.thousandths, 3, 0) + "," + agreement.unit)};
  InsertExceptions(tx, {&exception, 1});
  return exception;
}

}  // namespace reeve::billing::read
