// Reads on the wire.
#pragma once

#include "reeve/billing/v1/read_service.pb.h"
#include "services/billing/read/read_store.h"

namespace reeve::billing::read {

v1::Read ToProto(const Read& read);
v1::ReadException ToProto(const Exception& exception);

}  // namespace reeve::billing::read
