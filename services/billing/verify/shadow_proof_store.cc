#include "services/billing/verify/shadow_proof_store.h"

#include <map>
#include <string>
#include <tuple>

#include "services/billing/shadow/shadow_store.h"
#include "services/billing/verify/trail.h"

namespace reeve::billing::verify {
namespace {

constexpr db::Query kEntries{"verify_shadow_entries",
                             "SELECT entity_id, before_state, after_state FROM audit_entry "
                             "WHERE entity = $1"};
constexpr db::Query kShadows{
    "verify_shadows",
    "SELECT shadow_id, state, cycle, period_end_date, bill_date, file_name, next_line, "
    "comparison_no, compared_date, through_account_id, account_count, same_account_count, "
    "loaded_by_person_id, live_by_person_id FROM shadow"};
constexpr db::Query kCauses{
    "verify_shadow_causes",
    "SELECT shadow_id, comparison_no, cause, service, difference_count, effect_cents, "
    "first_person_id, first_reason, second_person_id, second_reason FROM shadow_cause"};
constexpr db::Query kPages{"verify_shadow_pages",
                           "SELECT shadow_id, comparison_no, page_no, digest FROM shadow_page"};
constexpr db::Query kTotals{
    "verify_shadow_totals",
    "SELECT shadow_id, comparison_no, page_no, service, unit, account_count, usage_thousandths, "
    "amount_cents FROM shadow_total ORDER BY shadow_id, comparison_no, page_no, service"};
constexpr db::Query kLines{
    "verify_shadow_lines",
    "SELECT account_id, shadow_id, line, page_no, service, name, from_date, to_date, unit, "
    "usage_thousandths, quantity_thousandths, amount_cents FROM shadow_line "
    "ORDER BY shadow_id, page_no, line"};
constexpr db::Query kDifferences{
    "verify_shadow_differences",
    "SELECT account_id, shadow_id, comparison_no, difference_no, page_no, service, name, cause, "
    "effect_cents, evidence FROM shadow_difference "
    "ORDER BY shadow_id, comparison_no, page_no, account_id, difference_no"};
// Of complete comparisons, by service: what differs, and what Reeve bills less what the file says.
constexpr db::Query kSums{
    "verify_shadow_sums",
    "SELECT s.shadow_id, n.comparison_no, t.service, "
    "coalesce((SELECT CAST(sum(d.effect_cents) AS BIGINT) FROM shadow_difference d WHERE "
    "d.shadow_id = s.shadow_id AND d.comparison_no = n.comparison_no AND d.service = t.service), "
    "0), coalesce((SELECT CAST(sum(r.amount_cents) AS BIGINT) FROM shadow_total r WHERE "
    "r.shadow_id = s.shadow_id AND r.comparison_no = n.comparison_no AND r.service = t.service), "
    "0), coalesce((SELECT CAST(sum(o.amount_cents) AS BIGINT) FROM shadow_total o WHERE "
    "o.shadow_id = s.shadow_id AND o.comparison_no = 0 AND o.service = t.service), 0) "
    "FROM shadow s JOIN (SELECT DISTINCT shadow_id, comparison_no FROM shadow_page WHERE "
    "comparison_no > 0) n ON n.shadow_id = s.shadow_id JOIN (SELECT shadow_id, service FROM "
    "shadow_total UNION SELECT shadow_id, service FROM shadow_difference) t ON "
    "t.shadow_id = s.shadow_id WHERE s.state <> 'COMPARING' OR n.comparison_no < s.comparison_no "
    "ORDER BY s.shadow_id, n.comparison_no, t.service"};

class Subject {
 public:
  Subject(db::Transaction& tx, std::string_view entity, Finding& finding)
      : entity_(entity), finding_(finding) {
    for (const db::Rows::Row row : tx.Select(kEntries, entity)) {
      trail_.Add(row.Text(0), row.Text(1), row.Text(2));
    }
  }
  void Expect(const std::string& id, const std::string& now) {
    ++finding_.examined;
    if (trail_.Origin(id, now) != "") Violate(id, "is not what was written");
  }
  void ExpectNoOther() {
    if (const auto gone = trail_.Gone()) Violate(*gone, "is gone");
  }

 private:
  void Violate(const std::string& id, std::string_view what) {
    if (!finding_.violation.empty()) return;
    finding_.violation = entity_ + " " + id + " " + std::string(what);
  }

  std::string entity_;
  Trail trail_;
  Finding& finding_;
};

void CheckRows(db::Transaction& tx, const Kept& kept, const db::Query& query, Finding& finding) {
  Subject subject(tx, kept.entity, finding);
  const db::Rows rows = tx.Select(query);
  for (const db::Rows::Row row : rows) {
    const auto cells = CellsFrom(row, 0, rows.columns());
    subject.Expect(KeyText(kept, cells), RowText(kept, cells));
  }
  subject.ExpectNoOther();
}

// Everything by the page that it came with, in the order in which it was written.
void CheckPages(db::Transaction& tx, Finding& finding) {
  std::map<std::string, shadow::PageDigests> pages;
  const auto page = [&](db::Rows::Row row, std::size_t shadow, std::int64_t comparison,
                        std::size_t page_no) -> shadow::PageDigests& {
    return pages[std::to_string(row.Int(shadow)) + "/" + std::to_string(comparison) + "/" +
                 std::to_string(row.Int(page_no))];
  };
  for (const db::Rows::Row row : tx.Select(kPages))
    page(row, 0, row.Int(1), 2).digest = row.Text(3);
  const db::Rows totals = tx.Select(kTotals);
  for (const db::Rows::Row row : totals) {
    page(row, 0, row.Int(1), 2).totals.Add(CellsFrom(row, 0, totals.columns()));
  }
  const db::Rows lines = tx.Select(kLines);
  for (const db::Rows::Row row : lines) {
    page(row, 1, 0, 3).lines.Add(CellsFrom(row, 0, lines.columns()));
  }
  const db::Rows differences = tx.Select(kDifferences);
  for (const db::Rows::Row row : differences) {
    page(row, 1, row.Int(2), 4).differences.Add(CellsFrom(row, 0, differences.columns()));
  }
  Subject subject(tx, shadow::kPageEntity, finding);
  for (const auto& [id, digests] : pages) subject.Expect(id, digests.Text());
  subject.ExpectNoOther();
}

Finding CheckSums(db::Transaction& tx) {
  Finding finding{"shadow-differences-add-up", 0, ""};
  for (const db::Rows::Row row : tx.Select(kSums)) {
    ++finding.examined;
    if (!finding.violation.empty() || row.Int(3) == row.Int(4) - row.Int(5)) continue;
    finding.violation = "comparison " + std::to_string(row.Int(1)) + " of shadow " +
                        std::to_string(row.Int(0)) + ": the differences of " + row.Text(2) +
                        " are not what the totals differ by";
  }
  return finding;
}

}  // namespace

std::vector<Finding> CheckShadows(db::Transaction& tx) {
  Finding audited{"shadows-as-audited", 0, ""};
  CheckRows(tx, shadow::kKeptShadow, kShadows, audited);
  CheckRows(tx, shadow::kKeptCause, kCauses, audited);
  CheckPages(tx, audited);
  return {std::move(audited), CheckSums(tx)};
}

}  // namespace reeve::billing::verify
