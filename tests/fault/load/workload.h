// Workload: callers who take payments, write orders and open cases, ask again when they do not know
// what happened, and remember what was acknowledged.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "shared/testing/suite.h"

namespace reeve::fault {

inline constexpr int kDrawers = 4;
inline constexpr int kAccounts = 200;
using Steady = std::chrono::steady_clock;

struct WorkloadOptions {
  std::uint64_t seed = 0;
  int callers = 8;
  bool payments_only = false;
  // Of payment and of work_order. A call goes to any of them, asked again perhaps to another, and
  // every third goes to the first two at once: the answers must be the same bytes.
  int replicas = 1;
};

class Workload {
 public:
  // Accounts, open drawers and a case type, through the public API.
  Workload(testing::Suite& suite, const WorkloadOptions& options);
  ~Workload();

  // Each caller sends one call after the other until Stop, and asks again, with the same
  // request_id, until the outcome is known.
  void Start();
  // No new calls; what is under way has a minute.
  void Stop();

  struct Acknowledged {
    std::string made;   // "payment 3-1-17", "order 1000042/99", "case 7"
    std::string bytes;  // of the answer
    // Sends the same request again; the answer's bytes, or what went wrong.
    std::function<std::string()> again;
  };
  // After Stop.
  const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }
  // Refusals, and answers that differ: a load on a sound suite has none.
  const std::vector<std::string>& refused() const { return refused_; }
  // At any time.
  std::int64_t answered() const { return answered_; }
  std::int64_t unknown() const { return unknown_; }  // calls whose answer did not come
  int unresolved() const { return unresolved_; }     // still unknown when time was up
  // Of the calls answered between the two moments.
  double P99Millis(Steady::time_point from, Steady::time_point to) const;

  // The session of the cashier at a drawer, from 1.
  const std::string& CashierOf(int drawer) const {
    return cashiers_[static_cast<std::size_t>(drawer) - 1];
  }

  void PretendAcknowledged(const std::string& made) {
    acknowledged_.push_back({made, "", [] { return std::string(); }});
  }

 private:
  // One request that changes something, to be sent any number of times.
  struct Mutation;
  struct Answer {
    grpc::Status status;
    std::string made;
    std::string bytes;
  };
  struct Sample {
    Steady::time_point at;
    double millis;
  };

  Mutation Next(std::mt19937_64& random, int caller, const std::string& request_id) const;
  Mutation NewOrder(int account, const std::string& request_id) const;
  Mutation NewCase(int account, const std::string& request_id) const;
  Mutation NewPayment(std::mt19937_64& random, int account, int caller,
                      const std::string& request_id) const;
  template <class GrpcService, class Request, class Response, class Method>
  Answer Send(const std::string& service, int replica, const std::string& token, Method method,
              const Request& request, Response& response) const;
  void Run(int caller);
  // Asks until the outcome is known or time is up. A replica below 0 stands for any.
  Answer Resolve(const Mutation& mutation, int replica, std::uint64_t seed);
  void Remember(const std::string& request_id, const Mutation& mutation, const Answer& answer);

  testing::Suite& suite_;
  const WorkloadOptions options_;
  std::string token_;
  std::vector<std::string> cashiers_;  // tokens
  std::map<std::pair<std::string, int>, std::shared_ptr<grpc::Channel>> channels_;
  std::vector<std::thread> callers_;
  std::atomic<bool> stopping_ = false;
  std::atomic<Steady::time_point> give_up_;
  mutable std::mutex mutex_;
  std::vector<Acknowledged> acknowledged_;
  std::vector<std::string> refused_;
  std::vector<Sample> samples_;
  std::atomic<std::int64_t> answered_ = 0;
  std::atomic<std::int64_t> unknown_ = 0;
  std::atomic<int> unresolved_ = 0;
};

// A call of which nobody can say yet whether it had an effect.
bool IsUnknown(const grpc::Status& status);

}  // namespace reeve::fault
