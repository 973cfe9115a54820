#include "services/payment/payment/owed_check_service.h"

#include <algorithm>

#include "services/payment/payment/direction_check.h"
#include "shared/obs/log.h"

namespace reeve::payment {
namespace {

constexpr Duration kAnswerTimeout = Duration::Millis(1'000);
constexpr Duration kPauseAfterSilence = Duration::Seconds(5);
// An account that was opened a moment ago reaches billing within a second or two.
constexpr Duration kAskAgainAfter = Duration::Millis(500);
constexpr int kAskedMax = 4;

Error AccountUnknown() {
  return NotFound(reason::kAccountUnknown, "There is no such account: nothing was taken.")
      .WithViolations({{"account_id", "is no account that billing knows"}});
}

}  // namespace

void OwedCheck::Submit(Call call, TakePayment command, Done done) {
  const auto question =
      std::make_shared<Question>(Question{std::move(call), std::move(command), std::move(done)});
  if (!MustAsk(question->command)) return Pass(*question);
  if (!IsSilent()) return Ask(question);
  meters_.PaymentUnasked();
  Pass(*question);
}

bool OwedCheck::MustAsk(const TakePayment& command) {
  return !command.directions.empty() || PlaceOf(command.account) != command.account.value();
}

bool OwedCheck::IsSilent() const {
  const std::int64_t pause = ask_from_ - machine_clock_.Now().micros();
  // Longer than it ever lasts, if the clock was set back.
  return pause > 0 && pause <= kPauseAfterSilence.micros();
}

std::atomic<std::int64_t>& OwedCheck::PlaceOf(AccountId account) {
  return known_[static_cast<std::size_t>(account.value()) % known_.size()];
}

void OwedCheck::Ask(const std::shared_ptr<Question>& question) {
  ++question->asked;
  Call hurried = question->call;
  const Instant answered_by = machine_clock_.Now() + kAnswerTimeout;
  question->has_time = hurried.deadline >= answered_by;
  hurried.deadline = std::min(hurried.deadline, answered_by);
  billing_.AskOwed(hurried, question->command.account,
                   [this, question](const Result<Owed>& owed) { Hear(question, owed); });
}

void OwedCheck::Hear(const std::shared_ptr<Question>& question, const Result<Owed>& owed) {
  TakePayment& command = question->command;
  if (owed.ok()) {
    const Result<> directed = CheckDirections(*owed, command.amount, command.directions);
    if (!directed.ok()) command.refusal = directed.error();
    PlaceOf(command.account) = command.account.value();
  } else if (owed.error().code() == Code::kNotFound) {
    const Instant again = machine_clock_.Now() + kAskAgainAfter;
    if (question->asked < kAskedMax && again + kAnswerTimeout < question->call.deadline) {
      background_.PostAfter(kAskAgainAfter, [this, question] { Ask(question); });
      return;
    }
    command.refusal = AccountUnknown();
  } else {
    // A caller in a hurry says nothing of billing.
    const bool has_failed = !DidNotAnswer(owed.error());
    const bool is_silent = question->has_time || owed.error().code() == Code::kUnavailable;
    if (is_silent && !has_failed) ask_from_ = (machine_clock_.Now() + kPauseAfterSilence).micros();
    if (has_failed) {
      obs::Log(obs::Level::kWarning, "owed_check", {{"reason", owed.error().reason()}});
    }
    meters_.PaymentUnasked();
  }
  Pass(*question);
}

void OwedCheck::Pass(Question& question) {
  next_.Submit(std::move(question.call), std::move(question.command), std::move(question.done));
}

}  // namespace reeve::payment
