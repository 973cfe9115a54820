#include "services/account/customer/customer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reeve::account {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Values;

CustomerDetails Maria() {
  return {.name = "María González-O'Neil",
          .mobile_phone = "8015550142",
          .email = "Maria@example.org",
          .mailing = {"1240 W 820 N", "Apt 3", "Provo", "UT", "84601"},
          .language = "es"};
}

TEST(CustomerDetailsCheck, KeepsDigitsOfTelephoneNumbers) {
  Fields fields;
  CustomerDetails details = Maria();
  details.mobile_phone = "+1 (801) 555-0142";
  EXPECT_EQ(CheckDetails(fields, "details", details).mobile_phone, "18015550142");
  EXPECT_TRUE(fields.ok());
}

TEST(CustomerDetailsCheck, NamesEveryBadField) {
  Fields fields;
  CustomerDetails details{.mobile_phone = "call me",
                          .email = "at@home@",
                          .mailing = {.unit = "Apt 3"},
                          .language = "Spanish"};
  CheckDetails(fields, "details", details);
  std::vector<std::string> found;
  const Error error = fields.error();
  for (const FieldViolation& violation : error.violations()) found.push_back(violation.field);
  EXPECT_EQ(found, (std::vector<std::string>{
                       "details.name", "details.mobile_phone", "details.email",
                       "details.mailing_address.street", "details.mailing_address.city",
                       "details.mailing_address.region", "details.mailing_address.postal_code",
                       "details.language"}));
}

TEST(CustomerDetailsCheck, LettersMayGoToThePlaceThatIsServed) {
  Fields fields;
  CustomerDetails details = Maria();
  details.mailing = {};
  CheckDetails(fields, "details", details);
  EXPECT_TRUE(fields.ok());
}

TEST(CustomerChanges, SayWhatWasAndWhatIs) {
  CustomerDetails after = Maria();
  after.mobile_phone = "8015550199";
  after.mailing.unit = "";
  EXPECT_EQ(Differences(Maria(), after),
            (std::vector<FieldChange>{{"mobile_phone", "8015550142", "8015550199"},
                                      {"mailing_address.unit", "Apt 3", ""}}));
  EXPECT_TRUE(Differences(after, after).empty());
}

TEST(CustomerVersion, AStaleScreenIsRefused) {
  const Customer customer{.id = CustomerId(7), .version = 3};
  EXPECT_TRUE(CheckVersion(customer, 3).ok());
  EXPECT_EQ(CheckVersion(customer, 2).error().reason(), "STALE");
}

TEST(CustomerAudit, ShowsNoPersonalData) {
  const Customer customer{.id = CustomerId(7), .details = Maria(), .salt = "0123456789abcdef"};
  const std::string text = ToAuditText(customer);
  EXPECT_THAT(text, Not(HasSubstr("Gonz")));
  EXPECT_THAT(text, Not(HasSubstr("8015550142")));
  EXPECT_THAT(text, Not(HasSubstr("1240")));
  EXPECT_THAT(text, HasSubstr("kind=PERSON"));
  Customer other = customer;
  other.salt = "fedcba9876543210";
  EXPECT_NE(ToAuditText(other), text);
}

struct SearchCase {
  std::string name;
  Criteria criteria;
  bool planned;
};
class SearchPlan : public ::testing::TestWithParam<SearchCase> {};
TEST_P(SearchPlan, NeedsTwoCriteriaOrOneThatIsExact) {
  const Result<Search> search = Plan(GetParam().criteria);
  EXPECT_EQ(search.ok(), GetParam().planned);
  EXPECT_EQ(search.ok() ? "" : search.error().reason(),
            GetParam().planned ? "" : "SEARCH_TOO_WIDE");
}
INSTANTIATE_TEST_SUITE_P(
    Criteria, SearchPlan,
    Values(SearchCase{"Nothing", {}, false}, SearchCase{"NameAlone", {.name = "gonzalez"}, false},
           SearchCase{"BlankName", {.name = " . ", .phone = "801"}, false},
           SearchCase{"PhoneAlone", {.phone = "8015550142"}, false},
           SearchCase{"EmailAlone", {.email = "maria@example.org"}, false},
           SearchCase{"NameAndPhone", {.name = "gonz", .phone = "8015550142"}, true},
           SearchCase{"NameAndStreet", {.name = "gonz", .address = "1240 w"}, true},
           SearchCase{"CustomerNumber", {.customer = CustomerId(7)}, true},
           SearchCase{"AccountNumber", {.account = AccountId(12345678903)}, true},
           SearchCase{"WholeAddress", {.address = "1240 W 820 N Apt 3"}, true}),
    [](const auto& info) { return info.param.name; });

bool Found(const Criteria& criteria) {
  return Matches(Plan(criteria).value(), Maria(), {"1240 W 820 N APT 3"});
}

TEST(SearchMatch, TakesBeginningsOfNamesAndWholeNumbers) {
  EXPECT_TRUE(Found({.name = "GONZ", .phone = "801-555-0142"}));
  EXPECT_TRUE(Found({.name = "mar oneil", .email = "MARIA@example.org"}));
  EXPECT_FALSE(Found({.name = "oneil", .phone = "555-0142"}));
  EXPECT_FALSE(Found({.name = "smith", .email = "maria@example.org"}));
}

TEST(SearchMatch, AnAddressAloneIsTakenWhole) {
  EXPECT_TRUE(Found({.address = "1240 West 820 North, apt. 3"}));
  EXPECT_FALSE(Found({.address = "1240 West 820 North"}));
  EXPECT_TRUE(Found({.name = "oneil", .address = "1240 west"}));
}

}  // namespace
}  // namespace reeve::account
