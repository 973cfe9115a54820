// Residential bills of five services, priced into lines with their derivations; beside it, in the
// same run, a bare loop over the same blocks that keeps nothing but the total.
#include <algorithm>
#include <ctime>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "services/billing/rate/price.h"
#include "tests/bench/command_line.h"
#include "tests/bench/load.h"

namespace reeve::bench {
namespace {

using billing::rate::Component;
using billing::rate::ComponentKind;
using billing::rate::Facts;
using billing::rate::Line;
using billing::rate::Measured;
using billing::rate::Schedule;
using billing::rate::Tariff;

struct Flags {
  int bills = 1'000'000;
  int runs = 5;
};

// What the demo city charges (deploy/demo/tariff.yaml), as both sides read it: a price, then blocks
// of use or a price for each unit.
struct Block {
  std::int64_t up_to;  // thousandths; 0: no bound
  const char* rate;
};
struct Service {
  std::string_view code;
  const char* fixed;  // nullptr: none
  std::vector<Block> blocks;
  const char* per_unit;
};
const std::vector<Service> kServices = {
    {"E1", "13.92", {{500'000, "0.0734"}, {1'000'000, "0.1019"}, {0, "0.1209"}}, nullptr},
    {"W1", "18.70", {{7'000, "4.70"}, {20'000, "6.50"}, {40'000, "8.20"}, {0, "9.85"}}, nullptr},
    {"S1", "24.55", {}, "6.85"},
    {"D1", nullptr, {}, "3.90"},
    {"C1", nullptr, {}, "17.81"},
};

Rate Price(const char* text) { return Rate::Parse(text).value(); }

Tariff MakeTariff() {
  std::vector<Schedule> schedules;
  for (const Service& service : kServices) {
    Schedule& schedule = schedules.emplace_back();
    schedule.code = service.code;
    schedule.effective_date = Date::Parse("2026-01-01").value();
    schedule.usage_unit = Unit::kKilowattHour;
    if (service.fixed != nullptr) {
      schedule.components.push_back(
          {ComponentKind::kFixed, "Base", Price(service.fixed), std::nullopt, {}});
    }
    if (!service.blocks.empty()) {
      Component& blocks = schedule.components.emplace_back();
      blocks.kind = ComponentKind::kTiers;
      for (const Block& block : service.blocks) {
        blocks.tiers.push_back(
            {block.up_to == 0 ? std::nullopt : std::optional(block.up_to), Price(block.rate)});
      }
    }
    if (service.per_unit != nullptr) {
      schedule.components.push_back(
          {ComponentKind::kPerUnit, "Units", Price(service.per_unit), Unit::kCart, {}});
    }
  }
  return Tariff(std::move(schedules));
}

// The same every run: use that spreads over all blocks.
std::vector<std::int64_t> MakeUse(int bills) {
  std::vector<std::int64_t> use;
  std::uint64_t state = 20261126;
  for (int i = 0; i < 2 * bills; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const auto draw = static_cast<std::int64_t>(state >> 33);
    use.push_back(draw % (i % 2 == 0 ? 1'600'000 : 50'000));
  }
  return use;
}

// What one bill prices: by the tariff, the code and the dates that a cycle has of an agreement.
std::int64_t PriceAll(const Tariff& tariff, const std::vector<std::int64_t>& use) {
  const Date from = Date::Parse("2026-09-21").value();
  const Date to = Date::Parse("2026-10-21").value();
  std::int64_t cents = 0;
  std::vector<Line> lines;
  for (std::size_t bill = 0; bill < use.size() / 2; ++bill) {
    lines.clear();
    for (std::size_t i = 0; i < kServices.size(); ++i) {
      const Measured meter{from, to, i < 2 ? use[2 * bill + i] : 0, {}};
      Facts facts;
      if (i < 2) facts.measured = {&meter, 1};
      facts.quantity_thousandths = 1'000 + 500 * static_cast<std::int64_t>(i);
      const auto priced =
          billing::rate::Price(*tariff.Find(kServices[i].code), {from, to, to}, facts, lines);
      if (!priced.ok()) throw std::runtime_error(priced.error().message());
    }
    for (const Line& line : lines) cents += line.amount.cents();
  }
  return cents;
}

struct Bare {
  std::int64_t up_to;
  std::int64_t nanos;
};

std::int64_t BareAll(const std::vector<std::vector<Bare>>& blocks,
                     const std::vector<std::int64_t>& fixed, const std::vector<std::int64_t>& units,
                     const std::vector<std::int64_t>& use) {
  constexpr std::int64_t kPerCent = 10'000'000'000;
  std::int64_t cents = 0;
  for (std::size_t bill = 0; bill < use.size() / 2; ++bill) {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      if (fixed[i] != 0) cents += (fixed[i] * 1'000 + kPerCent / 2) / kPerCent;
      const std::int64_t quantity = 1'000 + 500 * static_cast<std::int64_t>(i);
      if (units[i] != 0) cents += (units[i] * quantity + kPerCent / 2) / kPerCent;
      const std::int64_t used = i < 2 ? use[2 * bill + i] : 0;
      std::int64_t lower = 0;
      for (const Bare& block : blocks[i]) {
        if (used <= lower) break;
        cents += ((std::min(used, block.up_to) - lower) * block.nanos + kPerCent / 2) / kPerCent;
        lower = block.up_to;
      }
    }
  }
  return cents;
}

// By the time of the processor: nothing here waits, and whoever else is at work does not count.
template <class Work>
double PerSecond(int bills, std::int64_t expected, const Work& work) {
  const std::clock_t start = std::clock();
  const std::int64_t cents = work();
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  if (cents != expected) throw std::runtime_error("the two sides do not come to the same amount");
  return bills / seconds;
}

void Run(const Flags& flags) {
  const Tariff tariff = MakeTariff();
  const std::vector<std::int64_t> use = MakeUse(flags.bills);
  std::vector<std::vector<Bare>> blocks;
  std::vector<std::int64_t> fixed;
  std::vector<std::int64_t> units;
  for (const Service& service : kServices) {
    fixed.push_back(service.fixed == nullptr ? 0 : Price(service.fixed).nanos());
    units.push_back(service.per_unit == nullptr ? 0 : Price(service.per_unit).nanos());
    std::vector<Bare>& bare = blocks.emplace_back();
    for (const Block& block : service.blocks) {
      bare.push_back({block.up_to == 0 ? INT64_MAX : block.up_to, Price(block.rate).nanos()});
    }
  }
  const std::int64_t expected = BareAll(blocks, fixed, units, use);
  std::vector<double> priced;
  std::vector<double> bare;
  for (int run = 0; run < flags.runs; ++run) {
    priced.push_back(PerSecond(flags.bills, expected, [&] { return PriceAll(tariff, use); }));
    bare.push_back(
        PerSecond(flags.bills, expected, [&] { return BareAll(blocks, fixed, units, use); }));
  }
  Report("bills-priced", Median(priced), "bills/s", Median(bare), flags.runs,
         {{"bills", flags.bills}});
}

}  // namespace
}  // namespace reeve::bench

int main(int argc, char** argv) {
  reeve::bench::Flags flags;
  reeve::bench::CommandLine line("Pricing of bills beside a bare loop over the same blocks.");
  line.BinariesUnused();
  line.Number("--bills", flags.bills, "Bills of five services");
  line.Number("--runs", flags.runs, "Alternating runs");
  return line.Run(argc, argv, [&] { reeve::bench::Run(flags); });
}
