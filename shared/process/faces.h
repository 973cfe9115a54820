// The gRPC faces that every service has: its feed for the neighbours, and its proof for auditors.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "reeve/feed/v1/feed_service.grpc.pb.h"
#include "reeve/verify/v1/verify_service.grpc.pb.h"
#include "shared/core/finding.h"
#include "shared/core/seams.h"
#include "shared/db/database.h"
#include "shared/feed/feed.h"
#include "shared/process/feed_publisher.h"
#include "shared/rpc/server.h"

namespace reeve::process {

class FeedFace final : public feed::v1::FeedService::CallbackService {
 public:
  FeedFace(rpc::Server& server, db::Database& database, const feed::Feed& feed,
           FeedPublisher& publisher)
      : server_(server), database_(database), feed_(feed), publisher_(publisher) {}

  grpc::ServerWriteReactor<feed::v1::WatchResponse>* Watch(
      grpc::CallbackServerContext* context, const feed::v1::WatchRequest* request) override;
  grpc::ServerUnaryReactor* GetHead(grpc::CallbackServerContext* context,
                                    const feed::v1::GetHeadRequest* request,
                                    feed::v1::GetHeadResponse* response) override;

 private:
  rpc::Server& server_;
  db::Database& database_;
  const feed::Feed& feed_;
  FeedPublisher& publisher_;
};

// Appends what was found.
void AddChecks(const std::vector<Finding>& findings, verify::v1::VerifyResponse& response);

class VerifyFace final : public verify::v1::VerifyService::CallbackService {
 public:
  using Verifier = std::function<void(db::Transaction&, const verify::v1::VerifyRequest&,
                                      verify::v1::VerifyResponse&)>;

  VerifyFace(rpc::Server& server, db::Database& database) : server_(server), database_(database) {}

  // Before the server starts.
  void Add(Verifier verifier) { verifiers_.push_back(std::move(verifier)); }
  void AddProducer(std::string producer) { producers_.push_back(std::move(producer)); }

  grpc::ServerUnaryReactor* Verify(grpc::CallbackServerContext* context,
                                   const verify::v1::VerifyRequest* request,
                                   verify::v1::VerifyResponse* response) override;

 private:
  Result<verify::v1::VerifyResponse> Run(const Call& call,
                                         const verify::v1::VerifyRequest& request);

  rpc::Server& server_;
  db::Database& database_;
  std::vector<Verifier> verifiers_;
  std::vector<std::string> producers_;
};

}  // namespace reeve::process
