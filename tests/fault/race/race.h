// Race: many callers ask for the same thing at once. No write begins before every call is in the
// server.
#pragma once

#include <grpcpp/grpcpp.h>
#include <prometheus/registry.h>

#include <chrono>
#include <cstdint>
#include <latch>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "shared/rpc/client.h"
#include "shared/testing/in_process_server.h"
#include "tests/fault/race/staged_database.h"

namespace reeve::fault {

inline constexpr int kRacers = 1'000;
inline constexpr Duration kRaceTime = Duration::Seconds(60);

// One caller's call: who, what, and what came of it.
template <class Request, class Response>
struct Racer {
  std::string token;
  Request request;
  Response response;
  grpc::Status status;
};

inline double CallsInProgress(testing::InProcessServer& server) {
  for (const auto& family : server.service().metrics().registry()->Collect()) {
    if (family.name.ends_with("rpc_in_progress")) return family.metric.at(0).gauge.value;
  }
  throw std::logic_error("the server does not say how many calls are in progress");
}

// `send(context, request, response, done)` starts a call of the callback API.
template <class Request, class Response, class Send>
void Race(testing::InProcessServer& server, StagedDatabase& stage,
          std::vector<Racer<Request, Response>>& racers, const Send& send) {
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::latch answered(static_cast<std::ptrdiff_t>(racers.size()));
  stage.Hold();
  for (auto& racer : racers) {
    contexts.push_back(rpc::PersonContext(racer.token, kRaceTime));
    send(contexts.back().get(), &racer.request, &racer.response,
         [&racer, &answered](grpc::Status status) {
           racer.status = std::move(status);
           answered.count_down();
         });
  }
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (CallsInProgress(server) < static_cast<double>(racers.size()) &&
         std::chrono::steady_clock::now() < limit) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const bool complete = CallsInProgress(server) >= static_cast<double>(racers.size());
  stage.Release();
  answered.wait();
  if (!complete) throw std::runtime_error("the calls were not in the server together");
}

// How many ended how: "" for who got it, else the refusal's reason.
using Tally = std::map<std::string, int>;

template <class Request, class Response>
Tally TallyOf(const std::vector<Racer<Request, Response>>& racers) {
  Tally tally;
  for (const auto& racer : racers) ++tally[testing::ReasonOf(racer.status)];
  return tally;
}

inline Tally OneWinner(const std::string& reason) { return {{"", 1}, {reason, kRacers - 1}}; }

inline std::int64_t CountRows(db::Database& database, std::string_view table) {
  const std::string sql = "SELECT count(*) FROM " + std::string(table);
  std::int64_t rows = 0;
  database.Read(database.clock().Now() + kRaceTime, [&](db::Transaction& tx) {
    rows = tx.Select(db::Query{"", sql})[0].Int(0);
  });
  return rows;
}

}  // namespace reeve::fault
