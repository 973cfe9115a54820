// The scanline of a stub, and payment ids: what is taken is what its digits say.
#include "services/payment/payment/payment.h"
#include "services/payment/remittance/remittance.h"
#include "tests/fuzz/target.h"

REEVE_FUZZ_TARGET(scanline) {
  using namespace reeve::payment;
  if (const auto id = PaymentId::Parse(input)) {
    const auto again = PaymentId::Parse(id->ToString());
    Require(again && *again == *id, "a payment's id reads back");
    Require(id->drawer.value() > 0 && id->session_no > 0 && id->receipt_no > 0,
            "its numbers are positive");
  }
  if (input.size() != kScanlineDigits) return;  // as the wire has checked
  const auto stub = ReadStub(input);
  if (!stub.ok()) return;
  Require(IsAccountNumber(stub->account.value()), "the account has its check digit");
  const auto cents = [&](std::size_t at) { return std::stoll(std::string(input.substr(at, 10))); };
  Require(stub->gross.cents() == cents(21) && stub->net.cents() == cents(31),
          "the amounts are those of the line");
  Require(stub->rate_code == input.substr(17, 4), "the rate code is that of the line");
  // No single digit can be another one.
  for (std::size_t i = 0; i < input.size(); ++i) {
    std::string misread(input);
    misread[i] = misread[i] == '9' ? '0' : static_cast<char>(misread[i] + 1);
    Require(!ReadStub(misread).ok(), "a misread digit is refused");
  }
}
