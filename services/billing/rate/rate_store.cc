#include "services/billing/rate/rate_store.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "services/billing/listed.h"
#include "services/billing/rate/component_term.h"
#include "services/billing/rate/stored_words.h"
#include "shared/core/decimal.h"

namespace reeve::billing::rate {
namespace {

using db::ColumnType;

std::optional<Unit> MaybeUnit(const std::string& name) {
  if (name.empty()) return std::nullopt;
  return ParseUnit(name).value();
}

std::string_view MaybeName(const std::optional<Unit>& unit) {
  return unit ? UnitName(*unit) : std::string_view();
}

// All columns in the order of their inserts: the proof takes digests of them. (Of a schedule, the
// columns of its content.)
constexpr db::Query kListSchedules{
    "rate_schedule_list",
    "SELECT schedule_code, effective_date, service, title, citation, usage_unit, "
    "usage_ratio_max_hundredths, usage_per_day_max_thousandths, effect, day_count, season_by, "
    "prorated_when, days_min, days_max, month_days, month_divisor, rounding, round_to_cents, "
    "split_step_thousandths, state, revision, loaded_by_person_id, activated_by_person_id, "
    "preview_digest, tariff_no, acknowledged_components FROM rate_schedule "
    "ORDER BY schedule_code, effective_date"};
constexpr std::size_t kContentColumns = 19;  // behind them is the standing
constexpr db::Query kListComponents{
    "rate_component_list",
    "SELECT schedule_code, effective_date, component_no, kind, name, rate_nanos, unit, per, "
    "widths, "
    "season_from, season_to, use_period, ratchet_nanos, ratchet_month_count, cap_thousandths, "
    "default_thousandths, at_most_use, of_components FROM rate_component "
    "ORDER BY schedule_code, effective_date, component_no"};
constexpr db::Query kListTiers{
    "rate_tier_list",
    "SELECT schedule_code, effective_date, component_no, tier_no, up_to_thousandths, meter_size, "
    "rate_nanos FROM rate_tier ORDER BY schedule_code, effective_date, component_no, tier_no"};
constexpr db::Query kListTimes{
    "rate_time_list",
    "SELECT schedule_code, effective_date, what, time_no, name, weekday_hours, weekend_hours "
    "FROM rate_time ORDER BY schedule_code, effective_date, what, time_no"};
constexpr db::Query kListTerms{
    "rate_term_list",
    "SELECT schedule_code, effective_date, component_no, term, term_no, number, word "
    "FROM rate_term ORDER BY schedule_code, effective_date, component_no, term, term_no"};
constexpr db::Query kLockAll{
    "rate_schedule_lock",
    "SELECT tariff_no FROM rate_schedule ORDER BY schedule_code, effective_date"};
constexpr db::Query kTariffNo{"rate_tariff_no",
                              "SELECT coalesce(max(tariff_no), 0) FROM rate_schedule"};
constexpr db::Query kDeleteTerms{
    "rate_term_delete", "DELETE FROM rate_term WHERE schedule_code = $1 AND effective_date = $2"};
constexpr db::Query kDeleteTimes{
    "rate_time_delete", "DELETE FROM rate_time WHERE schedule_code = $1 AND effective_date = $2"};
constexpr db::Query kDeleteTiers{
    "rate_tier_delete", "DELETE FROM rate_tier WHERE schedule_code = $1 AND effective_date = $2"};
constexpr db::Query kDeleteComponents{
    "rate_component_delete",
    "DELETE FROM rate_component WHERE schedule_code = $1 AND effective_date = $2"};
constexpr db::Query kDeleteDraft{"rate_schedule_delete",
                                 "DELETE FROM rate_schedule WHERE schedule_code = $1 AND "
                                 "effective_date = $2 AND state = 'DRAFT'"};
constexpr db::Query kSaveActive{
    "rate_schedule_activate",
    "UPDATE rate_schedule SET state = 'ACTIVE', activated_by_person_id = $4, preview_digest = $5, "
    "tariff_no = $6, acknowledged_components = $7 WHERE schedule_code = $1 AND effective_date = $2 "
    "AND "
    "state = 'DRAFT' AND revision = $3"};

const db::InsertInto kInsertSchedules{"rate_schedule_insert",
                                      "rate_schedule",
                                      {{"schedule_code", ColumnType::kText},
                                       {"effective_date", ColumnType::kText},
                                       {"service", ColumnType::kText},
                                       {"title", ColumnType::kText},
                                       {"citation", ColumnType::kText},
                                       {"usage_unit", ColumnType::kText},
                                       {"usage_ratio_max_hundredths"},
                                       {"usage_per_day_max_thousandths"},
                                       {"effect", ColumnType::kText},
                                       {"day_count", ColumnType::kText},
                                       {"season_by", ColumnType::kText},
                                       {"prorated_when", ColumnType::kText},
                                       {"days_min"},
                                       {"days_max"},
                                       {"month_days"},
                                       {"month_divisor"},
                                       {"rounding", ColumnType::kText},
                                       {"round_to_cents"},
                                       {"split_step_thousandths"},
                                       {"state", ColumnType::kText},
                                       {"revision"},
                                       {"loaded_by_person_id"},
                                       {"activated_by_person_id"},
                                       {"preview_digest", ColumnType::kText}}};
const db::InsertInto kInsertComponents{"rate_component_insert",
                                       "rate_component",
                                       {{"schedule_code", ColumnType::kText},
                                        {"effective_date", ColumnType::kText},
                                        {"component_no"},
                                        {"kind", ColumnType::kText},
                                        {"name", ColumnType::kText},
                                        {"rate_nanos"},
                                        {"unit", ColumnType::kText},
                                        {"per", ColumnType::kText},
                                        {"widths", ColumnType::kText},
                                        {"season_from"},
                                        {"season_to"},
                                        {"use_period", ColumnType::kText},
                                        {"ratchet_nanos"},
                                        {"ratchet_month_count"},
                                        {"cap_thousandths"},
                                        {"default_thousandths"},
                                        {"at_most_use"},
                                        {"of_components", ColumnType::kText}}};
const db::InsertInto kInsertTiers{"rate_tier_insert",
                                  "rate_tier",
                                  {{"schedule_code", ColumnType::kText},
                                   {"effective_date", ColumnType::kText},
                                   {"component_no"},
                                   {"tier_no"},
                                   {"up_to_thousandths"},
                                   {"meter_size", ColumnType::kText},
                                   {"rate_nanos"}}};

const db::InsertInto kInsertTimes{"rate_time_insert",
                                  "rate_time",
                                  {{"schedule_code", ColumnType::kText},
                                   {"effective_date", ColumnType::kText},
                                   {"what", ColumnType::kText},
                                   {"time_no"},
                                   {"name", ColumnType::kText},
                                   {"weekday_hours", ColumnType::kText},
                                   {"weekend_hours", ColumnType::kText}}};
const db::InsertInto kInsertTerms{"rate_term_insert",
                                  "rate_term",
                                  {{"schedule_code", ColumnType::kText},
                                   {"effective_date", ColumnType::kText},
                                   {"component_no"},
                                   {"term", ColumnType::kText},
                                   {"term_no"},
                                   {"number"},
                                   {"word", ColumnType::kText}}};
constexpr std::string_view kUse = "USE";
constexpr std::string_view kLoad = "LOAD";
constexpr std::string_view kLastDate = "LAST_DATE";  // a term of a rider's only component
// Of the schedule, a term of its first component.
constexpr std::string_view kMeteredBy = "METERED_BY";

constexpr std::int64_t kFirstTariff = 1;

using MaybeNumber = std::optional<std::int64_t>;

// Numbers of components.
std::string JoinNumbers(const std::vector<std::int64_t>& numbers) {
  std::vector<std::string> words;
  for (const std::int64_t number : numbers) words.push_back(std::to_string(number));
  return JoinList(words);
}

std::vector<std::int64_t> ReadNumbers(const std::string& listed) {
  std::vector<std::int64_t> numbers;
  for (const std::string& word : SplitList(listed)) {
    numbers.push_back(ParseDecimal(word, 0, kComponentsMax).value());
  }
  return numbers;
}

void AddComponent(const Schedule& schedule, std::size_t no, db::NewRows& components,
                  db::NewRows& tiers) {
  const Component& component = schedule.components[no];
  MaybeNumber season_from;
  MaybeNumber season_to;
  if (component.season) {
    season_from = component.season->from;
    season_to = component.season->to;
  }
  MaybeNumber ratchet;
  MaybeNumber months;
  if (component.ratchet) {
    ratchet = component.ratchet->fraction.nanos();
    months = component.ratchet->month_count;
  }
  components.Add(schedule.code, schedule.effective_date, no, kKinds(component.kind), component.name,
                 component.rate, MaybeName(component.unit), kPers(component.per),
                 kWidths(component.widths), season_from, season_to, component.period, ratchet,
                 months, component.cap_thousandths, component.default_thousandths,
                 component.at_most_use ? 1 : 0, JoinNumbers(component.of));
  for (std::size_t i = 0; i < component.tiers.size(); ++i) {
    tiers.Add(schedule.code, schedule.effective_date, no, i, component.tiers[i].up_to_thousandths,
              "", component.tiers[i].rate);
  }
  for (std::size_t i = 0; i < component.sizes.size(); ++i) {
    tiers.Add(schedule.code, schedule.effective_date, no, i, MaybeNumber(), component.sizes[i].size,
              component.sizes[i].rate);
  }
}

// The hours of one time in a table, each by its first half.
std::string HoursOf(const DayTimes::Table& table, std::size_t time) {
  std::string hours;
  for (const auto& month : table) {
    for (std::size_t slot = 0; slot < month.size(); slot += 2) {
      hours += month[slot] == time ? 'y' : 'n';
    }
  }
  return hours;
}

void AddTimes(const Schedule& schedule, std::string_view what, const DayTimes& times,
              db::NewRows& rows) {
  for (std::size_t i = 0; i < times.names.size(); ++i) {
    rows.Add(schedule.code, schedule.effective_date, what, i, times.names[i],
             HoursOf(times.weekdays, i), HoursOf(times.weekends, i));
  }
}

void ReadHours(const std::string& hours, std::size_t time, DayTimes::Table& table) {
  for (std::size_t i = 0; i < DayTimes::kMonths * DayTimes::kHours; ++i) {
    if (hours.at(i) == 'y') {
      auto& month = table[i / DayTimes::kHours];
      const std::size_t slot = i % DayTimes::kHours * 2;
      month[slot] = month[slot + 1] = static_cast<std::uint8_t>(time);
    }
  }
}

Schedule ToSchedule(db::Rows::Row row) {
  Schedule schedule{row.Text(0), row.Day(1),
                    row.Text(2), row.Text(3),
                    row.Text(4), MaybeUnit(row.Text(5)),
                    {},          {row.Int(6), row.Int(7)},
                    {},          {},
                    {}};
  Terms& terms = schedule.terms;
  terms.effect = kEffects.Read(row.Text(8));
  terms.day_count = kDayCounts.Read(row.Text(9));
  terms.season_by = kSeasonBys.Read(row.Text(10));
  terms.proration = {kProrated.Read(row.Text(11)), static_cast<int>(row.Int(12)),
                     static_cast<int>(row.Int(13)), row.Int(14), row.Int(15)};
  terms.rounding = kRoundings.Read(row.Text(16));
  terms.round_to_cents = row.Int(17);
  terms.split_step_thousandths = row.Int(18);
  return schedule;
}

Component ToComponent(db::Rows::Row row) {
  Component component;
  component.kind = kKinds.Read(row.Text(3));
  component.name = row.Text(4);
  component.rate = row.Nanos(5);
  component.unit = MaybeUnit(row.Text(6));
  component.per = kPers.Read(row.Text(7));
  component.widths = kWidths.Read(row.Text(8));
  if (const MaybeNumber from = row.MaybeInt(9)) {
    component.season = Season{static_cast<int>(*from), static_cast<int>(row.Int(10))};
  }
  component.period = row.Text(11);
  if (const MaybeNumber fraction = row.MaybeInt(12)) {
    component.ratchet = Ratchet{Rate::Nanos(*fraction), static_cast<int>(row.Int(13))};
  }
  component.cap_thousandths = row.MaybeInt(14);
  component.default_thousandths = row.MaybeInt(15);
  component.at_most_use = row.Bool(16);
  component.of = ReadNumbers(row.Text(17));
  return component;
}

// What rate_time does not say of times of use: a month of half hours, of Saturdays, and holidays.
constexpr std::string_view kWeekdays = "_WEEKDAYS";
constexpr std::string_view kWeekends = "_WEEKENDS";
constexpr std::string_view kSaturdays = "_SATURDAYS";
constexpr std::string_view kHoliday = "_HOLIDAY";
constexpr std::string_view kObservedTerm = "_OBSERVED";

void AddTimeTerms(std::string_view what, const DayTimes& times, std::vector<ComponentTerm>& terms) {
  const auto add = [&](std::string_view term, std::size_t no, std::string word) {
    terms.push_back(
        {std::string(what).append(term), static_cast<std::int64_t>(no), 0, std::move(word)});
  };
  const auto add_table = [&](std::string_view term, const DayTimes::Table& table, bool all) {
    for (std::size_t month = 0; month < table.size(); ++month) {
      std::string letters = LettersOf(table[month]);
      if (all || letters.size() == DayTimes::kSlots) add(term, month, std::move(letters));
    }
  };
  add_table(kWeekdays, times.weekdays, false);
  add_table(kWeekends, times.weekends, false);
  if (times.saturdays) add_table(kSaturdays, *times.saturdays, true);
  for (std::size_t i = 0; i < times.holidays.days.size(); ++i) {
    add(kHoliday, i, times.holidays.days[i]);
  }
  if (times.holidays.observed != Observed::kNone) {
    add(kObservedTerm, 0, std::string(kObserved(times.holidays.observed)));
  }
}

// False if it is no term of times.
bool SetTimeTerm(const ComponentTerm& term, Schedule& schedule) {
  const bool use = term.term.starts_with(std::string(kUse) + "_");
  if (!use && !term.term.starts_with(std::string(kLoad) + "_")) return false;
  std::optional<DayTimes>& times = use ? schedule.use_times : schedule.load_times;
  std::string_view what = term.term;
  what.remove_prefix((use ? kUse : kLoad).size());
  if (!times) return true;  // the proof says that it was not loaded so
  if (what == kHoliday) times->holidays.days.push_back(term.word);
  if (what == kObservedTerm) {
    times->holidays.observed = kObserved.Parse(term.word).value_or(Observed::kNone);
  }
  const auto month = static_cast<std::size_t>(term.no);
  const auto letters = ParseLetters(term.word);
  if (!letters || month >= DayTimes::kMonths) return true;
  if (what == kWeekdays) times->weekdays[month] = *letters;
  if (what == kWeekends) times->weekends[month] = *letters;
  if (what == kSaturdays) {
    if (!times->saturdays) times->saturdays.emplace();
    (*times->saturdays)[month] = *letters;
  }
  return true;
}

void AddOwnTerms(const Schedule& schedule, std::vector<ComponentTerm>& terms) {
  if (schedule.last_date) {
    terms.push_back({std::string(kLastDate), 0, 0, schedule.last_date->ToString()});
  }
  if (!schedule.metered_by.empty()) {
    terms.push_back({std::string(kMeteredBy), 0, 0, schedule.metered_by});
  }
  if (schedule.use_times) AddTimeTerms(kUse, *schedule.use_times, terms);
  if (schedule.load_times) AddTimeTerms(kLoad, *schedule.load_times, terms);
}

// In the order in which they are read again. What is the schedule's own stands with the first.
std::vector<ComponentTerm> TermsOf(const Schedule& schedule, std::size_t component) {
  std::vector<ComponentTerm> terms = TermsOf(schedule.components[component]);
  if (component == 0) AddOwnTerms(schedule, terms);
  std::ranges::sort(terms, {},
                    [](const ComponentTerm& one) { return std::pair(one.term, one.no); });
  return terms;
}

}  // namespace

std::string VersionKey(std::string_view code, Date effective_date) {
  return std::string(code) + "/" + effective_date.ToString();
}

std::string VersionText(const std::string& rows, const Standing& standing) {
  std::string text = "rows=" + rows;
  const Standing before_drafts{VersionState::kActive, 0, PersonId(), PersonId(), "", 0, {}};
  if (standing == before_drafts) return text;  // as its load was written then
  text.append(",state=").append(kStates(standing.state));
  text += ",revision=" + std::to_string(standing.revision) +
          ",loaded_by=" + std::to_string(standing.loaded_by.value()) +
          ",activated_by=" + std::to_string(standing.activated_by.value()) +
          ",preview=" + standing.preview_digest;
  if (standing.tariff_no != 0) text += ",tariff=" + std::to_string(standing.tariff_no);
  if (standing.acknowledged.empty()) return text;
  return text + ",acknowledged=" + JoinNumbers(standing.acknowledged);
}

RowDigest InsertSchedule(db::Transaction& tx, const Schedule& schedule, const Standing& standing) {
  db::NewRows schedules(kInsertSchedules);
  db::NewRows components(kInsertComponents);
  db::NewRows tiers(kInsertTiers);
  const Terms& terms = schedule.terms;
  schedules.Add(
      schedule.code, schedule.effective_date, schedule.service, schedule.title, schedule.citation,
      MaybeName(schedule.usage_unit), schedule.guard.usage_ratio_max_hundredths,
      schedule.guard.usage_per_day_max_thousandths, kEffects(terms.effect),
      kDayCounts(terms.day_count), kSeasonBys(terms.season_by), kProrated(terms.proration.when),
      terms.proration.days_min, terms.proration.days_max, terms.proration.month_days,
      terms.proration.month_divisor, kRoundings(terms.rounding), terms.round_to_cents,
      terms.split_step_thousandths, kStates(standing.state), standing.revision, standing.loaded_by,
      standing.activated_by, standing.preview_digest);
  for (std::size_t i = 0; i < schedule.components.size(); ++i) {
    AddComponent(schedule, i, components, tiers);
  }
  tx.InsertRows(schedules);
  tx.InsertRows(components);
  if (!tiers.empty()) tx.InsertRows(tiers);
  db::NewRows times(kInsertTimes);
  if (schedule.load_times) AddTimes(schedule, kLoad, *schedule.load_times, times);
  if (schedule.use_times) AddTimes(schedule, kUse, *schedule.use_times, times);
  if (!times.empty()) tx.InsertRows(times);
  db::NewRows terms_of_components(kInsertTerms);
  for (std::size_t i = 0; i < schedule.components.size(); ++i) {
    for (const ComponentTerm& term : TermsOf(schedule, i)) {
      terms_of_components.Add(schedule.code, schedule.effective_date, i, term.term, term.no,
                              term.number, term.word);
    }
  }
  if (!terms_of_components.empty()) tx.InsertRows(terms_of_components);
  RowDigest digest;
  digest.Add({&schedules.cell(0, 0), kContentColumns});
  for (const db::NewRows* rows : {&components, &tiers, &times, &terms_of_components}) {
    for (std::size_t i = 0; i < rows->size(); ++i) {
      digest.Add({&rows->cell(i, 0), rows->into().columns.size()});
    }
  }
  return digest;
}

Result<> DeleteDraft(db::Transaction& tx, const Schedule& schedule) {
  tx.Execute(kDeleteTerms, schedule.code, schedule.effective_date);
  tx.Execute(kDeleteTimes, schedule.code, schedule.effective_date);
  tx.Execute(kDeleteTiers, schedule.code, schedule.effective_date);
  tx.Execute(kDeleteComponents, schedule.code, schedule.effective_date);
  return tx.ExecuteOne(kDeleteDraft, schedule.code, schedule.effective_date);
}

Result<> SaveActive(db::Transaction& tx, const Schedule& schedule, const Standing& standing) {
  return tx.ExecuteOne(kSaveActive, schedule.code, schedule.effective_date, standing.revision,
                       standing.activated_by, standing.preview_digest, standing.tariff_no,
                       JoinNumbers(standing.acknowledged));
}

std::int64_t LockTariff(db::Transaction& tx) {
  // Not every row that it waits for is as it was: the number is read behind the wait.
  tx.SelectForUpdate(kLockAll);
  return std::max(kFirstTariff, tx.Select(kTariffNo)[0].Int(0));
}

namespace {

// Of all versions as they are now, by key.
std::map<std::string, RowDigest> DigestVersions(db::Transaction& tx) {
  std::map<std::string, RowDigest> digests;
  for (const db::Query& all :
       {kListSchedules, kListComponents, kListTiers, kListTimes, kListTerms}) {
    const db::Rows rows = tx.Select(all);
    const std::size_t columns = all.name == kListSchedules.name ? kContentColumns : rows.columns();
    for (const db::Rows::Row row : rows) {
      digests[row.Text(0) + "/" + row.Text(1)].Add(CellsFrom(row, 0, columns));
    }
  }
  return digests;
}

Standing ToStanding(db::Rows::Row row) {
  return {kStates.Read(row.Text(kContentColumns)),
          row.Int(kContentColumns + 1),
          PersonId(row.Int(kContentColumns + 2)),
          PersonId(row.Int(kContentColumns + 3)),
          row.Text(kContentColumns + 4),
          row.Int(kContentColumns + 5),
          ReadNumbers(row.Text(kContentColumns + 6))};
}

// Without the digests of their rows. Those that are active never change, so that they may be read
// in several statements beside somebody who loads drafts.
std::vector<LoadedVersion> ReadVersions(db::Transaction& tx, bool drafts_too) {
  std::vector<LoadedVersion> versions;
  std::map<std::pair<std::string, std::string>, std::size_t> index;
  for (const db::Rows::Row row : tx.Select(kListSchedules)) {
    const Standing standing = ToStanding(row);
    if (standing.state != VersionState::kActive && !drafts_too) continue;
    index[{row.Text(0), row.Text(1)}] = versions.size();
    versions.push_back({ToSchedule(row), standing, ""});
  }
  const auto find = [&](db::Rows::Row row) -> Schedule* {
    const auto found = index.find({row.Text(0), row.Text(1)});
    return found == index.end() ? nullptr : &versions[found->second].schedule;
  };
  for (const db::Rows::Row row : tx.Select(kListComponents)) {
    if (Schedule* schedule = find(row)) schedule->components.push_back(ToComponent(row));
  }
  for (const db::Rows::Row row : tx.Select(kListTiers)) {
    Schedule* schedule = find(row);
    if (schedule == nullptr) continue;
    Component& component = schedule->components.at(static_cast<std::size_t>(row.Int(2)));
    if (component.kind == ComponentKind::kMeterSize) {
      component.sizes.push_back({row.Text(5), row.Nanos(6)});
    } else {
      component.tiers.push_back({row.MaybeInt(4), row.Nanos(6)});
    }
  }
  for (const db::Rows::Row row : tx.Select(kListTimes)) {
    Schedule* schedule = find(row);
    if (schedule == nullptr) continue;
    std::optional<DayTimes>& times =
        row.Text(2) == kUse ? schedule->use_times : schedule->load_times;
    if (!times) times.emplace();
    ReadHours(row.Text(5), times->names.size(), times->weekdays);
    ReadHours(row.Text(6), times->names.size(), times->weekends);
    times->names.push_back(row.Text(4));
  }
  for (const db::Rows::Row row : tx.Select(kListTerms)) {
    Schedule* schedule = find(row);
    if (schedule == nullptr) continue;
    if (row.Text(3) == kLastDate) {
      const Result<Date> last = Date::Parse(row.Text(6));
      if (last.ok()) schedule->last_date = *last;  // else the proof says that it was not loaded so
      continue;
    }
    if (row.Text(3) == kMeteredBy) {
      schedule->metered_by = row.Text(6);
      continue;
    }
    const ComponentTerm term{row.Text(3), row.Int(4), row.Int(5), row.Text(6)};
    if (SetTimeTerm(term, *schedule)) continue;
    SetTerm(term, schedule->components.at(static_cast<std::size_t>(row.Int(2))));
  }
  return versions;
}

}  // namespace

std::map<std::string, std::string> VersionTexts(db::Transaction& tx) {
  std::map<std::string, std::string> texts;
  std::map<std::string, RowDigest> digests = DigestVersions(tx);
  for (const db::Rows::Row row : tx.Select(kListSchedules)) {
    const std::string key = row.Text(0) + "/" + row.Text(1);
    texts[key] = VersionText(digests.extract(key).mapped().hex(), ToStanding(row));
  }
  for (const auto& [key, digest] : digests) texts[key] = "rows=" + digest.hex();
  return texts;
}

std::vector<LoadedVersion> LoadVersions(db::Transaction& tx) {
  std::vector<LoadedVersion> versions = ReadVersions(tx, true);
  const std::map<std::string, RowDigest> digests = DigestVersions(tx);
  for (LoadedVersion& version : versions) {
    version.rows =
        digests.at(VersionKey(version.schedule.code, version.schedule.effective_date)).hex();
  }
  return versions;
}

std::vector<Schedule> LoadSchedules(db::Transaction& tx) {
  return LoadSchedules(tx, std::numeric_limits<std::int64_t>::max());
}

std::vector<Schedule> LoadSchedules(db::Transaction& tx, std::int64_t tariff_no) {
  std::vector<Schedule> schedules;
  for (LoadedVersion& version : ReadVersions(tx, false)) {
    if (version.standing.tariff_no > std::max(kFirstTariff, tariff_no)) continue;
    schedules.push_back(std::move(version.schedule));
  }
  return schedules;
}

const Tariff& EarlierTariffs::Of(std::int64_t tariff_no) {
  const auto known = tariffs_.find(tariff_no);
  if (known != tariffs_.end()) return known->second;
  return tariffs_.emplace(tariff_no, Tariff(LoadSchedules(tx_, tariff_no))).first->second;
}

}  // namespace reeve::billing::rate
