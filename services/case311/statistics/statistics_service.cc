#include "services/case311/statistics/statistics_service.h"

#include <algorithm>
#include <limits>

#include "services/case311/statistics/statistics.h"
#include "services/case311/statistics/statistics_store.h"
#include "services/case311/wire.h"
#include "shared/core/fields.h"

namespace reeve::case311 {
namespace {

constexpr std::int64_t kCasesMax = 200'000;
constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

struct Question {
  std::string source;
  Instant from;
  Instant to;
  Instant as_of;
};

Result<Question> Parse(const Call& call, const v1::GetCaseStatisticsRequest& request) {
  Fields fields;
  const std::int64_t from =
      fields.Range("from_time_micros", request.from_time_micros(), 0, kForever);
  const std::int64_t to = fields.Range("to_time_micros", request.to_time_micros(), 0, kForever);
  const std::int64_t as_of =
      fields.Range("as_of_time_micros", request.as_of_time_micros(), 0, kForever);
  if (to != 0 && to <= from) fields.Refuse("to_time_micros", "is not behind from_time_micros");
  const std::string source = fields.Text("source", request.source(), 0, 20);
  if (!fields.ok()) return fields.error();
  // 0 is no limit, and cases of before 1970 are cases.
  return Question{source, Instant::FromMicros(from == 0 ? -kForever : from),
                  Instant::FromMicros(to == 0 ? kForever : to),
                  as_of == 0 ? call.now : Instant::FromMicros(as_of)};
}

Result<QueueCalls> Parse(const v1::GetServiceLevelsRequest& request) {
  constexpr std::int64_t kCallsMax = 1'000'000'000;
  Fields fields;
  QueueCalls calls;
  calls.answered = fields.Range("answered_count", request.answered_count(), 0, kCallsMax);
  calls.abandoned = fields.Range("abandoned_count", request.abandoned_count(), 0, kCallsMax);
  const std::int64_t answered_max = std::clamp<std::int64_t>(calls.answered, 0, kCallsMax);
  const std::int64_t abandoned_max = std::clamp<std::int64_t>(calls.abandoned, 0, kCallsMax);
  calls.answered_in_threshold = fields.Range(
      "answered_in_threshold_count", request.answered_in_threshold_count(), 0, answered_max);
  calls.abandoned_in_threshold = fields.Range(
      "abandoned_in_threshold_count", request.abandoned_in_threshold_count(), 0, abandoned_max);
  calls.short_abandoned =
      fields.Range("short_abandoned_count", request.short_abandoned_count(), 0, abandoned_max);
  if (!fields.ok()) return fields.error();
  return calls;
}

void Fill(v1::Ratio* message, Ratio ratio) {
  message->set_numerator(ratio.numerator);
  message->set_denominator(ratio.denominator);
  message->set_percent(Percent(ratio, 2));
}

v1::CaseStatistics ToProto(const CaseStatistics& statistics) {
  v1::CaseStatistics message;
  message.set_case_count(statistics.closed() + statistics.open());
  message.set_open_count(statistics.open());
  message.set_closed_count(statistics.closed());
  message.set_closed_on_time_count(statistics.closed_on_time);
  message.set_closed_overdue_count(statistics.closed_overdue);
  message.set_open_on_time_count(statistics.open_on_time);
  message.set_open_overdue_count(statistics.open_overdue);
  Fill(message.mutable_on_time_of_closed(), statistics.on_time_of_closed());
  Fill(message.mutable_on_time_of_all(), statistics.on_time_of_all());
  Fill(message.mutable_on_time_of_promised(), statistics.on_time_of_promised);
  message.set_close_mean_micros(statistics.close_mean.micros());
  message.set_close_median_micros(statistics.close_median.micros());
  message.set_close_p90_micros(statistics.close_p90.micros());
  for (const std::int64_t count : statistics.backlog_by_age) message.add_backlog_by_age(count);
  for (const auto& [channel, count] : statistics.by_channel) {
    v1::ChannelCount& added = *message.add_by_channel();
    added.set_channel(ToProto<v1::Channel>(channel));
    added.set_count(count);
  }
  for (const auto& [department, count] : statistics.by_department) {
    v1::DepartmentCount& added = *message.add_by_department();
    added.set_department(department);
    added.set_count(count);
  }
  return message;
}

}  // namespace

grpc::ServerUnaryReactor* StatisticsService::GetCaseStatistics(
    grpc::CallbackServerContext* context, const v1::GetCaseStatisticsRequest* request,
    v1::CaseStatistics* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::GetCaseStatisticsRequest& request) -> Result<v1::CaseStatistics> {
        REEVE_ASSIGN_OR_RETURN(const Question question, Parse(call, request));
        std::vector<CaseTimes> cases;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          cases = FindCaseTimes(tx, question.source, question.from, question.to, kCasesMax + 1);
        });
        if (cases.size() > static_cast<std::size_t>(kCasesMax)) {
          return ResourceExhausted(reason::kPeriodTooLarge, "The period has too many cases.")
              .With("cases_max", kCasesMax);
        }
        return ToProto(Compute(cases, question.as_of));
      });
}

grpc::ServerUnaryReactor* StatisticsService::GetServiceLevels(
    grpc::CallbackServerContext* context, const v1::GetServiceLevelsRequest* request,
    v1::ServiceLevels* response) {
  return server_.Handle(
      context, request, response,
      [](const Call&, const v1::GetServiceLevelsRequest& request) -> Result<v1::ServiceLevels> {
        REEVE_ASSIGN_OR_RETURN(const QueueCalls calls, Parse(request));
        v1::ServiceLevels answer;
        Fill(answer.mutable_abandons_in_threshold_met(), AbandonsInThresholdMet(calls));
        Fill(answer.mutable_abandons_ignored(), AbandonsIgnored(calls));
        Fill(answer.mutable_abandons_against(), AbandonsAgainst(calls));
        Fill(answer.mutable_abandons_in_threshold_removed(), AbandonsInThresholdRemoved(calls));
        Fill(answer.mutable_short_abandons_met(), ShortAbandonsMet(calls));
        return answer;
      });
}

}  // namespace reeve::case311
