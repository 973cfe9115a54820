// Reads on the wire.
#pragma once

#include "reeve/billing/v1/read_service.pb.h"
#include "services/billing/read/correction_store.h"

namespace reeve::billing::read {

v1::Read ToProto(const Read& read);
// Says of a read that was corrected what became of it.
void AddCorrection(const Correction& correction, v1::Read& read);
v1::ReadException ToProto(const Exception& exception);

}  // namespace reeve::billing::read
