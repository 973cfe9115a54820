#include "services/account/history/history.h"

#include <algorithm>
#include <tuple>

#include "services/account/audit_text.h"

namespace reeve::account {
namespace {

std::int64_t PaidCents(const PaymentRecord& record) {
  std::int64_t cents = 0;
  for (const PaymentFact& payment : record.payments) cents += payment.amount.cents();
  return cents;
}

bool CountsAsLate(const PaymentFact& payment) { return !payment.timely && payment.excuse.empty(); }

// When the record begins: by the former books, else with the first bill that fell due.
std::optional<Date> Begin(const PaymentRecord& record) {
  if (record.timely_since) return record.timely_since;
  if (record.bills.empty()) return std::nullopt;
  return record.bills.front().due_date;
}

void AppendRecord(const PaymentRecord& record, Date today, TimelyHistory& history) {
  std::optional<Date> from = Begin(record);
  if (!from) return;
  const std::string source = "account " + record.account.ToString();
  Date end = record.close_date.value_or(today);
  if (const std::optional<Date> uncovered = UncoveredSince(record, today))
    end = std::min(end, *uncovered);
  for (const PaymentFact& payment : record.payments) {
    if (!CountsAsLate(payment)) continue;
    history.late_dates.push_back(payment.applied_date);
    const Date cut = std::min(payment.applied_date, end);
    if (*from < cut) history.spans.push_back({*from, cut, source});
    from = std::max(*from, payment.applied_date);
  }
  if (*from < end) history.spans.push_back({*from, end, source});
}

}  // namespace

std::string FactId(AccountId account, std::string_view fact) {
  return account.ToString() + "/" + std::string(fact);
}

std::string ToAuditText(const BillFact& bill) {
  AuditText text;
  text.Add("due_date", bill.due_date).Add("cents", bill.total.cents());
  if (bill.cancelled) text.Add("cancelled", true);
  return text.text();
}

std::string ToAuditText(const PaymentFact& payment) {
  return AuditText()
      .Add("cents", payment.amount.cents())
      .Add("timely", payment.timely)
      .Add("applied_date", payment.applied_date)
      .Add("excuse", payment.excuse)
      .text();
}

Money Owed(const PaymentRecord& record) {
  std::int64_t cents = record.charged.cents();
  for (const BillFact& bill : record.bills) {
    if (!bill.cancelled) cents += bill.total.cents();
  }
  return Money::Cents(std::max<std::int64_t>(0, cents - PaidCents(record)));
}

std::optional<Date> UncoveredSince(const PaymentRecord& record, Date today) {
  std::int64_t left = PaidCents(record) - record.charged.cents();
  for (const BillFact& bill : record.bills) {
    if (bill.cancelled) continue;
    left -= bill.total.cents();
    if (bill.due_date < today && left < 0) return bill.due_date;
  }
  return std::nullopt;
}

int LatePayments(const PaymentRecord& record, Date from) {
  return static_cast<int>(std::count_if(
      record.payments.begin(), record.payments.end(), [from](const PaymentFact& payment) {
        return CountsAsLate(payment) && payment.applied_date >= from;
      }));
}

TimelyHistory ReadHistory(std::span<const PaymentRecord> records,
                          std::span<const OutsideReference> references, Date today) {
  TimelyHistory history;
  for (const PaymentRecord& record : records) AppendRecord(record, today, history);
  for (const OutsideReference& reference : references)
    history.spans.push_back({reference.from_date, reference.to_date, reference.utility});
  return history;
}

std::optional<TimelySpan> LongestTimely(TimelyHistory history, int gap_days) {
  std::vector<TimelySpan>& spans = history.spans;
  std::sort(spans.begin(), spans.end(), [](const TimelySpan& a, const TimelySpan& b) {
    return std::tie(a.from, a.to, a.source) < std::tie(b.from, b.to, b.source);
  });
  const auto late_inside = [&](Date from, Date to) {
    return std::any_of(history.late_dates.begin(), history.late_dates.end(),
                       [&](Date late) { return from < late && late < to; });
  };
  std::optional<TimelySpan> longest;
  for (std::size_t first = 0; first < spans.size(); ++first) {
    TimelySpan run = spans[first];
    for (std::size_t next = first + 1; next < spans.size(); ++next) {
      const TimelySpan& span = spans[next];
      if (span.to <= run.to || span.from > run.to.PlusDays(gap_days) ||
          late_inside(run.from, span.to)) {
        continue;
      }
      run.to = span.to;
      if (run.source != span.source) run.source += ", " + span.source;
    }
    if (!longest || run.to - run.from > longest->to - longest->from) longest = run;
  }
  return longest;
}

Result<PaymentFact> Excuse(PaymentFact payment, const std::string& why) {
  if (payment.timely) {
    return FailedPrecondition(reason::kPaymentTimely, "The payment was timely.")
        .With("payment_id", payment.payment_id);
  }
  if (!payment.excuse.empty()) {
    return FailedPrecondition(reason::kLateExcused, "The late payment was excused before.")
        .With("payment_id", payment.payment_id);
  }
  payment.excuse = why;
  return payment;
}

}  // namespace reeve::account
