#include "services/billing/verify/parcel_proof_store.h"

#include <string>
#include <utility>

#include "services/billing/cycle/parcel_difference_store.h"
#include "services/billing/parcel/parcel_store.h"
#include "services/billing/verify/audited_subject_store.h"

namespace reeve::billing::verify {
namespace {

constexpr Table kFiles{&parcel::kKeptFile,
                       {"verify_parcel_files",
                        "SELECT file_id, complete_no, file_name, next_line, place_count, "
                        "loaded_date, loaded_by_person_id FROM parcel_file"}};
constexpr db::Query kParts{
    "verify_parcel_parts",
    "SELECT file_id, first_line, digest FROM parcel_part WHERE file_id >= $1 AND (file_id > $1 OR "
    "first_line > $2) ORDER BY file_id, first_line LIMIT 200"};
constexpr db::Query kPlaces{
    "verify_parcels",
    "SELECT file_id, premise_id, first_line, line, parcel_number, land_use, dwelling_units, "
    "city_limits, esu_thousandths, meter_sizes, cart_count, exempt_services, service_carts FROM "
    "parcel WHERE file_id = $1 AND first_line = $2 ORDER BY line"};
constexpr db::Query kUsers{
    "verify_parcel_users",
    "SELECT file_id, kind, code, first_line, line, land_uses, city_limits FROM parcel_user "
    "WHERE file_id = $1 AND first_line = $2 ORDER BY line"};
constexpr db::Query kCounts{
    "verify_parcel_counts",
    "SELECT (SELECT count(*) FROM parcel), (SELECT count(*) FROM parcel_user)"};
constexpr std::int64_t kDifferencesAtOnce = 5'000;
constexpr db::Query kDifferences{
    "verify_differences",
    "SELECT cycle_id, page_no, account_id, agreement_id, basis, service, expected, billed, "
    "at_stake_cents FROM cycle_difference WHERE cycle_id >= $1 AND (cycle_id > $1 OR account_id > "
    "$2 "
    "OR (account_id = $2 AND (agreement_id > $3 OR (agreement_id = $3 AND basis > $4)))) "
    "ORDER BY cycle_id, account_id, agreement_id, basis LIMIT $5"};

// A part at a time: a file of all places of a city does not fit beside another.
void CheckParts(db::Transaction& tx, Finding& finding) {
  Subject subject(tx, parcel::kPartEntity, finding);
  std::int64_t places_seen = 0;
  std::int64_t users_seen = 0;
  std::int64_t file_id = 0;
  std::int64_t first_line = 0;
  for (;;) {
    const db::Rows parts = tx.Select(kParts, file_id, first_line);
    if (parts.empty()) break;
    for (const db::Rows::Row part : parts) {
      file_id = part.Int(0);
      first_line = part.Int(1);
      parcel::PartDigests digests;
      digests.digest = part.Text(2);
      const db::Rows places = tx.Select(kPlaces, file_id, first_line);
      for (const db::Rows::Row row : places) {
        const auto cells = CellsFrom(row, 0, places.columns());
        digests.places.Add(parcel::WithoutEmptyCarts({cells.begin(), cells.end()}));
        ++places_seen;
      }
      const db::Rows users = tx.Select(kUsers, file_id, first_line);
      for (const db::Rows::Row row : users) {
        digests.users.Add(CellsFrom(row, 0, users.columns()));
        ++users_seen;
      }
      subject.Expect(Key(file_id, first_line), digests.Text());
    }
  }
  subject.ExpectNoOther();
  const db::Rows counts = tx.Select(kCounts);
  if (counts[0].Int(0) != places_seen || counts[0].Int(1) != users_seen) {
    subject.Violate("rows", "are of no part");
  }
}

// Pages are ranges of accounts: the rows of each come behind one another.
void CheckDifferences(db::Transaction& tx, Finding& finding) {
  Subject subject(tx, cycle::kDifferencesEntity, finding);
  std::string page;
  RowDigest digest;
  const auto finish = [&] {
    if (!page.empty()) subject.Expect(page, "rows=" + digest.hex());
  };
  std::int64_t cycle_id = 0;
  std::int64_t account = 0;
  std::int64_t agreement_id = 0;
  std::string basis;
  for (;;) {
    const db::Rows rows =
        tx.Select(kDifferences, cycle_id, account, agreement_id, basis, kDifferencesAtOnce);
    if (rows.empty()) break;
    for (const db::Rows::Row row : rows) {
      if (std::string key = Key(row.Int(0), row.Int(1)); key != page) {
        finish();
        page = std::move(key);
        digest = {};
      }
      digest.Add(CellsFrom(row, 0, rows.columns()));
      cycle_id = row.Int(0);
      account = row.Int(2);
      agreement_id = row.Int(3);
      basis = row.Text(4);
    }
  }
  finish();
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
