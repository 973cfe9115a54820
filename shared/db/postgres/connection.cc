#include "shared/db/postgres/connection.h"

#include <poll.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

#include "shared/db/wait.h"

namespace reeve::db::postgres {
namespace {

using Kind = DatabaseError::Kind;

constexpr int kBinary = 1;
constexpr int kServerVersionMin = 150000;
constexpr std::size_t kCopyPiece = 64 * 1024;  // bytes
constexpr std::string_view kDivisionByZero = "22012";
constexpr Query kRollBack{"rollback", "ROLLBACK"};

// Sets what the session needs and shows what the server promises, in one trip. JIT compiles for
// longer than any statement here runs. A session whose client has gone is noticed while a statement
// runs, and by the idle limit in between, so locks do not outlive it.
constexpr Query kSetUp{"", R"(
    SELECT set_config('jit', 'off', false),
           set_config('client_connection_check_interval', '200ms', false),
           set_config('idle_in_transaction_session_timeout', '60s', false),
           current_setting('fsync'),
           current_setting('full_page_writes'),
           current_setting('synchronous_commit'),
           current_setting('server_encoding'),
           datcollate
      FROM pg_database
     WHERE datname = current_database())"};

// PostgreSQL's documentation, appendix A.
Kind KindOf(std::string_view sqlstate) {
  if (sqlstate == "23505") return Kind::kUniqueViolation;
  if (sqlstate.starts_with("23")) return Kind::kConstraintViolation;
  if (sqlstate == "40001" || sqlstate == "40P01") return Kind::kSerialization;
  if (sqlstate == "57014") return Kind::kExpired;  // statement_timeout, or cancelled by hand
  if (sqlstate.starts_with("57P") || sqlstate == "53300") return Kind::kUnavailable;
  if (sqlstate.starts_with("53") || sqlstate == "58030") return Kind::kStorage;
  return Kind::kBroken;
}

// The n of the last $n in the text. The server does not mind parameters that no $n stands for.
std::size_t LastParameter(std::string_view sql) {
  std::size_t last = 0;
  for (std::size_t at = sql.find('$'); at != std::string_view::npos; at = sql.find('$', at + 1)) {
    std::size_t n = 0;
    std::from_chars(sql.data() + at + 1, sql.data() + sql.size(), n);
    last = std::max(last, n);
  }
  return last;
}

std::string_view Field(const PGresult& result, int field) {
  const char* text = PQresultErrorField(&result, field);
  return text == nullptr ? std::string_view() : text;
}

}  // namespace

std::unique_ptr<Connection> Connection::Open(const std::string& conninfo, const Clock& clock,
                                             Instant deadline) {
  const char* const keywords[] = {"dbname", "fallback_application_name", "client_encoding",
                                  nullptr};
  const char* const values[] = {conninfo.c_str(), "reeve", "UTF8", nullptr};
  std::unique_ptr<Connection> connection(
      new Connection(PQconnectStartParams(keywords, values, /*expand_dbname=*/1), clock));
  connection->FinishConnecting(deadline);
  connection->CheckPromises(deadline);
  return connection;
}

Connection::~Connection() { PQfinish(session_); }

void Connection::FinishConnecting(Instant deadline) {
  if (PQstatus(session_) == CONNECTION_BAD) ThrowLost();
  for (PostgresPollingStatusType status = PGRES_POLLING_WRITING; status != PGRES_POLLING_OK;
       status = PQconnectPoll(session_)) {
    if (status == PGRES_POLLING_FAILED) ThrowLost();
    Await(status == PGRES_POLLING_WRITING ? POLLOUT : POLLIN, deadline);
  }
  PQsetNoticeProcessor(
      session_, [](void*, const char*) {}, nullptr);
  if (PQsetnonblocking(session_, 1) != 0 || PQenterPipelineMode(session_) != 1) ThrowLost();
}

void Connection::CheckPromises(Instant deadline) {
  const auto require = [](bool kept, std::string_view what) {
    if (!kept)
      throw DatabaseError(Kind::kBroken, "the PostgreSQL server is refused: " + std::string(what));
  };
  require(PQserverVersion(session_) >= kServerVersionMin, "older than version 15");
  Send(kSetUp, {});
  SendSync();
  const Rows rows = Receive(deadline).rows;
  const Rows::Row row = rows[0];
  require(row.Text(3) == "on", "fsync is off");
  require(row.Text(4) == "on", "full_page_writes is off");
  require(row.Text(5) != "off", "synchronous_commit is off");
  require(row.Text(6) == "UTF8", "the encoding of the database is not UTF8");
  require(row.Text(7) == "C" || row.Text(7) == "POSIX", "the collation of the database is not C");
}

void Connection::Send(const Query& query, const Parameters& parameters, bool counted) {
  if (query.name.empty()) {
    const std::string sql(query.sql);
    Queued(
        PQsendQueryParams(session_, sql.c_str(), parameters.size(), parameters.types().data(),
                          parameters.values(), parameters.lengths(), parameters.formats(), kBinary),
        {Pending::Kind::kStatement, query.name, counted});
    return;
  }
  const Prepared& prepared = Prepare(query, parameters);
  Queued(
      PQsendQueryPrepared(session_, prepared.name.c_str(), parameters.size(), parameters.values(),
                          parameters.lengths(), parameters.formats(), kBinary),
      {Pending::Kind::kStatement, query.name, counted});
}

void Connection::SendSync() {
  Queued(PQpipelineSync(session_), {Pending::Kind::kSync, "sync"});
  refused_ = false;
}

// A parameter has the type of its value, so that the server converts (to NUMERIC, say) and never
// takes our bytes for another type's. NULL goes with any type.
const Connection::Prepared& Connection::Prepare(const Query& query, const Parameters& parameters) {
  const auto found = statements_.find(query.sql);
  Variants& variants = found != statements_.end()
                           ? found->second
                           : statements_.emplace(query.sql, Variants()).first->second;
  const std::vector<Oid>& types = parameters.types();
  for (const auto& variant : variants) {
    bool fits = variant->types.size() == types.size();
    for (std::size_t i = 0; fits && i < types.size(); ++i)
      fits = types[i] == 0 || types[i] == variant->types[i];
    if (fits) return *variant;
  }
  if (LastParameter(query.sql) != types.size())
    throw DatabaseError(Kind::kBroken, std::string(query.name) + ": wrong number of parameters");
  auto prepared =
      std::make_unique<Prepared>(Prepared{"reeve_" + std::to_string(++prepared_count_), types});
  // What earlier calls have shown of the types that this one leaves open.
  if (!variants.empty() && variants.back()->types.size() == types.size()) {
    for (std::size_t i = 0; i < types.size(); ++i)
      if (types[i] == 0) prepared->types[i] = variants.back()->types[i];
  }
  const std::string sql(query.sql);
  Queued(PQsendPrepare(session_, prepared->name.c_str(), sql.c_str(), parameters.size(),
                       prepared->types.data()),
         {Pending::Kind::kPrepare, query.name, false, true, &variants, prepared.get()});
  return *variants.emplace_back(std::move(prepared));
}

void Connection::Forget(const Pending& pending) {
  std::erase_if(*pending.variants,
                [&](const auto& variant) { return variant.get() == pending.prepared; });
}

void Connection::Queued(int accepted, const Pending& pending) {
  if (accepted != 1) ThrowLost();
  pending_.push_back(pending);
}

Answer Connection::Receive(Instant deadline) {
  if (!pending_.empty() && pending_.back().kind != Pending::Kind::kSync &&
      PQsendFlushRequest(session_) != 1)
    ThrowLost();
  Answer answer;
  while (!pending_.empty()) ReadOne(answer, deadline);
  return answer;
}

void Connection::ReadOne(Answer& answer, Instant deadline) {
  const Result result = NextResult(deadline);
  const Pending pending = pending_.front();
  pending_.pop_front();
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_PIPELINE_SYNC) return;  // the only one that no null result follows
  while (NextResult(deadline)) {
  }
  if (!pending.heeded) return;
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    if (pending.kind == Pending::Kind::kPrepare) Forget(pending);
    ThrowRefused(*result, pending);
  }
  if (pending.kind != Pending::Kind::kStatement) return;
  answer.rows = ToRows(*result, pending.name);
  const std::string_view affected = PQcmdTuples(result.get());
  answer.affected = 0;
  std::from_chars(affected.data(), affected.data() + affected.size(), answer.affected);
}

void Connection::Copy(const Query& copy, const NewRows& rows, Instant deadline) {
  if (!pending_.empty()) {
    SendSync();  // a session with answers to come cannot leave pipeline mode
    Receive(deadline);
  }
  const std::string sql(copy.sql);
  if (PQexitPipelineMode(session_) != 1 || PQsendQuery(session_, sql.c_str()) != 1) ThrowLost();
  Result result = NextResult(deadline);
  if (PQresultStatus(result.get()) == PGRES_COPY_IN) {
    PutCopyData(rows, deadline);
    result = NextResult(deadline);
  }
  while (NextResult(deadline)) {
  }
  if (PQenterPipelineMode(session_) != 1) ThrowLost();
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
    ThrowRefused(*result, {Pending::Kind::kStatement, copy.name});
  }
}

void Connection::PutCopyData(const NewRows& rows, Instant deadline) {
  std::string bytes;
  bytes.reserve(2 * kCopyPiece);
  AppendCopyHead(bytes);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    AppendCopyRow(bytes, rows, row);
    if (bytes.size() >= kCopyPiece) Put(bytes, deadline);
  }
  AppendCopyEnd(bytes);
  Put(bytes, deadline);
  if (PQputCopyEnd(session_, nullptr) != 1) ThrowLost();
}

// Sends the bytes, and empties them. A single row may be larger than a piece, and larger than a
// message may be.
void Connection::Put(std::string& bytes, Instant deadline) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    usable_ = false;  // in the middle of a COPY
    throw DatabaseError(Kind::kBroken, "a row is larger than 2 GiB");
  }
  if (PQputCopyData(session_, bytes.data(), static_cast<int>(bytes.size())) != 1) ThrowLost();
  bytes.clear();
  for (int unsent = PQflush(session_); unsent != 0; unsent = PQflush(session_)) {
    if (unsent < 0) ThrowLost();
    Await(POLLIN | POLLOUT, deadline);
    if (PQconsumeInput(session_) != 1) ThrowLost();
  }
}

// Null between two statements.
Connection::Result Connection::NextResult(Instant deadline) {
  for (;;) {
    const int unsent = PQflush(session_);
    if (unsent < 0) ThrowLost();
    if (unsent == 0 && !PQisBusy(session_)) break;
    Await(unsent > 0 ? POLLIN | POLLOUT : POLLIN, deadline);
    if (PQconsumeInput(session_) != 1) ThrowLost();
    if (!PQisBusy(session_)) break;
  }
  Result result(PQgetResult(session_), PQclear);
  if (PQstatus(session_) == CONNECTION_BAD) ThrowLost();
  return result;
}

void Connection::Await(short events, Instant deadline) {
  for (;;) {
    const std::chrono::microseconds patience = Patience(clock_, deadline);
    if (patience.count() == 0) {
      usable_ = false;
      lost_ = true;
      throw DatabaseError(Kind::kExpired, "waiting for PostgreSQL");
    }
    pollfd socket{PQsocket(session_), events, 0};
    if (poll(&socket, 1, static_cast<int>((patience.count() + 999) / 1000)) > 0) return;
  }
}

void Connection::RollBackLater() {
  if (!usable_) return;
  for (Pending& pending : pending_) {
    if (pending.kind == Pending::Kind::kPrepare && pending.heeded) Forget(pending);
    pending.heeded = false;
  }
  const std::size_t heeded = pending_.size();
  try {
    // After an error, or before one that may yet come, the server skips all up to a mark.
    if (refused_ || heeded != 0) SendSync();
    Send(kRollBack, {});
    SendSync();
  } catch (const DatabaseError&) {
    return;  // lost, which rolls back as well
  }
  // The preparation of ROLLBACK itself cannot fail but with the session.
  for (std::size_t i = heeded; i < pending_.size(); ++i) pending_[i].heeded = false;
  PQflush(session_);
}

bool Connection::Usable() {
  pollfd socket{PQsocket(session_), POLLIN, 0};
  while (usable_ && poll(&socket, 1, 0) > 0) usable_ = PQconsumeInput(session_) == 1;
  return usable_ && PQstatus(session_) == CONNECTION_OK;
}

void Connection::ThrowLost() {
  usable_ = false;
  lost_ = true;
  throw DatabaseError(Kind::kUnavailable, PQerrorMessage(session_));
}

void Connection::ThrowRefused(const PGresult& result, const Pending& pending) {
  const std::string_view sqlstate = Field(result, PG_DIAG_SQLSTATE);
  refused_ = true;
  const bool miscounted = pending.counted && sqlstate == kDivisionByZero;
  const Kind kind = miscounted ? Kind::kSerialization : KindOf(sqlstate);
  lost_ = Field(result, PG_DIAG_SEVERITY_NONLOCALIZED) != "ERROR";  // FATAL or PANIC
  usable_ = !lost_ && kind != Kind::kBroken && kind != Kind::kUnavailable;
  // Only what quotes no value: the detail of a violation shows the row.
  std::string what(pending.name);
  what.append(": ").append(sqlstate).append(" ").append(Field(result, PG_DIAG_MESSAGE_PRIMARY));
  throw DatabaseError(lost_ ? Kind::kUnavailable : kind, what);
}

}  // namespace reeve::db::postgres
