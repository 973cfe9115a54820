// SqliteTransaction: statements on one connection, which has begun a transaction or a savepoint.
#pragma once

#include "shared/db/guarded_transaction.h"
#include "shared/db/sqlite/connection.h"

namespace reeve::db::sqlite {

class SqliteTransaction final : public GuardedTransaction {
 public:
  explicit SqliteTransaction(Connection& connection) : connection_(connection) {}

  std::vector<Rows> SelectEach(const Query& query, std::span<const std::vector<Value>> parameters,
                               bool lock_rows) override;
  void InsertRows(const NewRows& rows) override;
  void ExecuteEach(const Query& query, std::span<const std::vector<Value>> parameters,
                   std::int64_t rows_each) override;
  Engine engine() const override { return Engine::kSqlite; }
  // Throws the error that the body swallowed, or that a COMMIT would run into.
  void CheckMayCommit();

 protected:
  Rows Run(const Query& query, std::span<const Value> parameters, bool lock_rows) override;
  std::int64_t RunChange(const Query& query, std::span<const Value> parameters) override;

 private:
  Connection& connection_;
};

}  // namespace reeve::db::sqlite
