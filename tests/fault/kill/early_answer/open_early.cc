// Linked with a service's own main(), `--wrap` puts these in the place of the two functions that
// open a database. No program of the suite has such a switch.
#include <memory>

#include "shared/db/database.h"
#include "tests/fault/kill/early_answer/early_database.h"

namespace reeve::fault {

std::unique_ptr<db::Database> ReallyOpenSqlite(
    const db::SqliteOptions& options,
    const Clock& clock) asm("__real__ZN5reeve2db10OpenSqliteERKNS0_13SqliteOptionsERKNS_5ClockE");
std::unique_ptr<db::Database>
ReallyOpenPostgres(const db::PostgresOptions& options, const Clock& clock) asm(
    "__real__ZN5reeve2db12OpenPostgresERKNS0_15PostgresOptionsERKNS_5ClockE");

std::unique_ptr<db::Database> OpenSqliteEarly(
    const db::SqliteOptions& options,
    const Clock& clock) asm("__wrap__ZN5reeve2db10OpenSqliteERKNS0_13SqliteOptionsERKNS_5ClockE");
std::unique_ptr<db::Database>
OpenPostgresEarly(const db::PostgresOptions& options, const Clock& clock) asm(
    "__wrap__ZN5reeve2db12OpenPostgresERKNS0_15PostgresOptionsERKNS_5ClockE");

std::unique_ptr<db::Database> OpenSqliteEarly(const db::SqliteOptions& options,
                                              const Clock& clock) {
  return std::make_unique<EarlyDatabase>(ReallyOpenSqlite(options, clock));
}
std::unique_ptr<db::Database> OpenPostgresEarly(const db::PostgresOptions& options,
                                                const Clock& clock) {
  return std::make_unique<EarlyDatabase>(ReallyOpenPostgres(options, clock));
}

}  // namespace reeve::fault
