// PostgresTransaction: BEGIN goes out with the first statement; statements without an answer wait
// for the next one that has one, or for COMMIT.
#pragma once

#include "shared/db/guarded_transaction.h"
#include "shared/db/postgres/connection.h"

namespace reeve::db::postgres {

class PostgresTransaction final : public GuardedTransaction {
 public:
  enum class Mode { kRead, kWrite };
  PostgresTransaction(Connection& connection, Mode mode, const Clock& clock, Instant deadline)
      : connection_(connection), mode_(mode), clock_(clock), deadline_(deadline) {}
  PostgresTransaction(const PostgresTransaction&) = delete;
  PostgresTransaction& operator=(const PostgresTransaction&) = delete;
  ~PostgresTransaction() override;  // rolls back what was not committed

  std::vector<Rows> SelectEach(const Query& query, std::span<const std::vector<Value>> parameters,
                               bool lock_rows) override;
  void InsertRows(const NewRows& rows) override;
  void ExecuteEach(const Query& query, std::span<const std::vector<Value>> parameters,
                   std::int64_t rows_each) override;
  Engine engine() const override { return Engine::kPostgres; }

  // Throws the error that the body swallowed, if any; kOutcomeUnknown if the session is lost
  // meanwhile.
  void Commit();

 protected:
  Rows Run(const Query& query, std::span<const Value> parameters, bool lock_rows) override;
  std::int64_t RunChange(const Query& query, std::span<const Value> parameters) override;

 private:
  void Begin();  // with the first statement
  void Send(const Query& query, const Parameters& parameters, bool counted = false);
  Answer Ask(const Query& query, const Parameters& parameters);

  Connection& connection_;
  const Mode mode_;
  const Clock& clock_;
  const Instant deadline_;
  bool open_ = false;
};

}  // namespace reeve::db::postgres
