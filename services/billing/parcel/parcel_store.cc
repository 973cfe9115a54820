#include "services/billing/parcel/parcel_store.h"

#include <absl/strings/escaping.h>

#include "services/billing/listed.h"

namespace reeve::billing::parcel {
namespace {

using db::ColumnType;

#define FILE_COLUMNS                                                              \
  "SELECT file_id, complete_no, file_name, next_line, place_count, loaded_date, " \
  "loaded_by_person_id FROM parcel_file "
constexpr db::Query kFind{"parcel_file_find", FILE_COLUMNS "WHERE file_id = $1"};
constexpr db::Query kList{"parcel_file_list", FILE_COLUMNS
                          "WHERE complete_no > 0 AND complete_no < $1 ORDER BY complete_no DESC "
                          "LIMIT $2"};
#undef FILE_COLUMNS
constexpr db::Query kAdd{
    "parcel_file_add",
    "INSERT INTO parcel_file (file_id, complete_no, file_name, next_line, place_count, "
    "loaded_date, loaded_by_person_id) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"};
constexpr db::Query kSave{"parcel_file_save",
                          "UPDATE parcel_file SET complete_no = $2, next_line = $3, "
                          "place_count = $4 WHERE file_id = $1"};
constexpr db::Query kCount{"parcel_file_count",
                           "SELECT coalesce(max(complete_no), 0) FROM parcel_file"};
constexpr db::Query kCalculating{
    "parcel_run_calculating",
    "SELECT cycle_id FROM cycle_run WHERE state = 'CALCULATING' AND rebilled_bill_id = 0 LIMIT 1"};

const db::InsertInto kInsertPart{"parcel_part_insert",
                                 "parcel_part",
                                 {{"file_id"}, {"first_line"}, {"digest", ColumnType::kText}}};
constexpr db::Query kFindPart{
    "parcel_part_find", "SELECT digest FROM parcel_part WHERE file_id = $1 AND first_line = $2"};
const db::InsertInto kInsertPlaces{"parcel_insert",
                                   "parcel",
                                   {{"file_id"},
                                    {"premise_id"},
                                    {"first_line"},
                                    {"line"},
                                    {"parcel_number", ColumnType::kText},
                                    {"land_use", ColumnType::kText},
                                    {"dwelling_units"},
                                    {"city_limits", ColumnType::kText},
                                    {"esu_thousandths"},
                                    {"meter_sizes", ColumnType::kText},
                                    {"cart_count"},
                                    {"exempt_services", ColumnType::kText},
                                    {"service_carts", ColumnType::kText}}};
const db::InsertInto kInsertUsers{"parcel_user_insert",
                                  "parcel_user",
                                  {{"file_id"},
                                   {"kind", ColumnType::kText},
                                   {"code", ColumnType::kText},
                                   {"first_line"},
                                   {"line"},
                                   {"land_uses", ColumnType::kText},
                                   {"city_limits", ColumnType::kText}}};
constexpr db::Query kHasPlace{"parcel_has_place",
                              "SELECT line FROM parcel WHERE file_id = $1 AND premise_id = $2"};
constexpr db::Query kHasUser{
    "parcel_has_user",
    "SELECT line FROM parcel_user WHERE file_id = $1 AND kind = $2 AND code = $3"};

constexpr db::Query kInForce{
    "parcel_in_force",
    "SELECT file_id FROM parcel_file WHERE complete_no > 0 ORDER BY complete_no DESC LIMIT 1"};
#define PLACE_COLUMNS                                                                           \
  "SELECT p.premise_id, p.line, p.parcel_number, p.land_use, p.dwelling_units, p.city_limits, " \
  "p.esu_thousandths, p.meter_sizes, p.cart_count, p.exempt_services, p.service_carts FROM "    \
  "parcel p "
constexpr db::Query kPlace{"parcel_find",
                           PLACE_COLUMNS "WHERE p.file_id = $1 AND p.premise_id = $2"};
#undef PLACE_COLUMNS
constexpr db::Query kAtPlace{
    "parcel_agreements",
    "SELECT account_id, agreement_id, service, schedule_code, quantity_thousandths, start_date, "
    "stop_date FROM agreement WHERE premise_id = $1 AND state <> 'PENDING' "
    "ORDER BY account_id, agreement_id"};
constexpr db::Query kUsers{
    "parcel_users",
    "SELECT kind, code, line, land_uses, city_limits FROM parcel_user WHERE file_id = $1"};

// Words of a cell never have the sign between them.
std::string Listed(const std::vector<std::string>& words) { return JoinList(words); }

template <class Use>
auto WithColumns(const ParcelFile& file, const Use& use) {
  return use(file.file_id, file.complete_no, file.file_name, file.next_line, file.place_count,
             file.loaded_date, file.loaded_by);
}

template <class Use>
auto WithColumns(std::int64_t file_id, std::int64_t first_line, const Parcel& one, const Use& use) {
  return use(file_id, one.premise, first_line, one.line, one.parcel_number, one.land_use,
             one.dwelling_units, one.city_limits, one.esu_thousandths, Listed(one.meter_sizes),
             one.cart_count, Listed(one.exempt_services), Listed(one.service_carts));
}

template <class Use>
auto WithColumns(std::int64_t file_id, std::int64_t first_line, const LandUser& one,
                 const Use& use) {
  return use(file_id, UserKindName(one.kind), one.code, first_line, one.line, Listed(one.land_uses),
             one.city_limits);
}

ParcelFile ToFile(db::Rows::Row row) {
  return {row.Int(0), row.Int(1), row.Text(2),         row.Int(3),
          row.Int(4), row.Day(5), PersonId(row.Int(6))};
}

std::optional<ParcelFile> MaybeFile(const db::Rows& rows) {
  return rows.empty() ? std::nullopt : std::optional(ToFile(rows[0]));
}

Parcel ToParcel(db::Rows::Row row) {
  Parcel parcel;
  parcel.premise = PremiseId(row.Int(0));
  parcel.line = row.Int(1);
  parcel.parcel_number = row.Text(2);
  parcel.land_use = row.Text(3);
  parcel.dwelling_units = row.MaybeInt(4);
  parcel.city_limits = row.Text(5);
  parcel.esu_thousandths = row.MaybeInt(6);
  parcel.meter_sizes = SplitList(row.Text(7));
  parcel.cart_count = row.MaybeInt(8);
  parcel.exempt_services = SplitList(row.Text(9));
  parcel.service_carts = SplitList(row.Text(10));
  return parcel;
}

std::optional<std::int64_t> InForce(db::Transaction& tx) {
  const db::Rows rows = tx.Select(kInForce);
  return rows.empty() ? std::nullopt : std::optional(rows[0].Int(0));
}

}  // namespace

std::string PartDigests::Text() const {
  return "digest=" + digest + ",places=" + places.hex() + ",users=" + users.hex();
}

Cells WithoutEmptyCarts(Cells cells) {
  const auto* carts = std::get_if<std::string>(&cells.back());
  if (carts != nullptr && carts->empty()) cells.pop_back();
  return cells;
}

Cells CellsOfFile(const ParcelFile& file) { return WithColumns(file, kToCells); }

ParcelFile LockOrAddFile(db::Transaction& tx, const ParcelFile& file) {
  WithColumns(file, [&tx](const auto&... cells) { tx.Execute(kAdd, cells...); });
  return MaybeFile(tx.SelectForUpdate(kFind, file.file_id)).value();
}

std::optional<ParcelFile> FindFile(db::Transaction& tx, std::int64_t file_id) {
  return MaybeFile(tx.Select(kFind, file_id));
}

void SaveFile(db::Transaction& tx, const ParcelFile& file) {
  tx.Execute(kSave, file.file_id, file.complete_no, file.next_line, file.place_count);
}

std::vector<ParcelFile> ListFiles(db::Transaction& tx, std::int64_t before_no, std::int64_t limit) {
  std::vector<ParcelFile> files;
  for (const db::Rows::Row row : tx.Select(kList, before_no, limit)) files.push_back(ToFile(row));
  return files;
}

std::int64_t CountComplete(db::Transaction& tx) { return tx.Select(kCount)[0].Int(0); }

bool IsRunCalculating(db::Transaction& tx) { return !tx.Select(kCalculating).empty(); }

std::optional<std::string> FindPart(db::Transaction& tx, std::int64_t file_id,
                                    std::int64_t first_line) {
  const db::Rows rows = tx.Select(kFindPart, file_id, first_line);
  return rows.empty() ? std::nullopt : std::optional(absl::HexStringToBytes(rows[0].Text(0)));
}

std::vector<std::int64_t> LinesTwice(db::Transaction& tx, std::int64_t file_id,
                                     const ParcelRows& rows) {
  std::vector<std::int64_t> lines;
  std::vector<std::vector<db::Value>> places;
  for (const Parcel& one : rows.places) {
    places.push_back({db::ToValue(file_id), db::ToValue(one.premise)});
  }
  std::vector<std::vector<db::Value>> users;
  for (const LandUser& one : rows.users) {
    users.push_back(
        {db::ToValue(file_id), db::ToValue(UserKindName(one.kind)), db::ToValue(one.code)});
  }
  if (!places.empty()) {
    const std::vector<db::Rows> found = tx.SelectEach(kHasPlace, places);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!found[i].empty()) lines.push_back(rows.places[i].line);
    }
  }
  if (!users.empty()) {
    const std::vector<db::Rows> found = tx.SelectEach(kHasUser, users);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!found[i].empty()) lines.push_back(rows.users[i].line);
    }
  }
  return lines;
}

PartDigests InsertPart(db::Transaction& tx, std::int64_t file_id, std::int64_t first_line,
                       std::string digest, const ParcelRows& rows) {
  PartDigests digests;
  digests.digest = std::move(digest);
  db::NewRows parts(kInsertPart);
  parts.Add(file_id, first_line, digests.digest);
  db::NewRows places(kInsertPlaces);
  for (const Parcel& one : rows.places) {
    WithColumns(file_id, first_line, one, [&](const auto&... cells) {
      places.Add(cells...);
      digests.places.Add(WithoutEmptyCarts(CellsOf(cells...)));
    });
  }
  db::NewRows users(kInsertUsers);
  for (const LandUser& one : rows.users) {
    WithColumns(file_id, first_line, one, [&](const auto&... cells) {
      users.Add(cells...);
      digests.users.Add(CellsOf(cells...));
    });
  }
  for (const db::NewRows* added : {&parts, &places, &users}) {
    if (!added->empty()) tx.InsertRows(*added);
  }
  return digests;
}

ParcelFacts FactsOf(db::Transaction& tx, const std::set<PremiseId>& premises) {
  ParcelFacts facts;
  const std::optional<std::int64_t> file_id = InForce(tx);
  if (!file_id) return facts;
  facts.is_loaded = true;
  std::vector<std::vector<db::Value>> places;
  for (const PremiseId premise : premises) {
    places.push_back({db::ToValue(*file_id), db::ToValue(premise)});
  }
  std::vector<std::vector<db::Value>> counted;
  std::vector<PremiseId> counted_places;
  if (!places.empty()) {
    for (const db::Rows& rows : tx.SelectEach(kPlace, places)) {
      if (rows.empty()) continue;
      Parcel parcel = ToParcel(rows[0]);
      if (parcel.HasCounts()) {
        counted.push_back({db::ToValue(parcel.premise)});
        counted_places.push_back(parcel.premise);
      }
      facts.places.emplace(parcel.premise, std::move(parcel));
    }
  }
  if (!counted.empty()) {
    const std::vector<db::Rows> found = tx.SelectEach(kAtPlace, counted);
    for (std::size_t i = 0; i < found.size(); ++i) {
      std::vector<AtPlace>& at_place = facts.agreements[counted_places[i]];
      for (const db::Rows::Row row : found[i]) {
        at_place.push_back({AccountId(row.Int(0)), row.Int(1), row.Text(2), row.Text(3), row.Int(4),
                            row.Day(5), row.MaybeDay(6)});
      }
    }
  }
  for (const db::Rows::Row row : tx.Select(kUsers, *file_id)) {
    LandUser user{row.Int(2), ParseUserKind(row.Text(0)), row.Text(1), SplitList(row.Text(3)),
                  row.Text(4)};
    std::pair key(user.kind, user.code);
    facts.users.emplace(std::move(key), std::move(user));
  }
  return facts;
}

std::optional<Parcel> FindParcel(db::Transaction& tx, PremiseId premise) {
  const std::optional<std::int64_t> file_id = InForce(tx);
  if (!file_id) return std::nullopt;
  const db::Rows rows = tx.Select(kPlace, *file_id, premise);
  return rows.empty() ? std::nullopt : std::optional(ToParcel(rows[0]));
}

}  // namespace reeve::billing::parcel
