// What goes over the wire: refusals, page tokens, retry policies.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "reeve/identity/v1/session_service.pb.h"
#include "reeve/identity/v1/staff_service.pb.h"
#include "shared/rpc/client.h"
#include "shared/rpc/error.h"
#include "shared/rpc/paging.h"

namespace reeve::rpc {
namespace {

TEST(ErrorOnTheWire, ComesBackWithReasonFactsAndFields) {
  const Error sent = Error(Code::kFailedPrecondition, Reason{"DRAWER_NOT_COUNTED"}, "Count first.")
                         .With("drawer", 7)
                         .WithViolations({{"tenders[1].amount_cents", "must be positive"}});
  const grpc::Status status = ToStatus(sent, "reeve.payment");
  EXPECT_EQ(status.error_code(), grpc::FAILED_PRECONDITION);
  const Error received = FromStatus(status);
  EXPECT_EQ(received.code(), Code::kFailedPrecondition);
  EXPECT_EQ(received.reason(), "DRAWER_NOT_COUNTED");
  EXPECT_EQ(received.message(), "Count first.");
  EXPECT_EQ(received.violations(), sent.violations());
  ASSERT_EQ(received.metadata().size(), 1u);
  EXPECT_EQ(received.metadata()[0], (std::pair<std::string, std::string>("drawer", "7")));
}

TEST(ErrorOnTheWire, ManyBadFieldsFitIntoTheTrailersAndSayThatThereAreMore) {
  std::vector<FieldViolation> violations;
  for (int i = 0; i < 1'000; ++i) {
    violations.push_back(
        {"rows[" + std::to_string(i) + "].account_id", "is not an account number"});
  }
  const grpc::Status status = ToStatus(InvalidArgument(violations), "reeve.test");
  EXPECT_LT(status.error_details().size(), 6'000u);  // 8 KiB in base64
  const Error received = FromStatus(status);
  EXPECT_EQ(received.reason(), reason::kInvalidRequest.name);
  ASSERT_GT(received.violations().size(), 50u);
  EXPECT_EQ(received.violations().front(), violations.front());
  const std::size_t named = received.violations().size() - 1;
  EXPECT_EQ(received.violations().back().description,
            "and " + std::to_string(1'000 - named) + " more");
}

TEST(ErrorOnTheWire, EveryCodeSurvives) {
  for (int code = 0; code <= static_cast<int>(Code::kUnauthenticated); ++code) {
    const Error sent(static_cast<Code>(code), Reason{"X"}, "x");
    EXPECT_EQ(FromStatus(ToStatus(sent, "reeve.x")).code(), sent.code());
  }
}

TEST(ErrorOnTheWire, AStatusOfGrpcItselfHasAReasonOfItsOwn) {
  const Error error = FromStatus({grpc::UNAVAILABLE, "no route"});
  EXPECT_EQ(error.code(), Code::kUnavailable);
  EXPECT_EQ(error.reason(), "TRANSPORT");
  EXPECT_EQ(FromStatus({grpc::UNIMPLEMENTED, ""}).code(), Code::kInternal);
}

TEST(Paging, ATokenLeadsBehindItsRow) {
  Fields fields;
  const std::string token = NextPageToken("List?state=OPEN", {"2026-11-22", "42"});
  const Page page = ParsePage(fields, 10, token, "List?state=OPEN", 2);
  ASSERT_TRUE(fields.ok());
  EXPECT_EQ(page.size, 10);
  EXPECT_EQ(page.after, (std::vector<std::string>{"2026-11-22", "42"}));
  EXPECT_EQ(page.AfterInt(1), 42);
}

TEST(Paging, SizeHasADefaultAndAMaximum) {
  Fields fields;
  EXPECT_EQ(ParsePage(fields, 0, "", "q", 1).size, kPageSizeDefault);
  EXPECT_EQ(ParsePage(fields, 100'000, "", "q", 1).size, kPageSizeMax);
  EXPECT_TRUE(fields.ok());
  ParsePage(fields, -1, "", "q", 1);
  EXPECT_FALSE(fields.ok());
}

TEST(Paging, ATokenOfAnotherQuestionIsRefused) {
  const std::string token = NextPageToken("List?state=OPEN", {"42"});
  for (const auto& [given, query, parts] :
       std::vector<std::tuple<std::string, std::string, std::size_t>>{
           {token, "List?state=CLOSED", 1},
           {token, "List?state=OPEN", 2},
           {token + "AAAA", "List?state=OPEN", 1},
           {"!", "List?state=OPEN", 1},
           {std::string(5'000, 'A'), "List?state=OPEN", 1}}) {
    Fields fields;
    EXPECT_TRUE(ParsePage(fields, 0, given, query, parts).after.empty());
    EXPECT_FALSE(fields.ok()) << given;
  }
}

TEST(ServiceConfig, RetriesOnlyIdempotentMethodsAndOnlyWhenNothingHappened) {
  const std::string config = ServiceConfig({"reeve.identity.v1.SessionService"});
  google::protobuf::Struct parsed;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(config, &parsed).ok()) << config;
  EXPECT_NE(config.find(R"("method":"CheckSession")"), std::string::npos);
  EXPECT_EQ(config.find(R"("method":"SignIn")"), std::string::npos);
  EXPECT_NE(config.find(R"("retryableStatusCodes":["UNAVAILABLE"])"), std::string::npos);
}

TEST(ServiceConfig, UnknownServiceIsADefect) {
  EXPECT_THROW(ServiceConfig({"reeve.nowhere.v1.NoService"}), std::logic_error);
}

}  // namespace
}  // namespace reeve::rpc
