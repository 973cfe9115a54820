#include "services/account/verify/verify_store.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <span>

#include "services/account/account/account_store.h"
#include "services/account/application/application_store.h"
#include "services/account/customer/customer_store.h"
#include "services/account/history/history_store.h"
#include "services/account/policy/policy_store.h"
#include "services/account/premise/premise_store.h"

namespace reeve::account {
namespace {

constexpr std::size_t kPage = 500;

constexpr db::Query kAudited{"verify_audited",
                             "SELECT entity_id, after_state FROM audit_entry WHERE entity = $1"};
constexpr db::Query kCustomers{"verify_customers",
                               "SELECT customer_id FROM customer ORDER BY customer_id"};
constexpr db::Query kKeys{"verify_customer_keys",
                          "SELECT kind, search_key FROM customer_key WHERE customer_id = $1"};
constexpr db::Query kPremises{"verify_premises",
                              "SELECT premise_id, address_key FROM premise ORDER BY premise_id"};
constexpr db::Query kAccounts{"verify_accounts",
                              "SELECT account_id FROM account ORDER BY account_id"};
constexpr db::Query kApplications{"verify_applications",
                                  "SELECT application_id FROM application ORDER BY application_id"};
constexpr db::Query kPolicies{"verify_policies", "SELECT policy_id FROM policy ORDER BY policy_id"};
constexpr db::Query kBills{"verify_bill_facts",
                           "SELECT account_id, bill_id, due_date, total_cents, cancelled "
                           "FROM bill_fact"};
constexpr db::Query kPayments{
    "verify_payment_facts",
    "SELECT account_id, payment_id, amount_cents, timely, applied_date, excuse FROM payment_fact"};
constexpr db::Query kPayloads{"verify_payloads", "SELECT payload FROM feed_event WHERE type = $1"};

// Parts without their whole, and parts that are not numbered 1, 2, 3, ...
constexpr db::Query kStrays{
    "verify_strays",
    "SELECT 'customer_key', customer_id FROM customer_key WHERE customer_id NOT IN "
    "(SELECT customer_id FROM customer) "
    "UNION ALL SELECT 'customer_change', customer_id FROM customer_change WHERE customer_id NOT IN "
    "(SELECT customer_id FROM customer) "
    "UNION ALL SELECT 'service_point', premise_id FROM service_point WHERE premise_id NOT IN "
    "(SELECT premise_id FROM premise) "
    "UNION ALL SELECT 'agreement', agreement_id FROM agreement WHERE NOT EXISTS (SELECT 1 FROM "
    "account WHERE account.account_id = agreement.account_id AND account.premise_id = "
    "agreement.premise_id) "
    "UNION ALL SELECT 'agreement', agreement_id FROM agreement WHERE NOT EXISTS (SELECT 1 FROM "
    "service_point WHERE service_point.premise_id = agreement.premise_id AND "
    "service_point.service_point_no = agreement.service_point_no) "
    "UNION ALL SELECT 'application_point', application_id FROM application_point WHERE "
    "application_id NOT IN (SELECT application_id FROM application) "
    "UNION ALL SELECT 'application_point', application_id FROM application_point WHERE NOT EXISTS "
    "(SELECT 1 FROM application JOIN service_point ON service_point.premise_id = "
    "application.premise_id WHERE application.application_id = application_point.application_id "
    "AND service_point.service_point_no = application_point.service_point_no) "
    "UNION ALL SELECT 'application_document', application_id FROM application_document WHERE "
    "application_id NOT IN (SELECT application_id FROM application) "
    "UNION ALL SELECT 'application_reference', application_id FROM application_reference WHERE "
    "application_id NOT IN (SELECT application_id FROM application) "
    "UNION ALL SELECT 'decision_line', application_id FROM decision_line WHERE application_id NOT "
    "IN "
    "(SELECT application_id FROM application WHERE digest IS NOT NULL) "
    "UNION ALL SELECT 'policy_charge', policy_id FROM policy_charge WHERE policy_id NOT IN "
    "(SELECT policy_id FROM policy) "
    "UNION ALL SELECT 'policy_checklist', policy_id FROM policy_checklist WHERE policy_id NOT IN "
    "(SELECT policy_id FROM policy) "
    "UNION ALL SELECT 'application_document', application_id FROM application_document GROUP BY "
    "application_id HAVING min(document_no) <> 1 OR max(document_no) <> count(*) "
    "UNION ALL SELECT 'application_reference', application_id FROM application_reference GROUP BY "
    "application_id HAVING min(reference_no) <> 1 OR max(reference_no) <> count(*) "
    "UNION ALL SELECT 'decision_line', application_id FROM decision_line GROUP BY application_id "
    "HAVING min(line_no) <> 1 OR max(line_no) <> count(*) "
    "UNION ALL SELECT 'policy_charge', policy_id FROM policy_charge GROUP BY policy_id "
    "HAVING min(line_no) <> 1 OR max(line_no) <> count(*) "
    "UNION ALL SELECT 'policy_checklist', policy_id FROM policy_checklist GROUP BY policy_id "
    "HAVING min(line_no) <> 1 OR max(line_no) <> count(*)"};
constexpr db::Query kOccupancy{
    "verify_occupancy",
    "SELECT premise_id, service_point_no, count(*) FROM agreement WHERE state IN ('ACTIVE', "
    "'PENDING_STOP') GROUP BY premise_id, service_point_no ORDER BY premise_id, service_point_no"};

// One check of things of a kind against what the audit trail says of them. The entries of a thing
// may be on several chains, so their order is not known: a thing counts its versions, each version
// has one entry, and the present one is among them.
class Check {
 public:
  Check(db::Transaction& tx, std::string name, const std::string& entity) : entity_(entity) {
    finding_.check = std::move(name);
    for (const db::Rows::Row row : tx.Select(kAudited, entity))
      audited_[row.Text(0)].push_back(row.Text(1));
  }

  // Every one of `texts` is the audit text of one version of the thing, and there are no others.
  // `fault` is what is wrong besides; empty if nothing.
  void Examine(const std::string& id, std::vector<std::string> texts, std::string fault = {}) {
    ++finding_.examined;
    const auto node = audited_.extract(id);
    if (node.empty()) return Violate(id, "was never written");
    std::vector<std::string> written = node.mapped();
    std::sort(written.begin(), written.end());
    std::sort(texts.begin(), texts.end());
    if (written != texts) return Violate(id, "is not what was written");
    if (!fault.empty()) Violate(id, fault);
  }
  // As above, where only the present version and the number of versions are known.
  void ExamineLast(const std::string& id, const std::string& text, std::int64_t versions,
                   const std::string& fault = {}) {
    ++finding_.examined;
    const auto node = audited_.extract(id);
    if (node.empty()) return Violate(id, "was never written");
    const std::vector<std::string>& written = node.mapped();
    if (static_cast<std::int64_t>(written.size()) != versions)
      return Violate(id, "has another version than was written");
    if (std::find(written.begin(), written.end(), text) == written.end())
      return Violate(id, "is not what was written");
    if (!fault.empty()) Violate(id, fault);
  }
  Finding Finish() {
    if (!audited_.empty()) Violate(audited_.begin()->first, "is gone");
    return finding_;
  }

 private:
  void Violate(const std::string& id, const std::string& fault) {
    if (finding_.violation.empty()) finding_.violation = entity_ + " " + id + " " + fault;
  }

  std::map<std::string, std::vector<std::string>> audited_;
  std::string entity_;
  Finding finding_;
};

template <class ThingId>
std::vector<ThingId> Ids(db::Transaction& tx, const db::Query& query) {
  std::vector<ThingId> ids;
  for (const db::Rows::Row row : tx.Select(query)) ids.emplace_back(row.Int(0));
  return ids;
}

bool KeysFit(db::Transaction& tx, const Customer& customer) {
  std::vector<SearchKey> keys;
  for (const db::Rows::Row row : tx.Select(kKeys, customer.id))
    keys.push_back({kKeyKindName.Read(row.Text(0)), row.Text(1)});
  std::sort(keys.begin(), keys.end());
  return keys == SearchKeys(customer.details);
}

Finding CheckCustomers(db::Transaction& tx) {
  Check check(tx, "customers", "customer");
  for (const CustomerId id : Ids<CustomerId>(tx, kCustomers)) {
    const Customer customer = FindCustomer(tx, id).value();
    const std::vector<CustomerChange> changes =
        ListChanges(tx, id, std::numeric_limits<std::int64_t>::max(), "",
                    std::numeric_limits<std::int32_t>::max());
    std::optional<std::vector<std::string>> texts = AuditTextsOfHistory(customer, changes);
    std::string fault;
    if (!texts) {
      fault = "has other changes than lead to it";
      texts.emplace(1, ToAuditText(customer));
    } else if (!KeysFit(tx, customer)) {
      fault = "has other search keys than its own";
    }
    check.Examine(id.ToString(), *std::move(texts), fault);
  }
  return check.Finish();
}

Finding CheckPremises(db::Transaction& tx) {
  Check check(tx, "premises", "premise");
  const db::Rows rows = tx.Select(kPremises);
  for (std::size_t first = 0; first < rows.size(); first += kPage) {
    const std::size_t last = std::min(rows.size(), first + kPage);
    std::vector<PremiseId> ids;
    for (std::size_t i = first; i < last; ++i) ids.emplace_back(rows[i].Int(0));
    const std::vector<std::optional<Premise>> premises = FindPremises(tx, ids);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const Premise& premise = *premises[i];
      const bool key_fits = rows[first + i].Text(1) == AddressKey(premise.address);
      check.ExamineLast(premise.id.ToString(), ToAuditText(premise), premise.version,
                        key_fits ? "" : "has another address key than its own");
    }
  }
  return check.Finish();
}

Finding CheckAccounts(db::Transaction& tx) {
  Check check(tx, "accounts", "account");
  for (const Account& account : AllAccounts(tx)) {
    check.ExamineLast(account.id.ToString(), ToAuditText(account), account.version,
                      IsAccountNumber(account.id.value()) ? "" : "has a wrong check digit");
  }
  return check.Finish();
}

Finding CheckApplications(db::Transaction& tx) {
  Check check(tx, "applications", "application");
  for (const ApplicationId id : Ids<ApplicationId>(tx, kApplications)) {
    const Application application = FindApplication(tx, id).value();
    const std::optional<Decision>& decision = application.decision;
    const bool digest_fits = !decision || Digest(id, *decision) == decision->digest;
    check.ExamineLast(id.ToString(), ToAuditText(application), application.version,
                      digest_fits ? "" : "has another decision than its digest");
  }
  return check.Finish();
}

Finding CheckPolicies(db::Transaction& tx) {
  Check check(tx, "policies", "policy");
  for (const PolicyId id : Ids<PolicyId>(tx, kPolicies))
    check.ExamineLast(id.ToString(), ToAuditText(FindPolicy(tx, id).value()), 1);
  return check.Finish();
}

Finding CheckBills(db::Transaction& tx) {
  Check check(tx, "bill-facts", "bill-fact");
  for (const db::Rows::Row row : tx.Select(kBills)) {
    const BillFact bill{row.Int(1), row.Day(2), row.Cents(3), row.Bool(4)};
    check.ExamineLast(FactId(AccountId(row.Int(0)), std::to_string(bill.bill_id)),
                      ToAuditText(bill), bill.cancelled ? 2 : 1);
  }
  return check.Finish();
}

Finding CheckPayments(db::Transaction& tx) {
  Check check(tx, "payment-facts", "payment-fact");
  for (const db::Rows::Row row : tx.Select(kPayments)) {
    const PaymentFact payment{.payment_id = row.Text(1),
                              .amount = row.Cents(2),
                              .timely = row.Bool(3),
                              .applied_date = row.Day(4),
                              .excuse = row.Text(5)};
    check.ExamineLast(FactId(AccountId(row.Int(0)), payment.payment_id), ToAuditText(payment),
                      payment.excuse.empty() ? 1 : 2);
  }
  return check.Finish();
}

Finding CheckBelonging(db::Transaction& tx) {
  const db::Rows strays = tx.Select(kStrays);
  Finding finding{.check = "belonging"};
  if (!strays.empty()) {
    finding.violation = strays[0].Text(0) + " " + std::to_string(strays[0].Int(1)) +
                        " is part of nothing, or not numbered in its turn";
  }
  return finding;
}

Finding CheckOccupancy(db::Transaction& tx) {
  Finding finding{.check = "occupancy"};
  for (const db::Rows::Row row : tx.Select(kOccupancy)) {
    ++finding.examined;
    if (row.Int(2) > 1 && finding.violation.empty()) {
      finding.violation = "premise " + std::to_string(row.Int(0)) + " point " +
                          std::to_string(row.Int(1)) + " has several agreements in force";
    }
  }
  return finding;
}

}  // namespace

std::vector<Account> AllAccounts(db::Transaction& tx) {
  const std::vector<AccountId> ids = Ids<AccountId>(tx, kAccounts);
  std::vector<Account> accounts;
  for (std::size_t first = 0; first < ids.size(); first += kPage) {
    const std::size_t count = std::min(kPage, ids.size() - first);
    for (std::optional<Account>& account : FindAccounts(tx, std::span(ids).subspan(first, count)))
      accounts.push_back(*std::move(account));
  }
  return accounts;
}

std::vector<std::string> PayloadsOf(db::Transaction& tx, std::string_view type) {
  std::vector<std::string> payloads;
  for (const db::Rows::Row row : tx.Select(kPayloads, type))
    payloads.push_back(db::ToText(row.Blob(0)));
  return payloads;
}

std::vector<Finding> CheckFiles(db::Transaction& tx) {
  return {CheckCustomers(tx),    CheckPremises(tx),  CheckAccounts(tx),
          CheckApplications(tx), CheckPolicies(tx),  CheckBills(tx),
          CheckPayments(tx),     CheckBelonging(tx), CheckOccupancy(tx)};
}

}  // namespace reeve::account
