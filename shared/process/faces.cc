#include "shared/process/faces.h"

#include <algorithm>
#include <set>
#include <string>

#include "shared/command/audit.h"
#include "shared/core/fields.h"
#include "shared/feed/check.h"

namespace reeve::process {
namespace {

constexpr int kTypesMax = 50;
constexpr std::size_t kTypeMax = 100;
constexpr int kHeadsMax = 1'000;
constexpr char kNotAToken[] = "is not a token of this suite";

Result<feed::Token> ParseWatch(const feed::v1::WatchRequest& request) {
  Fields fields;
  if (request.types_size() > kTypesMax) {
    fields.Refuse("types", "more than " + std::to_string(kTypesMax));
  }
  for (int i = 0; i < std::min(request.types_size(), kTypesMax); ++i) {
    fields.Text("types[" + std::to_string(i) + "]", request.types(i), 1, kTypeMax);
  }
  Result<feed::Token> token = feed::Token::Decode(request.resume_token());
  if (!token.ok()) fields.Refuse("resume_token", kNotAToken);
  if (!fields.ok()) return fields.error();
  return token;
}

Result<> CheckRequest(const verify::v1::VerifyRequest& request) {
  Fields fields;
  if (!feed::Token::Decode(request.up_to_token()).ok()) fields.Refuse("up_to_token", kNotAToken);
  if (request.anchored_heads_size() > kHeadsMax) {
    fields.Refuse("anchored_heads", "more than " + std::to_string(kHeadsMax));
  }
  if (!fields.ok()) return fields.error();
  return Ok();
}

// A row that no code of ours has written may be one that none can read: that is a violation too.
void RunVerifier(const VerifyFace::Verifier& verifier, db::Transaction& tx,
                 const verify::v1::VerifyRequest& request, verify::v1::VerifyResponse& response) {
  try {
    verifier(tx, request, response);
  } catch (const db::DatabaseError&) {
    throw;
  } catch (const std::exception& thrown) {
    AddChecks({{"readable", 0, std::string("a row cannot be read: ") + thrown.what()}}, response);
  }
}

}  // namespace

void AddChecks(const std::vector<Finding>& findings, verify::v1::VerifyResponse& response) {
  for (const Finding& finding : findings) {
    verify::v1::Check* check = response.add_checks();
    check->set_name(finding.check);
    check->set_examined(finding.examined);
    check->set_violation(finding.violation);
  }
}

grpc::ServerWriteReactor<feed::v1::WatchResponse>* FeedFace::Watch(
    grpc::CallbackServerContext* context, const feed::v1::WatchRequest* request) {
  using Stream = rpc::Stream<feed::v1::WatchResponse>;
  return server_.HandleStream<feed::v1::WatchRequest, feed::v1::WatchResponse>(
      context, request,
      [this](const Call&, const feed::v1::WatchRequest& request,
             std::shared_ptr<Stream> stream) -> Result<> {
        REEVE_ASSIGN_OR_RETURN(const feed::Token token, ParseWatch(request));
        publisher_.Watch({request.types().begin(), request.types().end()}, token,
                         std::move(stream));
        return Ok();
      });
}

grpc::ServerUnaryReactor* FeedFace::GetHead(grpc::CallbackServerContext* context,
                                            const feed::v1::GetHeadRequest* request,
                                            feed::v1::GetHeadResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const feed::v1::GetHeadRequest&) -> Result<feed::v1::GetHeadResponse> {
        feed::v1::GetHeadResponse head;
        database_.Read(call.deadline,
                       [&](db::Transaction& tx) { head.set_token(feed_.Head(tx).Encode()); });
        return head;
      });
}

grpc::ServerUnaryReactor* VerifyFace::Verify(grpc::CallbackServerContext* context,
                                             const verify::v1::VerifyRequest* request,
                                             verify::v1::VerifyResponse* response) {
  return server_.Handle(context, request, response,
                        [this](const Call& call, const verify::v1::VerifyRequest& request) {
                          return Run(call, request);
                        });
}

Result<verify::v1::VerifyResponse> VerifyFace::Run(const Call& call,
                                                   const verify::v1::VerifyRequest& request) {
  REEVE_RETURN_IF_ERROR(CheckRequest(request));
  std::vector<command::AnchoredHead> anchored;
  for (const verify::v1::ChainHead& head : request.anchored_heads()) {
    anchored.push_back({head.chain(), head.length(), head.hash()});
  }
  verify::v1::VerifyResponse response;
  database_.Read(call.deadline, [&](db::Transaction& tx) {
    response.Clear();
    AddChecks(command::CheckAudit(tx, anchored), response);
    AddChecks(feed::CheckFeed(tx), response);
    for (const Verifier& verifier : verifiers_) RunVerifier(verifier, tx, request, response);
    feed::Token applied;
    for (const std::string& producer : producers_) {
      applied.Merge(feed::AppliedToken(tx, producer));
    }
    response.set_applied_token(applied.Encode());
    for (const command::ChainHead& head : command::ReadHeads(tx)) {
      verify::v1::ChainHead* added = response.add_heads();
      added->set_chain(command::ChainName(head.chain));
      added->set_length(head.length);
      added->set_hash(head.hash);
    }
  });
  return response;
}

}  // namespace reeve::process
