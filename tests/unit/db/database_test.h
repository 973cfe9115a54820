// DatabaseTest: an empty database with a few tables, on the engine that the test is run for.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "shared/db/database.h"
#include "shared/testing/fake_clock.h"
#include "shared/testing/temporary_database.h"

namespace reeve::db {

using Kind = DatabaseError::Kind;

inline void PrintTo(Kind kind, std::ostream* out) {
  constexpr const char* kNames[] = {"kUniqueViolation", "kConstraintViolation",
                                    "kSerialization",   "kUnavailable",
                                    "kOutcomeUnknown",  "kExpired",
                                    "kStorage",         "kBroken"};
  *out << kNames[static_cast<int>(kind)];
}

inline constexpr Migration kSchema{"test/schema", R"(
CREATE TABLE item (
  home BIGINT NOT NULL,
  item_id BIGINT NOT NULL,
  note TEXT,
  seal BYTEA,
  PRIMARY KEY (home, item_id));
CREATE TABLE counter (
  counter_id BIGINT PRIMARY KEY,
  value BIGINT NOT NULL CHECK (value >= 0));
CREATE TABLE part (
  part_id BIGINT PRIMARY KEY,
  counter_id BIGINT NOT NULL REFERENCES counter (counter_id));
CREATE TABLE late_part (
  part_id BIGINT PRIMARY KEY,
  counter_id BIGINT NOT NULL REFERENCES counter (counter_id) DEFERRABLE INITIALLY DEFERRED);
)"};

inline constexpr Query kAddItem{
    "add_item", "INSERT INTO item (home, item_id, note, seal) VALUES ($1, $2, $3, $4)"};
inline constexpr Query kItemIds{"item_ids", "SELECT item_id FROM item ORDER BY item_id"};
inline constexpr Query kAddCounter{"add_counter",
                                   "INSERT INTO counter (counter_id, value) VALUES ($1, $2)"};
inline constexpr Query kFindCounter{"find_counter",
                                    "SELECT value FROM counter WHERE counter_id = $1"};
inline constexpr Query kSetCounter{"set_counter",
                                   "UPDATE counter SET value = $2 WHERE counter_id = $1"};

class DatabaseTest : public ::testing::TestWithParam<Engine> {
 protected:
  template <class... Args>
  std::int64_t Execute(const Query& query, const Args&... args) {
    std::int64_t affected = 0;
    database_->Write(deadline_, [&](Transaction& tx) {
      affected = tx.Execute(query, args...);
      return Verdict::kCommit;
    });
    return affected;
  }
  template <class... Args>
  Rows Select(const Query& query, const Args&... args) {
    Rows rows;
    database_->Read(deadline_, [&](Transaction& tx) { rows = tx.Select(query, args...); });
    return rows;
  }
  // The kind of error that a write with this body ends in; nothing if it commits.
  template <class Body>
  std::optional<Kind> KindOfWrite(const Body& body) {
    try {
      database_->Write(deadline_, [&](Transaction& tx) {
        body(tx);
        return Verdict::kCommit;
      });
    } catch (const DatabaseError& error) {
      return error.kind();
    }
    return std::nullopt;
  }
  std::vector<std::int64_t> ItemIds() {
    std::vector<std::int64_t> ids;
    for (const Rows::Row row : Select(kItemIds)) ids.push_back(row.Int(0));
    return ids;
  }
  std::int64_t Counter(std::int64_t id) { return Select(kFindCounter, id)[0].Int(0); }

  testing::FakeClock clock_{"2026-11-22T08:10:00-07:00"};
  const Instant deadline_ = clock_.Now() + Duration::Seconds(60);
  testing::TemporaryDatabase database_ =
      testing::TemporaryDatabase::Create(GetParam(), std::span(&kSchema, 1), clock_);
};

}  // namespace reeve::db
