// The part of an account's proof that is about meters: use is what the registers of the meters that
// were in place say. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/billing/verify/account_proof.h"

namespace reeve::billing::verify {

// Fills `meters` with what measured the segment; or says what is not so.
std::optional<std::string> ProveMeasured(const AccountRecord& record, const SegmentRow& row,
                                         std::vector<cycle::MeterUse>& meters);

// The stretches follow one another over the segment's days; each meter's use adds up from them, and
// theirs from their times.
std::optional<std::string> ProveStretches(const cycle::Segment& segment,
                                          const std::vector<cycle::MeterUse>& meters);

}  // namespace reeve::billing::verify
