// The guard's rules over a synthetic city with planted faults: which of them are held (all must
// be), and how many of the sound bills (at most 2 %). In memory, from a seed.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "services/billing/cycle/guard_run.h"
#include "services/billing/cycle/guard_tally.h"
#include "tests/bench/command_line.h"
#include "tests/bench/guard_faults.h"
#include "tests/bench/guard_households.h"
#include "tests/bench/load.h"

namespace reeve::bench {
namespace {

using namespace billing;         // NOLINT: the whole program is about it
using namespace billing::cycle;  // NOLINT

constexpr int kAccountsOfPage = 160;  // as CycleWork makes pages
constexpr std::size_t kHistoryBills = 14;
constexpr std::int64_t kWaterCount = 100;  // thousandths of kgal
constexpr double kSoundHeldMax = 0.02;

struct Flags {
  int accounts = 50'000;
  int months = 24;
  std::uint64_t seed = 20261120;
  double faults_in = 150;  // one account-month in so many
  bool judged = false;
};

Rate Dollars(const char* text) { return Rate::Parse(text).value(); }

rate::Component Fixed(const char* dollars) {
  rate::Component component;
  component.kind = rate::ComponentKind::kFixed;
  component.name = "Base";
  component.rate = Dollars(dollars);
  return component;
}

rate::Component Blocks(std::vector<std::pair<std::int64_t, const char*>> blocks) {
  rate::Component component;
  component.kind = rate::ComponentKind::kTiers;
  component.name = "Use";
  for (const auto& [up_to, dollars] : blocks) {
    component.tiers.push_back(
        {up_to == 0 ? std::nullopt : std::optional(up_to * Quantity::kScale), Dollars(dollars)});
  }
  return component;
}

rate::Schedule Version(const char* code, const char* service, Unit unit, Date effective,
                       std::vector<rate::Component> components) {
  rate::Schedule schedule;
  schedule.code = code;
  schedule.effective_date = effective;
  schedule.service = service;
  schedule.title = schedule.citation = "Synthetic";
  schedule.usage_unit = unit;
  schedule.components = std::move(components);
  return schedule;
}

// Two versions of each; the second is the one in force.
rate::Tariff MakeTariff(Date first_day) {
  std::vector<rate::Schedule> all;
  for (const Date day : {first_day.PlusDays(-800), first_day.PlusDays(-400)}) {
    all.push_back(Version("W1", "water", Unit::kKilogallon, day,
                          {Fixed("18.70"), Blocks({{8, "4.70"}, {15, "6.50"}, {0, "9.85"}})}));
    all.push_back(
        Version("E1", "electric", Unit::kKilowattHour, day,
                {Fixed("13.92"), Blocks({{500, "0.0734"}, {1000, "0.1019"}, {0, "0.1209"}})}));
    all.push_back(
        Version("W2", "water", Unit::kKilogallon, day, {Fixed("40.00"), Blocks({{0, "5.10"}})}));
    all.push_back(Version("E2", "electric", Unit::kKilowattHour, day,
                          {Fixed("60.00"), Blocks({{0, "0.0946"}})}));
  }
  return rate::Tariff(std::move(all));
}

struct Meter {
  agreement::Agreement agreement;
  Guarded guarded;
  Date billed_through;
};

struct Account {
  Household household;
  CustomerClass customer_class;
  Meter water;
  Meter power;
  // A fault that stays until it is held, and the bills that it has had for that.
  Fault staying = Fault::kNone;
  int staying_bills = 0;
  std::int64_t remembered = 0;
};

struct Score {
  std::array<std::int64_t, kFaultCount> planted{};
  std::array<std::int64_t, kFaultCount> held{};
  std::int64_t sound = 0;
  std::int64_t sound_held = 0;
  std::map<HoldReason, std::int64_t> sound_by_reason;
};

// Bills of the city, a page at a time through all months.
class City {
 public:
  City(const Flags& flags, Score& score)
      : flags_(flags),
        score_(score),
        first_day_(Date::Parse("2024-01-01").value()),
        tariff_(MakeTariff(first_day_)) {}

  void RunPage(int page, int size) {
    Lots lots(flags_.seed + 7'919 * static_cast<std::uint64_t>(page));
    accounts_.clear();
    for (int i = 0; i < size; ++i) AddAccount(page * kAccountsOfPage + i);
    Date end = first_day_;
    for (int month = 0; month < flags_.months; ++month) {
      end = end.PlusDays(28 + static_cast<std::int32_t>(lots.Below(6)));
      RunMonth(month, end, lots);
    }
  }

 private:
  void AddAccount(int n) {
    const bool home = n % 10 != 0;
    const CustomerClass customer_class =
        home ? CustomerClass::kResidential : CustomerClass::kNonResidential;
    accounts_.push_back(
        {Household(flags_.seed ^ (0x9E3779B97F4A7C15ULL * (static_cast<std::uint64_t>(n) + 1)),
                   customer_class),
         customer_class, MakeMeter(n, 1, "water", home ? "W1" : "W2", "kgal", kWaterCount),
         MakeMeter(n, 2, "electric", home ? "E1" : "E2", "kWh", Quantity::kScale)});
    Account& account = accounts_.back();
    account.water.agreement.meter_size = home ? "5/8" : "2";
    account.water.guarded.customer_class = customer_class;
    account.power.guarded.customer_class = customer_class;
  }

  Meter MakeMeter(int n, int no, const char* service, const char* code, const char* unit,
                  std::int64_t multiplier) const {
    Meter meter;
    meter.agreement.account = AccountId(1'000'000 + n);
    meter.agreement.agreement_id = no;
    meter.agreement.service = service;
    meter.agreement.schedule_code = code;
    meter.agreement.quantity_thousandths = Quantity::kScale;
    meter.agreement.meter_number = code + std::to_string(n);
    meter.agreement.unit = unit;
    meter.agreement.register_digits = 6;
    meter.agreement.multiplier_thousandths = multiplier;
    meter.agreement.state = agreement::State::kActive;
    meter.agreement.start_date = first_day_;
    meter.billed_through = first_day_;
    return meter;
  }

  // What became of one account this month.
  struct Planted {
    Fault fault = Fault::kNone;
    bool must_be_held = false;  // by now
    MonthUse truth;
    int new_meter_days = 0;              // of the water meter, if it was exchanged
    std::int64_t new_meter_share = 100;  // hundredths of an even share of the use
    std::int64_t shown = 0;              // of a crossed meter
    bool up = false;                     // gallons for cubic feet, not the other way round
  };

  void RunMonth(int month, Date end, Lots& lots) {
    Run run;
    run.cycle = 1;
    run.period_end = end;
    run.bill_date = end.PlusDays(2);
    run.due_date = end.PlusDays(25);
    run.cycle_id = month + 1;
    const Weather weather = WeatherOf(month, flags_.seed);
    std::vector<Planted> planted;
    std::vector<Guarded> guarded;
    std::vector<Bill> bills;
    for (Account& account : accounts_) {
      const int days = end - account.water.billed_through;
      const MonthUse truth = account.household.Next(month, days, weather);
      planted.push_back(Plant(account, truth, month, lots));
      Exchange(planted.back(), days, lots);
    }
    for (std::size_t i = 0; i + 1 < accounts_.size(); ++i) Cross(i, planted, end, lots);
    for (std::size_t i = 0; i < accounts_.size(); ++i) {
      Account& account = accounts_[i];
      bills.push_back(MakeBillOf(account, run, planted[i]));
      for (Meter* meter : {&account.water, &account.power}) {
        meter->guarded.agreement = &meter->agreement;
        guarded.push_back(meter->guarded);
      }
    }
    AddNeighbours(bills, guarded);
    GuardBills(run, tariff_, policy_, guarded, bills);
    for (std::size_t i = 0; i < accounts_.size(); ++i)
      Note(accounts_[i], planted[i], bills[i], end);
  }

  // True if the fault could be told in this account and month by anybody who knows its past.
  static bool Fits(Fault fault, const Account& account, const MonthUse& truth, int month) {
    const std::vector<Billed>& history = account.water.guarded.history;
    const bool home = account.customer_class == CustomerClass::kResidential;
    const bool lived = truth.occupied && truth.water >= 1'500 && truth.power >= 150'000;
    switch (fault) {
      case Fault::kTenTimes:
      case Fault::kHundredTimes:
        return lived && !history.empty() && history.front().usage_thousandths > 0 &&
               account.power.guarded.history.front().usage_thousandths >= 30'000;
      case Fault::kTenth:
      case Fault::kNewTenth:
        return lived && history.size() >= 4 && Steady(history, truth.water);
      case Fault::kNewUnit:
      case Fault::kNewStill:
        return lived && history.size() >= 4 && Steady(history, truth.water, 4);
      case Fault::kCrossed:
        return false;  // is planted by twos
      case Fault::kFirstDayTen:
        return month == 0 && home && lived && truth.water >= 2'500;
      case Fault::kFirstDayTenth:
        return month == 0 && home && lived && truth.water <= 4'200;
      case Fault::kSameUse:
      case Fault::kDeadMeter:
        return home && lived && history.size() >= 2 && truth.water >= 2'000;
      case Fault::kEstimate:
        return home && lived && history.size() >= 12;
      case Fault::kAboveLimit:
        return home && lived && month == 0;
      case Fault::kLongPeriod:
        return home && truth.water >= 7'000;
      case Fault::kAboveMaximum:
      case Fault::kCentTooMuch:
      case Fault::kOldVersion:
      case Fault::kNone:
        break;
    }
    return true;
  }

  // Neither a season nor a vacancy can be taken for the fall.
  static bool Steady(const std::vector<Billed>& history, std::int64_t now, int of_five = 3) {
    return std::all_of(history.begin(), history.end(), [&](const Billed& billed) {
      return billed.usage_thousandths >= now * of_five / 5 && billed.usage_thousandths >= 1'600;
    });
  }

  // Now and then the meters of two neighbours are crossed, who live as they did and not alike.
  void Cross(std::size_t i, std::vector<Planted>& planted, Date end, Lots& lots) const {
    Planted* both[] = {&planted[i], &planted[i + 1]};
    const Account* who[] = {&accounts_[i], &accounts_[i + 1]};
    for (int k = 0; k < 2; ++k) {
      const std::vector<Billed>& history = who[k]->water.guarded.history;
      const std::int64_t now = both[k]->truth.water;
      const Billed* season = SameSeason(history, end);
      if (both[k]->fault != Fault::kNone || both[k]->new_meter_days > 0 || history.size() < 4 ||
          who[k]->customer_class != CustomerClass::kResidential ||
          !IsLike(history.front().usage_thousandths, now) ||
          (season != nullptr && !IsLike(season->usage_thousandths, now))) {
        return;
      }
    }
    const auto [less, more] = std::minmax(both[0]->truth.water, both[1]->truth.water);
    if (more < 4 * less || more < 3'000 || !lots.OneIn(flags_.faults_in / 8)) return;
    for (int k = 0; k < 2; ++k) {
      both[k]->fault = Fault::kCrossed;
      both[k]->must_be_held = true;
      both[k]->shown = both[1 - k]->truth.water;
    }
  }
  static bool IsLike(std::int64_t one, std::int64_t other) {
    return one * 5 >= other * 4 && other * 5 >= one * 4;
  }

  // Everybody knows both neighbours: harder on the sound ones than asking for those who moved.
  void AddNeighbours(const std::vector<Bill>& bills, std::vector<Guarded>& guarded) const {
    for (std::size_t i = 0; i < bills.size(); ++i) {
      for (const std::size_t other : {i - 1, i + 1}) {
        if (other >= bills.size() ||
            accounts_[other].customer_class != accounts_[i].customer_class) {
          continue;
        }
        const Segment& segment = bills[other].segments.front();
        guarded[2 * i].neighbours.push_back(
            {"place " + std::to_string(other),
             segment.to_date,
             {segment.use.usage_thousandths, segment.to_date - segment.from_date},
             accounts_[other].water.guarded.history});
      }
    }
  }

  Planted Plant(Account& account, const MonthUse& truth, int month, Lots& lots) {
    Planted planted;
    planted.fault = account.staying;
    planted.truth = truth;
    // What can be planted in a first bill alone is planted there more often.
    if (account.staying == Fault::kNone && lots.OneIn(month == 0 ? 20 : flags_.faults_in)) {
      static constexpr Fault kFirst[] = {Fault::kFirstDayTen, Fault::kFirstDayTenth,
                                         Fault::kAboveLimit};
      const auto fault = month == 0 ? kFirst[lots.Below(std::size(kFirst))]
                                    : static_cast<Fault>(1 + lots.Below(kFaultCount - 1));
      if (Fits(fault, account, truth, month)) planted.fault = fault;
    }
    const bool stays = planted.fault == Fault::kSameUse || planted.fault == Fault::kDeadMeter;
    if (!stays) {
      planted.must_be_held = planted.fault != Fault::kNone;
      return planted;
    }
    if (account.staying == Fault::kNone) {
      account.staying = planted.fault;
      account.staying_bills = 0;
      account.remembered = truth.water;
    }
    ++account.staying_bills;
    const Limits& limits = policy_.For(account.customer_class);
    const bool same = planted.fault == Fault::kSameUse;
    const std::int64_t bills = limits[same ? Limit::kSameUseBills : Limit::kNoUseBills];
    // A meter that stands still in an empty house stands right.
    const bool lived = same || (truth.occupied && truth.power >= 300'000);
    planted.must_be_held = account.staying_bills % bills == 0 && lived;
    return planted;
  }

  // Meters are exchanged all the time, and nearly always rightly. What the new one shows is not an
  // even share of the use.
  static void Exchange(Planted& planted, int days, Lots& lots) {
    const bool wrong = IsOfExchange(planted.fault);
    if (!wrong && (planted.fault != Fault::kNone || !lots.OneIn(60))) return;
    const int least = planted.fault == Fault::kNewStill ? 14 : static_cast<int>(kNewMeterDays);
    planted.up = lots.OneIn(2);
    planted.new_meter_days = least + static_cast<int>(lots.Below(days - 1 - least));
    if (!wrong) planted.new_meter_share = 70 + static_cast<std::int64_t>(lots.Below(61));
  }
  static bool IsOfExchange(Fault fault) {
    return fault == Fault::kNewTenth || fault == Fault::kNewUnit || fault == Fault::kNewStill;
  }
  // Of a use that one meter would have shown, what the new one has.
  static std::int64_t OfNewMeter(const Planted& planted, std::int64_t thousandths, int days) {
    const std::int64_t even = thousandths * planted.new_meter_days / days;
    if (planted.fault == Fault::kNewTenth) return std::max(kWaterCount, Counted(even / 10));
    if (planted.fault == Fault::kNewStill) return 0;
    if (planted.fault == Fault::kNewUnit) {
      return planted.up ? Counted(even * 748 / 100)
                        : std::max(kWaterCount, Counted(even * 100 / 748));
    }
    return std::min(thousandths, Counted(even * planted.new_meter_share / 100));
  }

  static std::int64_t Counted(std::int64_t thousandths) {
    return thousandths / kWaterCount * kWaterCount;
  }

  // What the meters seem to say.
  MonthUse Measured(Account& account, const Planted& planted) const {
    MonthUse use = planted.truth;
    switch (planted.fault) {
      case Fault::kTenTimes:
      case Fault::kFirstDayTen:
        use.water *= 10;
        break;
      case Fault::kHundredTimes:
        use.power *= 100;
        break;
      case Fault::kTenth:
      case Fault::kFirstDayTenth:
        use.water = std::max(kWaterCount, Counted(use.water / 10));
        break;
      case Fault::kAboveMaximum:
        use.water = 99'000'000;
        break;
      case Fault::kSameUse:
        use.water = account.remembered;
        break;
      case Fault::kDeadMeter:
        use.water = 0;
        break;
      case Fault::kLongPeriod:
        use.water = Counted(use.water * 48 / 30);
        break;
      case Fault::kEstimate:
        use.water = Counted(account.water.guarded.history.front().usage_thousandths * 3 + 3'000);
        break;
      case Fault::kAboveLimit:
        use.power = 20'000'000;
        break;
      case Fault::kNone:
      case Fault::kCentTooMuch:
      case Fault::kNewTenth:
      case Fault::kNewUnit:
      case Fault::kNewStill:
      case Fault::kOldVersion:
        break;
      case Fault::kCrossed:
        use.water = planted.shown;
        break;
    }
    return use;
  }

  Segment SegmentOf(const Meter& meter, const Run& run, Date from, std::int64_t thousandths) const {
    Segment segment;
    segment.agreement_id = meter.agreement.agreement_id;
    segment.service = meter.agreement.service;
    segment.schedule_code = meter.agreement.schedule_code;
    segment.from_date = from;
    segment.to_date = run.period_end;
    segment.metered = true;
    segment.use = {thousandths, meter.agreement.quantity_thousandths};
    segment.lines = PriceSegment(tariff_, segment, run.bill_date, run.kind).value();
    segment.effective_date =
        VersionOf(*tariff_.Find(segment.schedule_code), segment.to_date, segment.lines);
    segment.amount = Sum(segment.lines, [](const rate::Line& line) { return line.amount; }).value();
    return segment;
  }

  Bill MakeBillOf(Account& account, const Run& run, const Planted& planted) const {
    MonthUse use = Measured(account, planted);
    const int days = run.period_end - account.water.billed_through;
    std::int64_t of_new = 0;
    if (planted.new_meter_days > 0) {
      of_new = OfNewMeter(planted, use.water, days);
      if (IsOfExchange(planted.fault)) {
        use.water = Counted(use.water * (days - planted.new_meter_days) / days) + of_new;
      }
    }
    Bill bill;
    bill.account = account.water.agreement.account;
    bill.cycle_id = run.cycle_id;
    bill.bill_id = BillId(run.cycle_id, bill.account);
    bill.bill_date = run.bill_date;
    bill.due_date = run.due_date;
    const Date from = planted.fault == Fault::kLongPeriod ? run.period_end.PlusDays(-48)
                                                          : account.water.billed_through;
    bill.segments.push_back(SegmentOf(account.water, run, from, use.water));
    bill.segments.back().estimated = planted.fault == Fault::kEstimate;
    if (planted.new_meter_days > 0) {
      const Date exchanged = run.period_end.PlusDays(-planted.new_meter_days);
      std::vector<MeterUse>& meters = bill.segments.back().meters;
      meters.resize(2);
      meters[0].from_date = from;
      meters[0].to_date = meters[1].from_date = exchanged;
      meters[1].to_date = run.period_end;
      meters[0].usage_thousandths = use.water - of_new;
      meters[1].usage_thousandths = of_new;
    }
    bill.segments.push_back(SegmentOf(account.power, run, account.power.billed_through, use.power));
    bill.total = Sum(bill.segments, [](const Segment& segment) { return segment.amount; }).value();
    if (planted.fault == Fault::kCentTooMuch) bill.total = bill.total.Plus(Money::Cents(1)).value();
    if (planted.fault == Fault::kOldVersion) {
      bill.segments[0].lines[0].effective_date = first_day_.PlusDays(-800);
    }
    return bill;
  }

  void Note(Account& account, const Planted& planted, const Bill& bill, Date end) {
    const bool held = bill.state == BillState::kHeld;
    const auto kind = static_cast<std::size_t>(planted.fault);
    // A fault that stays may be held a bill early: the bill before it was the same by chance.
    const bool counts = planted.must_be_held || (held && account.staying != Fault::kNone);
    if (counts) {
      ++score_.planted[kind];
      score_.held[kind] += held ? 1 : 0;
    } else if (planted.fault == Fault::kNone) {
      ++score_.sound;
      score_.sound_held += held ? 1 : 0;
      if (held) ++score_.sound_by_reason[bill.holds.front().reason];
    }
    if (counts) account.staying = Fault::kNone;  // it is mended
    // What was held and wrong is billed again from a read that holds; a fault that nobody has held
    // yet stays in the history.
    const bool as_it_is = !counts;
    Remember(account.water, as_it_is ? bill.segments[0].use.usage_thousandths : planted.truth.water,
             bill.segments[0].amount, end);
    Remember(account.power, as_it_is ? bill.segments[1].use.usage_thousandths : planted.truth.power,
             bill.segments[1].amount, end);
  }

  static void Remember(Meter& meter, std::int64_t thousandths, Money amount, Date end) {
    std::vector<Billed>& history = meter.guarded.history;
    history.insert(history.begin(), {meter.billed_through, end, thousandths, amount});
    if (history.size() > kHistoryBills) history.pop_back();
    meter.billed_through = end;
  }

  const Flags& flags_;
  Score& score_;
  Date first_day_;
  rate::Tariff tariff_;
  GuardPolicy policy_;
  std::vector<Account> accounts_;
};

double Share(std::int64_t part, std::int64_t of) {
  return of == 0 ? 0 : static_cast<double>(part) / static_cast<double>(of);
}

// Throws std::runtime_error if it is judged and a fault was not held, or too many sound bills were.
void Run(const Flags& flags) {
  Score score;
  City city(flags, score);
  const auto start = std::chrono::steady_clock::now();
  int page = 0;
  for (int done = 0; done < flags.accounts; done += kAccountsOfPage) {
    city.RunPage(page++, std::min(kAccountsOfPage, flags.accounts - done));
    if (page % 20 == 0) std::cerr << "\rguard " << done << " of " << flags.accounts << std::flush;
  }
  std::cerr << "\n";
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
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
    Report("guard/sound_held/" + std::string(HoldReasonName(reason)), Share(count, score.sound),
           "of sound", kSoundHeldMax, 1, {{"bills", static_cast<double>(count)}});
  }
  Report("guard/recall", Share(held, planted), "of planted", 1, 1,
         {{"planted", static_cast<double>(planted)}});
  Report("guard/sound_held", Share(score.sound_held, score.sound), "of sound", kSoundHeldMax, 1,
         {{"bills", static_cast<double>(score.sound)},
          {"bills_per_second", static_cast<double>(score.sound) / seconds}});
  if (!flags.judged) return;
  if (!every_kind || held != planted) throw std::runtime_error("not every fault was held");
  if (Share(score.sound_held, score.sound) > kSoundHeldMax) {
    throw std::runtime_error("too many sound bills were held");
  }
}

}  // namespace
}  // namespace reeve::bench

int main(int argc, char** argv) {
  reeve::bench::Flags flags;
  reeve::bench::CommandLine line("The guard over a synthetic city with planted faults");
  line.BinariesUnused();
  line.Number("--accounts", flags.accounts);
  line.Number("--months", flags.months);
  line.Number("--seed", flags.seed);
  line.Number("--faults-in", flags.faults_in, "One account-month in so many has a fault");
  line.Flag("--judged", flags.judged, "Fails unless all faults and few sound bills are held");
  return line.Run(argc, argv, [&] { reeve::bench::Run(flags); });
}
