// Impact: what bills that were posted would have come to under drafts of rate schedules. Pure: the
// same history and the same drafts give the same figures, in parts of any size.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/billing/cycle/cycle.h"
#include "services/billing/rate/standing.h"
#include "shared/core/canonical.h"

namespace reeve::billing::activation {

inline constexpr std::size_t kLargestMax = 10;
// Changes of a bill in cents; a band begins at one bound and ends below the next. What does not
// change has a band of its own.
inline constexpr std::array<std::int64_t, 12> kBandBounds{
    -50'00, -20'00, -10'00, -5'00, -1'00, 0, 1, 1'00, 5'00, 10'00, 20'00, 50'00};

// As billed, and under the drafts.
struct Tally {
  std::int64_t before_cents = 0;
  std::int64_t after_cents = 0;
  bool operator==(const Tally&) const = default;
};

struct ScheduleImpact {
  std::string service;
  std::int64_t segment_count = 0;
  std::int64_t usage_thousandths = 0;
  std::int64_t quantity_thousandths = 0;
  Tally tally;
  std::int64_t unpriced_count = 0;
  std::int64_t unpriced_before_cents = 0;
  bool operator==(const ScheduleImpact&) const = default;
};

struct Band {
  std::int64_t bill_count = 0;
  std::int64_t change_cents = 0;
  bool operator==(const Band&) const = default;
};

struct BillImpact {
  AccountId account;
  std::int64_t bill_id = 0;
  Date bill_date;
  Tally tally;

  std::int64_t change() const { return tally.after_cents - tally.before_cents; }
  bool operator==(const BillImpact&) const = default;
};

// The figures of some bills.
struct Impact {
  std::int64_t bill_count = 0;
  Tally tally;
  Band rises;
  Band falls;
  std::array<Band, kBandBounds.size() + 1> bands{};
  std::map<std::string, ScheduleImpact, std::less<>> schedules;          // by code
  std::map<std::pair<std::string, std::string>, Tally> components;       // by code and name
  std::map<std::pair<std::string, std::string>, std::int64_t> unpriced;  // by code and reason
  std::vector<BillImpact> largest_rises;                                 // the greatest first
  std::vector<BillImpact> largest_falls;
  // Of the bills, one after the other: what each was and would have been. Empty without any.
  std::string bills_digest;
  bool operator==(const Impact&) const = default;
};

// The drafts as if they had always been in force, and what was. A rider's draft is charged by the
// versions in force, each for its days.
class Comparison {
 public:
  // One draft of a code; `active` are the versions in force.
  Comparison(const std::vector<rate::Schedule>& drafts, const std::vector<rate::Schedule>& active);

  // Adds a posted bill, of which only parts under the drafts' codes count, and those that charge a
  // draft. In the order of accounts
  // and bills, so that the digest is of the same.
  void Add(const cycle::Bill& bill, Impact& impact) const;

 private:
  void AddSegment(const cycle::Segment& segment, Date bill_date, Tally& tally, bool& priced,
                  Canonical& seen, Impact& impact) const;

  // Why what was priced is not what the draft would have charged; empty if it is.
  std::string NotKnown(const std::string& code, const std::vector<rate::Line>& lines) const;

  rate::Tariff drafts_;
  rate::Tariff in_force_;
};

// Digest of the drafts: of everything that they say.
std::string DigestOfDrafts(std::span<const rate::LoadedVersion> drafts);
// "2025-11-23-<digest>": what an activation commits, of all bills and of every figure that is
// shown.
std::string DigestOfPreview(const std::string& drafts, Date since, const Impact& impact);
// The day at its front; nothing if it is no such digest.
std::optional<Date> SinceOf(std::string_view preview_digest);

}  // namespace reeve::billing::activation
