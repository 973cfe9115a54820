// What tests of accounting months share: two people of finance who close and open them.
#pragma once

#include <string>

#include "reeve/billing/v1/month_service.grpc.pb.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {

class Closing : public virtual Billing {
 protected:
  v1::ClosePreview PreviewClose(const std::string& month = "2026-10",
                                const std::string& reason = {}) {
    v1::PreviewCloseRequest request;
    request.set_month(month);
    return Send<v1::MonthService>(&v1::MonthService::Stub::PreviewClose, accountant_, request,
                                  reason);
  }
  v1::LedgerMonth PrepareMonth(const std::string& token, const std::string& digest,
                               const std::string& reason = {},
                               const std::string& month = "2026-10") {
    v1::PrepareMonthRequest request;
    request.set_request_id(Key());
    request.set_month(month);
    request.set_digest(digest);
    return Send<v1::MonthService>(&v1::MonthService::Stub::PrepareMonth, token, request, reason);
  }
  v1::LedgerMonth CloseMonth(const std::string& token, const std::string& digest,
                             const std::string& reason = {}, const std::string& month = "2026-10") {
    v1::CloseMonthRequest request;
    request.set_request_id(Key());
    request.set_month(month);
    request.set_digest(digest);
    return Send<v1::MonthService>(&v1::MonthService::Stub::CloseMonth, token, request, reason);
  }
  v1::LedgerMonth PrepareAndClose(const std::string& month = "2026-10") {
    const std::string digest = PreviewClose(month).digest();
    PrepareMonth(accountant_, digest, {}, month);
    return CloseMonth(treasurer_, digest, {}, month);
  }
  v1::LedgerMonth ProposeReopening(const std::string& token, const std::string& reason = {},
                                   const std::string& month = "2026-10") {
    v1::ProposeReopeningRequest request;
    request.set_request_id(Key());
    request.set_month(month);
    request.set_reason("A deposit was booked as revenue");
    return Send<v1::MonthService>(&v1::MonthService::Stub::ProposeReopening, token, request,
                                  reason);
  }
  v1::LedgerMonth ReopenMonth(const std::string& token, const std::string& reason = {},
                              const std::string& month = "2026-10") {
    v1::ReopenMonthRequest request;
    request.set_request_id(Key());
    request.set_month(month);
    return Send<v1::MonthService>(&v1::MonthService::Stub::ReopenMonth, token, request, reason);
  }

  const std::string accountant_ =
      server_.SignIn(PersonId(31), {"ledger.view", "ledger.prepare_close", "ledger.close",
                                    "ledger.propose_reopening", "ledger.reopen"});
  const std::string treasurer_ =
      server_.SignIn(PersonId(32), {"ledger.view", "ledger.prepare_close", "ledger.close",
                                    "ledger.propose_reopening", "ledger.reopen"});
};

}  // namespace reeve::billing
