#include "services/billing/rate/urdb.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

namespace reeve::billing::rate {
namespace {

// JSON is YAML; a scalar keeps the text that it had.
using Node = YAML::Node;

constexpr int kPlaces = 9;  // decimals of a rate

// Fields that say nothing of a price, or who may have it: that is decided by which agreements name
// the schedule.
constexpr std::string_view kNoPrice[] = {"label",
                                         "uri",
                                         "revisions",
                                         "approved",
                                         "is_default",
                                         "eiaid",
                                         "country",
                                         "sector",
                                         "servicetype",
                                         "description",
                                         "source",
                                         "sourceparent",
                                         "supersedes",
                                         "supercedes",
                                         "utility",
                                         "name",
                                         "startdate",
                                         "demandunits",
                                         "demandwindow",
                                         "voltagecategory",
                                         "voltageminimum",
                                         "voltagemaximum",
                                         "phasewiring",
                                         "basicinformationcomments",
                                         "energycomments",
                                         "demandcomments",
                                         "peakkwcapacitymin",
                                         "peakkwcapacitymax",
                                         "peakkwcapacityhistory",
                                         "peakkwhusagemin",
                                         "peakkwhusagemax",
                                         "peakkwhusagehistory",
                                         "energyattrs",
                                         "demandattrs",
                                         "fixedattrs",
                                         "usenetmetering"};
// Of these, what is used all the same.
constexpr std::string_view kNamed[] = {"label", "source", "utility", "name", "startdate"};
// Fields that are prices or terms which a schedule cannot say; each with its reason.
constexpr std::pair<std::string_view, std::string_view> kNotSaid[] = {
    {"enddate", "a version ends where the next one begins: load that one"},
    {"demandreactivepowercharge", "reactive power is not priced"},
    {"coincidentrateunit", "loads at the time of the system's peak are not priced"},
    {"coincidentratestructure", "loads at the time of the system's peak are not priced"},
    {"coincidentrateschedule", "loads at the time of the system's peak are not priced"},
    {"annualmincharge", "a minimum of a year is not charged"},
    {"fixedchargeeaaddl", "an agreement has one meter"},
    {"demandratchetpercentage",
     "how many months it looks back is not said; write a ratchet by hand"},
    {"lookbackmonths", "a look-back over single months is not said"},
    {"dgrules", "generation is not credited"},
    {"fueladjustmentsmonthly", "adjustments by month are versions"},
};
constexpr std::string_view kMapped[] = {
    "energyratestructure", "energyweekdayschedule", "energyweekendschedule", "energytoulabels",
    "flatdemandunit",      "flatdemandstructure",   "flatdemandmonths",      "demandrateunit",
    "demandratestructure", "demandweekdayschedule", "demandweekendschedule", "demandtoulabels",
    "fixedmonthlycharge",  "fixedchargefirstmeter", "fixedchargeunits",      "minmonthlycharge",
    "mincharge",           "minchargeunits",        "lookbackpercent",       "lookbackrange"};

template <std::size_t kCount>
bool Has(const std::string_view (&names)[kCount], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

// "-0.5", "6.1e-05" in units of 10^-places; nothing if it is no number, or not a whole one of them.
std::optional<std::int64_t> ParseNumber(std::string_view text, int places) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t e = text.find_first_of("eE");
  int exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view power = text.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), exponent);
    if (error != std::errc() || end != power.data() + power.size()) return std::nullopt;
    text = text.substr(0, e);
  }
  if (exponent < -30 || exponent > 30 || text.empty()) return std::nullopt;
  int scale = exponent + places;  // of the digits read so far, as if they had no point
  bool point = false;
  bool digit = false;
  __int128 value = 0;
  constexpr __int128 kMax = 1'000'000'000'000'000'000;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    digit = true;
    if (value > kMax * 1'000'000'000) return std::nullopt;
    value = value * 10 + (c - '0');
    if (point) --scale;
  }
  if (!digit) return std::nullopt;
  for (; scale > 0 && value != 0; --scale) {
    value *= 10;
    if (value > kMax) return std::nullopt;
  }
  for (; scale < 0 && value != 0; ++scale) {
    if (value % 10 != 0) return std::nullopt;
    value /= 10;
  }
  if (value > kMax) return std::nullopt;
  return static_cast<std::int64_t>(negative ? -value : value);
}

// Days since 1970 of seconds since then, in UTC: the database writes midnights of the Americas.
std::optional<Date> DayOfEpoch(const std::string& text) {
  constexpr std::int64_t kSeconds = 86'400;
  const std::optional<std::int64_t> seconds = ParseNumber(text, 0);
  if (!seconds || *seconds < 0 || *seconds / kSeconds > 200'000) return std::nullopt;
  return Date::FromDays(static_cast<std::int32_t>(*seconds / kSeconds));
}

using Months = std::array<std::size_t, DayTimes::kMonths>;

// The months that have `period`, as seasons: several if they are apart; none if all have it.
std::vector<std::optional<Season>> SeasonsOf(const Months& months, std::size_t period) {
  constexpr int kLastDays[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const auto has = [&](int month) {
    return months[static_cast<std::size_t>((month + 12) % 12)] == period;
  };
  std::vector<std::optional<Season>> seasons;
  for (int month = 0; month < 12; ++month) {
    if (!has(month) || has(month - 1)) continue;  // no season begins
    int last = month;
    while (has(last + 1)) ++last;
    last %= 12;
    seasons.emplace_back(Season{(month + 1) * 100 + 1, (last + 1) * 100 + kLastDays[last]});
  }
  if (seasons.empty() && has(0)) seasons.emplace_back(std::nullopt);  // all year
  return seasons;
}

// The text is read as YAML, of which JSON is a part. What JSON does not have (anchors that stand
// for themselves, tags, comments) and nesting without end are not let through.
bool IsPlainJson(std::string_view text) {
  constexpr int kDepthMax = 20;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
      }
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (depth < 0 || depth > kDepthMax) return false;
    if (!word && std::string_view("{}[],:+-. \t\r\n").find(c) == std::string_view::npos)
      return false;
  }
  return depth == 0;
}

// Names are read in small letters: the bulk files spell some of them with capitals.
Node WithSmallNames(const Node& rate) {
  Node small(YAML::NodeType::Map);
  for (const auto& entry : rate) {
    if (entry.first.IsScalar()) small.force_insert(Lower(entry.first.Scalar()), entry.second);
  }
  return small;
}

class Reader {
 public:
  Reader(const Node& rate, const UrdbNames& names, Fields& fields)
      : rate_(WithSmallNames(rate)), names_(names), fields_(fields) {}

  UrdbReading Read() {
    CheckFields();
    Schedule& schedule = reading_.schedule;
    schedule.code = names_.code;
    schedule.service = "electric";
    schedule.usage_unit = Unit::kKilowattHour;
    schedule.title = names_.title.empty() ? Joined({"utility", "name"}, ", ") : names_.title;
    schedule.citation = names_.citation.empty() ? Citation() : names_.citation;
    ReadStart();
    ReadFixed();
    ReadTimes("energy", "Energy", ComponentKind::kTiers, schedule.use_times);
    ReadFlatDemand();
    ReadTimes("demand", "Demand", ComponentKind::kDemand, schedule.load_times);
    ReadRatchet();
    ReadMinimum();
    return std::move(reading_);
  }

 private:
  struct Block {
    std::vector<Tier> tiers;
    Widths widths = Widths::kMonth;
    bool free = true;  // nothing is charged in it
  };

  void Refuse(const std::string& field, std::string description) {
    fields_.Refuse("json." + field, std::move(description));
  }

  bool Given(const char* field) const {
    const Node node = rate_[field];
    return node.IsDefined() && !node.IsNull();
  }
  std::string TextOf(const char* field) const {
    return Given(field) && rate_[field].IsScalar() ? rate_[field].Scalar() : "";
  }
  std::string Joined(std::initializer_list<const char*> of, const char* between) const {
    std::string text;
    for (const char* field : of) {
      const std::string part = TextOf(field);
      if (!part.empty()) text += (text.empty() ? "" : between) + part;
    }
    return text.substr(0, 100);
  }
  std::string Citation() const {
    const std::string label = TextOf("label");
    std::string text = TextOf("source");
    if (!label.empty()) text += (text.empty() ? "" : "; ") + ("OpenEI URDB " + label);
    return text.substr(0, 300);
  }

  // A value that charges nothing is as if it were not there.
  static bool IsNothing(const Node& node) {
    if (!node.IsDefined() || node.IsNull()) return true;
    if (node.IsScalar()) {
      const std::string& text = node.Scalar();
      return text.empty() || text == "false" || ParseNumber(text, kPlaces) == 0;
    }
    for (const auto& child : node) {
      if (!IsNothing(node.IsMap() ? Node(child.second) : Node(child))) return false;
    }
    return true;
  }

  void CheckFields() {
    std::set<std::string> seen;
    for (const auto& entry : rate_) {
      const std::string name = entry.first.IsScalar() ? entry.first.Scalar() : "";
      const std::string field = Lower(name);
      if (!seen.insert(field).second) {
        Refuse(name, "is there twice");
        continue;
      }
      const auto not_said = std::find_if(std::begin(kNotSaid), std::end(kNotSaid),
                                         [&](const auto& one) { return one.first == field; });
      if (not_said != std::end(kNotSaid)) {
        if (!IsNothing(entry.second)) Refuse(name, std::string(not_said->second));
      } else if (Has(kNoPrice, field)) {
        if (!Has(kNamed, field)) reading_.left_out.push_back(name);
      } else if (!Has(kMapped, field) && !IsNothing(entry.second)) {
        Refuse(name, "is not known here");
      }
    }
  }

  void ReadStart() {
    if (names_.effective_date) {
      reading_.schedule.effective_date = *names_.effective_date;
      return;
    }
    const std::optional<Date> start = DayOfEpoch(TextOf("startdate"));
    if (!start) return Refuse("startdate", "is not there: say from which day on it is in force");
    reading_.schedule.effective_date = *start;
  }

  // Dollars; nothing, and a refusal, if they are not.
  std::optional<Rate> ReadRate(const Node& node, const std::string& field) {
    const std::optional<std::int64_t> nanos =
        node.IsScalar() ? ParseNumber(node.Scalar(), kPlaces) : std::nullopt;
    if (nanos && *nanos <= Rate::kMaxNanos && *nanos >= -Rate::kMaxNanos) {
      return Rate::Nanos(*nanos);
    }
    Refuse(field, "is not dollars with at most nine decimals");
    return std::nullopt;
  }

  std::optional<Per> ReadPer(const char* units) {
    const std::string text = TextOf(units);
    if (text == "$/day") return Per::kDay;
    if (text.empty() || text == "$/month") return Per::kMonth;
    Refuse(units, "is neither $/month nor $/day");
    return std::nullopt;
  }

  void AddPrice(ComponentKind kind, const char* name, const char* field, const char* units) {
    if (!Given(field) || IsNothing(rate_[field])) return;
    const std::optional<Rate> rate = ReadRate(rate_[field], field);
    const std::optional<Per> per = units == nullptr ? Per::kMonth : ReadPer(units);
    if (!rate || !per) return;
    Component component;
    component.kind = kind;
    component.name = name;
    component.rate = *rate;
    component.per = *per;
    reading_.schedule.components.push_back(std::move(component));
  }
  void ReadFixed() {
    AddPrice(ComponentKind::kFixed, "Fixed monthly charge", "fixedmonthlycharge", nullptr);
    AddPrice(ComponentKind::kFixed, "Fixed charge", "fixedchargefirstmeter", "fixedchargeunits");
  }
  void ReadMinimum() {
    AddPrice(ComponentKind::kMinimum, "Minimum monthly charge", "minmonthlycharge", nullptr);
    AddPrice(ComponentKind::kMinimum, "Minimum charge", "mincharge", "minchargeunits");
  }

  // A tier's unit, which says what its bound is for; kW and kWh are what is charged.
  void CheckUnit(const Node& tier, const std::string& field, bool load, Widths& widths) {
    const Node unit = tier["unit"];
    if (!unit.IsDefined() || !unit.IsScalar()) return;
    const std::string text = unit.Scalar();
    if (load) {
      if (text != "kW") Refuse(field + ".unit", "is not kW");
    } else if (text == "kWh daily") {
      widths = Widths::kDay;
    } else if (text != "kWh") {
      Refuse(field + ".unit", "is neither kWh nor kWh daily");
    }
  }

  Block ReadBlock(const Node& period, const std::string& field, bool load) {
    Block block;
    if (!period.IsSequence() || period.size() == 0) {
      Refuse(field, "has no tier");
      return block;
    }
    for (std::size_t i = 0; i < period.size(); ++i) {
      const std::string place = field + "[" + std::to_string(i) + "]";
      const Node tier = period[i];
      if (!tier.IsMap()) {
        Refuse(place, "is no tier");
        continue;
      }
      CheckUnit(tier, place, load, block.widths);
      if (!IsNothing(tier["sell"])) Refuse(place + ".sell", "generation is not credited");
      Tier read;
      for (const char* part : {"rate", "adj"}) {
        if (!tier[part].IsDefined() || tier[part].IsNull()) continue;
        if (const auto rate = ReadRate(tier[part], place + "." + part)) {
          read.rate = Rate::Nanos(read.rate.nanos() + rate->nanos());
        }
      }
      if (tier["max"].IsDefined() && !tier["max"].IsNull()) {
        read.up_to_thousandths =
            tier["max"].IsScalar() ? ParseNumber(tier["max"].Scalar(), 3) : std::nullopt;
        if (!read.up_to_thousandths) {
          Refuse(place + ".max", "is not a quantity with at most three decimals");
        }
      }
      block.free = block.free && read.rate == Rate();
      block.tiers.push_back(read);
    }
    // The last bound of a year's data is often a number that nobody reaches: it is still a bound.
    if (!block.tiers.empty() && block.tiers.back().up_to_thousandths) {
      Refuse(field, "its last tier has a max, and what is above it no price");
    }
    return block;
  }

  std::vector<Block> ReadStructure(const std::string& field, bool load) {
    std::vector<Block> blocks;
    const Node structure = rate_[field];
    if (!structure.IsSequence()) {
      Refuse(field, "is not a list of periods");
      return blocks;
    }
    for (std::size_t i = 0; i < structure.size(); ++i) {
      blocks.push_back(ReadBlock(structure[i], field + "[" + std::to_string(i) + "]", load));
    }
    return blocks;
  }

  std::optional<std::size_t> ReadIndex(const Node& node, std::size_t size) {
    const auto index = node.IsScalar() ? ParseNumber(node.Scalar(), 0) : std::nullopt;
    if (!index || *index < 0 || *index >= static_cast<std::int64_t>(size)) return std::nullopt;
    return static_cast<std::size_t>(*index);
  }

  bool ReadTable(const std::string& field, std::size_t size, DayTimes::Table& table) {
    const Node rows = rate_[field];
    bool read = rows.IsSequence() && rows.size() == DayTimes::kMonths && size <= kTimesMax;
    for (std::size_t month = 0; read && month < DayTimes::kMonths; ++month) {
      const Node row = rows[month];
      read = row.IsSequence() && row.size() == DayTimes::kHours;
      for (std::size_t hour = 0; read && hour < DayTimes::kHours; ++hour) {
        const std::optional<std::size_t> index = ReadIndex(row[hour], size);
        read = index.has_value();
        if (!read) continue;
        table[month][hour * 2] = table[month][hour * 2 + 1] = static_cast<std::uint8_t>(*index);
      }
    }
    if (!read) Refuse(field, "is not twelve rows of 24 periods that its structure has");
    return read;
  }

  // The period of each month, if it has one alone.
  static std::optional<Months> ByMonth(const DayTimes& times) {
    Months months{};
    for (std::size_t month = 0; month < DayTimes::kMonths; ++month) {
      months[month] = times.weekdays[month][0];
      for (const DayTimes::Table* table : {&times.weekdays, &times.weekends}) {
        for (const std::uint8_t at : (*table)[month]) {
          if (at != months[month]) return std::nullopt;
        }
      }
    }
    return months;
  }

  void AddBlock(ComponentKind kind, std::string name, const Block& block,
                std::optional<Season> season, std::string period) {
    Component component;
    component.kind = kind;
    component.name = std::move(name);
    component.tiers = block.tiers;
    component.season = season;
    component.period = std::move(period);
    if (kind == ComponentKind::kDemand) component.per = Per::kMonth;
    // A bound of one block alone bounds nothing.
    if (kind == ComponentKind::kTiers && block.tiers.size() > 1) component.widths = block.widths;
    reading_.schedule.components.push_back(std::move(component));
  }

  // Prices that change with the months alone are seasons.
  void AddSeasons(ComponentKind kind, const std::string& name, const std::vector<Block>& blocks,
                  const Months& months, const std::vector<std::string>& labels) {
    const bool any = std::ranges::any_of(blocks, [](const Block& block) { return !block.free; });
    for (std::size_t period = 0; period < blocks.size(); ++period) {
      // Use that is free in some months is priced at nothing; a load that is, is not measured.
      if (blocks[period].free && (kind != ComponentKind::kTiers || !any)) continue;
      const std::vector<std::optional<Season>> seasons = SeasonsOf(months, period);
      for (std::size_t i = 0; i < seasons.size(); ++i) {
        std::string called = name;
        if (seasons[i]) called += ", " + labels[period];
        if (i > 0) called += " " + std::to_string(i + 1);
        AddBlock(kind, called, blocks[period], seasons[i], "");
      }
    }
  }

  // What each period is called: by its label, if it has one of its own.
  std::vector<std::string> LabelsOf(const std::string& field, std::size_t size) {
    std::vector<std::string> labels;
    const Node given = rate_[field];
    for (std::size_t i = 0; i < size; ++i) {
      std::string label = "period " + std::to_string(i + 1);
      if (given.IsDefined() && given.IsSequence() && i < given.size() && given[i].IsScalar()) {
        const std::string text = given[i].Scalar().substr(0, 30);
        const bool taken = std::find(labels.begin(), labels.end(), text) != labels.end();
        if (!text.empty() && !taken) label = text;
      }
      labels.push_back(std::move(label));
    }
    return labels;
  }

  // energyratestructure and its schedules, or those of demand.
  void ReadTimes(const std::string& what, const std::string& name, ComponentKind kind,
                 std::optional<DayTimes>& keeps) {
    const std::string structure = what + "ratestructure";
    if (!Given(structure.c_str())) {
      if (kind == ComponentKind::kTiers) Refuse(structure, "is required");
      return;
    }
    const bool load = kind == ComponentKind::kDemand;
    if (load) CheckLoadUnit("demandrateunit");
    const std::vector<Block> blocks = ReadStructure(structure, load);
    DayTimes times;
    times.names = LabelsOf(what + "toulabels", blocks.size());
    if (blocks.empty() || !ReadTable(what + "weekdayschedule", blocks.size(), times.weekdays) ||
        !ReadTable(what + "weekendschedule", blocks.size(), times.weekends)) {
      return;
    }
    if (const std::optional<Months> months = ByMonth(times)) {
      return AddSeasons(kind, name, blocks, *months, times.names);
    }
    for (std::size_t period = 0; period < blocks.size(); ++period) {
      if (blocks[period].free) continue;
      AddBlock(kind, name + ", " + times.names[period], blocks[period], std::nullopt,
               times.names[period]);
    }
    keeps = std::move(times);
  }

  void CheckLoadUnit(const char* field) {
    const std::string unit = TextOf(field);
    if (!unit.empty() && unit != "kW") Refuse(field, "is not kW");
  }

  void ReadFlatDemand() {
    if (!Given("flatdemandstructure")) return;
    CheckLoadUnit("flatdemandunit");
    const std::vector<Block> blocks = ReadStructure("flatdemandstructure", true);
    Months months{};
    const Node given = rate_["flatdemandmonths"];
    bool read = given.IsDefined() && given.IsSequence() && given.size() == months.size();
    for (std::size_t month = 0; read && month < months.size(); ++month) {
      const std::optional<std::size_t> index = ReadIndex(given[month], blocks.size());
      read = index.has_value();
      if (read) months[month] = *index;
    }
    if (!read) return Refuse("flatdemandmonths", "is not twelve periods that its structure has");
    AddSeasons(ComponentKind::kDemand, "Monthly demand", blocks, months,
               LabelsOf("", blocks.size()));
  }

  void ReadRatchet() {
    const char* percent = Given("lookbackPercent") ? "lookbackPercent" : "lookbackpercent";
    const char* range = Given("lookbackRange") ? "lookbackRange" : "lookbackrange";
    if (!Given(percent) || IsNothing(rate_[percent])) return;
    const auto nanos =
        rate_[percent].IsScalar() ? ParseNumber(rate_[percent].Scalar(), kPlaces) : std::nullopt;
    const auto months = ParseNumber(TextOf(range), 0);
    if (!nanos || !months || *months < 1 || *months > kRatchetMonthsMax) {
      return Refuse(percent, "is not a fraction of the highest load of lookbackRange months");
    }
    for (Component& component : reading_.schedule.components) {
      if (component.kind != ComponentKind::kDemand) continue;
      component.ratchet = Ratchet{Rate::Nanos(*nanos), static_cast<int>(*months)};
    }
  }

  const Node rate_;
  const UrdbNames& names_;
  Fields& fields_;
  UrdbReading reading_;
};

}  // namespace

UrdbReading ReadUrdb(std::string_view json, const UrdbNames& names, Fields& fields) {
  if (json.size() > kUrdbTextMax) {
    fields.Refuse("json", "is longer than a million bytes");
    return {};
  }
  if (!IsPlainJson(json)) {
    fields.Refuse("json", "is not JSON");
    return {};
  }
  try {
    Node rate = YAML::Load(std::string(json));
    if (rate.IsMap() && rate["items"].IsDefined()) {
      const Node items = rate["items"];
      if (!items.IsSequence() || items.size() != 1) {
        fields.Refuse("json.items", "is not one rate: a version is made of one");
        return {};
      }
      rate.reset(items[0]);
    }
    if (rate.IsMap()) return Reader(rate, names, fields).Read();
    fields.Refuse("json", "is not a rate");
  } catch (const YAML::Exception& thrown) {
    fields.Refuse("json", "is not JSON: line " + std::to_string(thrown.mark.line + 1));
  }
  return {};
}

}  // namespace reeve::billing::rate
