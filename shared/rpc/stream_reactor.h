// StreamReactor: a Stream over gRPC's callback API. It keeps itself until gRPC is done with it.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "shared/rpc/exchange.h"
#include "shared/rpc/reasons.h"
#include "shared/rpc/stream.h"

namespace reeve::rpc {

template <class Response>
class StreamReactor final : public grpc::ServerWriteReactor<Response>, public Stream<Response> {
 public:
  static std::shared_ptr<StreamReactor> Make() {
    const std::shared_ptr<StreamReactor> made(new StreamReactor);
    made->self_ = made;
    return made;
  }
  // Before anything else happens to it.
  void Attach(std::shared_ptr<Exchange> exchange) { exchange_ = std::move(exchange); }

  bool Send(Response message, const std::string& coalesce_key) override {
    std::unique_lock lock(mutex_);
    if (closing_) return false;
    if (!writing_) {
      writing_ = true;
      current_ = std::move(message);
      lock.unlock();
      this->StartWrite(&current_);
      return true;
    }
    if (!coalesce_key.empty()) {
      for (Queued& queued : queue_) {
        if (queued.key != coalesce_key) continue;
        queued.message = std::move(message);
        return true;
      }
    }
    if (queue_.size() < Stream<Response>::kQueueMax) {
      queue_.push_back({coalesce_key, std::move(message)});
      return true;
    }
    lock.unlock();
    Finish(ResourceExhausted(reason::kTooSlow, "The reader is too slow; resume with its token."));
    return false;
  }

  bool Idle() const override {
    const std::lock_guard lock(mutex_);
    return !writing_ && !closing_;
  }

  void WhenIdle(std::function<void()> resume) override {
    {
      const std::lock_guard lock(mutex_);
      if (writing_ && !closing_) {
        when_idle_.push_back(std::move(resume));
        return;
      }
    }
    resume();
  }

  void Finish(Result<> end) override {
    std::shared_ptr<Exchange> exchange;
    {
      const std::lock_guard lock(mutex_);
      exchange = exchange_;
    }
    if (exchange) exchange->End(end);  // else it is over
  }

  void OnEnded(std::function<void()> ended) override {
    {
      const std::lock_guard lock(mutex_);
      if (!closing_) {
        when_ended_.push_back(std::move(ended));
        return;
      }
    }
    ended();
  }

  // The exchange has ended. Called once.
  void Close(grpc::Status status) {
    std::vector<std::function<void()>> callbacks;
    bool finish_now = false;
    {
      const std::lock_guard lock(mutex_);
      if (!status.ok()) queue_.clear();
      closing_ = std::move(status);
      finish_now = !writing_;
      callbacks = std::exchange(when_ended_, {});
      for (auto& resume : when_idle_) callbacks.push_back(std::move(resume));
      when_idle_.clear();
    }
    for (const auto& callback : callbacks) callback();
    if (finish_now) grpc::ServerWriteReactor<Response>::Finish(*closing_);
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock lock(mutex_);
    if (!ok) queue_.clear();
    if (!queue_.empty()) {
      current_ = std::move(queue_.front().message);
      queue_.erase(queue_.begin());
      lock.unlock();
      this->StartWrite(&current_);
      return;
    }
    writing_ = false;
    const bool finish_now = closing_.has_value();
    const std::vector<std::function<void()>> resumes = std::exchange(when_idle_, {});
    lock.unlock();
    if (finish_now) {
      grpc::ServerWriteReactor<Response>::Finish(*closing_);
    } else if (!ok) {
      OnCancel();
    }
    for (const auto& resume : resumes) resume();
  }

  void OnCancel() override {
    Finish(Error(Code::kCancelled, reason::kCallerGone, "The client went away."));
  }

  void OnDone() override {
    const std::shared_ptr<StreamReactor> last = std::move(self_);
    const std::lock_guard lock(mutex_);
    exchange_.reset();
  }

 private:
  struct Queued {
    std::string key;
    Response message;
  };

  StreamReactor() = default;

  std::shared_ptr<StreamReactor> self_;
  std::shared_ptr<Exchange> exchange_;
  mutable std::mutex mutex_;
  bool writing_ = false;
  std::optional<grpc::Status> closing_;  // set once, then constant
  Response current_;
  std::vector<Queued> queue_;
  std::vector<std::function<void()>> when_idle_;
  std::vector<std::function<void()>> when_ended_;
};

}  // namespace reeve::rpc
