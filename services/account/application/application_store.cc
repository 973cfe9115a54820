#include "services/account/application/application_store.h"

namespace reeve::account {
namespace {

using db::ColumnType;

const db::InsertInto kIntoApplication{"application_insert",
                                      "application",
                                      {{"application_id"},
                                       {"version"},
                                       {"customer_id"},
                                       {"premise_id"},
                                       {"customer_type", ColumnType::kText},
                                       {"customer_class", ColumnType::kText},
                                       {"wanted_date", ColumnType::kText},
                                       {"state", ColumnType::kText},
                                       {"account_id"},
                                       {"charges_paid"},
                                       {"decided_by", ColumnType::kText},
                                       {"salt", ColumnType::kText}}};
const db::InsertInto kIntoPoint{
    "application_point_insert",
    "application_point",
    {{"application_id"}, {"service_point_no"}, {"service", ColumnType::kText}, {"monthly_cents"}}};
const db::InsertInto kIntoLine{"decision_line_insert",
                               "decision_line",
                               {{"application_id"},
                                {"line_no"},
                                {"service_point_no"},
                                {"service", ColumnType::kText},
                                {"kind", ColumnType::kText},
                                {"code", ColumnType::kText},
                                {"outcome", ColumnType::kText},
                                {"amount_cents"},
                                {"reason", ColumnType::kText}}};

constexpr db::Query kUpdate{
    "application_update",
    "UPDATE application SET version = $2, state = $3, account_id = $4, charges_paid = $5, "
    "decided_by = $6, policy_id = $7, total_cents = $8, digest = $9 "
    "WHERE application_id = $1 AND version = $2 - 1"};
constexpr db::Query kInsertDocument{
    "application_document_insert",
    "INSERT INTO application_document (application_id, document_no, kind, reference, "
    "document_date, "
    "received_by, received_time) VALUES ($1, $2, $3, $4, $5, $6, $7)"};
constexpr db::Query kInsertReference{
    "application_reference_insert",
    "INSERT INTO application_reference (application_id, reference_no, kind, issuer, from_date, "
    "to_date, verified_by, verified_time) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};
constexpr db::Query kDeleteLines{"decision_line_delete",
                                 "DELETE FROM decision_line WHERE application_id = $1"};
constexpr db::Query kFind{
    "application_find",
    "SELECT application_id, version, customer_id, premise_id, customer_type, customer_class, "
    "wanted_date, state, account_id, charges_paid, decided_by, policy_id, total_cents, digest, "
    "salt "
    "FROM application WHERE application_id = $1"};
constexpr db::Query kPoints{
    "application_point_list",
    "SELECT application_point.service_point_no, application_point.service, "
    "application_point.monthly_cents, service_point.supply FROM application_point JOIN application "
    "ON application.application_id = application_point.application_id JOIN service_point ON "
    "service_point.premise_id = application.premise_id AND service_point.service_point_no = "
    "application_point.service_point_no WHERE application_point.application_id = $1 "
    "ORDER BY application_point.service_point_no"};
constexpr db::Query kDocuments{"application_document_list",
                               "SELECT kind, reference, document_date, received_by, received_time "
                               "FROM application_document WHERE application_id = $1 "
                               "ORDER BY document_no"};
constexpr db::Query kReferences{
    "application_reference_list",
    "SELECT kind, issuer, from_date, to_date, verified_by, verified_time "
    "FROM application_reference WHERE application_id = $1 ORDER BY reference_no"};
constexpr db::Query kLines{
    "decision_line_list",
    "SELECT service_point_no, service, kind, code, outcome, amount_cents, reason "
    "FROM decision_line WHERE application_id = $1 ORDER BY line_no"};
constexpr db::Query kList{"application_list",
                          "SELECT application_id FROM application WHERE customer_id = $1 AND "
                          "application_id < $2 ORDER BY application_id DESC LIMIT $3"};

void InsertLines(db::Transaction& tx, const Application& application) {
  if (!application.decision || application.decision->lines.empty()) return;
  db::NewRows rows(kIntoLine);
  for (const DecisionLine& line : application.decision->lines) {
    rows.Add(application.id, rows.size() + 1, line.point_no, line.service,
             kChargeKindName(line.kind), line.code, kOutcomeName(line.outcome), line.amount,
             line.reason);
  }
  tx.InsertRows(rows);
}

void ReadChildren(db::Transaction& tx, Application& application) {
  for (const db::Rows::Row row : tx.Select(kPoints, application.id)) {
    application.points.push_back({.no = static_cast<int>(row.Int(0)),
                                  .service = row.Text(1),
                                  .off = kSupplyName.Read(row.Text(3)) == Supply::kOff,
                                  .monthly = row.Cents(2)});
  }
  for (const db::Rows::Row row : tx.Select(kDocuments, application.id)) {
    application.documents.push_back({.kind = row.Text(0),
                                     .reference = row.Text(1),
                                     .document_date = row.Day(2),
                                     .received_by = row.Text(3),
                                     .received_time = row.Time(4)});
  }
  for (const db::Rows::Row row : tx.Select(kReferences, application.id)) {
    application.references.push_back({.kind = kReferenceKindName.Read(row.Text(0)),
                                      .issuer = row.Text(1),
                                      .from_date = row.Day(2),
                                      .to_date = row.Day(3),
                                      .verified_by = row.Text(4),
                                      .verified_time = row.Time(5)});
  }
  if (!application.decision) return;
  for (const db::Rows::Row row : tx.Select(kLines, application.id)) {
    application.decision->lines.push_back({.point_no = static_cast<int>(row.Int(0)),
                                           .service = row.Text(1),
                                           .kind = kChargeKindName.Read(row.Text(2)),
                                           .code = row.Text(3),
                                           .outcome = kOutcomeName.Read(row.Text(4)),
                                           .amount = row.Cents(5),
                                           .reason = row.Text(6)});
  }
}

std::optional<Application> ReadApplication(db::Transaction& tx, const db::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  const db::Rows::Row row = rows[0];
  Application application{.id = ApplicationId(row.Int(0)),
                          .customer = CustomerId(row.Int(2)),
                          .premise = PremiseId(row.Int(3)),
                          .customer_type = kCustomerTypeName.Read(row.Text(4)),
                          .customer_class = kCustomerClassName.Read(row.Text(5)),
                          .wanted_date = row.Day(6),
                          .state = kApplicationStateName.Read(row.Text(7)),
                          .decided_by = row.Text(10),
                          .account = AccountId(row.Int(8)),
                          .charges_paid = row.Bool(9),
                          .version = row.Int(1),
                          .salt = row.Text(14)};
  if (!row.IsNull(13)) {
    application.decision =
        Decision{.policy = PolicyId(row.Int(11)), .total = row.Cents(12), .digest = row.Text(13)};
  }
  ReadChildren(tx, application);
  return application;
}

}  // namespace

void InsertApplication(db::Transaction& tx, const Application& application) {
  db::NewRows rows(kIntoApplication);
  rows.Add(application.id, application.version, application.customer, application.premise,
           kCustomerTypeName(application.customer_type),
           kCustomerClassName(application.customer_class), application.wanted_date,
           kApplicationStateName(application.state), application.account, application.charges_paid,
           application.decided_by, application.salt);
  tx.InsertRows(rows);
  db::NewRows points(kIntoPoint);
  for (const AppliedPoint& point : application.points)
    points.Add(application.id, point.no, point.service, point.monthly);
  tx.InsertRows(points);
}

Result<> UpdateApplication(db::Transaction& tx, const Application& application) {
  std::optional<PolicyId> policy;
  std::optional<Money> total;
  std::optional<std::string> digest;
  if (application.decision) {
    policy = application.decision->policy;
    total = application.decision->total;
    digest = application.decision->digest;
  }
  REEVE_RETURN_IF_ERROR(tx.ExecuteOne(kUpdate, application.id, application.version,
                                      kApplicationStateName(application.state), application.account,
                                      application.charges_paid, application.decided_by, policy,
                                      total, digest));
  tx.Execute(kDeleteLines, application.id);
  InsertLines(tx, application);
  return Ok();
}

void InsertDocument(db::Transaction& tx, const Application& application) {
  const Document& document = application.documents.back();
  tx.Execute(kInsertDocument, application.id, application.documents.size(), document.kind,
             document.reference, document.document_date, document.received_by,
             document.received_time);
}

void InsertReference(db::Transaction& tx, const Application& application) {
  const Reference& reference = application.references.back();
  tx.Execute(kInsertReference, application.id, application.references.size(),
             kReferenceKindName(reference.kind), reference.issuer, reference.from_date,
             reference.to_date, reference.verified_by, reference.verified_time);
}

std::optional<Application> FindApplication(db::Transaction& tx, ApplicationId id) {
  return ReadApplication(tx, tx.Select(kFind, id));
}

std::optional<Application> FindApplicationForUpdate(db::Transaction& tx, ApplicationId id) {
  return ReadApplication(tx, tx.SelectForUpdate(kFind, id));
}

std::vector<ApplicationId> ListApplications(db::Transaction& tx, CustomerId customer,
                                            ApplicationId before, int limit) {
  std::vector<ApplicationId> ids;
  for (const db::Rows::Row row : tx.Select(kList, customer, before, limit))
    ids.emplace_back(row.Int(0));
  return ids;
}

}  // namespace reeve::account
