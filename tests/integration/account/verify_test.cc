#include <map>
#include <optional>

#include "reeve/verify/v1/verify_service.grpc.pb.h"
#include "tests/integration/account/account_fixture.h"

namespace reeve::account {
namespace {

class VerifyTest : public AccountServer {
 protected:
  // Two of everything that the proof covers.
  void Work() {
    LoadPolicy();
    clock_.Advance(Duration::Minutes(1));
    LoadPolicy(15'000);
    for (const int premise_id : {501, 502}) {
      CreatePremise(House(premise_id));
      const v1::Customer customer = CreateCustomer("Customer " + std::to_string(premise_id));
      v1::UpdateCustomerRequest update;
      update.set_request_id(Key("update-" + std::to_string(premise_id)));
      update.set_customer_id(customer.customer_id());
      update.set_etag(customer.etag());
      *update.mutable_details() = customer.details();
      update.mutable_details()->set_work_phone("801-555-0" + std::to_string(premise_id));
      ASSERT_TRUE(
          Send<v1::CustomerService>(&v1::CustomerService::Stub::UpdateCustomer, update).ok());
      const v1::Application started = StartApplication(customer.customer_id(), premise_id);
      auto reference = For<v1::RecordReferenceRequest>(started, "reference");
      reference.mutable_reference()->set_kind(v1::REFERENCE_KIND_PAYMENT_HISTORY);
      reference.mutable_reference()->set_issuer("Utility " + std::to_string(premise_id));
      reference.mutable_reference()->set_from_date("2025-11-20");
      reference.mutable_reference()->set_to_date("2026-11-20");
      ASSERT_TRUE(
          Send<v1::ApplicationService>(&v1::ApplicationService::Stub::RecordReference, reference)
              .ok());
      const v1::Application decided = Decide(RecordPhoto(started)).value();
      const v1::Application accepted = Accept(decided, decided.decision().digest()).value();
      TellChargesPaid(accepted);
      TellStarted(accepted.account(), 0);
      billing::v1::BillPosted bill;
      bill.set_account_id(accepted.account().account_id());
      bill.set_bill_id(premise_id);
      bill.set_due_date("2026-12-15");
      bill.set_total_cents(premise_id);
      Tell(bill, bill.account_id());
      billing::v1::PaymentApplied payment;
      payment.set_account_id(bill.account_id());
      payment.set_payment_id("1-1-" + std::to_string(premise_id));
      payment.set_amount_cents(premise_id);
      payment.set_timely(premise_id == 501);
      Tell(payment, bill.account_id());
    }
  }

  // What the proof says behind `tamper`, which is undone afterwards. Nothing if the engine's own
  // constraints do not let it happen.
  std::optional<std::string> Behind(const std::string& tamper) {
    std::optional<std::string> violation;
    try {
      database_->Write(Deadline(), [&](db::Transaction& tx) {
        EXPECT_GT(tx.Execute(db::Query{"tamper", tamper}), 0) << tamper;
        violation = FirstViolation(tx);
        return db::Verdict::kRollBack;
      });
    } catch (const db::DatabaseError& refused) {
      EXPECT_TRUE(refused.kind() == db::DatabaseError::Kind::kConstraintViolation ||
                  refused.kind() == db::DatabaseError::Kind::kUniqueViolation)
          << tamper << ": " << refused.what();
      return std::nullopt;
    }
    return violation;
  }
  // Found by the proof.
  void ExpectFound(const std::string& tamper) {
    const std::optional<std::string> violation = Behind(tamper);
    ASSERT_TRUE(violation.has_value()) << "never happened: " << tamper;
    EXPECT_NE(*violation, "") << tamper;
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, VerifyTest, testing::BothEngines(), testing::EngineName);

TEST_P(VerifyTest, WhatWasNotTouchedHolds) {
  Work();
  const std::string auditor = server_.SignIn(PersonId(9), {"verify.run"});
  const auto stub = server_.Stub<verify::v1::VerifyService>();
  const auto context = testing::InProcessServer::Context(auditor);
  verify::v1::VerifyResponse response;
  const grpc::Status status = stub->Verify(context.get(), verify::v1::VerifyRequest(), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  std::map<std::string, std::int64_t> examined;
  for (const verify::v1::Check& check : response.checks()) {
    EXPECT_EQ(check.violation(), "") << check.name();
    examined[check.name()] = check.examined();
  }
  EXPECT_EQ(examined["customers"], 2);
  EXPECT_EQ(examined["premises"], 2);
  EXPECT_EQ(examined["accounts"], 2);
  EXPECT_EQ(examined["applications"], 2);
  EXPECT_EQ(examined["policies"], 2);
  EXPECT_EQ(examined["payment-facts"], 2);
  EXPECT_EQ(examined["opened-events"], 2);
}

// Columns that the proof covers, each with another value that the engine takes. README.md lists
// those that it does not.
const std::map<std::string, std::vector<std::pair<std::string, std::string>>> kColumns{
    {"customer",
     {{"customer_id", "customer_id - 1"},
      {"version", "version + 1"},
      {"kind", "'BUSINESS'"},
      {"name", "'x'"},
      {"other_name", "'x'"},
      {"mobile_phone", "'1'"},
      {"home_phone", "'1'"},
      {"work_phone", "'1'"},
      {"email", "'x'"},
      {"mailing_street", "'x'"},
      {"mailing_unit", "'x'"},
      {"mailing_city", "'x'"},
      {"mailing_region", "'x'"},
      {"mailing_postal_code", "'x'"},
      {"language", "'xx'"},
      {"verification", "'UNVERIFIED'"},
      {"salt", "'x'"},
      {"created_time", "created_time + 1"}}},
    {"customer_key",
     {{"customer_id", "customer_id - 1"}, {"kind", "'EMAIL'"}, {"search_key", "'x'"}}},
    {"customer_change",
     {{"customer_id", "customer_id - 1"},
      {"version", "version + 5"},
      {"field", "'x'"},
      {"before_value", "'x'"},
      {"after_value", "'x'"}}},
    {"premise",
     {{"premise_id", "premise_id + 10"},
      {"version", "version + 1"},
      {"street", "'x'"},
      {"unit", "'x'"},
      {"city", "'x'"},
      {"region", "'x'"},
      {"postal_code", "'x'"},
      {"address_key", "'X'"},
      {"customer_class", "'NON_RESIDENTIAL'"},
      {"cycle", "cycle + 1"}}},
    {"service_point",
     {{"premise_id", "premise_id + 10"},
      {"service_point_no", "service_point_no + 10"},
      {"service", "'x'"},
      {"schedule_code", "'x'"},
      {"quantity_thousandths", "quantity_thousandths + 1"},
      {"meter_number", "'x'"},
      {"register_digits", "9"},
      {"multiplier_thousandths", "7"},
      {"unit", "'x'"},
      {"supply", "'OFF'"}}},
    {"account",
     {{"account_id", "account_id + 1"},
      {"version", "version + 1"},
      {"premise_id", "premise_id + 10"},
      {"customer_id", "customer_id - 1"},
      {"customer_class", "'NON_RESIDENTIAL'"},
      {"state", "'CLOSED', close_date = '2026-11-23'"},
      {"open_date", "'2020-01-01'"},
      {"application_id", "application_id - 1"},
      {"timely_since_date", "'2020-01-01'"}}},
    {"agreement",
     {{"premise_id", "premise_id + 10"},
      {"agreement_id", "agreement_id + 10, service_point_no = service_point_no + 10"},
      {"account_id", "account_id + 1, agreement_id = agreement_id + 100"},
      {"service", "'x'"},
      {"schedule_code", "'x'"},
      {"quantity_thousandths", "quantity_thousandths + 1"},
      {"state", "'STOPPED'"},
      {"start_date", "'2020-01-01'"},
      {"stop_date", "'2020-01-01'"}}},
    {"application",
     {{"application_id", "application_id - 1"},
      {"version", "version + 1"},
      {"customer_id", "customer_id - 1"},
      {"premise_id", "1003 - premise_id"},
      {"customer_type", "'BUILDER'"},
      {"customer_class", "'NON_RESIDENTIAL'"},
      {"wanted_date", "'2020-01-01'"},
      {"state", "'WITHDRAWN', account_id = 0"},
      {"account_id", "account_id + 1"},
      {"charges_paid", "0"},
      {"decided_by", "'x'"},
      {"policy_id", "policy_id - 1"},
      {"total_cents", "total_cents + 1"},
      {"digest", "'x'"},
      {"salt", "'x'"}}},
    {"application_point",
     {{"application_id", "application_id - 1"},
      {"service_point_no", "service_point_no + 10"},
      {"service", "'x'"},
      {"monthly_cents", "7"}}},
    {"application_document",
     {{"application_id", "application_id - 1"},
      {"document_no", "document_no + 1"},
      {"kind", "'X'"},
      {"reference", "'x'"},
      {"document_date", "'2020-01-01'"},
      {"received_by", "'x'"},
      {"received_time", "received_time + 1"}}},
    {"application_reference",
     {{"application_id", "application_id - 1"},
      {"reference_no", "reference_no + 1"},
      {"kind", "'ACCEPTABLE_CREDIT'"},
      {"issuer", "'x'"},
      {"from_date", "'2020-01-01'"},
      {"to_date", "'2020-01-01'"},
      {"verified_by", "'x'"},
      {"verified_time", "verified_time + 1"}}},
    {"decision_line",
     {{"application_id", "application_id - 1"},
      {"line_no", "line_no + 10"},
      {"service_point_no", "service_point_no + 10"},
      {"service", "'x'"},
      {"kind", "'FEE'"},
      {"code", "'x'"},
      {"outcome", "'NOT_DUE'"},
      {"amount_cents", "amount_cents + 1"},
      {"reason", "'x'"}}},
    {"policy",
     {{"policy_id", "policy_id - 1"},
      {"effective_date", "'2020-01-01'"},
      {"loaded_time", "loaded_time + 1"},
      {"gap_days_max", "gap_days_max + 1"}}},
    {"policy_charge",
     {{"policy_id", "policy_id - 1"},
      {"line_no", "line_no + 10"},
      {"code", "'x'"},
      {"kind", "'FEE'"},
      {"service", "'x'"},
      {"customer_class", "'NON_RESIDENTIAL'"},
      {"amount_cents", "amount_cents + 1"},
      {"only_when_off", "1 - only_when_off"},
      {"basis", "'ANTICIPATED'"},
      {"months", "months + 1"},
      {"late_payments_min", "late_payments_min + 1"},
      {"waiver_months", "waiver_months + 1"},
      {"waived_by_credit", "1 - waived_by_credit"},
      {"tag", "'BINDING'"},
      {"citation", "'x'"},
      {"quote", "'x'"},
      {"source", "'x'"}}},
    {"policy_checklist",
     {{"policy_id", "policy_id - 1"},
      {"line_no", "line_no + 10"},
      {"customer_type", "'BUILDER'"},
      {"service", "'x'"},
      {"document", "'x'"},
      {"description", "'x'"},
      {"tag", "'BINDING'"},
      {"citation", "'x'"},
      {"quote", "'x'"},
      {"source", "'x'"}}},
    {"bill_fact",
     {{"account_id", "account_id + 1"},
      {"bill_id", "bill_id + 10"},
      {"due_date", "'2020-01-01'"},
      {"total_cents", "total_cents + 1"}}},
    {"payment_fact",
     {{"account_id", "account_id + 1"},
      {"payment_id", "'x'"},
      {"amount_cents", "amount_cents + 1"},
      {"timely", "1 - timely"},
      {"applied_date", "'2020-01-01'"},
      {"excuse", "'x'"}}}};

// One row of each table: the one with the greatest key.
const std::map<std::string, std::string> kOneRow{
    {"customer", "customer_id = (SELECT max(customer_id) FROM customer)"},
    {"customer_key",
     "kind = 'PHONE' AND customer_id = (SELECT max(customer_id) FROM customer) AND search_key = "
     "'8015550142'"},
    {"customer_change", "field = 'name' AND customer_id = (SELECT max(customer_id) FROM customer)"},
    {"premise", "premise_id = 502"},
    {"service_point", "premise_id = 502 AND service_point_no = 1"},
    {"account", "account_id = (SELECT max(account_id) FROM account)"},
    {"agreement", "premise_id = 502 AND service_point_no = 1"},
    {"application", "application_id = (SELECT max(application_id) FROM application)"},
    {"application_point",
     "service_point_no = 1 AND application_id = (SELECT max(application_id) FROM application)"},
    {"application_document", "application_id = (SELECT max(application_id) FROM application)"},
    {"application_reference", "application_id = (SELECT max(application_id) FROM application)"},
    {"decision_line",
     "line_no = 1 AND application_id = (SELECT max(application_id) FROM application)"},
    {"policy", "policy_id = (SELECT max(policy_id) FROM policy)"},
    {"policy_charge", "line_no = 1 AND policy_id = (SELECT max(policy_id) FROM policy)"},
    {"policy_checklist", "policy_id = (SELECT max(policy_id) FROM policy)"},
    {"bill_fact", "bill_id = 502"},
    {"payment_fact", "payment_id = '1-1-502'"}};

TEST_P(VerifyTest, AChangeOfAnyColumnIsFound) {
  Work();
  for (const auto& [table, columns] : kColumns) {
    for (const auto& [column, value] : columns) {
      ExpectFound("UPDATE " + table + " SET " + column + " = " + value + " WHERE " +
                  kOneRow.at(table));
    }
  }
}

TEST_P(VerifyTest, ARowThatIsGoneIsFound) {
  Work();
  for (const auto& [table, where] : kOneRow)
    ExpectFound("DELETE FROM " + table + " WHERE " + where);
}

// A copy of a row under another key.
TEST_P(VerifyTest, ARowThatWasNeverWrittenIsFound) {
  Work();
  for (const auto& [table, columns] : kColumns) {
    std::string names;
    std::string values;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (table == "account" && columns[i].first == "state") {
        names += ", state, close_date";
        values += ", state, close_date";
        continue;
      }
      if (table == "agreement" && columns[i].first == "account_id") {
        names += ", account_id, service_point_no";
        values += ", account_id, service_point_no + 10";
        continue;
      }
      const bool key = table == "agreement" ? columns[i].first == "agreement_id" : i == 0;
      names += (i == 0 ? "" : ", ") + columns[i].first;
      values += (i == 0 ? "" : ", ") + (!key                   ? columns[i].first
                                        : table == "agreement" ? "agreement_id + 10"
                                                               : columns[i].second);
    }
    if (table == "customer_change") {
      names += ", changed_by, changed_time";
      values += ", changed_by, changed_time";
    }
    ExpectFound("INSERT INTO " + table + " (" + names + ") SELECT " + values + " FROM " + table +
                " WHERE " + kOneRow.at(table));
  }
}

// The contents of two rows, each under the key of the other.
TEST_P(VerifyTest, RowsThatChangedPlacesAreFound) {
  Work();
  const auto swap = [](const std::string& column, const std::string& prefix) {
    return column + " = CASE " + column + " WHEN '" + prefix + "501' THEN '" + prefix +
           "502' ELSE '" + prefix + "501' END";
  };
  ExpectFound("UPDATE customer SET " + swap("name", "Customer "));
  ExpectFound("UPDATE premise SET " + swap("street", ""));
  ExpectFound("UPDATE service_point SET " + swap("meter_number", "E-") +
              " WHERE service_point_no = 1");
  ExpectFound("UPDATE account SET premise_id = 1003 - premise_id");
  ExpectFound("UPDATE application SET premise_id = 1003 - premise_id");
  ExpectFound("UPDATE application_reference SET " + swap("issuer", "Utility "));
  ExpectFound("UPDATE bill_fact SET total_cents = 1003 - total_cents");
  ExpectFound("UPDATE payment_fact SET amount_cents = 1003 - amount_cents, timely = 1 - timely");
  ExpectFound("UPDATE policy_charge SET amount_cents = 27000 - amount_cents WHERE code = 'E-DEP'");
}

}  // namespace
}  // namespace reeve::account
