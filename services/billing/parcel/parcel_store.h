// Parcels in the database: files of land records, by part, and the newest whole one in force.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "services/billing/parcel/parcel.h"
#include "services/billing/row_text.h"
#include "shared/core/date.h"
#include "shared/db/database.h"

namespace reeve::billing::parcel {

struct ParcelFile {
  std::int64_t file_id = 0;
  std::int64_t complete_no = 0;  // of the whole files; 0: parts are missing
  std::string file_name;
  std::int64_t next_line = 1;
  std::int64_t place_count = 0;  // so far
  Date loaded_date;              // on which its first part came
  PersonId loaded_by;
};

// In the audit trail: the file, and what came in one part ("<file>/<first line>").
inline constexpr Kept kKeptFile{"parcel-file", 1, {{{"complete", 1}}}};
inline constexpr std::string_view kPartEntity = "parcel-part";
Cells CellsOfFile(const ParcelFile& file);

// The cells of a row of `parcel`, as the audit trail has them: carts by service are its last
// column, and rows from before it, which have none, are without.
Cells WithoutEmptyCarts(Cells cells);

// Digests of the rows of a part, as they were written or as they are now.
struct PartDigests {
  std::string digest;
  RowDigest places;
  RowDigest users;
  std::string Text() const;
};

// Adds the file unless it is there, and holds it either way.
ParcelFile LockOrAddFile(db::Transaction& tx, const ParcelFile& file);
std::optional<ParcelFile> FindFile(db::Transaction& tx, std::int64_t file_id);
void SaveFile(db::Transaction& tx, const ParcelFile& file);
// Whole files, newest first, before complete_no.
std::vector<ParcelFile> ListFiles(db::Transaction& tx, std::int64_t before_no, std::int64_t limit);
// How many files are whole.
std::int64_t CountComplete(db::Transaction& tx);
// Whether a run is being calculated: all of it is compared with the same file.
bool IsRunCalculating(db::Transaction& tx);

std::optional<std::string> FindPart(db::Transaction& tx, std::int64_t file_id,
                                    std::int64_t first_line);
// Rows that the file has already, by the line at which they come again.
std::vector<std::int64_t> LinesTwice(db::Transaction& tx, std::int64_t file_id,
                                     const ParcelRows& rows);
// Inserts a part with its rows, and answers what the audit trail says of it.
PartDigests InsertPart(db::Transaction& tx, std::int64_t file_id, std::int64_t first_line,
                       std::string digest, const ParcelRows& rows);

// What the file in force says of these places, and who else is billed there.
ParcelFacts FactsOf(db::Transaction& tx, const std::set<PremiseId>& premises);
// What it says of one place; nothing if there is no file, or it does not say.
std::optional<Parcel> FindParcel(db::Transaction& tx, PremiseId premise);

}  // namespace reeve::billing::parcel
