// Stream: the server's side of one server stream, with a bounded queue and exactly one end.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "shared/core/result.h"

namespace reeve::rpc {

// Thread-safe.
template <class Response>
class Stream {
 public:
  static constexpr std::size_t kQueueMax = 64;
  virtual ~Stream() = default;

  // Queues a message. With a `coalesce_key`, a queued message of the same key is replaced (the
  // latest state wins). False if the stream is over, or if the queue is full: it then ends with
  // RESOURCE_EXHAUSTED and the client resumes with its token.
  virtual bool Send(Response message, const std::string& coalesce_key = {}) = 0;
  // True if nothing waits to be written: the producer may fetch more.
  virtual bool Idle() const = 0;
  // `resume` runs once, on any thread, when nothing waits to be written or the stream is over; at
  // once if that is so already.
  virtual void WhenIdle(std::function<void()> resume) = 0;
  // Ok ends it behind what is queued, an error at once.
  virtual void Finish(Result<> end) = 0;
  // `ended` runs once, on any thread, when the stream is over for whatever reason; at once if it
  // already is.
  virtual void OnEnded(std::function<void()> ended) = 0;
};

}  // namespace reeve::rpc
