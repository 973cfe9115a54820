#include "services/billing/verify/late_fee_proof_store.h"

#include "services/billing/late_fee/late_fee_store.h"

namespace reeve::billing::verify {
namespace {

constexpr db::Query kClasses{
    "verify_late_fee_classes",
    "SELECT account_id, customer_class FROM billing_account a WHERE account_id > $1 AND "
    "account_id <= $2 AND EXISTS (SELECT 1 FROM late_fee f WHERE f.account_id = a.account_id)"};
constexpr db::Query kSent{
    "verify_late_fee_sent",
    "SELECT n.account_id, n.bill_id, min(r.released_date) FROM statement_bill n "
    "JOIN statement s ON s.account_id = n.account_id AND s.statement_no = n.statement_no "
    "JOIN print_release r ON r.print_file_id = s.print_file_id WHERE n.account_id > $1 AND "
    "n.account_id <= $2 AND n.live = 1 AND EXISTS (SELECT 1 FROM late_fee f WHERE "
    "f.account_id = n.account_id) GROUP BY n.account_id, n.bill_id"};
constexpr db::Query kPosted{
    "verify_late_fee_posted",
    "SELECT account_id, entry_id, posted_time FROM journal_entry WHERE kind = 'LATE_FEE' AND "
    "account_id > $1 AND account_id <= $2"};
constexpr db::Query kLastPosted{
    "verify_late_fee_last_posted",
    "SELECT account_id, max(posted_time) FROM journal_entry e WHERE account_id > $1 AND "
    "account_id <= $2 AND EXISTS (SELECT 1 FROM late_fee f WHERE f.account_id = e.account_id) "
    "GROUP BY account_id"};
constexpr db::Query kAcknowledged{
    "verify_late_fee_acknowledged",
    "SELECT f.run_id, f.rule FROM late_fee_finding f JOIN late_fee_run r ON r.run_id = f.run_id "
    "WHERE f.acknowledged_by_person_id = r.started_by_person_id OR "
    "(f.acknowledged_by_person_id = 0) <> (f.acknowledgement = '')"};
// Of the versions that its fees name: what was loaded since is none of its rules.
constexpr db::Query kOwnPolicy{
    "verify_late_fee_own_policy",
    "SELECT DISTINCT r.run_id FROM late_fee_run r JOIN late_fee f ON f.run_id = r.run_id JOIN "
    "late_fee_policy p ON p.policy_code = f.policy_code AND p.effective_date = f.policy_date WHERE "
    "r.state IN ('SIGNED', 'POSTING', 'POSTED') AND p.loaded_by_person_id = "
    "r.ended_by_person_id"};
constexpr db::Query kExempted{"verify_late_fee_exempted",
                              "SELECT account_id, exemption_no FROM late_fee_exemption WHERE "
                              "decided_by_person_id = recorded_by_person_id"};

}  // namespace

LateFeeRows::LateFeeRows(db::Transaction& tx) {
  const std::vector<late_fee::Policy> policies = late_fee::ListPolicies(tx);
  for (const late_fee::Policy& policy : policies) {
    rules_[policy.code].versions.emplace(policy.effective_date, policy);
  }
  for (auto& [code, rules] : rules_) {
    for (const late_fee::Policy& policy : policies) {
      if (policy.code != code) rules.others.Add(policy);
    }
  }
  for (late_fee::Run& run : late_fee::ListRuns(tx)) {
    const auto rules = rules_.find(run.policy_code);
    if (run.rules_no == 0 && rules != rules_.end()) rules->second.first_runs.insert(run.run_id);
    runs_.emplace(run.run_id, std::move(run));
  }
}

void LateFeeRows::Load(db::Transaction& tx, std::int64_t after, std::int64_t through,
                       std::map<AccountId, AccountRecord>& records) const {
  for (late_fee::Fee& fee : late_fee::FeesOfRange(tx, after, through)) {
    AccountRecord& record = records[fee.account];
    record.account = fee.account;
    LateFeeRow row{std::move(fee), nullptr, nullptr};
    if (const auto rules = rules_.find(row.fee.policy_code); rules != rules_.end()) {
      const auto version = rules->second.versions.find(row.fee.policy_date);
      if (version != rules->second.versions.end()) row.policy = &version->second;
    }
    if (const auto run = runs_.find(row.fee.run_id); run != runs_.end()) row.run = &run->second;
    record.late_fees.push_back(std::move(row));
  }
  const auto ground = [&](db::Rows::Row row) -> LateFeeGround& {
    return records[AccountId(row.Int(0))].late_fee_ground;
  };
  for (const db::Rows::Row row : tx.Select(kClasses, after, through)) {
    ground(row).customer_class = row.Text(1);
  }
  for (const db::Rows::Row row : tx.Select(kSent, after, through)) {
    ground(row).sent[row.Int(1)] = row.Day(2);
  }
  for (const db::Rows::Row row : tx.Select(kPosted, after, through)) {
    ground(row).posted_time[row.Int(1)] = row.Int(2);
  }
  for (const db::Rows::Row row : tx.Select(kLastPosted, after, through)) {
    ground(row).last_posted_time = row.Int(1);
  }
}

std::optional<std::string> LateFeeRows::ProvePeople(db::Transaction& tx) const {
  for (const auto& [run_id, run] : runs_) {
    const std::string key = "late fee run " + std::to_string(run_id);
    const bool is_signed = run.state == late_fee::RunState::kSigned ||
                           run.state == late_fee::RunState::kPosting ||
                           run.state == late_fee::RunState::kPosted;
    if (!is_signed) continue;
    if (!run.ended_by.is_set() || run.ended_by == run.started_by) {
      return key + ": was signed by nobody else than whoever started it";
    }
    if (!rules_.contains(run.policy_code)) return key + ": is of no policy";
  }
  for (const db::Rows::Row row : tx.Select(kOwnPolicy)) {
    return "late fee run " + std::to_string(row.Int(0)) +
           ": was signed by whoever loaded its policy";
  }
  for (const db::Rows::Row row : tx.Select(kAcknowledged)) {
    return "late fee run " + std::to_string(row.Int(0)) + ": " + row.Text(1) +
           " was acknowledged by nobody, or by whoever started the run";
  }
  for (const db::Rows::Row row : tx.Select(kExempted)) {
    return "account " + std::to_string(row.Int(0)) + " exemption " + std::to_string(row.Int(1)) +
           ": was decided by whoever recorded it";
  }
  return std::nullopt;
}

}  // namespace reeve::billing::verify
