#include "services/payment/payment/direction_check.h"

#include <algorithm>

namespace reeve::payment {

bool DidNotAnswer(const Error& error) {
  return error.code() == Code::kUnavailable || error.code() == Code::kDeadlineExceeded;
}

Result<> CheckDirections(const Owed& owed, Money amount, std::span<const Direction> directions) {
  std::int64_t open = 0;  // that stays so
  for (const auto& [service, cents] : owed.services) open += cents.cents();
  std::int64_t undirected = amount.cents();
  std::vector<FieldViolation> violations;
  for (std::size_t i = 0; i < directions.size(); ++i) {
    const Direction& direction = directions[i];
    const auto found = owed.services.find(direction.service);
    const Money owes = found == owed.services.end() ? Money() : found->second;
    open -= std::min(owes, direction.amount).cents();
    undirected -= direction.amount.cents();
    if (direction.amount <= owes) continue;
    const std::string at = "directions[" + std::to_string(i) + "].";
    if (owes.is_zero()) {
      violations.push_back({at + "service", "the account owes nothing for " + direction.service});
    } else {
      violations.push_back({at + "amount_cents",
                            "the account owes " + owes.ToString() + " for " + direction.service});
    }
  }
  if (violations.empty() || open <= undirected) return Ok();
  return FailedPrecondition(reason::kDirectionNotOwed,
                            "More is directed to a service than it owes, while something else "
                            "stays open: direct less; the rest follows the city's order.")
      .WithViolations(std::move(violations));
}

}  // namespace reeve::payment
