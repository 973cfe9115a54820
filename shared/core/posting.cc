#include "shared/core/posting.h"

#include <algorithm>

namespace reeve {

Result<> CheckBalanced(std::span<const Posting> postings) {
  REEVE_ASSIGN_OR_RETURN(const Money sum,
                         Sum(postings, [](const Posting& posting) { return posting.amount; }));
  const bool has_zero = std::any_of(postings.begin(), postings.end(), [](const Posting& posting) {
    return posting.amount.is_zero();
  });
  if (postings.size() < 2 || has_zero || !sum.is_zero()) {
    return FailedPrecondition(reason::kEntryNotBalanced,
                              "A journal entry has two or more postings that sum to zero.")
        .With("sum_cents", sum.cents());
  }
  return Ok();
}

}  // namespace reeve
