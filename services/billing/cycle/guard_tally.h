// Tallies: what each page of a run adds to the figures by which the whole run is judged.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/cycle/guard_page.h"

namespace reeve::billing::cycle {

enum class TallyKind {
  kService,     // a service's segments that will be sent
  kComponent,   // their lines of one price: of a component, a tax or one block
  kBlocks,      // of a component in blocks, all together: of runs from before 0013, read on
  kPrice,       // segments under other prices than last: last's use under these
  kLongPeriod,  // metered segments of more days than the class's longest month
  kNotBilled,   // agreements with days to bill, but neither a segment nor a hold
  kDaysBroken,  // segments that do not begin where the one before ended
  kHeld,        // a service's segments on bills that are held
  kUnpriced,    // segments whose last use the new version cannot price, so nobody knows
  kPointTwice,  // first bills at a place whose last occupant is billed for some of the days
  kPointGap,    // first bills at a place with days, or use, that nobody is billed for
  kNewMeters,   // use since exchanges of meters, on bills that will be sent
  kStill,       // metered segments with no use at all, behind bills that all had some
  kChanged,     // segments that are billed by other facts than last
  kOldMeters,   // what the meters that went would have shown, by their days of the same bills
  kParcel,      // segments that are billed by other facts than the land records have
  kRider,       // segments whose riders have other values than last: last's use under these
};
std::string_view TallyKindName(TallyKind kind);  // "SERVICE"
TallyKind ParseTallyKind(std::string_view name);

struct TallyKey {
  TallyKind kind = TallyKind::kService;
  std::string service;
  // "W1: Base charge", "W1: Use, block 2", "W1: Power cost, PCA of 2026-12-01", "W1 of 2026-12-01",
  // "PCA"; of a service empty for what its own meters show, "by water" for what of it goes by the
  // meter of another, kFlat for what has no use. Runs from before had all of it under the empty
  // one.
  std::string subject;
  auto operator<=>(const TallyKey&) const = default;
};

inline constexpr std::string_view kFlat = "flat";

// Of kNewMeters and kOldMeters: exchanges in the last days of the period before. The new meters'
// figures are those of the whole period, the old ones' those of the one before.
inline constexpr std::string_view kLateExchanges = "LATE";

struct Tally {
  std::int64_t count = 0;  // segments, lines or agreements
  std::int64_t day_count = 0;
  std::int64_t quantity_thousandths = 0;
  std::int64_t amount_cents = 0;
  std::int64_t before_cents = 0;  // of kPrice and kRider: what the same use was billed
  bool operator==(const Tally&) const = default;
};
using Tallies = std::map<TallyKey, Tally>;

// Of the bills of a page, by account. `guarded`: the agreements of the page, in the order of
// account and agreement.
Tallies TallyPage(const Run& run, const rate::Tariff& tariff, const GuardPolicy& policy,
                  std::span<const Guarded> guarded, std::span<const Bill> bills);

}  // namespace reeve::billing::cycle
