#include "services/payment/remittance/remittance.h"

#include <charconv>

#include "shared/core/check_digit.h"

namespace reeve::payment {
namespace {

constexpr std::size_t kAccountDigits = 11;

std::int64_t Number(std::string_view digits) {
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

Error ContentError(std::string message) {
  return FailedPrecondition(reason::kScanlineContent, std::move(message));
}

}  // namespace

bool IsAccountNumber(std::int64_t value) {
  std::string digits = std::to_string(value);
  if (value <= 0 || digits.size() > kAccountDigits) return false;
  digits.insert(0, kAccountDigits - digits.size(), '0');
  return HasValidMod10(digits);
}

Result<Stub> ReadStub(std::string_view digits) {
  if (!HasValidMod10(digits)) {
    return FailedPrecondition(reason::kScanlineCheckDigit,
                              "The scanline's check digit is wrong: it is mistyped or misread.");
  }
  const auto next = [&digits](std::size_t size) {
    const std::string_view part = digits.substr(0, size);
    digits.remove_prefix(size);
    return part;
  };
  const std::int64_t account = Number(next(kAccountDigits));
  if (!IsAccountNumber(account)) return ContentError("The stub names no account number.");
  const int month = static_cast<int>(Number(next(2)));
  const int day = static_cast<int>(Number(next(2)));
  const int year = 2000 + static_cast<int>(Number(next(2)));
  const Result<Date> due_date = Date::FromCivil(year, month, day);
  if (!due_date.ok()) return ContentError("The stub's due date is no date.");
  Stub stub{AccountId(account), *due_date, std::string(next(4)), {}, {}};
  stub.gross = Money::Cents(Number(next(10)));
  stub.net = Money::Cents(Number(next(10)));
  return stub;
}

}  // namespace reeve::payment
