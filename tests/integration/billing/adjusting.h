// Billing with two types of adjustment: a credit for water of which a clerk gives 50 dollars alone
// and a supervisor 500, and a fee for electric that is due in ten days.
#pragma once

#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing::v1 {
class Adjustment;
class AdjustmentPreview;
class AdjustmentSpec;
class AdjustmentType;
class PostAdjustmentRequest;
}  // namespace reeve::billing::v1

namespace reeve::billing {

class Adjusting : public virtual Billing {
 protected:
  Adjusting() : Billing() {}

  static v1::AdjustmentType WaterCredit(const std::string& date = "2026-07-01");
  static v1::AdjustmentType ElectricFee();
  // Half of what lies above the mean of the three bills before; one month, once in twelve.
  static v1::AdjustmentType Leak();
  // 25 dollars for each bill of a deployment, until two months behind it, as in Eagle Mountain.
  static v1::AdjustmentType Deployment();
  static void AddLimit(v1::AdjustmentType& type, const std::string& permission, std::int64_t cents);
  void LoadType(const v1::AdjustmentType& type, const std::string& reason = {});

  static v1::AdjustmentSpec Spec(std::int64_t account_id, std::int64_t cents,
                                 const std::string& code = "LEAK-W");
  v1::AdjustmentPreview Preview(const std::string& token, const v1::AdjustmentSpec& spec,
                                const std::string& reason = {});
  v1::PostAdjustmentRequest PostRequest(const v1::AdjustmentSpec& spec, const std::string& digest);
  // Looks and posts.
  v1::Adjustment Adjust(const std::string& token, const v1::AdjustmentSpec& spec);

  v1::AdjustmentPreview PreviewApproval(const std::string& token, const v1::Adjustment& adjustment,
                                        const std::string& reason = {});
  v1::Adjustment Approve(const std::string& token, const v1::Adjustment& adjustment,
                         const std::string& digest, const std::string& reason = {});
  v1::Adjustment Decline(const std::string& token, const v1::Adjustment& adjustment,
                         const std::string& reason = {});
  v1::Adjustment Withdraw(const std::string& token, const v1::Adjustment& adjustment,
                          const std::string& reason = {});
  v1::AdjustmentPreview PreviewReversal(const std::string& token, const v1::Adjustment& adjustment,
                                        const std::string& reason = {});
  v1::Adjustment Reverse(const std::string& token, const v1::Adjustment& adjustment,
                         const std::string& digest, const std::string& reason = {});

  // Loads the types, and adjusts nothing: who set a limit has none by it.
  const std::string steward_ =
      server_.SignIn(PersonId(12), {"adjustment.set_type", "adjustment.post", "adjustment.approve",
                                    "adjustment.reverse", "adjustment.limit_supervisor"});
};

}  // namespace reeve::billing
