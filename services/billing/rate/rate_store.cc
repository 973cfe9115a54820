#include "services/billing/rate/rate_store.h"

#include <algorithm>
#include <map>
#include <utility>

namespace reeve::billing::rate {
namespace {

using db::ColumnType;

constexpr std::pair<ComponentKind, std::string_view> kKindNames[] = {
    {ComponentKind::kFixed, "FIXED"},          {ComponentKind::kTiers, "TIERS"},
    {ComponentKind::kPerUnit, "PER_UNIT"},     {ComponentKind::kPercent, "PERCENT"},
    {ComponentKind::kNotLoaded, "NOT_LOADED"},
};

std::string_view KindName(ComponentKind kind) {
  return std::find_if(std::begin(kKindNames), std::end(kKindNames),
                      [&](const auto& entry) { return entry.first == kind; })
      ->second;
}

ComponentKind ParseKind(std::string_view name) {
  return std::find_if(std::begin(kKindNames), std::end(kKindNames),
                      [&](const auto& entry) { return entry.second == name; })
      ->first;
}

std::optional<Unit> MaybeUnit(const std::string& name) {
  if (name.empty()) return std::nullopt;
  return ParseUnit(name).value();
}

std::string_view MaybeName(const std::optional<Unit>& unit) {
  return unit ? UnitName(*unit) : std::string_view();
}

constexpr db::Query kHasSchedule{
    "rate_schedule_has",
    "SELECT schedule_code FROM rate_schedule WHERE schedule_code = $1 AND effective_date = $2"};
constexpr db::Query kListSchedules{
    "rate_schedule_list",
    "SELECT schedule_code, effective_date, service, title, citation, usage_unit, "
    "usage_ratio_max_hundredths, usage_per_day_max_thousandths FROM rate_schedule "
    "ORDER BY schedule_code, effective_date"};
constexpr db::Query kListComponents{
    "rate_component_list",
    "SELECT schedule_code, effective_date, kind, name, rate_nanos, unit FROM rate_component "
    "ORDER BY schedule_code, effective_date, component_no"};
constexpr db::Query kListTiers{
    "rate_tier_list",
    "SELECT schedule_code, effective_date, component_no, up_to_thousandths, rate_nanos "
    "FROM rate_tier ORDER BY schedule_code, effective_date, component_no, tier_no"};

const db::InsertInto kInsertSchedules{"rate_schedule_insert",
                                      "rate_schedule",
                                      {{"schedule_code", ColumnType::kText},
                                       {"effective_date", ColumnType::kText},
                                       {"service", ColumnType::kText},
                                       {"title", ColumnType::kText},
                                       {"citation", ColumnType::kText},
                                       {"usage_unit", ColumnType::kText},
                                       {"usage_ratio_max_hundredths"},
                                       {"usage_per_day_max_thousandths"}}};
const db::InsertInto kInsertComponents{"rate_component_insert",
                                       "rate_component",
                                       {{"schedule_code", ColumnType::kText},
                                        {"effective_date", ColumnType::kText},
                                        {"component_no"},
                                        {"kind", ColumnType::kText},
                                        {"name", ColumnType::kText},
                                        {"rate_nanos"},
                                        {"unit", ColumnType::kText}}};
const db::InsertInto kInsertTiers{"rate_tier_insert",
                                  "rate_tier",
                                  {{"schedule_code", ColumnType::kText},
                                   {"effective_date", ColumnType::kText},
                                   {"component_no"},
                                   {"tier_no"},
                                   {"up_to_thousandths"},
                                   {"rate_nanos"}}};

}  // namespace

bool HasSchedule(db::Transaction& tx, const std::string& code, Date effective_date) {
  return !tx.Select(kHasSchedule, code, effective_date).empty();
}

void InsertSchedule(db::Transaction& tx, const Schedule& schedule) {
  db::NewRows schedules(kInsertSchedules);
  db::NewRows components(kInsertComponents);
  db::NewRows tiers(kInsertTiers);
  schedules.Add(schedule.code, schedule.effective_date, schedule.service, schedule.title,
                schedule.citation, MaybeName(schedule.usage_unit),
                schedule.guard.usage_ratio_max_hundredths,
                schedule.guard.usage_per_day_max_thousandths);
  for (std::size_t i = 0; i < schedule.components.size(); ++i) {
    const Component& component = schedule.components[i];
    components.Add(schedule.code, schedule.effective_date, i, KindName(component.kind),
                   component.name, component.rate, MaybeName(component.unit));
    for (std::size_t j = 0; j < component.tiers.size(); ++j) {
      tiers.Add(schedule.code, schedule.effective_date, i, j, component.tiers[j].up_to_thousandths,
                component.tiers[j].rate);
    }
  }
  tx.InsertRows(schedules);
  tx.InsertRows(components);
  if (!tiers.empty()) tx.InsertRows(tiers);
}

std::vector<Schedule> LoadSchedules(db::Transaction& tx) {
  std::vector<Schedule> schedules;
  std::map<std::pair<std::string, std::string>, std::size_t> index;
  for (const db::Rows::Row row : tx.Select(kListSchedules)) {
    index[{row.Text(0), row.Text(1)}] = schedules.size();
    schedules.push_back({row.Text(0),
                         row.Day(1),
                         row.Text(2),
                         row.Text(3),
                         row.Text(4),
                         MaybeUnit(row.Text(5)),
                         {},
                         {row.Int(6), row.Int(7)}});
  }
  for (const db::Rows::Row row : tx.Select(kListComponents)) {
    schedules[index.at({row.Text(0), row.Text(1)})].components.push_back(
        {ParseKind(row.Text(2)), row.Text(3), row.Nanos(4), MaybeUnit(row.Text(5)), {}});
  }
  for (const db::Rows::Row row : tx.Select(kListTiers)) {
    schedules[index.at({row.Text(0), row.Text(1)})]
        .components[static_cast<std::size_t>(row.Int(2))]
        .tiers.push_back({row.MaybeInt(3), row.Nanos(4)});
  }
  return schedules;
}

}  // namespace reeve::billing::rate
