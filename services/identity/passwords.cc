#include "services/identity/passwords.h"

#include "services/identity/staff/staff.h"

namespace reeve::identity {

// One of the few at once, or none.
class Passwords::Turn {
 public:
  explicit Turn(std::atomic<int>& under_way) : under_way_(under_way) {
    granted_ = under_way_.fetch_add(1) < kAtOnceMax;
  }
  ~Turn() { under_way_.fetch_sub(1); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  Result<> Granted() const {
    if (granted_) return Ok();
    return ResourceExhausted(reason::kSignInBusy, "Too many sign-ins at once; try again.");
  }

 private:
  std::atomic<int>& under_way_;
  bool granted_ = false;
};

Passwords::Passwords(HashCost cost, Random& random)
    : cost_(cost),
      random_(random),
      nobodys_hash_(HashPassword("nobody signs in with this", cost, random)) {}

Result<std::string> Passwords::Hash(std::string_view password) {
  const Turn turn(under_way_);
  REEVE_RETURN_IF_ERROR(turn.Granted());
  return HashPassword(password, cost_, random_);
}

Result<bool> Passwords::Verify(std::string_view password, const std::string& hash) {
  const Turn turn(under_way_);
  REEVE_RETURN_IF_ERROR(turn.Granted());
  const bool right = VerifyPassword(password, hash.empty() ? nobodys_hash_ : hash);
  return right && !hash.empty();
}

}  // namespace reeve::identity
