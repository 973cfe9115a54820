// Remittance stubs: the scanline that a bill's stub carries, in the layout that Creditron
// recommends.
#pragma once

#include <string>
#include <string_view>

#include "shared/core/date.h"
#include "shared/core/id.h"
#include "shared/core/money.h"
#include "shared/core/result.h"

namespace reeve::payment {

namespace reason {
inline constexpr Reason kScanlineCheckDigit{"SCANLINE_CHECK_DIGIT"};
inline constexpr Reason kScanlineContent{"SCANLINE_CONTENT"};
}  // namespace reason

inline constexpr std::size_t kScanlineDigits = 42;

struct Stub {
  AccountId account;
  Date due_date;
  std::string rate_code;  // four digits
  Money gross;            // due after the due date
  Money net;              // due until the due date
  bool operator==(const Stub&) const = default;
};

// The number on the stub: eleven digits, zero-filled, the last a check digit.
bool IsAccountNumber(std::int64_t value);

// `digits` has kScanlineDigits characters: account 11, MMDDYY 6 (of this century), rate code 4,
// gross 10, net 10, check digit 1. SCANLINE_CHECK_DIGIT, SCANLINE_CONTENT.
Result<Stub> ReadStub(std::string_view digits);

}  // namespace reeve::payment
