#include "services/billing/verify/meter_proof.h"

#include <algorithm>

#include "services/billing/read/read.h"

namespace reeve::billing::verify {
namespace {

bool WasRead(const std::vector<ReadRow>& reads, std::int64_t agreement_id,
             const std::string& meter_number, Date day, std::optional<std::int64_t> thousandths) {
  return std::any_of(reads.begin(), reads.end(), [&](const ReadRow& read) {
    return read.agreement_id == agreement_id && read.meter_number == meter_number &&
           read.read_date == day.ToString() &&
           (!thousandths || read.read_thousandths == *thousandths);
  });
}

// The rows of the segment; of one that a single meter measured the row that it does not have.
std::vector<cycle::MeterUse> Stored(const AccountRecord& record, const SegmentRow& row) {
  std::vector<cycle::MeterUse> meters;
  for (const MeterRow& one : record.segment_meters) {
    if (one.bill_id == row.bill_id && one.segment_no == row.segment_no) meters.push_back(one.use);
  }
  const cycle::Segment& segment = row.segment;
  const meter::Installation* last =
      meter::Numbered(record.installations, segment.agreement_id, segment.installation_no);
  if (meters.empty() && last != nullptr) {
    meters.push_back({last->installation_no,
                      {},
                      segment.from_date,
                      segment.to_date,
                      segment.start_read_thousandths,
                      segment.end_read_thousandths,
                      segment.use.usage_thousandths});
  }
  return meters;
}

// The installations that the days between two dates belong to.
std::vector<const meter::Installation*> InPlaceBetween(const AccountRecord& record,
                                                       std::int64_t agreement_id, Date from_date,
                                                       Date to_date) {
  std::vector<const meter::Installation*> found;
  for (const meter::Installation& one : record.installations) {
    const bool began = !one.from_date || *one.from_date < to_date;
    const bool ended = one.to_date && *one.to_date <= from_date;
    if (one.agreement_id == agreement_id && !one.reversed && began && !ended) {
      found.push_back(&one);
    }
  }
  return found;
}

// The installations of the rows. What was found out since of the days of a cancelled segment is not
// asked of it.
std::vector<const meter::Installation*> InstallationsOf(const AccountRecord& record,
                                                        const SegmentRow& row,
                                                        std::span<const cycle::MeterUse> meters) {
  const cycle::Segment& segment = row.segment;
  if (!row.cancelled) {
    return InPlaceBetween(record, segment.agreement_id, segment.from_date, segment.to_date);
  }
  std::vector<const meter::Installation*> found;
  for (const cycle::MeterUse& one : meters) {
    const meter::Installation* its =
        meter::Numbered(record.installations, segment.agreement_id, one.installation_no);
    if (its != nullptr) found.push_back(its);
  }
  return found;
}

std::string KeyOf(const AccountRecord& record, std::int64_t agreement_id) {
  return "account " + record.account.ToString() + " agreement " + std::to_string(agreement_id);
}

// Of one agreement, by number.
std::optional<std::string> ProveChain(const AccountRecord& record,
                                      const agreement::Agreement& agreement,
                                      std::int64_t agreement_id) {
  std::vector<const meter::Installation*> chain;
  const std::string key = KeyOf(record, agreement_id);
  std::int64_t no = 0;
  for (const meter::Installation& one : record.installations) {
    if (one.agreement_id != agreement_id) continue;
    if (one.installation_no != ++no ||
        (one.reversed && (no == 1 || one.to_date != one.from_date))) {
      return key + ": its meters do not follow one another";
    }
    if (!one.reversed) chain.push_back(&one);
  }
  if (agreement.IsMetered() == chain.empty()) return key + ": metered without a meter, or not";
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const meter::Installation& one = *chain[i];
    const bool last = i + 1 == chain.size();
    if (one.to_date.has_value() == last) return key + ": its meters do not follow one another";
    if (last) break;
    const meter::Installation& next = *chain[i + 1];
    if (next.from_date != one.to_date) return key + ": its meters do not follow one another";
    // Who has not begun yet has the reads of whoever was there.
    const bool ran =
        agreement.state != agreement::State::kPending && agreement.start_date < *one.to_date;
    if (ran && (!WasRead(record.reads, agreement_id, one.meter.meter_number, *one.to_date, {}) ||
                !WasRead(record.reads, agreement_id, next.meter.meter_number, *one.to_date, {}))) {
      return key + ": a meter was exchanged without a read";
    }
  }
  const std::int64_t in_place = chain.empty() ? 0 : chain.back()->installation_no;
  if (in_place != agreement.installation_no ||
      (!chain.empty() && chain.back()->meter != meter::InPlace(agreement))) {
    return key + ": another meter is in place";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> ProveMeasured(const AccountRecord& record, const SegmentRow& row,
                                         std::vector<cycle::MeterUse>& meters) {
  const cycle::Segment& segment = row.segment;
  meters = Stored(record, row);
  const auto in_place = InstallationsOf(record, row, meters);
  if (meters.empty() || meters.size() != in_place.size() ||
      in_place.back()->installation_no != segment.installation_no) {
    return "not the meters in place";
  }
  std::int64_t usage = 0;
  for (std::size_t i = 0; i < meters.size(); ++i) {
    const bool first = i == 0;
    const bool last = i + 1 == meters.size();
    cycle::MeterUse& one = meters[i];
    one.meter = in_place[i]->meter;
    const Date from = first ? segment.from_date : meters[i - 1].to_date;
    const Date to = last            ? segment.to_date
                    : row.cancelled ? one.to_date
                                    : in_place[i]->to_date.value_or(segment.to_date);
    if (one.installation_no != in_place[i]->installation_no || one.from_date != from ||
        one.to_date != to) {
      return "not the meters in place";
    }
    const Result<std::int64_t> used =
        read::UsageBetween(one.start_read_thousandths, one.end_read_thousandths,
                           one.meter.register_digits, one.meter.multiplier_thousandths);
    if (!used.ok() || *used != one.usage_thousandths) return "use of its reads";
    usage += *used;
    // Those of a cancelled segment may count no more.
    const auto was_read = [&](Date day, std::int64_t thousandths) {
      const auto among = [&](const std::vector<ReadRow>& reads) {
        return WasRead(reads, segment.agreement_id, one.meter.meter_number, day, thousandths);
      };
      return among(record.reads) ||
             (row.cancelled && (among(record.reads_set_aside) || among(record.reads_corrected)));
    };
    if (!was_read(from, one.start_read_thousandths) || !was_read(to, one.end_read_thousandths)) {
      return "no such reads";
    }
  }
  if (meters.front().start_read_thousandths != segment.start_read_thousandths ||
      meters.back().end_read_thousandths != segment.end_read_thousandths ||
      usage != segment.use.usage_thousandths) {
    return "use of its reads";
  }
  // Counted or set aside: the read that ended it was an estimate, or was none, as the segment says.
  const auto ended_with = [&](const ReadRow& read) {
    return read.agreement_id == segment.agreement_id &&
           read.meter_number == meters.back().meter.meter_number &&
           read.read_date == segment.to_date.ToString() &&
           read.read_thousandths == segment.end_read_thousandths &&
           read.estimated == segment.estimated;
  };
  const auto among = [&](const std::vector<ReadRow>& reads) {
    return std::any_of(reads.begin(), reads.end(), ended_with);
  };
  if (!among(record.reads) &&
      !(row.cancelled && (among(record.reads_set_aside) || among(record.reads_corrected)))) {
    return "no such reads";
  }
  return std::nullopt;
}

std::optional<std::string> ProveStretches(const cycle::Segment& segment,
                                          const std::vector<cycle::MeterUse>& meters) {
  if (segment.stretches.empty()) return std::nullopt;
  std::vector<std::int64_t> usage(meters.size(), 0);
  Date from = segment.from_date;
  for (const cycle::TimedStretch& stretch : segment.stretches) {
    if (stretch.from_date != from || stretch.meter >= meters.size()) {
      return "its stretches do not follow one another";
    }
    from = stretch.to_date;
    usage[stretch.meter] += stretch.usage_thousandths;
    std::int64_t in_times = 0;
    for (const cycle::TimedStretch::Time& time : stretch.times) in_times += time.thousandths;
    if (!stretch.times.empty() && in_times != stretch.usage_thousandths) {
      return "times do not add up to a stretch";
    }
  }
  if (from != segment.to_date) return "its stretches do not follow one another";
  for (std::size_t i = 0; i < meters.size(); ++i) {
    if (usage[i] != meters[i].usage_thousandths) return "stretches do not add up to a meter's use";
  }
  return std::nullopt;
}

std::optional<std::string> ProveMeters(const AccountRecord& record) {
  for (const auto& [agreement_id, agreement] : record.agreements) {
    if (auto violation = ProveChain(record, agreement, agreement_id)) return violation;
  }
  for (const meter::Installation& one : record.installations) {
    if (!record.agreements.contains(one.agreement_id)) {
      return KeyOf(record, one.agreement_id) + ": a meter at no agreement";
    }
  }
  return std::nullopt;
}

}  // namespace reeve::billing::verify
