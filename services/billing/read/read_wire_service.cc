#include "services/billing/read/read_wire_service.h"

namespace reeve::billing::read {
namespace {

v1::ReadSource ToProto(Source source) {
  switch (source) {
    case Source::kFile:
      return v1::READ_SOURCE_FILE;
    case Source::kOrder:
      return v1::READ_SOURCE_ORDER;
    case Source::kOccupant:
      return v1::READ_SOURCE_OCCUPANT;
    case Source::kTakenOver:
      return v1::READ_SOURCE_TAKEN_OVER;
    case Source::kExchange:
      return v1::READ_SOURCE_EXCHANGE;
    case Source::kEstimate:
      return v1::READ_SOURCE_ESTIMATE;
    case Source::kCounter:
      return v1::READ_SOURCE_COUNTER;
    case Source::kEdit:
      break;
  }
  return v1::READ_SOURCE_EDIT;
}

}  // namespace

v1::Read ToProto(const Read& read) {
  v1::Read message;
  message.set_read_id(read.read_id);
  message.set_agreement_id(read.agreement_id);
  message.set_meter_number(read.meter_number);
  message.set_read_date(read.reading.date.ToString());
  message.set_read_thousandths(read.reading.thousandths);
  message.set_source(ToProto(read.source));
  message.set_set_aside(read.set_aside);
  return message;
}

void AddCorrection(const Correction& correction, v1::Read& read) {
  v1::ReadCorrection& message = *read.mutable_correction();
  switch (correction.kind) {
    case CorrectionKind::kReplaced:
      message.set_kind(v1::READ_CORRECTION_KIND_REPLACED);
      break;
    case CorrectionKind::kEstimateCancelled:
      message.set_kind(v1::READ_CORRECTION_KIND_ESTIMATE_CANCELLED);
      break;
    case CorrectionKind::kExchangeReversed:
      message.set_kind(v1::READ_CORRECTION_KIND_EXCHANGE_REVERSED);
      break;
  }
  message.set_by_read_id(correction.by_read_id);
  message.set_person_id(correction.person.value());
  message.set_corrected_date(correction.corrected_date.ToString());
  message.set_reason(correction.reason);
}

v1::ReadException ToProto(const Exception& exception) {
  v1::ReadException message;
  message.set_line(exception.line);
  message.set_reason(exception.reason);
  message.set_queued(exception.queued);
  message.set_row(exception.excerpt);
  message.set_account_id(exception.account.value());
  message.set_import_id(exception.import_id);
  message.set_state(exception.state == ExceptionState::kOpen ? v1::READ_EXCEPTION_STATE_OPEN
                    : exception.state == ExceptionState::kAccepted
                        ? v1::READ_EXCEPTION_STATE_ACCEPTED
                        : v1::READ_EXCEPTION_STATE_DISCARDED);
  message.set_resolved_by_person_id(exception.resolved_by.value());
  if (exception.resolved_date) message.set_resolved_date(exception.resolved_date->ToString());
  message.set_resolution_reason(exception.resolution);
  return message;
}

}  // namespace reeve::billing::read
