// The frame of every change: one transaction that holds the rows, the idempotency record, the audit
// record and the event. Write runs one command in it, Batch a span of them.
//
// A command is a plain struct with
//   static constexpr std::string_view kMethod  the RPC's full name, e.g.
//                                              "reeve.payment.v1.DrawerService/CloseDrawer"
//   std::string request_id                     the caller's key for this effect
//   std::int64_t home() const                  value of the service's distribution column
//   Canonical canonical() const                what it asks for, without request_id
// An answer is a protobuf message (only SerializeAsString, ParseFromString and set_feed_token are
// used, so this library needs no protobuf).
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/core/call.h"
#include "shared/core/canonical.h"
#include "shared/core/result.h"
#include "shared/db/database.h"
#include "shared/feed/feed.h"

namespace reeve::command {

namespace reason {
inline constexpr Reason kRequestIdReused{
    "REQUEST_ID_REUSED"};  // FAILED_PRECONDITION: same id, other command
}  // namespace reason

// One line of the audit trail. before/after are canonical text ("state=OPEN,version=3") in which
// personal data stands as a salted digest where the value itself is not needed.
struct AuditRecord {
  std::string entity;  // "drawer-session", "account", ...
  std::string entity_id;
  std::string action;  // "close", "take-payment", ...
  std::string before;
  std::string after;
};

// What a body sees: the transaction, and where to put what belongs to the frame.
class Change {
 public:
  Change(db::Transaction& tx, const Call& call) : tx_(tx), call_(call) {}
  db::Transaction& tx() { return tx_; }
  const Call& call() const { return call_; }
  void Audit(AuditRecord record) { audits_.push_back(std::move(record)); }
  void Emit(feed::NewEvent event) { events_.push_back(std::move(event)); }
  // Runs once the change is durable, never for a refusal or a replay: for counters, and nothing
  // that must happen.
  void AfterCommit(std::function<void()> count) { counts_.push_back(std::move(count)); }

  const std::vector<AuditRecord>& audits() const { return audits_; }
  const std::vector<feed::NewEvent>& events() const { return events_; }
  std::vector<std::function<void()>> TakeCounts() { return std::exchange(counts_, {}); }

 private:
  db::Transaction& tx_;
  const Call& call_;
  std::vector<AuditRecord> audits_;
  std::vector<feed::NewEvent> events_;
  std::vector<std::function<void()>> counts_;
};

// Emit(change, home, message): the event's type is the message's full name.
template <class Message>
void Emit(Change& change, std::int64_t home, const Message& message, std::string cause = {}) {
  change.Emit({home, std::string(Message::descriptor()->full_name()), message.SerializeAsString(),
               std::move(cause)});
}

// What is kept of a request that was carried out.
struct Stored {
  std::string response;    // the answer's bytes
  std::string feed_token;  // of the change; empty if it appended nothing
};

// The answer in `stored`. A field `feed_token` receives the change's, which is known only after the
// answer was made.
template <class Answer>
Answer ParseStored(const Stored& stored) {
  Answer answer;
  answer.ParseFromString(stored.response);
  if constexpr (requires { answer.set_feed_token(stored.feed_token); }) {
    answer.set_feed_token(stored.feed_token);
  }
  return answer;
}

// What a service shares among its features to make changes. Thread-safe.
class Frame {
 public:
  Frame(db::Database& database, const feed::Feed& feed) : database_(database), feed_(feed) {}

  // Runs `body` once for the request_id. `body` is Result<Answer>(Change&). The answer of a request
  // that was carried out before is the stored one, byte for byte. A refusal stores nothing. If
  // `token` is given it receives the feed's token of this change (empty if it appended nothing; the
  // stored one on a replay); an answer that has a field `feed_token` carries it anyway.
  // Throws db::DatabaseError.
  template <class Command, class Body>
  auto Write(const Call& call, const Command& command, const Body& body,
             std::string* token = nullptr) -> std::invoke_result_t<Body, Change&> {
    using Answer =
        std::remove_cvref_t<decltype(std::declval<std::invoke_result_t<Body, Change&>>().value())>;
    REEVE_ASSIGN_OR_RETURN(const Stored stored,
                           WriteBytes(call,
                                      {Command::kMethod, command.request_id, command.home(),
                                       command.canonical().bytes()},
                                      [&](Change& change) -> Result<std::string> {
                                        REEVE_ASSIGN_OR_RETURN(const Answer answer, body(change));
                                        return answer.SerializeAsString();
                                      }));
    if (token != nullptr) *token = stored.feed_token;
    return ParseStored<Answer>(stored);
  }

  // A change that no request asked for (a feed's event, a timer): same frame without the
  // idempotency record; the caller's own exactly-once mark (a feed token) goes into the same
  // transaction. `home` chooses the audit chain. Throws db::DatabaseError.
  Result<> Apply(const Call& call, std::int64_t home, const std::function<Result<>(Change&)>& body);

  struct Request {
    std::string_view method;
    std::string request_id;
    std::int64_t home = 0;
    std::string canonical;
  };
  using BytesBody = std::function<Result<std::string>(Change&)>;
  // Throws db::DatabaseError.
  Result<Stored> WriteBytes(const Call& call, const Request& request, const BytesBody& body);

  // One member of a batch, and its answer.
  struct Member {
    const Call* call = nullptr;
    Request request;
  };
  // Runs `body` over the members in one transaction; each gets its own answer, a twin or a replay
  // the stored one. A member that is refused contributes nothing: the body has written no row for
  // it, and its audit records and events are dropped. If the engine refuses the batch, the members
  // run again one by one. `body` gets one Change per chosen member and their indexes. Never throws.
  using BatchBody = std::function<std::vector<Result<std::string>>(
      db::Transaction&, std::span<Change* const>, std::span<const std::size_t> members)>;
  std::vector<Result<Stored>> WriteBatch(std::span<const Member> members, const BatchBody& body);

 private:
  // Answers in the order of `chosen`, which are indexes of `members`.
  using Chosen = std::span<const std::size_t>;
  std::vector<Result<Stored>> Attempt(std::span<const Member> members, Chosen chosen,
                                      const BatchBody& body, bool look_first);
  std::vector<Result<Stored>> Run(std::span<const Member> members, Chosen chosen,
                                  const BatchBody& body);
  // As Run, with a refusal for every member where Run throws.
  std::vector<Result<Stored>> RunAnswered(std::span<const Member> members, Chosen chosen,
                                          const BatchBody& body);

  db::Database& database_;
  const feed::Feed& feed_;
};

// Audit trail and idempotency tables; belongs behind feed::Migrations() in a service's list.
std::span<const db::Migration> Migrations();

}  // namespace reeve::command
