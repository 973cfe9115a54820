#include "services/billing/verify/use_proof.h"

#include <vector>

#include "services/billing/cycle/metered_by.h"
#include "services/billing/winter/winter.h"

namespace reeve::billing::verify {

std::optional<std::string> ProveMeteredBy(const AccountRecord& record, const SegmentRow& row,
                                          const std::string& metered_by) {
  const cycle::Segment& segment = row.segment;
  const agreement::Agreement& agreement = record.agreements.at(segment.agreement_id);
  if (segment.metered_by != metered_by) return "not by the meter that its schedule names";
  if (metered_by.empty()) {
    if (!segment.metered_size.empty()) return "the size of a meter that it does not go by";
    const bool has_use = segment.use.usage_thousandths != 0 || segment.estimated;
    if (has_use && !agreement.IsMetered()) return "use without a meter";
    return std::nullopt;
  }
  std::vector<cycle::Segment> others;
  for (const SegmentRow& other : record.segments) {
    const auto found = record.agreements.find(other.segment.agreement_id);
    if (other.bill_id != row.bill_id || other.segment.service != metered_by ||
        found == record.agreements.end() || !found->second.IsMetered() ||
        found->second.premise != agreement.premise) {
      continue;
    }
    cycle::Segment& metered = others.emplace_back(other.segment);
    const meter::Installation* last =
        meter::Numbered(record.installations, metered.agreement_id, metered.installation_no);
    if (last != nullptr) metered.meters = {{last->installation_no, last->meter}};
  }
  std::vector<const cycle::Segment*> metered;
  for (const cycle::Segment& one : others) metered.push_back(&one);
  const bool to_its_stop = agreement.stop_date == segment.to_date;
  const std::optional<cycle::OtherUse> other =
      cycle::UseOfOther(metered, {segment.from_date, segment.from_date == agreement.start_date,
                                  to_its_stop ? agreement.stop_date : std::nullopt});
  if (!other || other->to_date != segment.to_date || other->estimated != segment.estimated ||
      other->usage_thousandths != segment.use.usage_thousandths ||
      other->meter_size != segment.metered_size) {
    return "its use is not what the meter of " + metered_by + " measured";
  }
  return std::nullopt;
}

std::int64_t QuantityOn(const AccountRecord& record, std::int64_t agreement_id,
                        const rate::Versions& versions, Date day) {
  const auto averages = record.averages.find(agreement_id);
  if (averages != record.averages.end() && winter::BillsByAverage(versions)) {
    const auto next = averages->second.upper_bound(day);
    if (next != averages->second.begin()) return std::prev(next)->second;
  }
  return record.agreements.at(agreement_id).quantity_thousandths;
}

}  // namespace reeve::billing::verify
