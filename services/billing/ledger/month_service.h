// MonthService: the gRPC face of accounting months.
#pragma once

#include <functional>
#include <optional>

#include "reeve/billing/v1/month_service.grpc.pb.h"
#include "services/billing/collections/caught_up_service.h"
#include "shared/command/command.h"
#include "shared/obs/metrics.h"
#include "shared/rpc/server.h"

namespace reeve::billing::ledger {

namespace reason {
inline constexpr Reason kMonthClosed{"MONTH_CLOSED"};
inline constexpr Reason kMonthNotReady{"MONTH_NOT_READY"};
inline constexpr Reason kMonthNotPrepared{"MONTH_NOT_PREPARED"};
inline constexpr Reason kMonthNotClosed{"MONTH_NOT_CLOSED"};
inline constexpr Reason kNotTheLastMonth{"NOT_THE_LAST_MONTH"};
inline constexpr Reason kReopeningNotProposed{"REOPENING_NOT_PROPOSED"};
inline constexpr Reason kSamePerson{"SAME_PERSON"};
}  // namespace reason

// Months that reached a state, and obstacles that a close has met, by name.
class MonthMeters {
 public:
  explicit MonthMeters(obs::Metrics& metrics);
  void Reached(std::string_view state) { states_.For(state).Add(); }
  void Met(std::string_view obstacle) { obstacles_.For(obstacle).Add(); }

 private:
  obs::CounterByLabel& states_;
  obs::CounterByLabel& obstacles_;
};

// What payment said that it has taken; nothing if it did not.
using PaymentToken = std::optional<feed::Token>;

// Answers calls once all that payment had acknowledged when it was asked is applied here, or when
// they have waited long enough: the answer looks again. Waiting holds no worker.
class BehindPayments {
 public:
  template <class Answer>
  using BodyOf = std::function<Result<Answer>(const Call&, const PaymentToken& head)>;
  explicit BehindPayments(collections::CaughtUp& caught_up) : caught_up_(caught_up) {}

  // `done` runs exactly once, on a worker, with what `body` answers.
  template <class Body, class Done>
  void Submit(const Call& call, Body body, Done done);

 private:
  collections::CaughtUp& caught_up_;
};

class MonthService final : public v1::MonthService::CallbackService {
 public:
  // All outlive it.
  MonthService(rpc::Server& server, command::Frame& frame, db::Database& database,
               collections::CaughtUp& caught_up, obs::Metrics& metrics)
      : server_(server),
        frame_(frame),
        database_(database),
        behind_payments_(caught_up),
        meters_(metrics) {}

  grpc::ServerUnaryReactor* PreviewClose(grpc::CallbackServerContext* context,
                                         const v1::PreviewCloseRequest* request,
                                         v1::ClosePreview* response) override;
  grpc::ServerUnaryReactor* PrepareMonth(grpc::CallbackServerContext* context,
                                         const v1::PrepareMonthRequest* request,
                                         v1::LedgerMonth* response) override;
  grpc::ServerUnaryReactor* CloseMonth(grpc::CallbackServerContext* context,
                                       const v1::CloseMonthRequest* request,
                                       v1::LedgerMonth* response) override;
  grpc::ServerUnaryReactor* ProposeReopening(grpc::CallbackServerContext* context,
                                             const v1::ProposeReopeningRequest* request,
                                             v1::LedgerMonth* response) override;
  grpc::ServerUnaryReactor* ReopenMonth(grpc::CallbackServerContext* context,
                                        const v1::ReopenMonthRequest* request,
                                        v1::LedgerMonth* response) override;
  grpc::ServerUnaryReactor* ListMonths(grpc::CallbackServerContext* context,
                                       const v1::ListMonthsRequest* request,
                                       v1::ListMonthsResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  BehindPayments behind_payments_;
  MonthMeters meters_;
};

}  // namespace reeve::billing::ledger
