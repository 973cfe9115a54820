// LosingWire: a wire between a client and a service that can lose an answer. It reads HTTP/2
// frames, so that it cuts the connection exactly when the whole answer has left the service, which
// is after the commit, and before a byte of it reached the client.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace reeve::fault {

class LosingWire {
 public:
  // To a service on this port of 127.0.0.1.
  explicit LosingWire(int service_port);
  ~LosingWire();

  // A new connection through the wire, whose first answer will be lost.
  std::shared_ptr<grpc::Channel> Open();
  // The message in the answer that was lost since the last Open; nothing if none was, or if what
  // was lost was a refusal.
  std::optional<std::string> Lost();

 private:
  void Accept();
  void Carry(int client);

  const int service_port_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::optional<std::string> lost_;
  std::vector<std::thread> carriers_;  // of the accepting thread, until it has ended
  std::thread acceptor_;
};

}  // namespace reeve::fault
