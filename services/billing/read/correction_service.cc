#include "services/billing/read/correction_service.h"

#include <algorithm>
#include <vector>

#include "services/billing/agreement/agreement_store.h"
#include "services/billing/audit_row.h"
#include "services/billing/meter/meter_store.h"
#include "services/billing/read/record_store.h"
#include "services/billing/read/served_store.h"

namespace reeve::billing::read {
namespace {

using agreement::Agreement;

// The meter of a read at its agreement, and the days on which it may be read.
struct Stay {
  Meter meter;
  Date first_day;
  std::optional<Date> last_day;
};

Stay StayOf(db::Transaction& tx, const Agreement& agreement, const Read& read) {
  Stay stay{{}, agreement.start_date, agreement.stop_date};
  for (const meter::Installation& one : meter::LoadInstallations(tx, agreement.account)) {
    if (one.agreement_id != agreement.agreement_id || one.reversed ||
        one.meter.meter_number != read.meter_number || one.from_date > read.reading.date) {
      continue;
    }
    stay.meter = {one.meter.unit, one.meter.register_digits, {}};
    stay.first_day = one.from_date.value_or(agreement.start_date);
    if (one.to_date) stay.last_day = one.to_date;
  }
  return stay;
}

Result<> CheckKind(const Agreement& agreement, const Read& read, Date day) {
  if (read.set_aside) {
    return FailedPrecondition(reason::kReadSetAside, "The read counts no more.");
  }
  if (read.source == Source::kExchange) {
    return FailedPrecondition(reason::kReadOfExchange,
                              "It is of an exchange: that is reversed, and recorded again.");
  }
  if (read.source == Source::kOccupant) {
    return FailedPrecondition(reason::kReadShared,
                              "The same read ends one account and begins the next.");
  }
  if (read.reading.date == agreement.start_date && day != agreement.start_date) {
    return FailedPrecondition(reason::kReadStartsService, "Service began with it, on that day.");
  }
  return Ok();
}

Result<> CheckNotBilled(db::Transaction& tx, const Agreement& agreement, Date day) {
  const auto billed = FindBilled(tx, {agreement.account, agreement.agreement_id}, day);
  if (!billed) return Ok();
  return FailedPrecondition(reason::kReadBilled,
                            "A bill is made from the reads through " + billed->to_date.ToString() +
                                (billed->bill_state == "HELD" ? ": its review sets the read aside."
                                                              : ": it is cancelled first."))
      .With("bill_id", billed->bill_id)
      .With("bill_state", billed->bill_state);
}

}  // namespace

Error Refused(Problem problem) {
  return FailedPrecondition(reason::kReadRefused, "The read does not fit those that count.")
      .With("problem", std::string(ProblemName(problem)));
}

Error Refused(db::Transaction& tx, const Agreement& agreement, const Placement& placement) {
  const std::optional<Reading>& last = placement.history.last;
  const auto billed = placement.problem == Problem::kBelowEstimate && last
                          ? FindBilled(tx, {agreement.account, agreement.agreement_id}, last->date)
                          : std::nullopt;
  if (!billed) return Refused(*placement.problem);
  return Refused(*placement.problem).With("bill_id", billed->bill_id);
}

Error Calculating() {
  return FailedPrecondition(reason::kCycleCalculating,
                            "A run of the cycle is being calculated from the reads.");
}

Placement Place(db::Transaction& tx, const Agreement& agreement, const Row& row,
                const History& known) {
  const Meter meter = MeterOf(agreement, known);
  Placement placement{Judge(row, meter), {}, known};
  const bool by_estimate =
      known.last && known.last->estimated &&
      (placement.problem == Problem::kBelowEstimate || placement.problem == Problem::kDuplicate ||
       placement.problem == Problem::kOutOfOrder);
  if (by_estimate && HoldCycle(tx, agreement.cycle)) {
    const MeterKey key{agreement.account, agreement.agreement_id, agreement.meter_number};
    placement = PlaceAmong(
        row, meter,
        LoadCounted(tx, key, BilledThrough(tx, {agreement.account, agreement.agreement_id})));
  }
  // Who begins with an exchanged meter was never there before it.
  if (!placement.problem && !placement.history.last && agreement.installation_no > 1) {
    const std::vector<meter::Installation> all = meter::LoadInstallations(tx, agreement.account);
    const meter::Installation* in_place =
        meter::Numbered(all, agreement.agreement_id, agreement.installation_no);
    if (row.read_date < in_place->from_date) placement.problem = Problem::kOutOfOrder;
  }
  return placement;
}

Placement PlaceServed(db::Transaction& tx, const Agreement& agreement, const Row& row,
                      const History& known) {
  Placement placement = Place(tx, agreement, row, known);
  if (!placement.problem && !placement.history.last && row.read_date < agreement.start_date) {
    placement.problem = Problem::kOutOfOrder;
  }
  return placement;
}

Placement Place(db::Transaction& tx, const Agreement& agreement, const Row& row) {
  const MeterKey key{agreement.account, agreement.agreement_id, agreement.meter_number};
  return Place(tx, agreement, row, LoadHistories(tx, {&key, 1}).front());
}

Placement PlaceServed(db::Transaction& tx, const Agreement& agreement, const Row& row) {
  const MeterKey key{agreement.account, agreement.agreement_id, agreement.meter_number};
  return PlaceServed(tx, agreement, row, LoadHistories(tx, {&key, 1}).front());
}

void Correct(command::Change& change, AccountId account, std::span<const std::int64_t> read_ids,
             CorrectionKind kind, std::int64_t by_read_id, const std::string& why) {
  std::vector<Correction> corrections;
  for (const std::int64_t read_id : read_ids) {
    corrections.push_back({account, read_id, kind, by_read_id, change.call().caller.person,
                           change.call().today, why});
  }
  InsertCorrections(change.tx(), corrections);
  for (const Correction& one : corrections) {
    AuditRow(change, kKeptCorrection, "correct", "", CellsOfCorrection(one));
  }
}

void CancelVoid(command::Change& change, const Placement& placement, const Read& by) {
  Correct(change, by.account, placement.void_read_ids, CorrectionKind::kEstimateCancelled,
          by.read_id, "the meter was read on " + by.reading.date.ToString());
}

Result<Read> Replace(command::Change& change, Replacement replacement) {
  db::Transaction& tx = change.tx();
  Read& by = replacement.by;
  const std::vector<Agreement> agreements = agreement::LockAgreements(tx, by.account);
  if (agreements.empty()) {
    return NotFound(reason::kAccountUnknown, "Billing does not know the account.");
  }
  const std::optional<Read> old = FindRead(tx, by.account, replacement.read_id);
  if (!old) return NotFound(reason::kReadUnknown, "The account has no such read.");
  const Agreement& agreement =
      *std::find_if(agreements.begin(), agreements.end(),
                    [&](const Agreement& one) { return one.agreement_id == old->agreement_id; });
  REEVE_RETURN_IF_ERROR(CheckKind(agreement, *old, by.reading.date));
  if (!HoldCycle(tx, agreement.cycle)) return Calculating();
  const Date first = std::min(old->reading.date, by.reading.date);
  REEVE_RETURN_IF_ERROR(CheckNotBilled(tx, agreement, first));
  const Stay stay = StayOf(tx, agreement, *old);
  std::vector<CountedRead> others =
      LoadCounted(tx, {by.account, old->agreement_id, old->meter_number},
                  BilledThrough(tx, {by.account, old->agreement_id}));
  std::erase_if(others, [&](const CountedRead& one) { return one.read_id == old->read_id; });
  const Row row{old->meter_number, by.reading.date, by.reading.thousandths, stay.meter.unit};
  Placement placement = PlaceAmong(row, stay.meter, std::move(others));
  if (row.read_date < stay.first_day || (stay.last_day && row.read_date > *stay.last_day)) {
    placement.problem = Problem::kOutOfOrder;
  }
  if (placement.problem && placement.problem != Problem::kRolloverTooFar) {
    return Refused(*placement.problem);
  }
  // After this point it must succeed.
  by.agreement_id = old->agreement_id;
  by.meter_number = old->meter_number;
  const std::int64_t replaced[] = {old->read_id};
  Correct(change, by.account, replaced, CorrectionKind::kReplaced, by.read_id, replacement.why);
  CancelVoid(change, placement, by);
  InsertReads(tx, {&by, 1});
  AuditRow(change, kKeptRead, "replace", "", FixedCellsOf(by));
  return by;
}

}  // namespace reeve::billing::read
