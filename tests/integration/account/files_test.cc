// Customers, location files and the import of what exists.
#include <gmock/gmock.h>

#include "shared/core/check_digit.h"
#include "tests/integration/account/account_fixture.h"

namespace reeve::account {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Files : public AccountServer {
 protected:
  Result<v1::SearchCustomersResponse> Search(const v1::SearchCustomersRequest& request) {
    return Send<v1::CustomerService>(&v1::CustomerService::Stub::SearchCustomers, request);
  }
  static v1::ImportPremisesRequest Places(const std::string& name, int first, int count) {
    v1::ImportPremisesRequest request;
    request.set_request_id(Key(name));
    for (int i = 0; i < count; ++i) {
      v1::PremiseRow& row = *request.add_rows();
      row.set_line(i + 2);
      *row.mutable_premise() = House(first + i, /*on=*/true);
    }
    return request;
  }
  Result<v1::ImportPremisesResponse> Import(const v1::ImportPremisesRequest& request) {
    return Send<v1::PremiseService>(&v1::PremiseService::Stub::ImportPremises, request);
  }
  static std::int64_t AccountNumber(int i) {
    const std::string payload = std::to_string(1'000'000'000 + i);
    return std::stoll(payload + *Mod10CheckDigit(payload));
  }
  static v1::ImportAccountsRequest Existing(const std::string& name, int first, int count) {
    v1::ImportAccountsRequest request;
    request.set_request_id(Key(name));
    for (int i = 0; i < count; ++i) {
      v1::AccountRow& row = *request.add_rows();
      row.set_line(i + 2);
      row.set_account_id(AccountNumber(first + i));
      row.set_customer_id(7000 + i);
      *row.mutable_customer() = Details("Customer " + std::to_string(i));
      row.set_premise_id(first + i);
      row.set_open_date("2021-03-01");
      row.set_timely_since_date("2022-01-01");
      for (const int no : {1, 2}) {
        v1::AgreementRow& agreement = *row.add_agreements();
        agreement.set_service_point_no(no);
        agreement.set_start_date("2026-10-23");
        agreement.set_start_read_thousandths(no == 1 ? 12'345'000 : 0);
      }
    }
    return request;
  }
  Result<v1::ImportAccountsResponse> Import(const v1::ImportAccountsRequest& request) {
    return Send<v1::AccountService>(&v1::AccountService::Stub::ImportAccounts, request);
  }
  static std::vector<std::string> Violations(const Error& error) {
    std::vector<std::string> violations;
    for (const FieldViolation& violation : error.violations())
      violations.push_back(violation.field + ": " + violation.description);
    return violations;
  }
};
INSTANTIATE_TEST_SUITE_P(BothEngines, Files, testing::BothEngines(), testing::EngineName);

TEST_P(Files, EveryChangeOfACustomerIsOnRecord) {
  const v1::Customer customer = CreateCustomer("María González");
  v1::UpdateCustomerRequest update;
  update.set_request_id(Key("update-customer"));
  update.set_customer_id(customer.customer_id());
  update.set_etag(customer.etag());
  *update.mutable_details() = customer.details();
  update.mutable_details()->set_mobile_phone("801-555-0199");
  ASSERT_TRUE(Send<v1::CustomerService>(&v1::CustomerService::Stub::UpdateCustomer, update).ok());
  update.set_request_id(Key("update-customer-from-a-stale-screen"));
  EXPECT_EQ(Send<v1::CustomerService>(&v1::CustomerService::Stub::UpdateCustomer, update)
                .error()
                .reason(),
            "STALE");

  v1::ListCustomerChangesRequest request;
  request.set_customer_id(customer.customer_id());
  request.set_page_size(3);
  std::vector<v1::CustomerChange> changes;
  do {
    const auto page =
        Send<v1::CustomerService>(&v1::CustomerService::Stub::ListCustomerChanges, request);
    ASSERT_TRUE(page.ok()) << page.error().message();
    changes.insert(changes.end(), page->changes().begin(), page->changes().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  ASSERT_GT(changes.size(), 5u);
  EXPECT_EQ(changes[0].version(), 2);
  EXPECT_EQ(changes[0].field(), "mobile_phone");
  EXPECT_EQ(changes[0].before(), "8015550142");
  EXPECT_EQ(changes[0].after(), "8015550199");
  EXPECT_EQ(changes[0].changed_by(), "person/42");
  EXPECT_EQ(FirstViolation(), "");
}

TEST_P(Files, ASingleVagueCriterionFindsNobody) {
  CreateCustomer("María González");
  v1::SearchCustomersRequest request;
  request.set_name("gonz");
  EXPECT_EQ(Search(request).error().reason(), "SEARCH_TOO_WIDE");
  request.set_phone("(801) 555-0142");
  const auto found = Search(request);
  ASSERT_EQ(found->hits_size(), 1);
  EXPECT_EQ(found->hits(0).customer().details().name(), "María González");
  request.set_name("smith");
  EXPECT_EQ(Search(request)->hits_size(), 0);
}

TEST_P(Files, ACustomerIsFoundByTheAddressThatTheyAreServedAt) {
  LoadPolicy();
  CreatePremise(House(501));
  const v1::Application accepted = Accepted(CreateCustomer("María González").customer_id(), 501);
  v1::SearchCustomersRequest request;
  request.set_address("501 west 820 north");
  const auto found = Search(request);
  ASSERT_EQ(found->hits_size(), 1);
  EXPECT_EQ(found->hits(0).accounts(0).account_id(), accepted.account().account_id());
  request.set_address("501 west");
  EXPECT_EQ(Search(request)->hits_size(), 0);  // alone, an address is taken whole
  request.set_name("mar");
  EXPECT_EQ(Search(request)->hits_size(), 1);
}

TEST_P(Files, PlacesAreFoundByStreetAndByMeter) {
  ASSERT_TRUE(Import(Places("places", 1240, 5)).ok());
  v1::SearchPremisesRequest request;
  request.set_address("124");
  request.set_page_size(2);
  int found = 0;
  do {
    const auto page = Send<v1::PremiseService>(&v1::PremiseService::Stub::SearchPremises, request);
    ASSERT_TRUE(page.ok()) << page.error().message();
    found += page->premises_size();
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(found, 5);
  v1::SearchPremisesRequest meter;
  meter.set_meter_number("E-1242");
  const auto at = Send<v1::PremiseService>(&v1::PremiseService::Stub::SearchPremises, meter);
  ASSERT_EQ(at->premises_size(), 1);
  EXPECT_EQ(at->premises(0).premise_id(), 1242);
}

TEST_P(Files, AFileOfPlacesMayBeSentAgain) {
  EXPECT_EQ(Import(Places("first-time", 100, 50))->imported(), 50);
  const auto again = Import(Places("second-time", 100, 60));
  EXPECT_EQ(again->imported(), 10);
  EXPECT_EQ(again->unchanged(), 50);
  const auto nothing_new = Import(Places("third-time", 100, 60));
  ASSERT_TRUE(nothing_new.ok()) << nothing_new.error().message();
  EXPECT_EQ(nothing_new->unchanged(), 60);
}

TEST_P(Files, ABadRowOfPlacesStopsItsChunkAndEveryOneIsNamed) {
  ASSERT_TRUE(Import(Places("first-time", 100, 1)).ok());
  v1::ImportPremisesRequest request = Places("bad-form", 100, 4);
  request.mutable_rows(1)->mutable_premise()->set_cycle(0);
  request.mutable_rows(3)->mutable_premise()->mutable_service_points(0)->set_unit("kgal");
  EXPECT_THAT(Violations(Import(request).error()),
              ElementsAre("rows[1].premise.cycle: line 3: is not between 1 and 31",
                          "rows[3].premise.service_points[0].unit: line 5: is not a unit of this "
                          "service"));
  request = Places("contradiction", 100, 4);
  request.mutable_rows(0)->mutable_premise()->set_cycle(8);
  request.mutable_rows(2)->mutable_premise()->mutable_service_points(0)->set_meter_number("E-100");
  request.mutable_rows(3)->mutable_premise()->set_premise_id(101);
  EXPECT_THAT(Violations(Import(request).error()),
              ElementsAre("rows[0].premise.premise_id: line 2: is on file with other contents",
                          StartsWith("rows[2].premise: line 4: meter E-100 is on line 2"),
                          StartsWith("rows[2].premise: line 4: meter E-100 stands at premise 100"),
                          "rows[3].premise.premise_id: line 5: is on line 3 too"));
  v1::GetPremiseRequest get;
  get.set_premise_id(102);
  EXPECT_EQ(Send<v1::PremiseService>(&v1::PremiseService::Stub::GetPremise, get).error().reason(),
            "PREMISE_UNKNOWN");
}

TEST_P(Files, ExistingAccountsAreTakenOverOnce) {
  ASSERT_TRUE(Import(Places("places", 100, 60)).ok());
  const auto first = Import(Existing("first-time", 100, 50));
  ASSERT_TRUE(first.ok()) << Violations(first.error())[0];
  EXPECT_EQ(first->imported(), 50);
  const auto again = Import(Existing("second-time", 100, 60));
  ASSERT_TRUE(again.ok()) << Violations(again.error())[0];
  EXPECT_EQ(again->imported(), 10);
  EXPECT_EQ(again->unchanged(), 50);
  const auto nothing_new = Import(Existing("third-time", 100, 60));
  ASSERT_TRUE(nothing_new.ok()) << nothing_new.error().message();
  EXPECT_EQ(nothing_new->unchanged(), 60);
  const auto opened = Published<v1::AccountOpened>();
  ASSERT_EQ(opened.size(), 60u);
  EXPECT_TRUE(opened[0].agreements(0).active());
  EXPECT_TRUE(opened[0].agreements(0).in_service());
  EXPECT_EQ(opened[0].agreements(0).start_read_thousandths(), 12'345'000);
  const v1::Account account = GetAccount(AccountNumber(100));
  EXPECT_EQ(account.agreements(0).state(), v1::AGREEMENT_STATE_ACTIVE);
  EXPECT_EQ(account.customer().details().name(), "Customer 0");
  EXPECT_EQ(FirstViolation(), "");
}

TEST_P(Files, ABadRowOfAccountsStopsItsChunkAndEveryOneIsNamed) {
  ASSERT_TRUE(Import(Places("places", 100, 6)).ok());
  v1::ImportAccountsRequest request = Existing("bad-form", 100, 3);
  request.mutable_rows(0)->set_account_id(request.rows(0).account_id() + 1);
  request.mutable_rows(2)->mutable_customer()->clear_name();
  EXPECT_THAT(Violations(Import(request).error()),
              ElementsAre(HasSubstr("rows[0].account_id: line 2: is not an account number"),
                          "rows[2].customer.name: line 4: is required"));
  request = Existing("contradiction", 100, 6);
  request.mutable_rows(1)->set_premise_id(999);
  request.mutable_rows(2)->mutable_agreements(0)->set_start_read_thousandths(100'000'000);
  request.mutable_rows(3)->set_premise_id(100);
  request.mutable_rows(4)->mutable_agreements(1)->set_service_point_no(9);
  request.mutable_rows(5)->set_customer_id(request.rows(0).customer_id());
  EXPECT_THAT(
      Violations(Import(request).error()),
      ElementsAre("rows[1].premise_id: line 3: has no location file",
                  HasSubstr("line 4: The read does not fit on the register of service point 1"),
                  HasSubstr("line 5: Another account is served at service point 1"),
                  HasSubstr("line 6: The place has no service point 9"),
                  "rows[5].customer: line 7: is on file with other contents"));
  EXPECT_TRUE(Published<v1::AccountOpened>().empty());
}

TEST_P(Files, AnImportedHistoryWaivesTheDeposit) {
  LoadPolicy();
  CreatePremise(House(501));
  ASSERT_TRUE(Import(Places("places", 100, 1)).ok());
  ASSERT_TRUE(Import(Existing("accounts", 100, 1)).ok());
  const v1::Application decided = Decided(7000, 501);
  EXPECT_EQ(decided.decision().lines(0).outcome(), v1::OUTCOME_WAIVED);
  EXPECT_THAT(decided.decision().lines(0).reason(),
              HasSubstr("since 2022-01-01 (account " + std::to_string(AccountNumber(100)) + ")"));
}

}  // namespace
}  // namespace reeve::account
