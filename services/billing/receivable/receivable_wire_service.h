// What is on the books, on the wire.
#pragma once

#include "reeve/billing/v1/receivable_service.pb.h"
#include "services/billing/receivable/books.h"

namespace reeve::billing::receivable {

v1::EntryKind ToProto(EntryKind kind);
v1::EntryPosting ToProto(const Posting& posting);

}  // namespace reeve::billing::receivable
