// Payment's part of the suite's proof.
#pragma once

#include "reeve/verify/v1/verify_service.pb.h"
#include "shared/db/database.h"
#include "shared/feed/feed.h"

namespace reeve::payment {

// Adds the check "events" (each payment has one event, each void another) and the totals
// "clearing-credits-cents" and "clearing-credits-count" up to the request's token.
void VerifyEvents(db::Transaction& tx, const feed::Feed& feed,
                  const verify::v1::VerifyRequest& request, verify::v1::VerifyResponse& response);

}  // namespace reeve::payment
