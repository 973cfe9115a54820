// What billing knows against a payment before it is taken: an account that does not exist, money
// directed to a service that does not owe it. A billing that does not answer is no reason to send a
// customer away: the payment is then taken, and billing places it later.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "reeve/payment/v1/payment_service.pb.h"
#include "services/payment/meters.h"
#include "services/payment/payment/allocation_preview.h"
#include "shared/command/batch.h"
#include "shared/core/seams.h"

namespace reeve::payment {

// On the way to the batch. Holds no thread while billing thinks. Thread-safe.
class OwedCheck {
 public:
  using Next = command::Batch<TakePayment, v1::Receipt>;
  using Done = Next::Done;

  OwedCheck(AllocationPreview& billing, const Clock& machine_clock, Executor& background,
            Next& next, Meters& meters)
      : billing_(billing),
        machine_clock_(machine_clock),
        background_(background),
        next_(next),
        meters_(meters) {}

  // What is refused stands in the command: a request that was answered before is answered as it
  // was, whatever billing says now.
  void Submit(Call call, TakePayment command, Done done);

 private:
  struct Question {
    Call call;
    TakePayment command;
    Done done;
    int asked = 0;
    bool has_time = false;  // the caller would wait as long as billing may take
  };

  bool MustAsk(const TakePayment& command);  // an account once known stays known
  bool IsSilent() const;                     // who has just not answered is not asked at once again
  void Ask(const std::shared_ptr<Question>& question);
  void Hear(const std::shared_ptr<Question>& question, const Result<Owed>& owed);
  void Pass(Question& question);
  std::atomic<std::int64_t>& PlaceOf(AccountId account);

  AllocationPreview& billing_;
  const Clock& machine_clock_;
  Executor& background_;
  Next& next_;
  Meters& meters_;

  // An account that billing knows, at the place of its number; a later one takes the place over.
  static constexpr std::size_t kPlaces = 65'536;
  std::vector<std::atomic<std::int64_t>> known_ = std::vector<std::atomic<std::int64_t>>(kPlaces);
  std::atomic<std::int64_t> ask_from_ = 0;  // microseconds by the machine's clock
};

}  // namespace reeve::payment
