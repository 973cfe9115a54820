// EarlyDatabase: answers when the body has run, and commits a moment later. What a service must
// never do; for the control of the kill test.
#pragma once

#include <exception>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "shared/db/database.h"

namespace reeve::fault {

class EarlyDatabase final : public db::Database {
 public:
  explicit EarlyDatabase(std::unique_ptr<db::Database> real) : real_(std::move(real)) {}

  void Write(Instant deadline, const Body& body) override {
    // Whoever opened it migrates the schema, one step upon the other.
    if (std::this_thread::get_id() == opener_) return real_->Write(deadline, body);
    const auto answer = std::make_shared<std::promise<void>>();
    std::future<void> answered = answer->get_future();
    {
      const std::lock_guard lock(mutex_);
      commits_.emplace_back([this, deadline, &body, answer] { Commit(deadline, body, *answer); });
    }
    answered.get();
  }
  void Read(Instant deadline, const std::function<void(db::Transaction&)>& body) override {
    real_->Read(deadline, body);
  }
  db::Engine engine() const override { return real_->engine(); }
  const Clock& clock() const override { return real_->clock(); }

 private:
  static constexpr auto kLate = std::chrono::milliseconds(50);

  void Commit(Instant deadline, const Body& body, std::promise<void>& answer) {
    bool told = false;
    try {
      real_->Write(deadline, [&](db::Transaction& tx) {
        if (told) return db::Verdict::kRollBack;  // the body's caller has gone
        const db::Verdict verdict = body(tx);
        told = true;
        answer.set_value();
        std::this_thread::sleep_for(kLate);
        return verdict;
      });
    } catch (...) {
      if (!told) answer.set_exception(std::current_exception());
    }
  }

  const std::unique_ptr<db::Database> real_;
  const std::thread::id opener_ = std::this_thread::get_id();
  std::mutex mutex_;
  std::vector<std::jthread> commits_;
};

}  // namespace reeve::fault
