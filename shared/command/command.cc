#include "shared/command/command.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <tuple>

#include "shared/command/audit.h"
#include "shared/command/replay.h"
#include "shared/db/failure.h"
#include "shared/obs/log.h"

namespace reeve::command {
namespace {

constexpr db::Query kFindRequest{
    "request_find",
    "SELECT fingerprint, response, feed_token FROM request "
    "WHERE home = $1 AND caller = $2 AND method = $3 AND request_id = $4"};

const db::InsertInto kInsertRequests{"request_insert",
                                     "request",
                                     {{"home"},
                                      {"caller", db::ColumnType::kText},
                                      {"method", db::ColumnType::kText},
                                      {"request_id", db::ColumnType::kText},
                                      {"fingerprint", db::ColumnType::kBytes},
                                      {"response", db::ColumnType::kBytes},
                                      {"feed_token", db::ColumnType::kText},
                                      {"created_time"}}};

// The engine says that a row is there already, or that one may not be: a twin's or a replay's, as
// long as nobody has looked.
bool MayBeTwin(const db::DatabaseError& error) {
  return error.kind() == db::DatabaseError::Kind::kUniqueViolation ||
         error.kind() == db::DatabaseError::Kind::kConstraintViolation;
}

std::optional<Result<Stored>> FindStored(db::Transaction& tx, const Frame::Member& member) {
  return command::FindStored(tx, *member.call, member.request);
}

// What one change leaves behind in the frame's tables, apart from its events.
struct Accepted {
  Change* change = nullptr;
  std::int64_t home = 0;
  const Frame::Request* request = nullptr;  // none: nobody asked
  Stored* stored = nullptr;                 // none with `request`; its feed_token is set here
};

// Appends the events, the audit entries and the requests of these changes. The chains are locked
// before the feed, whose head is the last lock of every transaction.
void Append(db::Transaction& tx, const feed::Feed& feed, std::span<Accepted> accepted) {
  std::vector<std::int64_t> homes;
  std::vector<std::span<const feed::NewEvent>> events;
  for (const Accepted& one : accepted) {
    if (!one.change->audits().empty()) homes.push_back(one.home);
    events.push_back(one.change->events());
  }
  std::map<std::int64_t, ChainHead> chains = LockChains(tx, homes);
  const Instant now = accepted.front().change->call().now;
  const std::vector<feed::Token> tokens = feed.AppendEach(tx, events, now);

  std::vector<AuditEntry> entries;
  db::NewRows requests(kInsertRequests);
  for (std::size_t i = 0; i < accepted.size(); ++i) {
    const Accepted& one = accepted[i];
    const Call& call = one.change->call();
    AuditEntry entry{.home = one.home, .caller = call.caller.ToString(), .created_time = call.now};
    if (one.request != nullptr) {
      one.stored->feed_token = tokens[i].Encode();
      const std::string fingerprint = Sha256(one.request->canonical);
      entry.method = one.request->method;
      entry.request_id = one.request->request_id;
      entry.request_hash =
          HashRequest(fingerprint, one.stored->response, one.stored->feed_token, call.now);
      requests.Add(one.home, entry.caller, entry.method, entry.request_id, db::ToBytes(fingerprint),
                   db::ToBytes(one.stored->response), one.stored->feed_token, call.now);
    }
    for (const AuditRecord& record : one.change->audits()) {
      ++entry.ordinal;
      entry.entity = record.entity;
      entry.entity_id = record.entity_id;
      entry.action = record.action;
      entry.before_state = record.before;
      entry.after_state = record.after;
      entries.push_back(entry);
    }
  }
  AppendEntries(tx, chains, entries);
  if (!requests.empty()) tx.InsertRows(requests);
}

}  // namespace

std::optional<Result<Stored>> FindStored(db::Transaction& tx, const Call& call,
                                         const Frame::Request& request) {
  const db::Rows rows = tx.Select(kFindRequest, request.home, call.caller.ToString(),
                                  request.method, request.request_id);
  if (rows.empty()) return std::nullopt;
  if (db::ToText(rows[0].Blob(0)) != Sha256(request.canonical)) {
    return FailedPrecondition(reason::kRequestIdReused,
                              "This request_id was used for something else.");
  }
  return Stored{db::ToText(rows[0].Blob(1)), rows[0].Text(2)};
}

// One transaction over the chosen members. Unless `look_first`, every request is taken for new,
// which nearly all are: a replay shows itself by its row's key, or by a refusal, and is looked up
// then. A concurrent twin waits for our commit at that key.
std::vector<Result<Stored>> Frame::Attempt(std::span<const Member> members, Chosen chosen,
                                           const BatchBody& body, bool look_first) {
  const Instant deadline = members[std::ranges::max(chosen, {}, [&](std::size_t i) {
                             return members[i].call->deadline;
                           })].call->deadline;
  std::map<std::size_t, Result<Stored>> answers;
  std::vector<std::function<void()>> counts;
  database_.Write(deadline, [&](db::Transaction& tx) {
    answers.clear();
    counts.clear();
    std::vector<std::size_t> running;
    std::deque<Change> changes;
    std::vector<Change*> change_pointers;
    for (const std::size_t i : chosen) {
      std::optional<Result<Stored>> stored;
      if (look_first) stored = FindStored(tx, members[i]);
      if (stored) {
        answers.emplace(i, *std::move(stored));
      } else {
        running.push_back(i);
        change_pointers.push_back(&changes.emplace_back(tx, *members[i].call));
      }
    }
    if (running.empty()) return db::Verdict::kRollBack;

    std::vector<Result<std::string>> responses = body(tx, change_pointers, running);
    if (responses.size() != running.size()) {
      throw std::logic_error("command: a batch's body answers each of its members");
    }
    std::vector<Accepted> accepted;
    for (std::size_t k = 0; k < running.size(); ++k) {
      const Member& member = members[running[k]];
      if (!responses[k].ok()) {
        // It may be refused because it was carried out already.
        std::optional<Result<Stored>> stored = FindStored(tx, member);
        answers.emplace(running[k], stored ? *std::move(stored) : std::move(responses[k]).error());
        continue;
      }
      if (changes[k].audits().empty()) {
        throw std::logic_error("command: a change without an audit record");
      }
      auto [answer, added] =
          answers.emplace(running[k], Stored{std::move(responses[k]).value(), {}});
      accepted.push_back(
          {&changes[k], member.request.home, &member.request, &answer->second.value()});
    }
    if (accepted.empty()) return db::Verdict::kRollBack;
    Append(tx, feed_, accepted);
    for (const Accepted& one : accepted)
      std::ranges::move(one.change->TakeCounts(), std::back_inserter(counts));
    return db::Verdict::kCommit;
  });
  for (const auto& count : counts) count();
  std::vector<Result<Stored>> ordered;
  ordered.reserve(chosen.size());
  for (const std::size_t i : chosen) ordered.push_back(std::move(answers.at(i)));
  return ordered;
}

std::vector<Result<Stored>> Frame::Run(std::span<const Member> members, Chosen chosen,
                                       const BatchBody& body) {
  const auto attempt = [&] {
    try {
      return Attempt(members, chosen, body, /*look_first=*/false);
    } catch (const db::DatabaseError& error) {
      if (!MayBeTwin(error)) throw;
    }
    return Attempt(members, chosen, body, /*look_first=*/true);
  };
  std::vector<Result<Stored>> answers = attempt();
  feed_.Committed();
  return answers;
}

std::vector<Result<Stored>> Frame::RunAnswered(std::span<const Member> members, Chosen chosen,
                                               const BatchBody& body) {
  const auto all_refused = [&](const Error& error) {
    return std::vector<Result<Stored>>(chosen.size(), error);
  };
  try {
    return Run(members, chosen, body);
  } catch (const db::DatabaseError& error) {
    if (!MayBeTwin(error) || chosen.size() == 1) {
      obs::Log(obs::Level::kError, "batch_failed", {{"detail", error.what()}});
      return all_refused(db::FromDatabaseError(error));
    }
  } catch (const std::exception& error) {
    obs::Log(obs::Level::kError, "batch_failed", {{"detail", error.what()}});
    return all_refused(db::FromDatabaseError({db::DatabaseError::Kind::kBroken, error.what()}));
  }
  std::vector<Result<Stored>> answers;
  for (const std::size_t& one : chosen) {
    answers.push_back(std::move(RunAnswered(members, {&one, 1}, body).front()));
  }
  return answers;
}

std::vector<Result<Stored>> Frame::WriteBatch(std::span<const Member> members,
                                              const BatchBody& body) {
  using Key = std::tuple<std::int64_t, std::string, std::string_view, std::string_view>;
  std::set<Key> keys;
  std::vector<std::size_t> chosen;
  std::vector<std::size_t> twins;  // run behind the batch that holds the first of them
  std::vector<Result<Stored>> answers(
      members.size(),
      DeadlineExceeded(db::reason::kDeadlineExceeded, "Nothing was changed in time."));
  const Instant now = database_.clock().Now();
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i].call->deadline <= now) continue;
    const Request& request = members[i].request;
    const Key key{request.home, members[i].call->caller.ToString(), request.method,
                  request.request_id};
    (keys.insert(key).second ? chosen : twins).push_back(i);
  }
  const auto run = [&](Chosen part) {
    std::vector<Result<Stored>> part_answers = RunAnswered(members, part, body);
    for (std::size_t k = 0; k < part.size(); ++k) answers[part[k]] = std::move(part_answers[k]);
  };
  if (!chosen.empty()) run(chosen);
  for (const std::size_t& twin : twins) run({&twin, 1});
  return answers;
}

Result<Stored> Frame::WriteBytes(const Call& call, const Request& request, const BytesBody& body) {
  const Member member{&call, request};
  constexpr std::size_t kOnly[] = {0};
  const BatchBody of_one = [&](db::Transaction&, std::span<Change* const> changes, Chosen) {
    return std::vector<Result<std::string>>{body(*changes.front())};
  };
  return std::move(Run({&member, 1}, kOnly, of_one).front());
}

Result<> Frame::Apply(const Call& call, std::int64_t home,
                      const std::function<Result<>(Change&)>& body) {
  std::vector<std::function<void()>> counts;
  Result<> answer = database_.WriteResult(call.deadline, [&](db::Transaction& tx) -> Result<> {
    Change change(tx, call);
    REEVE_RETURN_IF_ERROR(body(change));
    Accepted accepted{.change = &change, .home = home};
    Append(tx, feed_, {&accepted, 1});
    counts = change.TakeCounts();
    return Ok();
  });
  if (!answer.ok()) return answer;
  for (const auto& count : counts) count();
  feed_.Committed();
  return answer;
}

}  // namespace reeve::command
