// Puts the payments of payment's feed on the accounts' books, a batch in one transaction. Never
// refuses: what cannot be placed becomes unapplied cash, with its reason.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "services/billing/receivable/books_store.h"
#include "shared/command/command.h"
#include "shared/core/seams.h"
#include "shared/feed/feed.h"

namespace reeve::billing::receivable {

namespace reason {
inline constexpr std::string_view kAccountUnknown = "ACCOUNT_UNKNOWN";
}  // namespace reason

// Tells the neighbours what a change of the books has led to, and settles a request for a cut whose
// amount has been reached. `payment_id` is the payment that did it, or empty.
void FollowUp(command::Change& change, OpenBooks& open, Money paid, const std::string& payment_id);

// Places an account's unapplied cash, e.g. because the account has become known. Its books are held
// and are saved by the caller.
void PlaceUnapplied(command::Change& change, OpenBooks& open, const AllocationPolicy& policy);

std::vector<std::string> PaymentEvents();  // the types that ApplyPayments knows
Result<> ApplyPayments(command::Change& change, std::span<const feed::Event> events);

// The same, but a payment that has come before its account waits for it a moment: whoever has seen
// the payment here, or further on, then finds it on the account. Not thread-safe.
class PaymentFeed {
 public:
  explicit PaymentFeed(const Clock& machine_clock) : clock_(machine_clock) {}
  // UNAVAILABLE TOO_EARLY while a payment waits; nothing is applied then.
  Result<> Apply(command::Change& change, std::span<const feed::Event> events);

 private:
  const Clock& clock_;
  std::map<std::string, Instant> waiting_;  // since when, by payment
};

}  // namespace reeve::billing::receivable
