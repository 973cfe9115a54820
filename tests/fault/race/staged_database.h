// StagedDatabase: a database whose writes wait until the test lets them go, all at once, and that
// can be told to forget: a write is then answered as if it were committed, and rolled back.
#pragma once

#include <condition_variable>
#include <mutex>

#include "shared/db/database.h"

namespace reeve::fault {

class StagedDatabase final : public db::Database {
 public:
  explicit StagedDatabase(db::Database& real) : real_(real) {}

  void Hold() { Set(held_, true); }
  void Release() { Set(held_, false); }
  void Forget() { Set(forgets_, true); }

  void Write(Instant deadline, const Body& body) override {
    bool forgets = false;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !held_; });
      forgets = forgets_;
    }
    real_.Write(deadline, [&](db::Transaction& tx) {
      const db::Verdict verdict = body(tx);
      return forgets ? db::Verdict::kRollBack : verdict;
    });
  }
  void Read(Instant deadline, const std::function<void(db::Transaction&)>& body) override {
    real_.Read(deadline, body);
  }
  db::Engine engine() const override { return real_.engine(); }
  const Clock& clock() const override { return real_.clock(); }

 private:
  void Set(bool& what, bool value) {
    const std::lock_guard lock(mutex_);
    what = value;
    changed_.notify_all();
  }

  db::Database& real_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  bool forgets_ = false;
};

}  // namespace reeve::fault
