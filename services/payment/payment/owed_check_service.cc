#include "services/payment/payment/owed_check_service.h"

#include <algorithm>

#include "services/payment/payment/direction_check.h"

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
      std::make_shared<Question>(Question{std::move(call), std::move(command), std::move(done), 0});
  if (!MustAsk(question->command)) return Pass(*question);
  Ask(question);
}

bool OwedCheck::MustAsk(const TakePayment& command) {
  if (machine_clock_.Now().micros() < ask_from_) return false;
  return !command.directions.empty() || PlaceOf(command.account) != command.account.value();
}

std::atomic<std::int64_t>& OwedCheck::PlaceOf(AccountId account) {
  return known_[static_cast<std::size_t>(account.value()) % known_.size()];
}

void OwedCheck::Ask(const std::shared_ptr<Question>& question) {
  ++question->asked;
  Call hurried = question->call;
  hurried.deadline = std::min(hurried.deadline, machine_clock_.Now() + kAnswerTimeout);
  billing_.AskOwed(hurried, question->command.account,
                   [this, question](const Result<Owed>& owed) { Hear(question, owed); });
}

void OwedCheck::Hear(const std::shared_ptr<Question>& question, const Result<Owed>& owed) {
  TakePayment& command = question->command;
  if (owed.ok()) {
    const Result<> directed = CheckDirections(*owed, command.amount, command.directions);
    if (!directed.ok()) command.refusal = directed.error();
    PlaceOf(command.account) = command.account.value();
  } else if (DidNotAnswer(owed.error())) {
    ask_from_ = (machine_clock_.Now() + kPauseAfterSilence).micros();
  } else if (owed.error().code() == Code::kNotFound) {
    const Instant again = machine_clock_.Now() + kAskAgainAfter;
    if (question->asked < kAskedMax && again + kAnswerTimeout < question->call.deadline) {
      background_.PostAfter(kAskAgainAfter, [this, question] { Ask(question); });
      return;
    }
    command.refusal = AccountUnknown();
  }
  Pass(*question);
}

void OwedCheck::Pass(Question& question) {
  next_.Submit(std::move(question.call), std::move(question.command), std::move(question.done));
}

}  // namespace reeve::payment
