// Watchers of feeds that outlive the replica they watch at.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reeve/feed/v1/feed_service.grpc.pb.h"
#include "reeve/work_order/v1/watch_service.grpc.pb.h"
#include "shared/testing/suite.h"

namespace reeve::fault {

// Reads a service's feed at one replica after the other and keeps every event.
class FeedTail {
 public:
  FeedTail(const testing::Suite& suite, std::string service, std::string session);

  // Watches at the replica, from where it was, until `enough` or until the replica is gone.
  void Watch(int replica, const std::function<bool()>& enough);
  // Whether everything up to the end of the feed, as the replica tells it now, was read.
  bool AtEnd(int replica) const;
  const std::vector<feed::v1::Event>& events() const { return events_; }

 private:
  const testing::Suite& suite_;
  const std::string service_;
  const std::string session_;
  std::string token_;
  std::vector<feed::v1::Event> events_;
};

// Positions that are missing or there twice, "" if there are none.
std::string FirstGap(const std::vector<feed::v1::Event>& events);

// A technician's client at one replica.
class Technician {
 public:
  using Message = work_order::v1::WatchWorkOrdersResponse;
  Technician(const testing::Suite& suite, int replica, const std::string& session,
             const std::string& resume_token);
  ~Technician();

  // The next order of which something is told: "<order_id> <state>".
  std::string Next();
  // Skips the snapshot.
  void SkipSnapshot();
  const std::string& token() const { return token_; }

 private:
  std::optional<Message> Read();

  std::unique_ptr<work_order::v1::WatchService::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<Message>> reader_;
  std::string token_;
};

}  // namespace reeve::fault
