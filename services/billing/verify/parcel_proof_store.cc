#include "services/billing/verify/parcel_proof_store.h"

#include <map>
#include <string>

#include "services/billing/cycle/parcel_difference_store.h"
#include "services/billing/parcel/parcel_store.h"
#include "services/billing/verify/audited_subject_store.h"

namespace reeve::billing::verify {
namespace {

constexpr Table kFiles{&parcel::kKeptFile,
                       {"verify_parcel_files",
                        "SELECT file_id, complete_no, file_name, next_line, place_count, "
                        "loaded_date, loaded_by_person_id FROM parcel_file"}};
constexpr db::Query kParts{"verify_parcel_parts",
                           "SELECT file_id, first_line, digest FROM parcel_part"};
constexpr db::Query kPlaces{
    "verify_parcels",
    "SELECT file_id, premise_id, first_line, line, parcel_number, land_use, dwelling_units, "
    "city_limits, esu_thousandths, meter_sizes, cart_count, exempt_services FROM parcel "
    "ORDER BY file_id, first_line, line"};
constexpr db::Query kUsers{
    "verify_parcel_users",
    "SELECT file_id, kind, code, first_line, line, land_uses, city_limits FROM parcel_user "
    "ORDER BY file_id, first_line, line"};
constexpr db::Query kDifferences{
    "verify_differences",
    "SELECT cycle_id, page_no, account_id, agreement_id, basis, service, expected, billed, "
    "at_stake_cents FROM cycle_difference "
    "ORDER BY cycle_id, page_no, account_id, agreement_id, basis"};

void CheckParts(db::Transaction& tx, Finding& finding) {
  std::map<std::string, parcel::PartDigests> parts;
  for (const db::Rows::Row row : tx.Select(kParts)) {
    parts[Key(row.Int(0), row.Int(1))].digest = row.Text(2);
  }
  const db::Rows places = tx.Select(kPlaces);
  for (const db::Rows::Row row : places) {
    parts[Key(row.Int(0), row.Int(2))].places.Add(CellsFrom(row, 0, places.columns()));
  }
  const db::Rows users = tx.Select(kUsers);
  for (const db::Rows::Row row : users) {
    parts[Key(row.Int(0), row.Int(3))].users.Add(CellsFrom(row, 0, users.columns()));
  }
  Subject subject(tx, parcel::kPartEntity, finding);
  for (const auto& [id, digests] : parts) subject.Expect(id, digests.Text());
  subject.ExpectNoOther();
}

void CheckDifferences(db::Transaction& tx, Finding& finding) {
  std::map<std::string, RowDigest> pages;
  const db::Rows rows = tx.Select(kDifferences);
  for (const db::Rows::Row row : rows) {
    pages[Key(row.Int(0), row.Int(1))].Add(CellsFrom(row, 0, rows.columns()));
  }
  Subject subject(tx, cycle::kDifferencesEntity, finding);
  for (const auto& [id, digest] : pages) subject.Expect(id, "rows=" + digest.hex());
  subject.ExpectNoOther();
}

}  // namespace

Finding CheckParcels(db::Transaction& tx) {
  Finding finding{"parcels-as-audited", 0, ""};
  CheckTable(tx, kFiles, finding);
  CheckParts(tx, finding);
  CheckDifferences(tx, finding);
  return finding;
}

}  // namespace reeve::billing::verify
