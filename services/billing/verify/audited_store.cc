#include "services/billing/verify/audited_store.h"

#include <array>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "services/billing/adjustment/adjustment_store.h"
#include "services/billing/adjustment/leak_store.h"
#include "services/billing/adjustment/monthly_store.h"
#include "services/billing/agreement/agreement_store.h"
#include "services/billing/collections/collections_store.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/guard_policy_store.h"
#include "services/billing/cycle/guard_run_store.h"
#include "services/billing/cycle/hold_store.h"
#include "services/billing/derived_id.h"
#include "services/billing/meter/meter_store.h"
#include "services/billing/rate/rate_store.h"
#include "services/billing/rate/withdrawal_store.h"
#include "services/billing/read/correction_store.h"
#include "services/billing/read/estimate_store.h"
#include "services/billing/read/read_store.h"
#include "services/billing/rebill/proposal_store.h"
#include "services/billing/rebill/rebill_store.h"
#include "services/billing/receivable/books_store.h"
#include "services/billing/receivable/taker_store.h"
#include "services/billing/row_text.h"
#include "services/billing/verify/audited_intervals_store.h"
#include "services/billing/verify/audited_late_fee_store.h"
#include "services/billing/verify/audited_subject_store.h"
#include "services/billing/verify/audited_winter_store.h"

namespace reeve::billing::verify {
namespace {

constexpr std::int64_t kRowsOfPage = 5'000;

constexpr Table kPolicies[] = {
    {&collections::kKeptShutoffPolicy,
     {"verify_shutoff_policies",
      "SELECT effective_date, citation, threshold_cents, notices, closed_weekdays, "
      "closed_before_holiday, first_minute, last_minute FROM shutoff_policy"}},
    {&receivable::kKeptAllocationPolicy,
     {"verify_allocation_policies",
      "SELECT effective_date, citation, order_keys, services, kinds, pro_rata "
      "FROM allocation_policy"}},
    {&read::kKeptEstimatePolicy,
     {"verify_estimate_policies",
      "SELECT effective_date, citation, basis, period_count, drops_extremes, in_a_row_max "
      "FROM estimate_policy"}},
    {&cycle::kKeptGuardPolicy,
     {"verify_guard_policies",
      "SELECT effective_date, citation, residential, non_residential, run, revision, state, "
      "loaded_by_person_id, activated_by_person_id FROM guard_policy"},
     {5}},
    {&rebill::kKeptPolicy,
     {"verify_rebill_policies",
      "SELECT effective_date, jurisdiction, citation, binding, backbill_month_count, "
      "discovery_month_count, fraud_exempt, refund_month_count, cash_refund_above_cents, "
      "cash_refund_average_count, interest, taker_day_count, loaded_by_person_id, limits, "
      "limit_day_count FROM rebill_policy"},
     {14, 13}},
};
constexpr Table kRates[] = {
    {&rate::kKeptWithdrawal,
     {"verify_rate_withdrawals",
      "SELECT schedule_code, effective_date, revision, content, loaded_by_person_id, "
      "withdrawn_by_person_id, withdrawn_date, reason FROM rate_withdrawal"}},
};
constexpr Table kAdjustments[] = {
    {&adjustment::kKeptType,
     {"verify_adjustment_types",
      "SELECT type_code, effective_date, title, citation, effect, service, charge_kind, "
      "ledger_account, reasons, needs_document, limits, limit_day_count, taker_day_count, "
      "due_day_count, retired, loaded_by_person_id FROM adjustment_type"}},
    {&adjustment::kKeptAdjustment,
     {"verify_adjustments",
      "SELECT account_id, adjustment_no, type_code, type_date, amount_cents, reason_code, note, "
      "document, basis, state, entered_date, entered_by_person_id, decided_by_person_id, decision, "
      "posted_date, reversed_date, reversed_by_person_id, reversal_reason FROM adjustment"}},
    {&adjustment::kKeptLeakRule,
     {"verify_leak_rules",
      "SELECT type_code, effective_date, normal_of, normal_count, trigger_percent, above_percent, "
      "credit_percent, period_count_max, credited_count_max, step_thousandths, rounding, again, "
      "again_month_count FROM leak_rule"}},
    {&adjustment::kKeptMonthlyRule,
     {"verify_monthly_rules",
      "SELECT type_code, effective_date, amount_cents, after_month_count, at_most_billed "
      "FROM monthly_rule"}},
    {&receivable::kKeptTaker,
     {"verify_payment_takers", "SELECT drawer_id, session_no, person_id FROM payment_taker"}},
};
constexpr Table kCollections[] = {
    {&collections::kKeptNotice,
     {"verify_notices",
      "SELECT account_id, notice_id, kind, delivered_date, delivery_proof FROM notice"}},
    {&collections::kKeptDispute,
     {"verify_disputes",
      "SELECT account_id, dispute_id, state, reason, decision, opened_date, opened_by_person_id, "
      "decided_by_person_id FROM dispute"}},
    {&collections::kKeptDisconnect,
     {"verify_disconnect_rows",
      "SELECT account_id, disconnect_id, service, meter_number, state, amount_to_avoid_cents, "
      "paid_cents, cut_date, notice_ids FROM disconnect"}},
};
constexpr Table kRuns{&cycle::kKeptRun,
                      {"verify_runs",
                       "SELECT cycle_id, cycle, kind, state, period_end_date, bill_date, due_date, "
                       "previous_cycle_id, agreement_count, started_by_person_id, "
                       "signed_off_by_person_id, guard_policy, tariff_no, rebilled_bill_id, "
                       "priced_date FROM cycle_run"},
                      {14, 13, 12, 11}};
constexpr Table kControlTotals{&cycle::kKeptControlTotal,
                               {"verify_control_totals",
                                "SELECT cycle, period_end_date, service, quantity_thousandths, "
                                "source, recorded_by_person_id FROM control_total"}};
constexpr Table kFindings{
    &cycle::kKeptFinding,
    {"verify_findings",
     "SELECT cycle_id, finding_no, rule, service, subject, evidence, row_count, at_stake_cents, "
     "acknowledged_by_person_id, acknowledgement FROM cycle_finding"}};
constexpr Table kHoldTables[] = {
    {&cycle::kKeptHoldWork,
     {"verify_hold_work",
      "SELECT account_id, bill_id, owner_person_id, deadline_date FROM hold_work"}},
    {&cycle::kKeptReview,
     {"verify_reviews",
      "SELECT account_id, bill_id, decision, reason, reviewed_by_person_id, reviewed_date, "
      "review_seconds, release_id FROM bill_review"}},
    {&cycle::kKeptRelease,
     {"verify_releases",
      "SELECT release_id, cycle_id, state, rule, at_stake_max_cents, bill_count, total_cents, "
      "at_stake_cents, reason, proposed_by_person_id, approved_by_person_id, as_months "
      "FROM mass_release"},
     {11}},
    {&rebill::kKeptCancellation,
     {"verify_cancellation_rows",
      "SELECT account_id, bill_id, cause, reason, discovered_date, misread_services, "
      "cancelled_date, cancelled_by_person_id, freed_cents, credited_cents, "
      "approved_by_person_id FROM bill_cancellation"},
     {10, 9}},
    {&rebill::kKeptProposal,
     {"verify_correction_proposals",
      "SELECT account_id, bill_id, proposal_no, cause, reason, discovered_date, misread_services, "
      "due_date, credit_cents, state, proposed_date, proposed_by_person_id, decided_date, "
      "decided_by_person_id, decision FROM correction_proposal"}},
    {&rebill::kKeptRebill,
     {"verify_rebill_rows",
      "SELECT account_id, bill_id, rebilled_bill_id, rebill_no, cause, reason, discovered_date, "
      "policy_date, credited_cents, approved_by_person_id FROM bill_rebill"},
     {9, 8}},
};
constexpr Table kImports{&read::kKeptImport,
                         {"verify_import_rows",
                          "SELECT import_id, file_name, state, next_line, accepted_count, "
                          "queued_count, refused_count FROM read_import"}};

constexpr Table kCorrections{&read::kKeptCorrection,
                             {"verify_correction_rows",
                              "SELECT account_id, read_id, kind, by_read_id, person_id, "
                              "corrected_date, reason FROM read_correction"}};

constexpr db::Query kPages{
    "verify_page_rows",
    "SELECT cycle_id, page_no, lane, after_account_id, through_account_id, agreement_count, state "
    "FROM cycle_page ORDER BY cycle_id, page_no"};
constexpr db::Query kHolds{
    "verify_hold_rows",
    "SELECT h.account_id, h.bill_id, h.hold_no, h.reason, h.service, h.evidence, "
    "h.at_stake_cents, b.cycle_id "
    "FROM bill_hold h LEFT JOIN bill b ON b.account_id = h.account_id AND b.bill_id = h.bill_id "
    "ORDER BY h.account_id, h.bill_id, h.hold_no"};
constexpr db::Query kTallies{
    "verify_tallies",
    "SELECT t.cycle_id, t.page_no, t.kind, t.service, t.subject, t.row_count, t.day_count, "
    "t.quantity_thousandths, t.amount_cents, t.before_cents, coalesce(r.guard_policy, '') FROM "
    "cycle_tally t LEFT JOIN cycle_run r ON r.cycle_id = t.cycle_id"};
constexpr db::Query kJudgements{
    "verify_judgements",
    "SELECT r.cycle_id, r.guard_policy, (SELECT count(*) FROM cycle_finding f WHERE f.cycle_id = "
    "r.cycle_id) FROM cycle_run r WHERE r.guard_policy <> '' AND r.state <> 'CALCULATING'"};
constexpr db::Query kHeldBills{
    "verify_held_bills",
    "SELECT account_id, bill_id, CASE WHEN EXISTS (SELECT 1 FROM bill_cancellation c WHERE "
    "c.account_id = b.account_id AND c.bill_id = b.bill_id) THEN 'POSTED' ELSE state END "
    "FROM bill b WHERE EXISTS (SELECT 1 FROM bill_hold h WHERE "
    "h.account_id = b.account_id AND h.bill_id = b.bill_id) ORDER BY account_id, bill_id"};

// Pages of a table by its key, behind ($1, $2).
constexpr db::Query kAccounts{
    "verify_account_rows",
    "SELECT account_id, premise_id, customer_class, state FROM billing_account "
    "WHERE account_id >= $1 AND (account_id > $1 OR account_id > $2) ORDER BY account_id LIMIT $3"};
// With the meter that it was opened with.
constexpr db::Query kAgreements{
    "verify_agreement_rows",
    "SELECT a.account_id, a.agreement_id, a.premise_id, a.service, a.schedule_code, "
    "a.quantity_thousandths, coalesce(m.meter_number, a.meter_number), coalesce(m.unit, a.unit), "
    "coalesce(m.register_digits, a.register_digits), "
    "coalesce(m.multiplier_thousandths, a.multiplier_thousandths), a.cycle, a.in_service, a.state, "
    "a.start_date, a.stop_date, coalesce(m.meter_size, a.meter_size) FROM agreement a "
    "LEFT JOIN meter_installation m ON m.account_id = a.account_id AND "
    "m.agreement_id = a.agreement_id AND m.installation_no = 1 WHERE a.account_id >= $1 "
    "AND (a.account_id > $1 OR a.agreement_id > $2) ORDER BY a.account_id, a.agreement_id LIMIT "
    "$3"};
constexpr db::Query kInstallations{
    "verify_installation_rows",
    "SELECT account_id, agreement_id, installation_no, meter_number, meter_size, unit, "
    "register_digits, multiplier_thousandths, from_date, to_date, reversed FROM meter_installation "
    "WHERE installation_no > 1 OR to_date IS NOT NULL "
    "ORDER BY account_id, agreement_id, installation_no"};
constexpr db::Query kReads{
    "verify_read_rows",
    "SELECT account_id, read_id, agreement_id, meter_number, read_date, read_thousandths, source, "
    "import_id, line FROM meter_read WHERE account_id >= $1 AND (account_id > $1 OR read_id > $2) "
    "ORDER BY account_id, read_id LIMIT $3"};
constexpr db::Query kCharges{
    "verify_application_rows",
    "SELECT c.account_id, c.charge_id, c.entry_id, e.business_date, c.service, c.kind, "
    "c.description, c.due_date, c.application_id, c.amount_cents FROM charge c LEFT JOIN "
    "journal_entry e ON e.account_id = c.account_id AND e.entry_id = c.entry_id WHERE "
    "c.application_id <> 0 AND c.account_id >= $1 AND (c.account_id > $1 OR c.charge_id > $2) "
    "ORDER BY c.account_id, c.charge_id LIMIT $3"};
constexpr db::Query kParts{"verify_parts",
                           "SELECT import_id, first_line, digest FROM read_part "
                           "ORDER BY import_id, first_line"};
constexpr db::Query kExceptions{
    "verify_exception_rows",
    "SELECT account_id, import_id, line, reason, queued, excerpt, state, resolved_by_person_id, "
    "resolved_date, resolution FROM read_exception "
    "ORDER BY account_id, line, import_id"};
constexpr db::Query kUnapplied{
    "verify_unapplied",
    "SELECT account_id, payment_id, reason FROM payment_credit WHERE reason <> ''"};
constexpr db::Query kDirected{
    "verify_directed",
    "SELECT account_id, payment_id, directions FROM payment_credit WHERE directions <> ''"};
constexpr db::Query kReversals{
    "verify_reversals",
    "SELECT account_id, source, business_date FROM journal_entry WHERE kind = 'REVERSAL'"};

// Calls `see` for every row, page by page; the first two columns are the key.
template <class See>
void ForEach(db::Transaction& tx, const db::Query& query, const See& see) {
  std::int64_t first = std::numeric_limits<std::int64_t>::min();
  std::int64_t second = first;
  for (;;) {
    const db::Rows page = tx.Select(query, first, second, kRowsOfPage);
    for (const db::Rows::Row row : page) see(row, page.columns());
    if (page.size() < static_cast<std::size_t>(kRowsOfPage)) return;
    const db::Rows::Row last = page[page.size() - 1];
    first = last.Int(0);
    second = last.Int(1);
  }
}

template <std::size_t kCount>
Finding CheckTables(db::Transaction& tx, std::string name, const Table (&tables)[kCount]) {
  Finding finding{std::move(name), 0, ""};
  for (const Table& table : tables) CheckTable(tx, table, finding);
  return finding;
}

// The page of each account in each cycle.
using PagesByEnd = std::map<std::int64_t, std::map<std::int64_t, std::int64_t>>;

PagesByEnd CheckPages(db::Transaction& tx, Finding& finding) {
  constexpr std::size_t kFixed = 6;  // columns that never change
  Subject pages(tx, cycle::kPageEntity, finding);
  Subject plans(tx, cycle::kPagesEntity, finding);
  std::map<std::int64_t, RowDigest> plan;
  PagesByEnd by_end;
  for (const db::Rows::Row row : tx.Select(kPages)) {
    plan[row.Int(0)].Add(CellsFrom(row, 0, kFixed));
    by_end[row.Int(0)][row.Int(4)] = row.Int(1);
    pages.Expect(Key(row.Int(0), row.Int(1)), row.Text(kFixed),
                 std::string(cycle::PageStateName(cycle::PageState::kPlanned)));
  }
  for (const auto& [cycle_id, digest] : plan) {
    plans.Expect(std::to_string(cycle_id), "rows=" + digest.hex());
  }
  pages.ExpectNoOther();
  plans.ExpectNoOther();
  return by_end;
}

void CheckHolds(db::Transaction& tx, const PagesByEnd& pages, Finding& finding) {
  constexpr std::size_t kColumns = 7;
  Subject subject(tx, cycle::kHoldsEntity, finding);
  std::map<std::pair<std::int64_t, std::int64_t>, RowDigest> holds;
  for (const db::Rows::Row row : tx.Select(kHolds)) {
    const auto of_cycle = row.IsNull(kColumns) ? pages.end() : pages.find(row.Int(kColumns));
    if (of_cycle == pages.end()) {
      subject.Violate(Key(row.Int(0), row.Int(1)), "are of no bill");
      continue;
    }
    const auto page = of_cycle->second.lower_bound(row.Int(0));
    const std::int64_t page_no = page == of_cycle->second.end() ? 0 : page->second;
    holds[{of_cycle->first, page_no}].Add(CellsFrom(row, 0, kColumns));
  }
  for (const auto& [page, digest] : holds) {
    subject.Expect(Key(page.first, page.second), "rows=" + digest.hex());
  }
  subject.ExpectNoOther();
}

// In the order of the keys' kinds, as they were written.
void CheckTallies(db::Transaction& tx, Finding& finding) {
  constexpr std::size_t kColumns = 10;
  Subject subject(tx, cycle::kTalliesEntity, finding);
  std::map<std::pair<std::int64_t, std::int64_t>, std::map<cycle::TallyKey, Cells>> pages;
  std::map<std::int64_t, std::string> policies;  // of the runs
  for (const db::Rows::Row row : tx.Select(kTallies)) {
    const auto cells = CellsFrom(row, 0, kColumns);
    policies[row.Int(0)] = row.Text(kColumns);
    pages[{row.Int(0), row.Int(1)}][{cycle::ParseTallyKind(row.Text(2)), row.Text(3),
                                     row.Text(4)}] = {cells.begin(), cells.end()};
  }
  for (const auto& [page, tallies] : pages) {
    RowDigest digest;
    for (const auto& [key, cells] : tallies) digest.Add(cells);
    const std::string& policy = policies[page.first];
    subject.Expect(Key(page.first, page.second), cycle::TalliesText(policy, policy, digest));
  }
  subject.ExpectNoOther();
}

// Each run was judged by the policy that it keeps, and what was found is there.
void CheckJudgements(db::Transaction& tx, Finding& finding) {
  Subject subject(tx, cycle::kJudgementEntity, finding);
  for (const db::Rows::Row row : tx.Select(kJudgements)) {
    subject.Expect(std::to_string(row.Int(0)),
                   cycle::JudgementText(row.Text(1), static_cast<std::size_t>(row.Int(2))));
  }
  subject.ExpectNoOther();
}

// A held bill is where its review has left it; that it is posted then, or cancelled behind that, is
// for the books to show.
void CheckReviews(db::Transaction& tx, Finding& finding) {
  using cycle::BillState;
  const std::string released(cycle::BillStateName(BillState::kReleased));
  Subject subject(tx, cycle::kBillEntity, finding);
  for (const db::Rows::Row row : tx.Select(kHeldBills)) {
    const bool posted = row.Text(2) == cycle::BillStateName(BillState::kPosted);
    subject.Expect(Key(row.Int(0), row.Int(1)), posted ? released : row.Text(2),
                   std::string(cycle::BillStateName(BillState::kHeld)));
  }
  subject.ExpectNoOther();
}

Finding CheckCycles(db::Transaction& tx) {
  Finding finding{"cycles-as-audited", 0, ""};
  CheckTable(tx, kRuns, finding);
  const PagesByEnd pages = CheckPages(tx, finding);
  CheckHolds(tx, pages, finding);
  CheckTallies(tx, finding);
  CheckJudgements(tx, finding);
  CheckTable(tx, kControlTotals, finding);
  CheckTable(tx, kFindings, finding);
  for (const Table& table : kHoldTables) CheckTable(tx, table, finding);
  CheckReviews(tx, finding);
  return finding;
}

// What each account was when it was opened: itself, its agreements before their first move, and the
// reads that it came with.
class OpenedAccounts {
 public:
  explicit OpenedAccounts(db::Transaction& tx)
      : tx_(tx),
        opened_(tx, agreement::kOpenedEntity, finding_),
        accounts_(tx, agreement::kAccountEntity, finding_),
        agreements_(tx, agreement::kAgreementEntity, finding_),
        installations_(tx, meter::kKeptInstallation.entity, finding_) {}

  Finding Run() {
    ForEach(tx_, kAccounts, [this](db::Rows::Row row, std::size_t) { AddAccount(row); });
    ForEach(tx_, kAgreements, [this](db::Rows::Row row, std::size_t) { AddAgreement(row); });
    ForEach(tx_, kReads, [this](db::Rows::Row row, std::size_t columns) {
      if (row.Text(6) != read::SourceName(read::Source::kTakenOver)) return;
      digests_[row.Int(0)].Add(CellsFrom(row, 0, columns));
    });
    for (const auto& [account, digest] : digests_) {
      opened_.Expect(std::to_string(account), "row=" + digest.hex());
    }
    for (const db::Rows::Row row : tx_.Select(kInstallations)) AddInstallation(row);
    for (Subject* subject : {&opened_, &accounts_, &agreements_, &installations_}) {
      subject->ExpectNoOther();
    }
    return finding_;
  }

 private:
  void AddAccount(db::Rows::Row row) {
    digests_[row.Int(0)].Add(CellsFrom(row, 0, 3));
    accounts_.Expect(std::to_string(row.Int(0)), row.Text(3),
                     std::string(agreement::AccountStateName(agreement::AccountState::kOpen)));
  }
  void AddAgreement(db::Rows::Row row) {
    constexpr std::size_t kFixed = 12;
    const std::string id = Key(row.Int(0), row.Int(1));
    const auto origin =
        agreements_.Origin(id, agreement::StateText(row.Text(kFixed), row.Text(kFixed + 1),
                                                    row.MaybeText(kFixed + 2).value_or("")));
    if (!origin) return agreements_.Violate(id, "is not where its moves have led");
    const std::span<const db::Value> fixed = CellsFrom(row, 0, kFixed);
    Cells cells(fixed.begin(), fixed.end());
    if (!row.Text(kFixed + 3).empty()) cells.push_back(row.Cell(kFixed + 3));  // its meter's size
    digests_[row.Int(0)].Add(cells).Add(CellsOf(*origin));
  }

  // The first of an agreement began in place, with its account; another one by an exchange.
  void AddInstallation(db::Rows::Row row) {
    meter::Installation installation = meter::ToInstallation(row);
    const Cells cells = meter::CellsOfInstallation(installation);
    installation.to_date.reset();
    installation.reversed = false;
    const bool first = installation.installation_no == 1;
    const Cells origin = meter::CellsOfInstallation(installation);
    installations_.Expect(KeyText(meter::kKeptInstallation, cells),
                          RowText(meter::kKeptInstallation, cells),
                          first ? RowText(meter::kKeptInstallation, origin) : "");
  }

  db::Transaction& tx_;
  Finding finding_{"accounts-as-audited", 0, ""};
  Subject opened_;
  Subject accounts_;
  Subject agreements_;
  Subject installations_;
  std::map<std::int64_t, RowDigest> digests_;
};

// Reads and exceptions of files by the part that they came in; others one by one.
class Reads {
 public:
  explicit Reads(db::Transaction& tx)
      : tx_(tx),
        reads_(tx, read::kKeptRead.entity, finding_),
        exceptions_(tx, read::kKeptException.entity, finding_),
        parts_(tx, read::kPartEntity, finding_),
        resolutions_(tx, read::kResolutionEntity, finding_) {}

  Finding Run() {
    for (const db::Rows::Row row : tx_.Select(kParts)) {
      by_line_[row.Int(0)][row.Int(1)].digest = db::ToText(row.Blob(2));
    }
    ForEach(tx_, kReads, [this](db::Rows::Row row, std::size_t columns) {
      AddRead(row, CellsFrom(row, 0, columns));
    });
    const db::Rows exceptions = tx_.Select(kExceptions);
    for (const db::Rows::Row row : exceptions) {
      constexpr std::size_t kFixed = 6;  // columns that never change
      const auto cells = CellsFrom(row, 0, kFixed);
      const std::string open(read::ExceptionStateName(read::ExceptionState::kOpen));
      resolutions_.Expect(std::to_string(row.Int(0)) + "/" + Key(row.Int(1), row.Int(2)),
                          read::ResolutionText(row.Text(kFixed), CellsFrom(row, kFixed + 1, 3)),
                          open);
      if (row.Int(2) == 0) {
        exceptions_.Expect(KeyText(read::kKeptException, cells),
                           RowText(read::kKeptException, cells));
      } else if (Part* part = PartOf(row.Int(1), row.Int(2))) {
        part->exceptions.Add(cells);
      }
    }
    for (const auto& [import_id, parts] : by_line_) {
      for (const auto& [first_line, part] : parts) {
        parts_.Expect(Key(import_id, first_line),
                      read::PartText(part.digest, part.reads, part.exceptions));
      }
    }
    for (Subject* subject : {&reads_, &exceptions_, &parts_, &resolutions_}) {
      subject->ExpectNoOther();
    }
    CheckTable(tx_, kImports, finding_);
    CheckTable(tx_, kCorrections, finding_);
    return finding_;
  }

 private:
  struct Part {
    std::string digest;
    RowDigest reads;
    RowDigest exceptions;
  };

  void AddRead(db::Rows::Row row, std::span<const db::Value> cells) {
    if (row.Text(6) == read::SourceName(read::Source::kTakenOver)) return;  // with its account
    if (row.Text(6) != read::SourceName(read::Source::kFile)) {
      return reads_.Expect(KeyText(read::kKeptRead, cells), RowText(read::kKeptRead, cells));
    }
    ++finding_.examined;
    if (row.Int(1) != DerivedId("file-read", row.Int(7), row.Int(8))) {
      return reads_.Violate(Key(row.Int(0), row.Int(1)), "is not of its line");
    }
    if (Part* part = PartOf(row.Int(7), row.Int(8))) part->reads.Add(cells);
  }
  Part* PartOf(std::int64_t import_id, std::int64_t line) {
    const auto parts = by_line_.find(import_id);
    if (parts != by_line_.end()) {
      const auto next = parts->second.upper_bound(line);
      if (next != parts->second.begin()) return &std::prev(next)->second;
    }
    parts_.Violate(Key(import_id, line), "never came");
    return nullptr;
  }

  db::Transaction& tx_;
  Finding finding_{"reads-as-audited", 0, ""};
  Subject reads_;
  Subject exceptions_;
  Subject parts_;
  Subject resolutions_;
  std::map<std::int64_t, std::map<std::int64_t, Part>> by_line_;  // import, first line
};

// `rows`: account, payment and what the trail says of it.
void CheckOfPayments(db::Transaction& tx, std::string_view entity, const db::Query& rows,
                     Finding& finding) {
  Subject subject(tx, entity, finding);
  for (const db::Rows::Row row : tx.Select(rows)) {
    subject.Expect(std::to_string(row.Int(0)) + "/" + row.Text(1), row.Text(2));
  }
  subject.ExpectNoOther();
}

Finding CheckPayments(db::Transaction& tx) {
  Finding finding{"payments-as-audited", 0, ""};
  CheckOfPayments(tx, receivable::kUnappliedEntity, kUnapplied, finding);
  CheckOfPayments(tx, receivable::kDirectionsEntity, kDirected, finding);
  CheckOfPayments(tx, receivable::kReversalEntity, kReversals, finding);
  Subject applications(tx, receivable::kApplicationEntity, finding);
  std::map<std::pair<std::int64_t, std::int64_t>, RowDigest> charged;
  ForEach(tx, kCharges, [&](db::Rows::Row row, std::size_t) {
    charged[{row.Int(0), row.Int(2)}].Add(Cells{row.Cell(0), row.Cell(2), row.Cell(3), row.Cell(1),
                                                row.Cell(4), row.Cell(5), row.Cell(6), row.Cell(7),
                                                row.Cell(8), row.Cell(9)});
  });
  for (const auto& [entry, digest] : charged) {
    applications.Expect(Key(entry.first, entry.second), "row=" + digest.hex());
  }
  applications.ExpectNoOther();
  return finding;
}

Finding CheckRates(db::Transaction& tx) {
  Finding finding{"rates-as-audited", 0, ""};
  Subject subject(tx, rate::kScheduleEntity, finding);
  for (const auto& [version, text] : rate::VersionTexts(tx)) subject.Expect(version, text);
  subject.ExpectNoOther();
  for (const Table& table : kRates) CheckTable(tx, table, finding);
  return finding;
}

}  // namespace

std::vector<Finding> CheckAudited(db::Transaction& tx, Until until) {
  static constexpr std::array<Finding (*)(db::Transaction&), 11> kChecks{
      CheckRates,
      [](db::Transaction& in) { return CheckTables(in, "policies-as-audited", kPolicies); },
      [](db::Transaction& in) { return CheckTables(in, "adjustments-as-audited", kAdjustments); },
      [](db::Transaction& in) { return CheckTables(in, "collections-as-audited", kCollections); },
      CheckCycles,
      [](db::Transaction& in) { return OpenedAccounts(in).Run(); },
      [](db::Transaction& in) { return Reads(in).Run(); },
      CheckIntervals,
      CheckWinter,
      CheckLateFees,
      CheckPayments};
  std::vector<Finding> findings;
  for (const auto check : kChecks) {
    if (IsEnded(until, findings)) break;
    findings.push_back(check(tx));
  }
  return findings;
}

}  // namespace reeve::billing::verify
