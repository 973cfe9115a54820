#include "tests/bench/guard_score.h"

#include <stdexcept>
#include <string>

#include "tests/bench/load.h"

namespace reeve::bench {
namespace {

constexpr double kSoundHeldMax = 0.02;

double Share(std::int64_t part, std::int64_t of) {
  return of == 0 ? 0 : static_cast<double>(part) / static_cast<double>(of);
}

}  // namespace

void ReportScore(const Score& score, double seconds, bool judged) {
  std::int64_t planted = 0, held = 0;
  bool every_kind = true;
  for (std::size_t kind = 1; kind < kFaultCount; ++kind) {
    planted += score.planted[kind];
    held += score.held[kind];
    every_kind = every_kind && score.planted[kind] > 0;
    Report("guard/recall/" + std::string(kFaultNames[kind]),
           Share(score.held[kind], score.planted[kind]), "of planted", 1, 1,
           {{"planted", static_cast<double>(score.planted[kind])}});
  }
  for (const auto& [reason, count] : score.sound_by_reason) {
    Report("guard/sound_held/" + std::string(billing::cycle::HoldReasonName(reason)),
           Share(count, score.sound), "of sound", kSoundHeldMax, 1,
           {{"bills", static_cast<double>(count)}});
  }
  Report("guard/recall", Share(held, planted), "of planted", 1, 1,
         {{"planted", static_cast<double>(planted)}});
  Report("guard/sound_held", Share(score.sound_held, score.sound), "of sound", kSoundHeldMax, 1,
         {{"bills", static_cast<double>(score.sound)},
          {"bills_per_second", static_cast<double>(score.sound) / seconds}});
  if (!judged) return;
  if (!every_kind || held != planted) throw std::runtime_error("not every fault was held");
  if (Share(score.sound_held, score.sound) > kSoundHeldMax) {
    throw std::runtime_error("too many sound bills were held");
  }
}

}  // namespace reeve::bench
