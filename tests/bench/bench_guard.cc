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
#include "services/billing/cycle/parcel_difference.h"
#include "tests/bench/command_line.h"
#include "tests/bench/guard_faults.h"
#include "tests/bench/guard_history.h"
#include "tests/bench/guard_households.h"
#include "tests/bench/guard_score.h"
#include "tests/bench/guard_tariff.h"

namespace reeve::bench {
namespace {

using namespace billing;         // NOLINT: the whole program is about it
using namespace billing::cycle;  // NOLINT

constexpr int kAccountsOfPage = 160;  // as CycleWork makes pages
constexpr std::size_t kHistoryBills = 14;
constexpr std::int64_t kWaterCount = 100;  // thousandths of kgal

struct Flags {
  int accounts = 50'000;
  int months = 24;
  std::uint64_t seed = 20261120;
  double faults_in = 150;  // one account-month in so many
  bool judged = false;
};

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
  Meter carts;
  Meter storm;
  // A fault that stays until it is held, and the bills that it has had for that.
  Fault staying = Fault::kNone;
  int staying_bills = 0;
  std::int64_t remembered = 0;
  // The new meter of the last bill's last days counts gallons for cubic feet.
  bool late_unit = false;
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
    parcels_ = WithoutPlaces();
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
         MakeMeter(n, 2, "electric", home ? "E1" : "E2", "kWh", Quantity::kScale),
         MakeMeter(n, 3, "sanitation", n % 7 == 0 ? "G2" : "G1", "", 0),
         MakeMeter(n, 4, "storm", "D1", "", 0)});
    Account& account = accounts_.back();
    account.water.agreement.meter_size = home ? "5/8" : "2";
    for (Meter* meter : {&account.water, &account.power, &account.carts, &account.storm}) {
      meter->guarded.customer_class = customer_class;
    }
    account.carts.agreement.quantity_thousandths = (1 + n % 2) * Quantity::kScale;
    account.storm.agreement.quantity_thousandths = (home ? 1 : 1 + n % 40) * Quantity::kScale;
    AddParcel(account, n);
  }

  // What the land records have of the place: as it is billed, and here and there nothing.
  void AddParcel(const Account& account, int n) {
    parcel::Parcel parcel;
    parcel.premise = account.water.agreement.premise;
    parcel.city_limits = account.carts.agreement.schedule_code == "G2" ? "OUTSIDE" : "INSIDE";
    parcel.cart_count = account.carts.agreement.quantity_thousandths / Quantity::kScale;
    if (n % 5 != 0) parcel.esu_thousandths = account.storm.agreement.quantity_thousandths;
    parcels_.places.emplace(parcel.premise, std::move(parcel));
  }

  Meter MakeMeter(int n, int no, const char* service, const char* code, const char* unit,
                  std::int64_t multiplier) const {
    Meter meter;
    meter.agreement.account = AccountId(1'000'000 + n);
    meter.agreement.agreement_id = no;
    meter.agreement.premise = PremiseId(5'000'000 + n);
    meter.agreement.service = service;
    meter.agreement.schedule_code = code;
    meter.agreement.quantity_thousandths = Quantity::kScale;
    if (*unit != 0) meter.agreement.meter_number = code + std::to_string(n);
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
    bool came_late = false;              // the water meter in place, in the last bill's last days
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
      if (planted.back().fault == Fault::kThrice) {
        planted.back().shown =
            SomeTimes(account.water.guarded.history, account.water.billed_through, days, lots);
      }
      Exchange(planted.back(), days, lots);
    }
    for (std::size_t i = 0; i + 1 < accounts_.size(); ++i) Cross(i, planted, end, lots);
    for (std::size_t i = 0; i < accounts_.size(); ++i) {
      Account& account = accounts_[i];
      bills.push_back(MakeBillOf(account, run, planted[i]));
      for (Meter* meter : {&account.water, &account.power, &account.carts, &account.storm}) {
        meter->guarded.agreement = &meter->agreement;
        guarded.push_back(meter->guarded);
      }
      guarded[4 * i].came_late = planted[i].came_late;
    }
    AddNeighbours(bills, guarded);
    CompareWithParcels(run, tariff_, ParcelsOf(planted), bills, guarded);
    GuardBills(run, tariff_, policy_, guarded, bills);
    for (std::size_t i = 0; i < accounts_.size(); ++i)
      Note(accounts_[i], planted[i], bills[i], end);
  }

  // True if the fault could be told in this account and month by anybody who knows its past.
  bool Fits(Fault fault, const Account& account, const MonthUse& truth, int month) const {
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
      case Fault::kLateUnit:
        return false;  // is planted by twos, or waits for its next bill
      case Fault::kThrice: {
        // Not where everybody's lawn begins.
        const bool spring = WeatherOf(month, flags_.seed).lawn >
                            WeatherOf(std::max(0, month - 1), flags_.seed).lawn + 0.05;
        const Billed* season = SameSeason(history, account.water.billed_through.PlusDays(30));
        // Nor where more people live than did.
        const std::vector<Billed>& power = account.power.guarded.history;
        const Billed* power_season = SameSeason(power, account.power.billed_through.PlusDays(30));
        const bool more_people = truth.power * 5 > power.front().usage_thousandths * 7 &&
                                 power_season != nullptr &&
                                 truth.power * 5 > power_season->usage_thousandths * 7;
        return home && lived && truth.water >= 2'500 && !spring && !more_people &&
               season != nullptr && !HasHighMonth(history, *season) &&
               IsLike(history.front().usage_thousandths, truth.water) &&
               IsLike(season->usage_thousandths, truth.water);
      }
      case Fault::kOutside:
        return month == 0 && account.carts.agreement.schedule_code == "G1";
      case Fault::kNoParcel:
        return month == 0;
      case Fault::kEsu:
        return parcels_.places.at(account.water.agreement.premise).esu_thousandths.has_value();
      case Fault::kCarts:
        return true;
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
  // Everybody knows both neighbours: harder on the sound ones than asking for those who moved.
  void AddNeighbours(const std::vector<Bill>& bills, std::vector<Guarded>& guarded) const {
    for (std::size_t i = 0; i < bills.size(); ++i) {
      for (const std::size_t other : {i - 1, i + 1}) {
        if (other >= bills.size() ||
            accounts_[other].customer_class != accounts_[i].customer_class) {
          continue;
        }
        const Segment& segment = bills[other].segments.front();
        guarded[4 * i].neighbours.push_back(
            {"place " + std::to_string(other),
             segment.to_date,
             {segment.use.usage_thousandths, segment.to_date - segment.from_date},
             accounts_[other].water.guarded.history});
      }
    }
  }

  // The land records, without the places of those that have no parcel this month.
  parcel::ParcelFacts ParcelsOf(const std::vector<Planted>& planted) const {
    parcel::ParcelFacts facts = parcels_;
    for (std::size_t i = 0; i < planted.size(); ++i) {
      if (planted[i].fault == Fault::kNoParcel) {
        facts.places.erase(accounts_[i].water.agreement.premise);
      }
    }
    return facts;
  }

  Planted Plant(Account& account, const MonthUse& truth, int month, Lots& lots) {
    Planted planted;
    planted.fault = account.staying;
    planted.truth = truth;
    // A meter that came on one of the last six days of the last bill.
    if (account.late_unit) {
      account.late_unit = false;
      planted.came_late = true;
      const std::vector<Billed> before(account.water.guarded.history.begin() + 1,
                                       account.water.guarded.history.end());
      const bool told = truth.occupied && truth.power >= 150'000 &&
                        Steady(before, truth.water, 4) &&
                        IsLike(before.front().usage_thousandths, truth.water);
      planted.fault = told ? Fault::kLateUnit : Fault::kNone;
      planted.must_be_held = told;
      return planted;
    }
    // What can be planted in a first bill alone is planted there more often.
    if (account.staying == Fault::kNone && lots.OneIn(month == 0 ? 20 : flags_.faults_in)) {
      static constexpr Fault kFirst[] = {Fault::kFirstDayTen, Fault::kFirstDayTenth,
                                         Fault::kAboveLimit, Fault::kOutside, Fault::kNoParcel};
      const auto fault = month == 0 ? kFirst[lots.Below(std::size(kFirst))]
                                    : static_cast<Fault>(1 + lots.Below(kFaultCount - 1));
      if (Fits(fault, account, truth, month)) planted.fault = fault;
    }
    // What takes a steady year to be told is planted more often then.
    if (planted.fault == Fault::kNone && month >= 12 && lots.OneIn(flags_.faults_in / 4) &&
        Fits(Fault::kThrice, account, truth, month)) {
      planted.fault = Fault::kThrice;
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
    // Nearly all of them came in rightly in the last days of a bill, too.
    if (planted.fault == Fault::kNone && lots.OneIn(60)) planted.came_late = true;
    if (planted.came_late) return;
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
      case Fault::kThrice:
        use.water = Counted(planted.shown);
        break;
      case Fault::kLateUnit:
        use.water = Counted(use.water * 748 / 100);
        break;
      case Fault::kCarts:
      case Fault::kEsu:
      case Fault::kOutside:
      case Fault::kNoParcel:
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
    segment.metered = meter.agreement.IsMetered();
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
    Meter carts = account.carts;
    Meter storm = account.storm;
    if (planted.fault == Fault::kOutside) carts.agreement.schedule_code = "G2";
    if (planted.fault == Fault::kCarts)
      carts.agreement.quantity_thousandths += 9 * Quantity::kScale;
    if (planted.fault == Fault::kEsu) storm.agreement.quantity_thousandths += Quantity::kScale;
    bill.segments.push_back(SegmentOf(carts, run, carts.billed_through, 0));
    bill.segments.push_back(SegmentOf(storm, run, storm.billed_through, 0));
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
    PlantLate(account, planted, bill, end);
    RememberDays(account.carts, bill.segments[2], counts);
    RememberDays(account.storm, bill.segments[3], counts);
    Remember(account.power, as_it_is ? bill.segments[1].use.usage_thousandths : planted.truth.power,
             bill.segments[1].amount, end);
  }

  // From a steady home's bill of this month on: six days of it were shown in gallons, which no rule
  // of the bill sees; the next one is all the new meter's.
  void PlantLate(Account& account, const Planted& planted, const Bill& bill, Date end) {
    std::vector<Billed>& history = account.water.guarded.history;
    if (planted.fault != Fault::kNone || bill.state == BillState::kHeld ||
        account.customer_class != CustomerClass::kResidential || history.size() < 5 ||
        !Steady(history, planted.truth.water, 4) || planted.truth.water < 2'500 ||
        account.staying != Fault::kNone) {
      return;
    }
    const auto lot = static_cast<std::uint64_t>(bill.account.value() + end.days());
    if (lot % static_cast<std::uint64_t>(std::max(1.0, flags_.faults_in)) != 0) return;
    // Of its thirty days six were shown in gallons.
    history.front().usage_thousandths = Counted(history.front().usage_thousandths * 23 / 10);
    account.late_unit = true;
  }

  // Flat services: what was sent, and with which quantity.
  static void RememberDays(Meter& meter, const Segment& segment, bool counts) {
    meter.billed_through = segment.to_date;
    if (counts) return;  // it is mended, and was sent as before
    meter.guarded.days.assign(
        1, BilledDays{segment.from_date, segment.to_date, segment.effective_date, 0,
                      segment.use.quantity_thousandths, segment.amount, segment.schedule_code});
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
  parcel::ParcelFacts parcels_;
};

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
  ReportScore(score, seconds, flags.judged);
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
