// Exchange: one call between its arrival and its only end. Part of the runtime; features see a
// Call.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "shared/core/call.h"
#include "shared/core/result.h"
#include "shared/session/session.h"

namespace reeve::rpc {

struct Method;
class Runtime;

class Exchange {
 public:
  using Finish = std::function<void(grpc::Status)>;

  Exchange(Runtime& runtime, Method& method, grpc::CallbackServerContext* context, Finish finish);
  ~Exchange();  // a call that was dropped ends INTERNAL
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const Call& call() const { return call_; }
  // The first end counts: metrics, the log line, and what gRPC is told. Thread-safe.
  void End(const Result<>& end);
  // The end of a body that threw.
  void Fail(const std::exception& thrown);

 private:
  friend class Runtime;

  Runtime& runtime_;
  Method& method_;
  grpc::CallbackServerContext* context_;  // valid until the end
  Finish finish_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  Call call_;
  std::shared_ptr<const session::Facts> session_;  // of a person's call, once checked
  bool holds_slot_ = false;                        // counts towards the calls in progress
  std::atomic<bool> ended_ = false;
};

}  // namespace reeve::rpc
