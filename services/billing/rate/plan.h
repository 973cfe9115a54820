// Plan: a version laid flat, for the periods that nothing divides and the prices that nothing
// prorates: nearly all of them. What it cannot say is priced the long way (price.cc).
#pragma once

#include <cstdint>
#include <vector>

namespace reeve::billing::rate {

struct Schedule;

struct Plan {
  enum class Kind : std::uint8_t { kPrice, kUnits, kBlocks, kPercent };
  struct Step {
    Kind kind = Kind::kPrice;
    bool each_day = false;  // of kPrice and kUnits
    std::int32_t component = 0;
    std::int64_t nanos = 0;   // of all but kBlocks; >= 0
    std::uint32_t begin = 0;  // of kBlocks
    std::uint32_t end = 0;
  };
  struct Block {
    std::int64_t upper_thousandths = 0;  // the largest number there is for none
    std::int64_t nanos = 0;              // >= 0
  };

  bool flat = false;     // it says all that the version does
  bool metered = false;  // some step needs use
  std::vector<Step> steps;
  std::vector<Block> blocks;
};

Plan MakePlan(const Schedule& schedule);

}  // namespace reeve::billing::rate
