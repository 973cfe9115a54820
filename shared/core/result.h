// Result<T>: the value of a command or the reason why it was refused. Expected refusals travel as
// values; broken infrastructure is an exception that only rpc::Handle catches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace reeve {

// The class of a refusal. Names and meaning are those of the canonical gRPC codes.
enum class Code {
  kCancelled,
  kInvalidArgument,
  kDeadlineExceeded,
  kNotFound,
  kAlreadyExists,
  kPermissionDenied,
  kResourceExhausted,
  kFailedPrecondition,
  kAborted,
  kOutOfRange,
  kInternal,
  kUnavailable,
  kUnauthenticated,
};

// A reason from a feature's closed list, UPPER_SNAKE_CASE. Clients branch on it, so a name never
// changes.
struct Reason {
  std::string_view name;
};

struct FieldViolation {
  std::string field;  // path in the request, e.g. "tenders[1].amount_cents"
  std::string
      description;  // what is wrong with it, without the offending value if that may be personal
  bool operator==(const FieldViolation&) const = default;
};

class [[nodiscard]] Error {
 public:
  Error(Code code, Reason reason, std::string message)
      : code_(code), reason_(reason.name), message_(std::move(message)) {}

  Code code() const { return code_; }
  const std::string& reason() const { return reason_; }
  const std::string& message() const { return message_; }
  const std::vector<std::pair<std::string, std::string>>& metadata() const { return metadata_; }
  const std::vector<FieldViolation>& violations() const& { return violations_; }
  std::vector<FieldViolation> violations() && { return std::move(violations_); }

  // Adds a machine-readable fact. Never personal data, never a secret.
  Error&& With(std::string_view key, std::string value) && {
    metadata_.emplace_back(std::string(key), std::move(value));
    return std::move(*this);
  }
  Error&& With(std::string_view key, std::int64_t value) && {
    return std::move(*this).With(key, std::to_string(value));
  }
  Error&& WithViolations(std::vector<FieldViolation> violations) && {
    violations_ = std::move(violations);
    return std::move(*this);
  }

 private:
  Code code_;
  std::string reason_;
  std::string message_;
  std::vector<std::pair<std::string, std::string>> metadata_;
  std::vector<FieldViolation> violations_;
};

namespace reason {
inline constexpr Reason kInvalidRequest{"INVALID_REQUEST"};
inline constexpr Reason kStale{"STALE"};
inline constexpr Reason kOverflow{"AMOUNT_OUT_OF_RANGE"};
}  // namespace reason

inline Error FailedPrecondition(Reason reason, std::string message) {
  return {Code::kFailedPrecondition, reason, std::move(message)};
}
inline Error NotFound(Reason reason, std::string message) {
  return {Code::kNotFound, reason, std::move(message)};
}
inline Error AlreadyExists(Reason reason, std::string message) {
  return {Code::kAlreadyExists, reason, std::move(message)};
}
inline Error PermissionDenied(Reason reason, std::string message) {
  return {Code::kPermissionDenied, reason, std::move(message)};
}
inline Error Aborted(Reason reason, std::string message) {
  return {Code::kAborted, reason, std::move(message)};
}
inline Error OutOfRange(Reason reason, std::string message) {
  return {Code::kOutOfRange, reason, std::move(message)};
}
inline Error Unavailable(Reason reason, std::string message) {
  return {Code::kUnavailable, reason, std::move(message)};
}
inline Error Unauthenticated(Reason reason, std::string message) {
  return {Code::kUnauthenticated, reason, std::move(message)};
}
inline Error ResourceExhausted(Reason reason, std::string message) {
  return {Code::kResourceExhausted, reason, std::move(message)};
}
inline Error DeadlineExceeded(Reason reason, std::string message) {
  return {Code::kDeadlineExceeded, reason, std::move(message)};
}
// Every bad field of the request at once.
inline Error InvalidArgument(std::vector<FieldViolation> violations) {
  return Error(Code::kInvalidArgument, reason::kInvalidRequest, "The request has invalid fields.")
      .WithViolations(std::move(violations));
}

template <class T = void>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: a value is a result
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: so is a refusal

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  const T& value() const& { return std::get<0>(state_); }
  T& value() & { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: a refusal is a result

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

inline Result<> Ok() { return {}; }

}  // namespace reeve

#define REEVE_CONCAT_INNER(a, b) a##b
#define REEVE_CONCAT(a, b) REEVE_CONCAT_INNER(a, b)

// REEVE_ASSIGN_OR_RETURN(const Money charge, rate.Times(usage, Rounding::kHalfUp));
#define REEVE_ASSIGN_OR_RETURN(declaration, ...)                     \
  auto REEVE_CONCAT(reeve_result_, __LINE__) = (__VA_ARGS__);        \
  if (!REEVE_CONCAT(reeve_result_, __LINE__).ok())                   \
    return std::move(REEVE_CONCAT(reeve_result_, __LINE__)).error(); \
  declaration = std::move(REEVE_CONCAT(reeve_result_, __LINE__)).value()

#define REEVE_RETURN_IF_ERROR(...)                             \
  do {                                                         \
    if (auto reeve_status = (__VA_ARGS__); !reeve_status.ok()) \
      return std::move(reeve_status).error();                  \
  } while (false)
