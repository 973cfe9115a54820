#include "services/billing/verify/verify_service.h"

#include "services/billing/verify/verify_store.h"

namespace reeve::billing::verify {

void Verify(db::Transaction& tx, const ::reeve::verify::v1::VerifyRequest&,
            ::reeve::verify::v1::VerifyResponse& response) {
  const Proof proof = ProveAll(tx);
  for (const Finding& finding : proof.findings) {
    ::reeve::verify::v1::Check& check = *response.add_checks();
    check.set_name(finding.check);
    check.set_examined(finding.examined);
    check.set_violation(finding.violation);
  }
  ::reeve::verify::v1::ControlTotal& clearing = *response.add_totals();
  clearing.set_name("clearing-debits-cents");
  clearing.set_value(proof.clearing_debits.cents());
}

}  // namespace reeve::billing::verify
