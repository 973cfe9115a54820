#include "services/case311/verify/verify_service.h"

#include "services/case311/verify/verify_store.h"

namespace reeve::case311 {

void VerifyBooks(db::Transaction& tx, const verify::v1::VerifyRequest&,
                 verify::v1::VerifyResponse& response) {
  for (const Finding& finding : CheckBooks(tx)) {
    verify::v1::Check& check = *response.add_checks();
    check.set_name(finding.check);
    check.set_examined(finding.examined);
    check.set_violation(finding.violation);
  }
}

}  // namespace reeve::case311
