// Workload: callers who take payments, write orders and open cases, ask again when they do not know
// what happened, and remember what was acknowledged.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "shared/testing/suite.h"

namespace reeve::fault {

inline constexpr int kDrawers = 4;

class Workload {
 public:
  // Accounts, open drawers and a case type, through the public API.
  Workload(testing::Suite& suite, std::uint64_t seed);

  // Sends one call after the other until Stop. Each is asked again, with the same request_id, until
  // its outcome is known.
  void Run(int caller);
  // No new calls; what is under way has until `give_up`.
  void Stop(std::chrono::steady_clock::time_point give_up);

  struct Acknowledged {
    std::string made;   // "payment 3-1-17", "order 1000042/99", "case 7"
    std::string bytes;  // of the answer
    // Sends the same request again; the answer's bytes, or what went wrong.
    std::function<std::string()> again;
  };
  const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }
  const std::vector<std::string>& refused() const { return refused_; }
  std::int64_t unknown() const { return unknown_; }  // calls whose answer did not come
  int unresolved() const { return unresolved_; }     // still unknown when time was up
  void PretendAcknowledged(const std::string& made) {
    acknowledged_.push_back({made, "", [] { return std::string(); }});
  }

 private:
  struct Mutation;
  Mutation Next(std::mt19937_64& random, int caller, const std::string& request_id) const;

  testing::Suite& suite_;
  const std::uint64_t seed_;
  std::string token_;
  std::vector<std::string> cashiers_;  // tokens
  std::atomic<bool> stopping_ = false;
  std::atomic<std::chrono::steady_clock::time_point> give_up_;
  std::mutex mutex_;
  std::vector<Acknowledged> acknowledged_;
  std::vector<std::string> refused_;
  std::atomic<std::int64_t> unknown_ = 0;
  std::atomic<int> unresolved_ = 0;
};

// Asks every acknowledged request again, compares what was acknowledged with what there is, and has
// every service prove its books. Empty if all holds.
std::string FirstViolation(testing::Suite& suite, const Workload& workload);

}  // namespace reeve::fault
