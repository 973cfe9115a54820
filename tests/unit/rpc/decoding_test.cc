#include "shared/rpc/decoding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "reeve/payment/v1/payment_service.pb.h"

namespace reeve::rpc {
namespace {

using payment::v1::TakePaymentRequest;
using ::testing::ElementsAre;

std::vector<std::string> Named(const std::string& bytes) {
  std::vector<std::string> fields;
  const Error error = ExplainUndecodable(*TakePaymentRequest::descriptor(), bytes);
  EXPECT_EQ(error.code(), Code::kInvalidArgument);
  EXPECT_EQ(error.reason(), "INVALID_REQUEST");
  for (const FieldViolation& violation : error.violations()) fields.push_back(violation.field);
  return fields;
}

// The request with every "~" turned into a byte that begins nothing.
std::string Garbled(const TakePaymentRequest& request) {
  std::string bytes = request.SerializeAsString();
  for (char& byte : bytes) {
    if (byte == '~') byte = '\xFF';
  }
  return bytes;
}

TEST(DecodingTest, NamesEveryTextThatIsNotUtf8) {
  TakePaymentRequest request;
  request.set_drawer_id(7);
  request.set_scanline("1~2");
  request.add_tenders()->set_check_number("1042");
  request.add_tenders()->set_card_token("~");
  request.add_tenders()->set_bank_last4("12~");
  request.add_directions()->set_service("water~");
  EXPECT_THAT(Named(Garbled(request)), ElementsAre("tenders[1].card_token", "tenders[2].bank_last4",
                                                   "directions[0].service", "scanline"));
}

TEST(DecodingTest, BytesThatAreCutOffNameWhatCouldBeRead) {
  TakePaymentRequest request;
  request.set_scanline("~");
  request.set_request_id("a request id of a test");
  const std::string bytes = Garbled(request);
  EXPECT_THAT(Named(bytes.substr(0, bytes.size() - 1)), ElementsAre("scanline"));
  EXPECT_THAT(Named("\x0A"), ElementsAre());
  EXPECT_THAT(Named(std::string(20, '\xFF')), ElementsAre());
  std::string groups;
  for (int level = 0; level < 100'000; ++level) groups += "\xFB\xFF\x01";
  EXPECT_THAT(Named(groups), ElementsAre());
}

}  // namespace
}  // namespace reeve::rpc
