// The checks of this service, as its VerifyService reports them.
#pragma once

#include "reeve/verify/v1/verify_service.pb.h"
#include "shared/db/database.h"

namespace reeve::work_order {

void VerifyOrders(db::Transaction& tx, const verify::v1::VerifyRequest& request,
                  verify::v1::VerifyResponse& response);

}  // namespace reeve::work_order
