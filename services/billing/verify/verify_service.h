// What billing adds to its VerifyService.
#pragma once

#include "reeve/verify/v1/verify_service.pb.h"
#include "shared/db/database.h"

namespace reeve::billing::verify {

void Verify(db::Transaction& tx, const ::reeve::verify::v1::VerifyRequest& request,
            ::reeve::verify::v1::VerifyResponse& response);

}  // namespace reeve::billing::verify
