#include "services/billing/adjustment/limit_store.h"

namespace reeve::billing::adjustment {
namespace {

// Whoever makes a bill again has started its run.
constexpr db::Query kPostedAlone{
    "adjustment_posted_alone",
    "SELECT (SELECT CAST(coalesce(sum(amount_cents), 0) AS BIGINT) FROM adjustment WHERE "
    "account_id = $1 AND entered_by_person_id = $2 AND decided_by_person_id = 0 AND "
    "state = 'POSTED' AND posted_date > $3) + "
    "(SELECT CAST(coalesce(sum(credited_cents), 0) AS BIGINT) FROM bill_cancellation WHERE "
    "account_id = $1 AND cancelled_by_person_id = $2 AND approved_by_person_id = 0 AND "
    "cancelled_date > $3) + "
    "(SELECT CAST(coalesce(sum(r.credited_cents), 0) AS BIGINT) FROM bill_rebill r JOIN bill b ON "
    "b.account_id = r.account_id AND b.bill_id = r.bill_id JOIN cycle_run c ON "
    "c.cycle_id = b.cycle_id WHERE r.account_id = $1 AND r.approved_by_person_id = 0 AND "
    "c.started_by_person_id = $2 AND c.bill_date > $3)"};

}  // namespace

Money PostedAlone(db::Transaction& tx, AccountId account, PersonId person, Date after) {
  return tx.Select(kPostedAlone, account, person, after)[0].Cents(0);
}

}  // namespace reeve::billing::adjustment
