#include "services/billing/ledger/month_service.h"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "services/billing/audit_row.h"
#include "services/billing/collections/shutoff.h"
#include "services/billing/ledger/ledger_store.h"
#include "services/billing/ledger/ledger_wire_service.h"
#include "services/billing/ledger/month_store.h"
#include "services/billing/receivable/accounting_store.h"
#include "shared/core/fields.h"
#include "shared/db/failure.h"
#include "shared/feed/feed.h"
#include "shared/obs/log.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::ledger {
namespace {

constexpr std::size_t kDigestSize = 64;
constexpr std::string_view kPayment = "payment";
// While payments flow, some are always on their way.
constexpr Duration kWaitForPayments = Duration::Seconds(2);
// The city has one ledger: all its months are closed behind one another.
constexpr std::int64_t kHome = 0;

Date MonthIn(Fields& fields, const std::string& name) {
  const std::optional<Date> first_date = ParseMonth(name);
  if (!first_date) fields.Refuse("month", "is not a month like 2026-11");
  return first_date.value_or(Date());
}

struct DigestCommand {
  std::string request_id;
  Date first_date;
  std::string digest;

  std::int64_t home() const { return kHome; }
  Canonical CanonicalOf(std::string_view method) const {
    return std::move(
        Canonical(method, 1).Add("month", MonthName(first_date)).Add("digest", digest));
  }
};
struct PrepareCommand : DigestCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.MonthService/PrepareMonth";
  Canonical canonical() const { return CanonicalOf(kMethod); }
};
struct CloseCommand : DigestCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.MonthService/CloseMonth";
  Canonical canonical() const { return CanonicalOf(kMethod); }
};

template <class Command, class Request>
Result<Command> ParseDigest(const Request& request) {
  Fields fields;
  Command command;
  command.request_id = fields.RequestId(request.request_id());
  command.first_date = MonthIn(fields, request.month());
  command.digest = fields.Text("digest", request.digest(), kDigestSize, kDigestSize);
  if (!fields.ok()) return fields.error();
  return command;
}

struct ProposeCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.MonthService/ProposeReopening";
  std::string request_id;
  Date first_date;
  std::string reason;

  std::int64_t home() const { return kHome; }
  Canonical canonical() const {
    return std::move(
        Canonical(kMethod, 1).Add("month", MonthName(first_date)).Add("reason", reason));
  }
};

Result<ProposeCommand> Parse(const v1::ProposeReopeningRequest& request) {
  Fields fields;
  ProposeCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.first_date = MonthIn(fields, request.month());
  command.reason = fields.Text("reason", request.reason(), 3, 500);
  if (!fields.ok()) return fields.error();
  return command;
}

struct ReopenCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.MonthService/ReopenMonth";
  std::string request_id;
  Date first_date;

  std::int64_t home() const { return kHome; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1).Add("month", MonthName(first_date)));
  }
};

Result<ReopenCommand> Parse(const v1::ReopenMonthRequest& request) {
  Fields fields;
  ReopenCommand command;
  command.request_id = fields.RequestId(request.request_id());
  command.first_date = MonthIn(fields, request.month());
  if (!fields.ok()) return fields.error();
  return command;
}

v1::LedgerMonth ToProto(const Month& month) {
  v1::LedgerMonth message;
  message.set_month(MonthName(month.first_date));
  message.set_state(static_cast<v1::LedgerMonthState>(static_cast<int>(month.state) +
                                                      v1::LEDGER_MONTH_STATE_OPEN));
  message.set_close_count(month.close_count);
  message.set_digest(month.digest);
  message.set_prepared_by_person_id(month.prepared_by.value());
  message.set_closed_by_person_id(month.closed_by.value());
  if (month.closed_date) message.set_closed_date(month.closed_date->ToString());
  message.set_reason(month.reason);
  message.set_proposed_by_person_id(month.proposed_by.value());
  message.set_reopened_by_person_id(month.reopened_by.value());
  return message;
}

v1::CloseObstacle ToProto(const Found& found) {
  v1::CloseObstacle message;
  message.set_kind(static_cast<v1::CloseObstacleKind>(static_cast<int>(found.obstacle) +
                                                      v1::CLOSE_OBSTACLE_KIND_MONTH_NOT_OVER));
  message.set_count(found.count);
  message.set_at_stake_cents(found.at_stake_cents);
  message.mutable_evidence()->Assign(found.evidence.begin(), found.evidence.end());
  return message;
}

v1::ClosePreview ToProto(const Month& month, const std::vector<Activity>& activities,
                         const std::vector<Found>& obstacles) {
  v1::ClosePreview message;
  *message.mutable_month() = ToProto(month);
  for (const Found& found : obstacles) *message.add_obstacles() = ToProto(found);
  for (const Activity& activity : activities) *message.add_totals() = ToProto(activity);
  const Totals totals = TotalsOf(activities);
  message.set_debit_cents(totals.debit_cents);
  message.set_credit_cents(totals.credit_cents);
  message.set_posting_count(totals.posting_count);
  message.set_digest(DigestOf(month, activities));
  return message;
}

std::vector<Activity> ActivityOf(db::Transaction& tx, const Month& month) {
  return ListActivity(tx, {month.first_date, month.last_date()});
}

// What payment has acknowledged before we asked is applied here, or not.
Found PaymentsBehind(db::Transaction& tx, const PaymentToken& head) {
  Found found{Obstacle::kPaymentsBehind, 0, 0, {}};
  if (!head) {
    found.Add("payment does not say how far it has taken money");
  } else if (!feed::AppliedToken(tx, kPayment).Covers(*head, kPayment)) {
    found.Add("not all payments are applied yet");
  }
  return found;
}

// Sums of the month that are not those of its postings, and control accounts that differ from their
// items. Reads the whole journal, so it is never asked while others wait to post.
Found BooksDiffer(db::Transaction& tx, const Month& month) {
  Found found{Obstacle::kBooksDiffer, 0, 0, {}};
  const std::vector<Activity> activities = ActivityOf(tx, month);
  if (!TotalsOf(activities).balanced) found.Add("the month does not balance");
  for (std::string& one :
       DifferencesOf(activities, ListPostedActivity(tx, month.first_date, month.last_date()))) {
    found.Add(std::move(one));
  }
  for (const Tie& tie : TieOut(ListActivity(tx, {}), ReadItems(tx).control)) {
    if (tie.Agrees()) continue;
    found.Add(tie.account.first + ", " + tie.account.second + ": ledger " +
                  Money::Cents(tie.ledger_cents).ToString() + ", items " +
                  Money::Cents(tie.item_cents).ToString(),
              std::abs(tie.ledger_cents - tie.item_cents));
  }
  return found;
}

// What stands in the way, but for the books.
std::vector<Found> ObstaclesOf(db::Transaction& tx, const Month& month, Date today,
                               const PaymentToken& head) {
  std::vector<Found> all;
  if (month.last_date() >= today) {
    all.push_back({Obstacle::kMonthNotOver, 0, 0, {}});
    all.back().Add("its last day is " + month.last_date().ToString());
  }
  Found earlier{Obstacle::kEarlierMonthOpen, 0, 0, {}};
  for (const Date first : EarlierOpenMonths(tx, month.first_date)) earlier.Add(MonthName(first));
  all.push_back(std::move(earlier));
  all.push_back(StaleHolds(tx, today));
  all.push_back(RunsNotPosted(tx, month.last_date()));
  all.push_back(UnappliedCash(tx, month.last_date()));
  all.push_back(PaymentsBehind(tx, head));
  std::erase_if(all, [](const Found& found) { return found.count == 0; });
  return all;
}

Result<> RefuseUnready(const std::vector<Found>& obstacles, MonthMeters& meters) {
  if (obstacles.empty()) return Ok();
  Error error = FailedPrecondition(reason::kMonthNotReady, "The month cannot be closed yet.");
  for (const Found& found : obstacles) {
    meters.Met(ObstacleName(found.obstacle));
    std::move(error).With(ObstacleName(found.obstacle), found.Text());  // in place
  }
  return error;
}

Error MonthClosed() { return FailedPrecondition(reason::kMonthClosed, "The month is closed."); }
Error Stale() {
  return Aborted(::reeve::reason::kStale, "The month adds up to something else by now.");
}

// Saves a month that an event has moved, with its entry in the trail.
void Save(command::Change& change, MonthMeters& meters, const Month& before, const Month& after,
          std::string_view action) {
  const bool is_new = !HasMonth(change.tx(), after.first_date);
  SaveMonth(change.tx(), after, is_new);
  AuditRow(change, kKeptMonth, action, is_new ? "" : RowText(kKeptMonth, CellsOfMonth(before)),
           CellsOfMonth(after));
  change.AfterCommit([&meters, state = after.state] { meters.Reached(MonthStateName(state)); });
}

Result<v1::LedgerMonth> Prepare(command::Change& change, const PrepareCommand& command,
                                const std::vector<Found>& obstacles, MonthMeters& meters) {
  db::Transaction& tx = change.tx();
  const Date first_open = receivable::LockFirstOpenDay(tx);
  const Month before = LockMonth(tx, command.first_date);
  const std::optional<MonthState> next = After(before.state, MonthEvent::kPrepare);
  if (!next || command.first_date < first_open) return MonthClosed();
  REEVE_RETURN_IF_ERROR(RefuseUnready(obstacles, meters));
  if (DigestOf(before, ActivityOf(tx, before)) != command.digest) return Stale();
  // After this point it must succeed.
  Month month = before;
  month.state = *next;
  month.digest = command.digest;
  month.prepared_by = change.call().caller.person;
  Save(change, meters, before, month, "prepare");
  return ToProto(month);
}

// Nobody posts meanwhile: whoever holds the first open day has committed, and is counted.
Result<v1::LedgerMonth> Close(command::Change& change, const CloseCommand& command,
                              const PaymentToken& head, MonthMeters& meters) {
  db::Transaction& tx = change.tx();
  const Date first_open = receivable::LockFirstOpenDay(tx);
  const Month before = LockMonth(tx, command.first_date);
  if (IsClosed(before.state) || command.first_date < first_open) return MonthClosed();
  const std::optional<MonthState> next = After(before.state, MonthEvent::kClose);
  if (!next) {
    return FailedPrecondition(reason::kMonthNotPrepared, "Nobody has prepared the close.");
  }
  if (before.prepared_by == change.call().caller.person) {
    return PermissionDenied(reason::kSamePerson,
                            "A month is closed by somebody who did not prepare it.");
  }
  REEVE_RETURN_IF_ERROR(RefuseUnready(ObstaclesOf(tx, before, change.call().today, head), meters));
  const std::vector<Activity> activities = ActivityOf(tx, before);
  if (command.digest != before.digest || DigestOf(before, activities) != before.digest) {
    return Stale();
  }
  // After this point it must succeed.
  Month month = before;
  month.state = *next;
  ++month.close_count;
  month.closed_by = change.call().caller.person;
  month.closed_date = change.call().today;
  Save(change, meters, before, month, "close");
  InsertMonthTotals(tx, month.first_date, activities);
  receivable::SaveFirstOpenDay(tx, month.first_date.PlusMonths(1));
  return ToProto(month);
}

Error NotTheLast(Date first_open) {
  return FailedPrecondition(reason::kNotTheLastMonth, "Only the last closed month is opened again.")
      .With("month", MonthName(first_open.PlusDays(-1)));
}

Result<v1::LedgerMonth> Propose(command::Change& change, const ProposeCommand& command,
                                MonthMeters& meters) {
  db::Transaction& tx = change.tx();
  const Date first_open = receivable::LockFirstOpenDay(tx);
  const Month before = LockMonth(tx, command.first_date);
  const std::optional<MonthState> next = After(before.state, MonthEvent::kProposeReopening);
  if (!next) return FailedPrecondition(reason::kMonthNotClosed, "The month is not closed.");
  if (before.last_date().PlusDays(1) != first_open) return NotTheLast(first_open);
  // After this point it must succeed.
  Month month = before;
  month.state = *next;
  month.reason = command.reason;
  month.proposed_by = change.call().caller.person;
  Save(change, meters, before, month, "propose-reopening");
  return ToProto(month);
}

Result<v1::LedgerMonth> Reopen(command::Change& change, const ReopenCommand& command,
                               MonthMeters& meters) {
  db::Transaction& tx = change.tx();
  const Date first_open = receivable::LockFirstOpenDay(tx);
  const Month before = LockMonth(tx, command.first_date);
  const std::optional<MonthState> next = After(before.state, MonthEvent::kReopen);
  if (!next) {
    return FailedPrecondition(reason::kReopeningNotProposed,
                              "Nobody has proposed to open the month again.");
  }
  if (before.proposed_by == change.call().caller.person) {
    return PermissionDenied(reason::kSamePerson,
                            "A month is opened again by somebody who did not propose it.");
  }
  if (before.last_date().PlusDays(1) != first_open) return NotTheLast(first_open);
  // After this point it must succeed.
  Month month = before;
  month.state = *next;
  month.digest.clear();
  month.prepared_by = PersonId();
  month.closed_by = PersonId();
  month.closed_date.reset();
  month.reopened_by = change.call().caller.person;
  Save(change, meters, before, month, "reopen");
  DeleteMonthTotals(tx, month.first_date);
  receivable::SaveFirstOpenDay(tx, month.first_date);
  return ToProto(month);
}

std::vector<std::string> ObstacleNames() {
  std::vector<std::string> names;
  for (int i = 0; i <= static_cast<int>(Obstacle::kBooksDiffer); ++i) {
    names.emplace_back(ObstacleName(static_cast<Obstacle>(i)));
  }
  return names;
}

std::vector<std::string> StateNames() {
  std::vector<std::string> names;
  for (int i = 0; i <= static_cast<int>(MonthState::kReopening); ++i) {
    names.emplace_back(MonthStateName(static_cast<MonthState>(i)));
  }
  return names;
}

}  // namespace

MonthMeters::MonthMeters(obs::Metrics& metrics)
    : states_(metrics.NewCounterByLabel(
          "ledger_months_total", "Accounting months that reached a state.", "state", StateNames())),
      obstacles_(metrics.NewCounterByLabel("ledger_close_obstacles_total",
                                           "Obstacles that a close has met.", "obstacle",
                                           ObstacleNames())) {}

template <class Body, class Done>
void BehindPayments::Submit(const Call& call, Body body, Done done) {
  caught_up_.Await(
      call,
      [call, body = std::move(body), done = std::move(done)](std::string_view why_not,
                                                             const feed::Token& head) {
        const bool unknown = why_not == collections::answer::kPaymentsUnknown;
        try {
          done(body(call, unknown ? PaymentToken() : PaymentToken(head)));
        } catch (const db::DatabaseError& error) {
          obs::Log(obs::Level::kError, "month_failed", {{"detail", error.what()}});
          done(db::FromDatabaseError(error));
        } catch (const std::exception& error) {
          obs::Log(obs::Level::kError, "month_failed", {{"detail", error.what()}});
          done(db::FromDatabaseError({db::DatabaseError::Kind::kBroken, error.what()}));
        }
      },
      kWaitForPayments);
}

grpc::ServerUnaryReactor* MonthService::PreviewClose(grpc::CallbackServerContext* context,
                                                     const v1::PreviewCloseRequest* request,
                                                     v1::ClosePreview* response) {
  using Body = BehindPayments::BodyOf<v1::ClosePreview>;
  return server_.HandleBatched(
      context, request, response, behind_payments_,
      [this](const v1::PreviewCloseRequest& request) -> Result<Body> {
        Fields fields;
        const Date first_date = MonthIn(fields, request.month());
        if (!fields.ok()) return fields.error();
        return Body([this, first_date](const Call& call,
                                       const PaymentToken& head) -> Result<v1::ClosePreview> {
          v1::ClosePreview preview;
          database_.Read(call.deadline, [&](db::Transaction& tx) {
            Month month = FindMonth(tx, first_date);
            if (month.state == MonthState::kOpen && first_date < receivable::FirstOpenDay(tx)) {
              month.state = MonthState::kClosed;  // with the first month that ever was
            }
            std::vector<Found> obstacles = ObstaclesOf(tx, month, call.today, head);
            Found books = BooksDiffer(tx, month);
            if (books.count > 0) obstacles.push_back(std::move(books));
            preview = ToProto(month, ActivityOf(tx, month), obstacles);
          });
          return preview;
        });
      });
}

grpc::ServerUnaryReactor* MonthService::PrepareMonth(grpc::CallbackServerContext* context,
                                                     const v1::PrepareMonthRequest* request,
                                                     v1::LedgerMonth* response) {
  using Body = BehindPayments::BodyOf<v1::LedgerMonth>;
  return server_.HandleBatched(
      context, request, response, behind_payments_,
      [this](const v1::PrepareMonthRequest& request) -> Result<Body> {
        REEVE_ASSIGN_OR_RETURN(const PrepareCommand command, ParseDigest<PrepareCommand>(request));
        return Body([this, command](const Call& call, const PaymentToken& head) {
          std::vector<Found> obstacles;
          database_.Read(call.deadline, [&](db::Transaction& tx) {
            const Month month = FindMonth(tx, command.first_date);
            obstacles = ObstaclesOf(tx, month, call.today, head);
            Found books = BooksDiffer(tx, month);
            if (books.count > 0) obstacles.push_back(std::move(books));
          });
          return frame_.Write(call, command, [&](command::Change& change) {
            return Prepare(change, command, obstacles, meters_);
          });
        });
      });
}

grpc::ServerUnaryReactor* MonthService::CloseMonth(grpc::CallbackServerContext* context,
                                                   const v1::CloseMonthRequest* request,
                                                   v1::LedgerMonth* response) {
  using Body = BehindPayments::BodyOf<v1::LedgerMonth>;
  return server_.HandleBatched(
      context, request, response, behind_payments_,
      [this](const v1::CloseMonthRequest& request) -> Result<Body> {
        REEVE_ASSIGN_OR_RETURN(const CloseCommand command, ParseDigest<CloseCommand>(request));
        return Body([this, command](const Call& call, const PaymentToken& head) {
          return frame_.Write(call, command, [&](command::Change& change) {
            return Close(change, command, head, meters_);
          });
        });
      });
}

grpc::ServerUnaryReactor* MonthService::ProposeReopening(grpc::CallbackServerContext* context,
                                                         const v1::ProposeReopeningRequest* request,
                                                         v1::LedgerMonth* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ProposeReopeningRequest& request) -> Result<v1::LedgerMonth> {
        REEVE_ASSIGN_OR_RETURN(const ProposeCommand command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Propose(change, command, meters_);
        });
      });
}

grpc::ServerUnaryReactor* MonthService::ReopenMonth(grpc::CallbackServerContext* context,
                                                    const v1::ReopenMonthRequest* request,
                                                    v1::LedgerMonth* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ReopenMonthRequest& request) -> Result<v1::LedgerMonth> {
        REEVE_ASSIGN_OR_RETURN(const ReopenCommand command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) {
          return Reopen(change, command, meters_);
        });
      });
}

grpc::ServerUnaryReactor* MonthService::ListMonths(grpc::CallbackServerContext* context,
                                                   const v1::ListMonthsRequest* request,
                                                   v1::ListMonthsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListMonthsRequest& request) -> Result<v1::ListMonthsResponse> {
        Fields fields;
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), "months", 1);
        if (!fields.ok()) return fields.error();
        v1::ListMonthsResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          const std::string before = page.after.empty() ? "9999-12-31" : page.after[0];
          for (const Month& month : ledger::ListMonths(tx, before, page.size)) {
            *answer.add_months() = ToProto(month);
          }
        });
        if (answer.months_size() == page.size) {
          const std::string last = answer.months(page.size - 1).month() + "-01";
          answer.set_next_page_token(rpc::NextPageToken("months", {last}));
        }
        return answer;
      });
}

}  // namespace reeve::billing::ledger
