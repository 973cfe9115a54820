// The gRPC face of the technicians' work feed.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "reeve/work_order/v1/watch_service.grpc.pb.h"
#include "services/work_order/order/order.h"
#include "shared/core/seams.h"
#include "shared/feed/fanout.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"

namespace reeve::work_order {

class WatchService final : public v1::WatchService::CallbackService {
 public:
  using Message = v1::WatchWorkOrdersResponse;

  WatchService(rpc::Server& server, db::Database& database, const feed::Feed& feed,
               Executor& background, Random& random, obs::Metrics& metrics);

  grpc::ServerWriteReactor<Message>* WatchWorkOrders(
      grpc::CallbackServerContext* context, const v1::WatchWorkOrdersRequest* request) override;

 private:
  class Client;

  Result<> Open(const Call& call, const v1::WatchWorkOrdersRequest& request,
                std::shared_ptr<rpc::Stream<Message>> stream);
  // What a client without a token is told first, and the moment at which it stood so.
  struct Snapshot {
    std::vector<Message> messages;
    std::size_t told = 0;
    feed::Token token;
  };
  Snapshot TakeSnapshot(const Call& call, PersonId technician);
  // Tells as much as the stream takes at a time, then lets the client follow.
  void TellSnapshot(std::shared_ptr<Snapshot> snapshot, PersonId technician,
                    std::shared_ptr<Client> client);

  rpc::Server& server_;
  db::Database& database_;
  const feed::Feed& feed_;
  Random& random_;
  obs::Gauge& streams_;
  obs::CounterByLabel& opened_;
  std::atomic<std::int64_t> open_ = 0;
  feed::Fanout<Message> fanout_;
};

}  // namespace reeve::work_order
