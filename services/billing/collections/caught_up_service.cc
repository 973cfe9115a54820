#include "services/billing/collections/caught_up_service.h"

#include <algorithm>
#include <exception>
#include <optional>

#include "services/billing/collections/shutoff.h"
#include "shared/obs/log.h"

namespace reeve::billing::collections {
namespace {

constexpr std::string_view kPayment = "payment";
constexpr Duration kLookAgain = Duration::Millis(10);

}  // namespace

void CaughtUp::Await(const Call& call, Done done, Duration wait_max) {
  const Instant now = machine_clock_.Now();
  const Duration half = Duration::Micros((call.deadline - now).micros() / 2);
  auto waiting =
      std::make_shared<Waiting>(Waiting{call, std::move(done), {}, now + std::min(half, wait_max)});
  executor_.Post([this, waiting] { AskPayment(waiting); });
}

void CaughtUp::AskPayment(const std::shared_ptr<Waiting>& waiting) {
  const std::optional<std::string> head = payment_.Ask(waiting->call);
  if (!head) return waiting->done(answer::kPaymentsUnknown, {});
  const Result<feed::Token> token = feed::Token::Decode(*head);
  if (!token.ok()) return waiting->done(answer::kPaymentsUnknown, {});
  waiting->head = *token;
  Look(waiting);
}

void CaughtUp::Look(const std::shared_ptr<Waiting>& waiting) {
  bool covered = false;
  try {
    database_.Read(waiting->call.deadline, [&](db::Transaction& tx) {
      covered = feed::AppliedToken(tx, kPayment).Covers(waiting->head, kPayment);
    });
  } catch (const std::exception& thrown) {
    obs::Log(obs::Level::kError, "caught_up_failed", {{"what", std::string_view(thrown.what())}});
    return waiting->done(answer::kNotCaughtUp, waiting->head);
  }
  if (covered) return waiting->done({}, waiting->head);
  if (machine_clock_.Now() >= waiting->give_up_time) {
    return waiting->done(answer::kNotCaughtUp, waiting->head);
  }
  executor_.PostAfter(kLookAgain, [this, waiting] { Look(waiting); });
}

}  // namespace reeve::billing::collections
