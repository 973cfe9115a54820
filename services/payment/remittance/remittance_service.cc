#include "services/payment/remittance/remittance_service.h"

#include <algorithm>

namespace reeve::payment {

std::string ParseScanline(Fields& fields, const std::string& scanline) {
  std::string digits = scanline;
  std::erase(digits, ' ');
  const bool all_digits = std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (digits.empty() || (all_digits && digits.size() == kScanlineDigits)) return digits;
  fields.Refuse("scanline", "has " + std::to_string(kScanlineDigits) + " digits");
  return {};
}

grpc::ServerUnaryReactor* RemittanceService::CheckStub(grpc::CallbackServerContext* context,
                                                       const v1::CheckStubRequest* request,
                                                       v1::Stub* response) {
  return server_.Handle(context, request, response,
                        [](const Call&, const v1::CheckStubRequest& message) -> Result<v1::Stub> {
                          Fields fields;
                          const std::string digits = ParseScanline(fields, message.scanline());
                          if (message.scanline().empty()) fields.Refuse("scanline", "is required");
                          if (!fields.ok()) return fields.error();
                          REEVE_ASSIGN_OR_RETURN(const Stub stub, ReadStub(digits));
                          v1::Stub wire;
                          wire.set_account_id(stub.account.value());
                          wire.set_due_date(stub.due_date.ToString());
                          wire.set_rate_code(stub.rate_code);
                          wire.set_gross_cents(stub.gross.cents());
                          wire.set_net_cents(stub.net.cents());
                          return wire;
                        });
}

}  // namespace reeve::payment
