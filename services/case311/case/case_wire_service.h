// Requests of the case service, parsed once into commands, and cases as the wire spells them.
#pragma once

#include "reeve/case311/v1/case_service.pb.h"
#include "services/case311/case/case.h"

namespace reeve::case311 {

Result<OpenCase> Parse(const Call& call, const v1::OpenCaseRequest& request);
Result<RouteCase> Parse(const v1::RouteCaseRequest& request);
Result<AcceptCase> Parse(const v1::AcceptCaseRequest& request);
Result<ResolveCase> Parse(const v1::ResolveCaseRequest& request);
Result<ReopenCase> Parse(const v1::ReopenCaseRequest& request);
Result<CloseCase> Parse(const v1::CloseCaseRequest& request);
Result<AddCaseNote> Parse(const v1::AddCaseNoteRequest& request);

v1::Case ToProto(const Case& record);
v1::PublicCase ToProto(const PublicCase& view);
v1::CaseHistoryEntry ToProto(const HistoryEntry& entry);

}  // namespace reeve::case311
