// The checks of this service, as its VerifyService reports them.
#pragma once

#include "reeve/verify/v1/verify_service.pb.h"
#include "shared/db/database.h"

namespace reeve::case311 {

void VerifyBooks(db::Transaction& tx, const verify::v1::VerifyRequest& request,
                 verify::v1::VerifyResponse& response);

}  // namespace reeve::case311
