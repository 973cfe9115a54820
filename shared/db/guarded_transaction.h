// GuardedTransaction: what the transactions of both engines share. PostgreSQL refuses everything
// after an error inside a transaction, SQLite would go on; here both refuse, and a body that
// swallows the error cannot commit.
#pragma once

#include <optional>

#include "shared/db/database.h"

namespace reeve::db {

class GuardedTransaction : public Transaction {
 public:
  // Throws the first error of this transaction again, if there was one.
  void ThrowIfFailed() const {
    if (failure_) throw DatabaseError(*failure_);
  }

 protected:
  template <class Fn>
  auto Guard(const Fn& statement) {
    ThrowIfFailed();
    try {
      return statement();
    } catch (const DatabaseError& error) {
      failure_ = error;
      throw;
    }
  }

 private:
  std::optional<DatabaseError> failure_;
};

}  // namespace reeve::db
