#include "services/billing/adjustment/limit.h"

#include <algorithm>
#include <set>

#include "services/billing/listed.h"
#include "shared/core/decimal.h"

namespace reeve::billing::adjustment {
namespace {

constexpr std::size_t kLimitsMax = 20;
constexpr std::size_t kRoleMax = 40;

// Small letters, in words that are joined by '_'.
bool IsRole(std::string_view text) {
  if (text.empty() || text.size() > kRoleMax) return false;
  bool after_letter = false;
  for (const char c : text) {
    const bool mark = c == '_';
    if (mark ? !after_letter : (c < 'a' || c > 'z')) return false;
    after_letter = !mark;
  }
  return after_letter;
}

}  // namespace

void ValidateLimits(std::span<const Limit> limits, std::string_view prefix,
                    const std::string& field, Fields& fields) {
  if (limits.size() > kLimitsMax) fields.Refuse(field + "limits", "are more than 20");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < std::min(limits.size(), kLimitsMax); ++i) {
    const Limit& limit = limits[i];
    const std::string at = field + "limits[" + std::to_string(i) + "].";
    const bool named = limit.permission.starts_with(prefix) &&
                       IsRole(std::string_view(limit.permission).substr(prefix.size()));
    if (!named || !seen.insert(limit.permission).second) {
      fields.Refuse(at + "permission", "is not " + std::string(prefix) + "<role>, or there twice");
    }
    if (limit.amount <= Money() || limit.amount.cents() > Money::kMaxCents) {
      fields.Refuse(at + "amount_cents", "is not above zero, or out of range");
    }
  }
}

std::string LimitsText(std::span<const Limit> limits) {
  std::vector<std::string> items;
  for (const Limit& limit : limits) {
    items.push_back(limit.permission + "=" + std::to_string(limit.amount.cents()));
  }
  return JoinList(items);
}

std::vector<Limit> ParseLimits(const std::string& text) {
  std::vector<Limit> limits;
  for (const std::string& item : SplitList(text)) {
    const auto [permission, cents] = SplitPair(item, '=');
    limits.push_back({permission, Money::Cents(ParseDecimal(cents, 0, Money::kMaxCents).value())});
  }
  return limits;
}

}  // namespace reeve::billing::adjustment
