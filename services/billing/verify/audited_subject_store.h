// What the checks of audited rows share: the things of one kind against their trail.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/billing/row_text.h"
#include "services/billing/verify/trail.h"
#include "shared/core/finding.h"
#include "shared/db/database.h"

namespace reeve::billing::verify {

// Tables whose rows are in the trail one by one: all columns, by key.
struct Table {
  const Kept* kept;
  db::Query rows;
  // Columns from each of these up to the one before it came later, the latest first: a row in which
  // it is null, 0 or empty was written without them, if it was without those behind them. 0: none.
  std::array<std::size_t, 4> since{};
};
std::string Key(std::int64_t first, std::int64_t second);  // "7/8"

class Subject {
 public:
  Subject(db::Transaction& tx, std::string_view entity, Finding& finding);

  // The thing is `now`, and was `origin` before its first entry.
  void Expect(const std::string& id, const std::string& now, const std::string& origin = "");
  // What it was before its first entry.
  std::optional<std::string> Origin(const std::string& id, const std::string& now);
  void Violate(const std::string& id, std::string_view what);
  // Once all were expected.
  void ExpectNoOther();

 private:
  std::string entity_;
  Trail trail_;
  Finding& finding_;
};

void CheckTable(db::Transaction& tx, const Table& table, Finding& finding);

}  // namespace reeve::billing::verify
