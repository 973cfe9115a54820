#include "services/billing/collections/disconnect_check_service.h"

#include <exception>

#include "services/billing/collections/collections_store.h"
#include "services/billing/collections/standing_store.h"
#include "shared/obs/log.h"

namespace reeve::billing::collections {
namespace {

constexpr std::string_view kPayment = "payment";
constexpr Duration kLookAgain = Duration::Millis(10);

}  // namespace

void DisconnectCheck::Submit(Call call, DisconnectQuestion question, Done done) {
  const Instant now = machine_clock_.Now();
  const Duration half = Duration::Micros((call.deadline - now).micros() / 2);
  auto waiting = std::make_shared<Waiting>(
      Waiting{std::move(call), question, std::move(done), {}, now + half});
  executor_.Post([this, waiting] { AskPayment(waiting); });
}

void DisconnectCheck::AskPayment(const std::shared_ptr<Waiting>& waiting) {
  const std::optional<std::string> head = payment_.Ask(waiting->call);
  if (!head) return Answer(*waiting, answer::kPaymentsUnknown);
  const Result<feed::Token> token = feed::Token::Decode(*head);
  if (!token.ok()) return Answer(*waiting, answer::kPaymentsUnknown);
  waiting->head = *token;
  Look(waiting);
}

void DisconnectCheck::Look(const std::shared_ptr<Waiting>& waiting) {
  std::optional<std::string_view> reason;
  try {
    database_.Read(waiting->call.deadline, [&](db::Transaction& tx) {
      reason.reset();
      if (feed::AppliedToken(tx, kPayment).Covers(waiting->head, kPayment)) {
        reason = Judge(tx, *waiting);
      }
    });
  } catch (const std::exception& thrown) {
    obs::Log(obs::Level::kError, "disconnect_check_failed",
             {{"what", std::string_view(thrown.what())}});
    return Answer(*waiting, answer::kNotCaughtUp);
  }
  if (reason) return Answer(*waiting, *reason);
  if (machine_clock_.Now() >= waiting->give_up_time) {
    return Answer(*waiting, answer::kNotCaughtUp);
  }
  executor_.PostAfter(kLookAgain, [this, waiting] { Look(waiting); });
}

std::string_view DisconnectCheck::Judge(db::Transaction& tx, const Waiting& waiting) const {
  const std::optional<Disconnect> disconnect = FindOpenDisconnect(tx, waiting.question.account);
  if (!disconnect) return answer::kNoRequest;
  const std::optional<ShutoffPolicy> policy = PolicyInForce(tx, waiting.call.today);
  if (!policy) return reason::kPolicyNotLoaded.name;
  const Standing standing = LoadStanding(tx, waiting.question.account, waiting.call.today).value();
  return MayCut(*policy, calendar_, *disconnect, standing, calendar_.zone().At(waiting.call.now));
}

void DisconnectCheck::Answer(const Waiting& waiting, std::string_view reason) {
  v1::MayDisconnectResponse response;
  response.set_may_disconnect(reason == answer::kMayCut);
  response.set_reason(std::string(reason));
  waiting.done(response);
}

}  // namespace reeve::billing::collections
