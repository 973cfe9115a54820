// Completion: what a technician brings back from the field, and what each type of order requires.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/core/date.h"
#include "shared/core/result.h"

namespace reeve::work_order {

namespace reason {
// In order of precedence.
inline constexpr Reason kCompletionIncomplete{"COMPLETION_INCOMPLETE"};
inline constexpr Reason kCompletionContradicts{"COMPLETION_CONTRADICTS"};
inline constexpr Reason kCompletionMeterMismatch{"METER_MISMATCH"};
inline constexpr Reason kReadOffRegister{"READ_OFF_REGISTER"};
inline constexpr Reason kReadLower{"READ_LOWER"};
inline constexpr Reason kReadHigh{"READ_HIGH"};
}  // namespace reason

enum class OrderType {
  kConnect,
  kDisconnectRequest,
  kDisconnectNonpay,
  kReconnect,
  kTag,
  kRead,
};
inline constexpr int kOrderTypes = 6;
std::string_view Name(OrderType type);
OrderType ParseOrderType(std::string_view name);  // of a column that a CHECK has bounded

struct Completion {
  std::string meter_number;
  std::optional<std::int64_t> read_thousandths;  // of a register count
  bool lower_read_confirmed = false;
  bool high_read_confirmed = false;
  bool supply_on = false;
  std::string seal_number;
  bool door_hanger_left = false;
  std::string tag_serial;
  std::string photo_sha256;
  std::string remark;
  Date work_date;  // the city's date on which it was reported

  bool operator==(const Completion&) const = default;
};

// What is known about a meter.
struct Meter {
  std::string number;
  std::string service;
  int register_digits = 0;  // 1 to 9
  std::int64_t last_read_thousandths = 0;
  std::optional<Date> last_read_date;
};

// Refused, in this order, with COMPLETION_INCOMPLETE (every missing field), COMPLETION_CONTRADICTS
// (a cut with the supply on), METER_MISMATCH, READ_OFF_REGISTER, READ_LOWER, READ_HIGH (a tenth of
// the register or more above the last read: years of common use). `order_meter_number` may be
// empty: any meter will do.
Result<> CheckCompletion(OrderType type, std::string_view order_meter_number,
                         const Completion& completion, const std::optional<Meter>& meter);

}  // namespace reeve::work_order
