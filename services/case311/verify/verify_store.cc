#include "services/case311/verify/verify_store.h"

#include <algorithm>
#include <map>
#include <span>
#include <string>

#include "services/case311/case/case_store.h"
#include "services/case311/case_type/case_type_store.h"
#include "services/case311/interaction/interaction_store.h"

namespace reeve::case311 {
namespace {

constexpr db::Query kAudited{"verify_audited",
                             "SELECT entity_id, after_state FROM audit_entry WHERE entity = $1"
                             " ORDER BY chain, sequence"};
constexpr std::int64_t kPage = 1'000;

// What the audit trail says about the things of one kind, oldest first. All changes of one thing
// are on one chain, because they have one home.
class Audited {
 public:
  Audited(db::Transaction& tx, std::string_view entity) {
    const db::Rows rows = tx.Select(kAudited, entity);
    for (const db::Rows::Row row : rows) states_[row.Text(0)].push_back(row.Text(1));
  }
  // The states of a thing that is there, which are then done with.
  std::vector<std::string> Take(const std::string& id) {
    const auto node = states_.extract(id);
    return node.empty() ? std::vector<std::string>() : std::move(node.mapped());
  }
  // A thing that was written and is not there.
  std::string Missing() const { return states_.empty() ? "" : states_.begin()->first; }

 private:
  std::map<std::string, std::vector<std::string>> states_;
};

// Notes what was examined; the first violation stays.
class Check {
 public:
  Check(db::Transaction& tx, std::string name, std::string_view entity)
      : audited_(tx, entity), entity_(entity) {
    finding_.check = std::move(name);
  }
  // `fault` is empty if all is well.
  void Examine(const std::string& id, const std::string& fault) {
    ++finding_.examined;
    if (!fault.empty()) Violate(id, fault);
  }
  std::vector<std::string> Take(const std::string& id) { return audited_.Take(id); }
  Finding Finish() {
    if (const std::string missing = audited_.Missing(); !missing.empty())
      Violate(missing, "is gone");
    return finding_;
  }

 private:
  void Violate(const std::string& id, const std::string& fault) {
    if (finding_.violation.empty()) finding_.violation = entity_ + " " + id + " " + fault;
  }

  Audited audited_;
  std::string entity_;
  Finding finding_;
};

// A thing whose last audit entry is its digest.
void ExamineDigest(Check& check, const std::string& id, const std::string& digest) {
  const std::vector<std::string> states = check.Take(id);
  const bool same = !states.empty() && states.back() == "digest=" + digest;
  check.Examine(id, same ? "" : "is not what was written");
}

Finding CheckInteractions(db::Transaction& tx) {
  Check check(tx, "interactions", "interaction");
  InteractionId after;
  for (;;) {
    const std::vector<Interaction> page = ScanInteractions(tx, after, kPage);
    if (page.empty()) return check.Finish();
    for (const Interaction& interaction : page)
      ExamineDigest(check, interaction.id.ToString(), Digest(interaction));
    after = page.back().id;
  }
}

Finding CheckCaseTypes(db::Transaction& tx) {
  Check check(tx, "case-types", "case-type");
  for (const CaseType& type : ListCaseTypes(tx)) ExamineDigest(check, type.code, Digest(type));
  return check.Finish();
}

std::string CaseFault(const Case& record, std::span<const HistoryEntry> history,
                      std::span<const std::string> states) {
  if (const std::optional<std::string> fault = HistoryFault(record, history)) return *fault;
  if (states.size() != history.size()) return "has other entries than were written";
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (!states[i].ends_with(",entry=" + Digest(history[i])))
      return "has another entry " + std::to_string(i + 1) + " than was written";
  }
  return states.back() == AuditText({record, history.back()}) ? "" : "is not what was written";
}

Finding CheckCases(db::Transaction& tx) {
  Check check(tx, "cases", "case");
  CaseId after;
  for (;;) {
    const std::vector<Case> page = ScanCases(tx, after, kPage);
    if (page.empty()) return check.Finish();
    const std::vector<HistoryEntry> entries = ScanHistory(tx, page.front().id, page.back().id);
    auto first = entries.begin();
    for (const Case& record : page) {
      const auto last = std::find_if(
          first, entries.end(), [&](const HistoryEntry& entry) { return entry.id > record.id; });
      const std::string id = record.id.ToString();
      check.Examine(id, CaseFault(record, {first, last}, check.Take(id)));
      first = last;
    }
    after = page.back().id;
  }
}

}  // namespace

std::vector<Finding> CheckBooks(db::Transaction& tx) {
  return {CheckInteractions(tx), CheckCaseTypes(tx), CheckCases(tx)};
}

}  // namespace reeve::case311
