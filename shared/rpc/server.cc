#include "shared/rpc/server.h"

#include "shared/rpc/runtime.h"

namespace reeve::rpc {

Server::Server(ServerOptions options, const Clock& clock, const TimeZone& zone, Executor& workers,
               session::Gate& sessions, obs::Metrics& metrics)
    : runtime_(
          std::make_shared<Runtime>(std::move(options), clock, zone, workers, sessions, metrics)) {}

Server::~Server() { Drain(); }

void Server::Register(grpc::Service& service) { runtime_->services.push_back(&service); }

void Server::ExplainExceptions(std::function<std::optional<Error>(const std::exception&)> explain) {
  runtime_->explain = std::move(explain);
}

void Server::SetApplied(Applied applied) { runtime_->applied = std::move(applied); }

void Server::Start() { runtime_->BindAndStart(); }

void Server::Drain() { runtime_->Drain(); }

int Server::port() const { return runtime_->port; }

std::shared_ptr<Exchange> Server::Open(grpc::CallbackServerContext* context,
                                       const google::protobuf::Message& request,
                                       Exchange::Finish finish) {
  return runtime_->Open(context, request.GetDescriptor(), std::move(finish));
}

void Server::Proceed(const std::shared_ptr<Exchange>& exchange,
                     const google::protobuf::Message& request, Where where, Run run) {
  runtime_->Proceed(exchange, request, where == Where::kHere, std::move(run));
}

}  // namespace reeve::rpc
