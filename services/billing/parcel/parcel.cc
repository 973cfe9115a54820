#include "services/billing/parcel/parcel.h"

#include <algorithm>
#include <array>
#include <set>

#include "shared/core/decimal.h"
#include "shared/core/quantity.h"
#include "shared/core/service.h"
#include "shared/core/spelling.h"

namespace reeve::billing::parcel {
namespace {

constexpr Spelling<UserKind, 2> kKinds{{"SCHEDULE", "CLASS"}};
constexpr std::size_t kColumns = 10;
constexpr std::size_t kWordMax = 40;
constexpr std::size_t kWordsMax = 20;
constexpr std::int64_t kPremiseMax = 1'000'000'000'000'000'000;
constexpr std::int64_t kCountMax = 100'000;
constexpr std::array<std::string_view, kColumns> kNames{
    "row",         "place", "parcel",      "land_use", "dwelling_units",
    "city_limits", "esu",   "meter_sizes", "carts",    "exempt"};
enum Column : std::size_t {
  kRow,
  kPlace,
  kParcel,
  kLandUse,
  kDwellings,
  kLimits,
  kEsu,
  kSizes,
  kCarts,
  kExempt
};

// Printable, without what separates words and pairs.
bool IsWord(std::string_view text) {
  return !text.empty() && text.size() <= kWordMax && text.front() != ' ' && text.back() != ' ' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c >= ' ' && c <= '~' && c != '|' && c != '=' && c != ',' && c != '"';
         });
}

// One row: what of its columns cannot be read goes to the problems.
class Row {
 public:
  Row(std::int64_t line, ParcelRows& rows)
      : line_(line), rows_(rows), cells_(line, kNames, rows.problems) {}

  void Read(std::string_view text) {
    if (!cells_.Split(text)) return;
    if (cells_[kRow] == "place") return ReadPlace();
    if (cells_[kRow] == "schedule") return ReadUser(UserKind::kSchedule);
    if (cells_[kRow] == "class") return ReadUser(UserKind::kClass);
    cells_.RefuseRow("is neither place, nor schedule, nor class");
  }

 private:
  void ReadPlace() {
    Parcel parcel;
    parcel.line = line_;
    parcel.premise = PremiseId(cells_.Number(kPlace, 0, 1, kPremiseMax).value_or(0));
    parcel.parcel_number = Word(kParcel);
    if (!cells_[kLandUse].empty()) parcel.land_use = Word(kLandUse);
    parcel.dwelling_units = Maybe(kDwellings, 0, kCountMax);
    parcel.city_limits = CityLimits();
    parcel.esu_thousandths = Maybe(kEsu, 3, Quantity::kMaxThousandths);
    parcel.meter_sizes = Sizes();
    if (cells_[kCarts].find('=') == std::string_view::npos) {
      parcel.cart_count = Maybe(kCarts, 0, kCountMax);
    } else {
      parcel.service_carts = Carts();
    }
    parcel.exempt_services = Words(kExempt);
    for (const std::string& service : parcel.exempt_services) {
      if (!IsService(service)) Refuse(kExempt, "names " + service + ", which is no service");
    }
    if (cells_.ok()) rows_.places.push_back(std::move(parcel));
  }

  void ReadUser(UserKind kind) {
    LandUser use;
    use.line = line_;
    use.kind = kind;
    use.code = Word(kPlace);
    if (kind == UserKind::kClass && use.code != "RESIDENTIAL" && use.code != "NON_RESIDENTIAL") {
      Refuse(kPlace, "is neither RESIDENTIAL nor NON_RESIDENTIAL");
    }
    use.land_uses = Words(kLandUse);
    use.city_limits = CityLimits();
    for (const Column column : {kParcel, kDwellings, kEsu, kSizes, kCarts, kExempt}) {
      if (!cells_[column].empty()) Refuse(column, "is empty in a schedule or class");
    }
    if (cells_.ok()) rows_.users.push_back(std::move(use));
  }

  std::string Word(Column column) {
    if (!IsWord(cells_[column])) {
      Refuse(column, "is not 1 to 40 printable characters without | = and blanks around them");
    }
    return std::string(cells_[column]);
  }
  std::vector<std::string> Words(Column column) {
    std::vector<std::string> words;
    for (std::string_view rest = cells_[column]; !rest.empty();) {
      const std::size_t end = rest.find('|');
      words.emplace_back(rest.substr(0, end));
      if (!IsWord(words.back()) || end + 1 == rest.size()) {
        Refuse(column, "is not words with | between them");
        return {};
      }
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    const std::set<std::string> once(words.begin(), words.end());
    if (words.size() > kWordsMax) Refuse(column, "has more than 20 words");
    if (once.size() != words.size()) Refuse(column, "has a word twice");
    return words;
  }
  // "service=value" with | between them; `take` refuses values.
  template <class Take>
  std::vector<std::string> Pairs(Column column, const std::string& value, const Take& take) {
    std::vector<std::string> pairs;
    std::set<std::string_view> services;
    for (std::string_view rest = cells_[column]; !rest.empty();) {
      const std::size_t end = rest.find('|');
      const std::string_view one = rest.substr(0, end);
      const std::size_t sign = one.find('=');
      if (sign == std::string_view::npos || !IsWord(one.substr(0, sign)) ||
          !IsWord(one.substr(sign + 1)) || end + 1 == rest.size()) {
        Refuse(column, "is not service=" + value + " with | between them");
        return {};
      }
      if (!services.insert(one.substr(0, sign)).second) Refuse(column, "has a service twice");
      take(one.substr(0, sign), one.substr(sign + 1));
      pairs.emplace_back(one);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    if (pairs.size() > kWordsMax) Refuse(column, "has more than 20 services");
    return pairs;
  }
  std::vector<std::string> Sizes() {
    return Pairs(kSizes, "size", [&](std::string_view service, std::string_view) {
      if (MayBeMetered(service)) return;
      Refuse(kSizes, "names " + std::string(service) + ", which is no service with meters");
    });
  }
  std::vector<std::string> Carts() {
    return Pairs(kCarts, "count", [&](std::string_view service, std::string_view count) {
      if (!IsService(service)) {
        Refuse(kCarts, "names " + std::string(service) + ", which is no service");
      }
      if (!ParseDecimal(count, 0, kCountMax).ok() || count.starts_with('-')) {
        Refuse(kCarts, "has a count that is no whole number from 0 on");
      }
    });
  }
  std::optional<std::int64_t> Maybe(Column column, int decimals, std::int64_t max) {
    if (cells_[column].empty()) return std::nullopt;
    return cells_.Number(column, decimals, 0, max);
  }
  std::string CityLimits() {
    const std::string_view cell = cells_[kLimits];
    if (!cell.empty() && cell != "INSIDE" && cell != "OUTSIDE") {
      Refuse(kLimits, "is neither INSIDE nor OUTSIDE");
    }
    return std::string(cell);
  }

  void Refuse(Column column, std::string why) { cells_.Refuse(column, std::move(why)); }

  const std::int64_t line_;
  ParcelRows& rows_;
  file::Columns cells_;
};

// Of equal rows the later ones are problems.
template <class Rows, class KeyOf>
void RefuseTwice(Rows& rows, const KeyOf& key_of, std::vector<Problem>& problems) {
  std::set<std::decay_t<decltype(key_of(rows.front()))>> keys;
  std::erase_if(rows, [&](const auto& row) {
    if (keys.insert(key_of(row)).second) return false;
    problems.push_back({row.line, "place", "is there twice"});
    return true;
  });
}

}  // namespace

std::string_view UserKindName(UserKind kind) { return kKinds(kind); }
UserKind ParseUserKind(std::string_view name) { return kKinds.Read(name); }

ParcelRows ParseParcels(std::string_view text, std::int64_t first_line) {
  ParcelRows rows;
  file::ReadRows(text, first_line, kHeader, rows.problems,
                 [&](std::int64_t line, std::string_view row) { Row(line, rows).Read(row); });
  RefuseTwice(
      rows.places, [](const Parcel& one) { return one.premise; }, rows.problems);
  RefuseTwice(
      rows.users, [](const LandUser& one) { return std::pair(one.kind, one.code); }, rows.problems);
  std::stable_sort(rows.problems.begin(), rows.problems.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
  return rows;
}

std::vector<Problem> FindUnknown(const ParcelRows& rows,
                                 const std::set<std::string, std::less<>>& schedule_codes) {
  std::vector<Problem> unknown;
  for (const LandUser& user : rows.users) {
    if (user.kind != UserKind::kSchedule || schedule_codes.contains(user.code)) continue;
    unknown.push_back({user.line, "place", "is no schedule that is loaded: " + user.code});
  }
  return unknown;
}

}  // namespace reeve::billing::parcel
