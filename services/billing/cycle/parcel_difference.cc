#include "services/billing/cycle/parcel_difference.h"

#include <algorithm>
#include <utility>

#include "shared/core/decimal.h"
#include "shared/core/quantity.h"
#include "shared/core/spelling.h"

namespace reeve::billing::cycle {
namespace {

constexpr Spelling<Basis, 10> kBases{{"LAND_USE", "CLASS", "CITY_LIMITS", "DWELLINGS", "ESU",
                                      "CARTS", "METER_SIZE", "EXEMPT", "LISTED", "PARCEL"}};

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : " or ") + word;
  return joined;
}

bool Has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// What is not known on either side is for all.
bool IsForLand(const parcel::LandUser& user, const parcel::Parcel& parcel) {
  return user.land_uses.empty() || parcel.land_use.empty() || Has(user.land_uses, parcel.land_use);
}
bool IsForLimits(const parcel::LandUser& user, const parcel::Parcel& parcel) {
  return user.city_limits.empty() || parcel.city_limits.empty() ||
         user.city_limits == parcel.city_limits;
}

class Comparison {
 public:
  Comparison(const Run& run, const rate::Tariff& tariff, const parcel::ParcelFacts& facts)
      : run_(run), tariff_(tariff), facts_(facts) {}

  void Compare(const Segment& segment, Guarded& one) {
    one_ = &one;
    segment_ = &segment;
    CompareUser(parcel::UserKind::kSchedule);
    const auto place = facts_.places.find(one.agreement->premise);
    if (place == facts_.places.end()) {
      // A flat service is billed for the parcel; what a meter shows was used by somebody.
      Add(Basis::kParcel, "a parcel", "place " + one.agreement->premise.ToString(),
          segment.HasUse() ? std::nullopt : Price(0));
    } else {
      ComparePlace(place->second);
    }
    std::sort(one.differences.begin(), one.differences.end(),
              [](const auto& a, const auto& b) { return BasisName(a.basis) < BasisName(b.basis); });
  }

 private:
  using Price = std::optional<std::int64_t>;  // of the segment, if it were so

  void Add(Basis basis, std::string expected, std::string billed, Price price) {
    ParcelDifference& added = one_->differences.emplace_back();
    added.basis = basis;
    added.expected = std::move(expected);
    added.billed = std::move(billed);
    if (price) added.at_stake_cents = segment_->amount.cents() - *price;
  }

  template <class Change>
  Price PriceWith(const Change& change) const {
    Segment other = *segment_;
    change(other);
    const auto lines = PriceSegment(tariff_, other, run_.PricedOn(), run_.kind);
    if (!lines.ok()) return std::nullopt;
    const auto sum = Sum(*lines, [](const rate::Line& line) { return line.amount; });
    return sum.ok() ? Price(sum->cents()) : std::nullopt;
  }

  // A file that names some schedules names them all.
  void CompareUser(parcel::UserKind kind) {
    const bool names_any = std::any_of(facts_.users.begin(), facts_.users.end(),
                                       [&](const auto& user) { return user.first.first == kind; });
    if (!names_any || FindUser(kind, segment_->schedule_code) != nullptr) return;
    Add(Basis::kListed, "a row of its schedule", segment_->schedule_code, std::nullopt);
  }

  const parcel::LandUser* FindUser(parcel::UserKind kind, const std::string& code) const {
    const auto found = facts_.users.find({kind, code});
    return found == facts_.users.end() ? nullptr : &found->second;
  }

  void ComparePlace(const parcel::Parcel& parcel) {
    if (Has(parcel.exempt_services, segment_->service)) {
      Add(Basis::kExempt, "exempt", "billed", 0);
    }
    const parcel::LandUser* schedule =
        FindUser(parcel::UserKind::kSchedule, segment_->schedule_code);
    if (schedule != nullptr) CompareSchedule(*schedule, parcel);
    const std::string customer_class(CustomerClassName(one_->customer_class));
    const parcel::LandUser* as_class = FindUser(parcel::UserKind::kClass, customer_class);
    if (as_class != nullptr && !IsForLand(*as_class, parcel)) {
      Add(Basis::kClass, parcel.land_use, customer_class + " for " + Joined(as_class->land_uses),
          std::nullopt);
    }
    CompareCounts(parcel);
    CompareSizes(parcel);
  }

  void CompareSchedule(const parcel::LandUser& mine, const parcel::Parcel& parcel) {
    const bool land = IsForLand(mine, parcel);
    const bool limits = IsForLimits(mine, parcel);
    if (land && limits) return;
    const Price price = PriceOfFitting(parcel);
    const std::string billed = segment_->schedule_code + " for ";
    if (!land) Add(Basis::kLandUse, parcel.land_use, billed + Joined(mine.land_uses), price);
    if (!limits) Add(Basis::kCityLimits, parcel.city_limits, billed + mine.city_limits, price);
  }

  // By the one schedule of the service that is for such a parcel; nothing if there are several.
  Price PriceOfFitting(const parcel::Parcel& parcel) const {
    const std::string* fitting = nullptr;
    for (const auto& [key, user] : facts_.users) {
      if (key.first != parcel::UserKind::kSchedule || !IsForLand(user, parcel) ||
          !IsForLimits(user, parcel)) {
        continue;
      }
      const rate::Schedule* version = tariff_.InForce(key.second, segment_->to_date);
      if (version == nullptr || version->service != segment_->service ||
          version->usage_unit.has_value() != segment_->HasUse()) {
        continue;
      }
      if (fitting != nullptr) return std::nullopt;
      fitting = &key.second;
    }
    if (fitting == nullptr) return std::nullopt;
    return PriceWith([&](Segment& other) { other.schedule_code = *fitting; });
  }

  // What the quantity counts, if the land records count it too: of the whole place, where two
  // accounts share a duplex.
  void CompareCounts(const parcel::Parcel& parcel) {
    const std::optional<Basis> basis =
        BasisOf(tariff_.Version(segment_->schedule_code, segment_->effective_date));
    if (!basis) return;
    const std::optional<std::int64_t> counted = CountOf(parcel, *basis);
    if (!counted) return;
    const auto [others, of_others] = Others(*basis);
    const std::int64_t own = segment_->use.quantity_thousandths;
    const std::int64_t more = own + of_others - *counted;
    if (more == 0) return;
    const std::string beside =
        others == 0
            ? ""
            : ", " + PrintDecimal(of_others, 3, 0) + " of it by " + std::to_string(others) +
                  (others == 1 ? " other agreement" : " other agreements") + " of the place";
    const std::int64_t instead = std::max<std::int64_t>(0, own - more);
    Add(*basis, PrintDecimal(*counted, 3, 0), PrintDecimal(own + of_others, 3, 0) + beside,
        PriceWith([&](Segment& other) { other.use.quantity_thousandths = instead; }));
  }

  static std::optional<Basis> BasisOf(const rate::Schedule* version) {
    const std::optional<Unit> unit = version ? rate::QuantityUnit(*version) : std::nullopt;
    if (!unit) return std::nullopt;
    switch (*unit) {
      case Unit::kDwelling:
      case Unit::kEquivalentDwellingUnit:
        return Basis::kDwellings;
      case Unit::kEquivalentServiceUnit:
      case Unit::kEquivalentResidentialUnit:
        return Basis::kEsu;
      case Unit::kCart:
        return Basis::kCarts;
      default:
        return std::nullopt;
    }
  }

  std::optional<std::int64_t> CountOf(const parcel::Parcel& parcel, Basis basis) const {
    const auto times = [](std::optional<std::int64_t> count) {
      return count ? std::optional(*count * Quantity::kScale) : std::nullopt;
    };
    if (basis == Basis::kDwellings) return times(parcel.dwelling_units);
    if (basis == Basis::kEsu) return parcel.esu_thousandths;
    const std::string named = segment_->service + "=";
    for (const std::string& carts : parcel.service_carts) {
      if (!carts.starts_with(named)) continue;
      const Result<std::int64_t> count =
          ParseDecimal(carts.substr(named.size()), 0, Quantity::kMaxThousandths);
      if (count.ok()) return times(*count);
    }
    return times(parcel.cart_count);
  }

  // How many other agreements of the place are billed for the segment's last day by the same, and
  // for how many together.
  std::pair<std::int64_t, std::int64_t> Others(Basis basis) const {
    std::int64_t count = 0;
    std::int64_t thousandths = 0;
    const auto at_place = facts_.agreements.find(one_->agreement->premise);
    if (at_place == facts_.agreements.end()) return {0, 0};
    for (const parcel::AtPlace& other : at_place->second) {
      const bool is_own = other.account == one_->agreement->account &&
                          other.agreement_id == one_->agreement->agreement_id;
      if (is_own || other.service != segment_->service || !other.IsBilledOn(segment_->to_date) ||
          BasisOf(tariff_.InForce(other.schedule_code, segment_->to_date)) != basis) {
        continue;
      }
      ++count;
      thousandths += other.quantity_thousandths;
    }
    return {count, thousandths};
  }

  void CompareSizes(const parcel::Parcel& parcel) {
    if (!segment_->metered) return;
    const std::string named = segment_->service + "=";
    for (const std::string& size : parcel.meter_sizes) {
      if (!size.starts_with(named)) continue;
      const std::string expected = size.substr(named.size());
      const std::string& billed = one_->agreement->meter_size;
      if (expected == billed) continue;
      Add(Basis::kMeterSize, expected, billed.empty() ? "not known" : billed,
          PriceWith([&](Segment& other) {
            for (MeterUse& meter : other.meters) meter.meter.size = expected;
          }));
    }
  }

  const Run& run_;
  const rate::Tariff& tariff_;
  const parcel::ParcelFacts& facts_;
  Guarded* one_ = nullptr;
  const Segment* segment_ = nullptr;
};

}  // namespace

std::string_view BasisName(Basis basis) { return kBases(basis); }
Basis ParseBasis(std::string_view name) { return kBases.Read(name); }

void CompareWithParcels(const Run& run, const rate::Tariff& tariff,
                        const parcel::ParcelFacts& facts, std::span<const Bill> bills,
                        std::span<Guarded> guarded) {
  if (!facts.is_loaded) return;
  Comparison comparison(run, tariff, facts);
  for (const Bill& bill : bills) {
    for (const Segment& segment : bill.segments) {
      const Guarded* one = FindGuarded(guarded, bill.account, segment.agreement_id);
      if (one != nullptr) comparison.Compare(segment, guarded[one - guarded.data()]);
    }
  }
}

}  // namespace reeve::billing::cycle
