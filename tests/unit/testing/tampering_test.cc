#include "shared/testing/tampering.h"

#include <gtest/gtest.h>

namespace reeve::testing {
namespace {

constexpr db::Migration kMigrations[] = {
    {"1",
     "-- Some.\nCREATE TABLE thing (\n  thing_id BIGINT NOT NULL PRIMARY KEY,\n"
     "  state TEXT NOT NULL CHECK (state IN ('OPEN',\n    'SHUT')),\n  note TEXT\n);\n\n"
     "CREATE TABLE old_part (\n  thing_id BIGINT NOT NULL,\n  size BIGINT,\n"
     "  PRIMARY KEY (thing_id)\n);\n"},
    {"2",
     "ALTER TABLE thing ADD COLUMN size BIGINT NOT NULL DEFAULT 1\n  CHECK (size IN (1, 5));\n"
     "ALTER TABLE old_part RENAME TO older;\n"
     "CREATE TABLE part (\n  thing_id BIGINT NOT NULL,\n  part_no BIGINT NOT NULL,\n"
     "  PRIMARY KEY (thing_id, part_no),\n"
     "  FOREIGN KEY (thing_id)\n    REFERENCES thing (thing_id)\n);\n"
     "DROP TABLE older;\n"}};

TEST(ReadSchema, IsWhatTheMigrationsLeave) {
  const std::vector<Table> tables = ReadSchema(kMigrations);
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(tables[0].name, "thing");
  EXPECT_EQ(tables[0].key, std::vector<std::string>{"thing_id"});
  ASSERT_EQ(tables[0].columns.size(), 4u);
  EXPECT_EQ(tables[0].columns[1].words, (std::vector<std::string>{"OPEN", "SHUT"}));
  EXPECT_FALSE(tables[0].columns[1].nullable);
  EXPECT_TRUE(tables[0].columns[2].nullable);
  EXPECT_EQ(tables[0].columns[3].name, "size");
  EXPECT_EQ(tables[0].columns[3].words, (std::vector<std::string>{"1", "5"}));
  EXPECT_EQ(tables[1].name, "part");
  EXPECT_EQ(tables[1].key, (std::vector<std::string>{"thing_id", "part_no"}));
  ASSERT_EQ(tables[1].foreign_keys.size(), 1u);
  EXPECT_EQ(tables[1].foreign_keys[0].table, "thing");
}

TEST(ReadNotCovered, IsTheSentenceOfTheReadme) {
  EXPECT_EQ(ReadNotCovered("billing"), std::set<std::string>{"journal_entry.posted_time"});
  EXPECT_EQ(ReadNotCovered("payment"), std::set<std::string>());
}

}  // namespace
}  // namespace reeve::testing
