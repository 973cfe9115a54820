#include "services/billing/parcel/parcel.h"

#include <algorithm>
#include <array>
#include <set>

#include "shared/core/decimal.h"
#include "shared/core/quantity.h"
#include "shared/core/spelling.h"

namespace reeve::billing::parcel {
namespace {

constexpr Spelling<UserKind, 2> kKinds{{"SCHEDULE", "CLASS"}};
constexpr std::size_t kColumns = 10;
constexpr std::size_t kRowBytesMax = 600;
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
  Row(std::int64_t line, ParcelRows& rows) : line_(line), rows_(rows) {}

  void Read(std::string_view text) {
    if (text.size() > kRowBytesMax) return Refuse("row", "has more than 600 bytes");
    std::size_t count = 0;
    for (std::string_view rest = text;;) {
      const std::size_t comma = rest.find(',');
      if (count < kColumns) cells_[count] = rest.substr(0, comma);
      ++count;
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
    if (count != kColumns) return Refuse("row", "has not 10 columns");
    if (cells_[kRow] == "place") return ReadPlace();
    if (cells_[kRow] == "schedule") return ReadUser(UserKind::kSchedule);
    if (cells_[kRow] == "class") return ReadUser(UserKind::kClass);
    Refuse("row", "is neither place, nor schedule, nor class");
  }

 private:
  void ReadPlace() {
    Parcel parcel;
    parcel.line = line_;
    parcel.premise = PremiseId(Number(kPlace, 0, 1, kPremiseMax).value_or(0));
    parcel.parcel_number = Word(kParcel);
    if (!cells_[kLandUse].empty()) parcel.land_use = Word(kLandUse);
    parcel.dwelling_units = Maybe(kDwellings, 0, kCountMax);
    parcel.city_limits = CityLimits();
    parcel.esu_thousandths = Maybe(kEsu, 3, Quantity::kMaxThousandths);
    parcel.meter_sizes = Sizes();
    parcel.cart_count = Maybe(kCarts, 0, kCountMax);
    parcel.exempt_services = Words(kExempt);
    if (ok_) rows_.places.push_back(std::move(parcel));
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
    if (ok_) rows_.users.push_back(std::move(use));
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
  std::vector<std::string> Sizes() {
    std::vector<std::string> sizes;
    std::set<std::string_view> services;
    for (std::string_view rest = cells_[kSizes]; !rest.empty();) {
      const std::size_t end = rest.find('|');
      const std::string_view one = rest.substr(0, end);
      const std::size_t sign = one.find('=');
      if (sign == std::string_view::npos || !IsWord(one.substr(0, sign)) ||
          !IsWord(one.substr(sign + 1)) || end + 1 == rest.size()) {
        Refuse(kSizes, "is not service=size with | between them");
        return {};
      }
      if (!services.insert(one.substr(0, sign)).second) Refuse(kSizes, "has a service twice");
      sizes.emplace_back(one);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    if (sizes.size() > kWordsMax) Refuse(kSizes, "has more than 20 services");
    return sizes;
  }
  std::optional<std::int64_t> Number(Column column, int decimals, std::int64_t min,
                                     std::int64_t max) {
    const Result<std::int64_t> number = ParseDecimal(cells_[column], decimals, max);
    if (number.ok() && *number >= min) return *number;
    Refuse(column, "is not a number from " + std::to_string(min) + " on with at most " +
                       std::to_string(decimals) + " decimals");
    return std::nullopt;
  }
  std::optional<std::int64_t> Maybe(Column column, int decimals, std::int64_t max) {
    if (cells_[column].empty()) return std::nullopt;
    return Number(column, decimals, 0, max);
  }
  std::string CityLimits() {
    const std::string_view cell = cells_[kLimits];
    if (!cell.empty() && cell != "INSIDE" && cell != "OUTSIDE") {
      Refuse(kLimits, "is neither INSIDE nor OUTSIDE");
    }
    return std::string(cell);
  }

  void Refuse(Column column, std::string why) {
    Refuse(std::string(kNames[column]), std::move(why));
  }
  void Refuse(std::string field, std::string why) {
    ok_ = false;
    rows_.problems.push_back({line_, std::move(field), std::move(why)});
  }

  const std::int64_t line_;
  ParcelRows& rows_;
  std::array<std::string_view, kColumns> cells_;
  bool ok_ = true;
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
  std::int64_t line = first_line;
  for (std::string_view rest = text; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    std::string_view one = rest.substr(0, end);
    if (one.ends_with('\r')) one.remove_suffix(1);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line == 1) {
      if (one != kHeader) {
        rows.problems.push_back({1, "row", "is not \"" + std::string(kHeader) + "\""});
      }
    } else if (!one.empty()) {
      Row(line, rows).Read(one);
    }
  }
  if (first_line == 1 && line == 1) rows.problems.push_back({1, "row", "is missing"});
  RefuseTwice(
      rows.places, [](const Parcel& one) { return one.premise; }, rows.problems);
  RefuseTwice(
      rows.users, [](const LandUser& one) { return std::pair(one.kind, one.code); }, rows.problems);
  std::stable_sort(rows.problems.begin(), rows.problems.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
  return rows;
}

}  // namespace reeve::billing::parcel
