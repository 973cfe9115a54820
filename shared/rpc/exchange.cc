#include "shared/rpc/exchange.h"

#include "shared/rpc/error.h"
#include "shared/rpc/reasons.h"
#include "shared/rpc/runtime.h"

namespace reeve::rpc {

Exchange::Exchange(Runtime& runtime, Method& method, grpc::CallbackServerContext* context,
                   Finish finish)
    : runtime_(runtime), method_(method), context_(context), finish_(std::move(finish)) {}

Exchange::~Exchange() {
  if (!ended_) End(Error(Code::kInternal, reason::kInternal, "The call was dropped."));
}

void Exchange::End(const Result<>& end) {
  if (ended_.exchange(true)) return;
  const grpc::Status status = end.ok() ? grpc::Status::OK : ToStatus(end.error(), runtime_.domain);
  runtime_.Ended(*this, end, status.error_code());
  const Finish finish = std::move(finish_);  // what it keeps alive goes with it
  finish(status);
}

void Exchange::Fail(const std::exception& thrown) { End(runtime_.Explain(*this, thrown)); }

}  // namespace reeve::rpc
