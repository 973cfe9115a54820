// Plan: a version laid flat, for the periods that nothing divides and the prices that nothing
// prorates: nearly all of them. What it cannot say is priced the long way (price.cc).
#pragma once

#include <cstdint>
#include <vector>

#include "services/billing/rate/line.h"

namespace reeve::billing::rate {

struct Schedule;

// Each step has the line that it prints, but for what the period adds: of kPrice only its days.
struct Plan {
  enum class Kind : std::uint8_t { kPrice, kDays, kUnits, kUnitDays, kBlocks, kPercent };
  struct Step {
    Kind kind = Kind::kPrice;
    std::uint32_t begin = 0;  // of kBlocks
    std::uint32_t end = 0;
    Line line;  // its rate is >= 0
  };
  struct Block {
    std::int64_t upper_thousandths = 0;  // the largest number there is for none
    Line line;
  };

  Date effective_date;
  bool by_bill = false;        // it begins with bills of its date,
  bool by_use = false;         // or with its day, and divides a period around that
  std::int32_t more_days = 0;  // that a period has than lie between its dates
  bool flat = false;           // it says all that the version does
  bool metered = false;        // some step needs use
  std::vector<Step> steps;
  std::vector<Block> blocks;
};

Plan MakePlan(const Schedule& schedule);

}  // namespace reeve::billing::rate
