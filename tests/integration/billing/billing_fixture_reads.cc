// Reads, estimates and exchanges of meters.
#include "reeve/billing/v1/meter_service.grpc.pb.h"
#include "reeve/billing/v1/read_correction_service.grpc.pb.h"
#include "reeve/billing/v1/read_service.grpc.pb.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {

v1::ReadImport Billing::Import(const std::string& rows, const std::string& reason) {
  const std::string text = "meter_number,read_date,read,unit\n" + rows;
  v1::ImportReadsRequest request;
  request.set_request_id(Key());
  request.set_file_name("route 7");
  request.set_file_sha256(Sha256(text));
  request.set_first_line(1);
  request.set_lines(text);
  request.set_last_part(true);
  return Send<v1::ReadService>(&v1::ReadService::Stub::ImportReads, analyst_, request, reason);
}

v1::ExchangeMeterRequest Billing::ExchangeOf(std::int64_t account_id, const std::string& date,
                                             std::int64_t out_read, std::int64_t in_read) {
  v1::ExchangeMeterRequest request;
  request.set_account_id(account_id);
  request.set_agreement_id(account_id * 10 + 1);
  request.set_exchange_date(date);
  request.set_old_meter_number("E" + std::to_string(account_id));
  request.set_out_read_thousandths(out_read * 1000);
  v1::Meter& meter = *request.mutable_meter();
  meter.set_meter_number("N" + std::to_string(account_id));
  meter.set_unit("kWh");
  meter.set_register_digits(6);
  meter.set_multiplier_thousandths(1000);
  request.set_in_read_thousandths(in_read * 1000);
  request.set_reason("the register stood still");
  return request;
}

v1::MeterInstallation Billing::Exchange(v1::ExchangeMeterRequest request,
                                        const std::string& reason) {
  if (request.request_id().empty()) request.set_request_id(Key());
  return Send<v1::MeterService>(&v1::MeterService::Stub::ExchangeMeter, analyst_, request, reason);
}

v1::MeterInstallation Billing::Reverse(std::int64_t account_id, const std::string& reason,
                                       const std::string& meter, int agreement) {
  v1::ReverseExchangeRequest request;
  request.set_request_id(Key());
  request.set_account_id(account_id);
  request.set_agreement_id(account_id * 10 + agreement);
  request.set_meter_number(meter + std::to_string(account_id));
  request.set_reason("entered at the wrong account");
  return Send<v1::MeterService>(&v1::MeterService::Stub::ReverseExchange, analyst_, request,
                                reason);
}

v1::Read Billing::ReplaceRead(std::int64_t account_id, std::int64_t read_id,
                              const std::string& date, std::int64_t counts,
                              const std::string& reason) {
  v1::ReplaceReadRequest request;
  request.set_request_id(Key());
  request.set_account_id(account_id);
  request.set_read_id(read_id);
  request.set_read_date(date);
  request.set_read_thousandths(counts * 1000);
  request.set_reason("the reader went again");
  return Send<v1::ReadCorrectionService>(&v1::ReadCorrectionService::Stub::ReplaceRead, analyst_,
                                         request, reason);
}

std::vector<v1::ReadException> Billing::WaitingReads() {
  std::vector<v1::ReadException> waiting;
  v1::ListOpenReadExceptionsRequest request;
  request.set_page_size(1);
  for (bool more = true; more;) {
    const auto answer =
        Send<v1::ReadService>(&v1::ReadService::Stub::ListOpenReadExceptions, analyst_, request);
    waiting.insert(waiting.end(), answer.exceptions().begin(), answer.exceptions().end());
    request.set_page_token(answer.next_page_token());
    more = !answer.next_page_token().empty();
  }
  return waiting;
}

v1::ReadException Billing::Resolve(const v1::ReadException& exception,
                                   v1::ReadResolution resolution, const std::string& reason,
                                   const std::string& meter_number, std::int64_t replaced_read_id) {
  v1::ResolveReadExceptionRequest request;
  request.set_request_id(Key());
  request.set_account_id(exception.account_id());
  request.set_import_id(exception.import_id());
  request.set_line(exception.line());
  request.set_resolution(resolution);
  request.set_meter_number(meter_number);
  request.set_replaced_read_id(replaced_read_id);
  request.set_reason("looked at the meter");
  return Send<v1::ReadService>(&v1::ReadService::Stub::ResolveReadException, analyst_, request,
                               reason);
}

void Billing::DiscardWaitingReads() {
  for (const v1::ReadException& waiting : WaitingReads()) {
    Resolve(waiting, v1::READ_RESOLUTION_DISCARD);
  }
}

std::vector<v1::Read> Billing::ReadsOf(std::int64_t account_id) {
  v1::ListReadsRequest request;
  request.set_account_id(account_id);
  const auto answer = Send<v1::ReadService>(&v1::ReadService::Stub::ListReads, analyst_, request);
  return {answer.reads().begin(), answer.reads().end()};
}

void Billing::LoadEstimatePolicy(int periods, const std::string& from) {
  v1::LoadEstimatePolicyRequest request;
  request.set_request_id(Key());
  v1::EstimatePolicy& policy = *request.mutable_policy();
  policy.set_effective_date(from);
  policy.set_citation("Billing rule 4 of " + from);
  policy.set_basis(v1::ESTIMATE_BASIS_PRIOR);
  policy.set_period_count(periods);
  policy.set_in_a_row_max(2);
  Send<v1::ReadService>(&v1::ReadService::Stub::LoadEstimatePolicy, analyst_, request);
}

v1::Read Billing::Estimate(std::int64_t account_id, int agreement, const std::string& date,
                           const std::string& reason) {
  v1::EstimateReadRequest request;
  request.set_request_id(Key());
  request.set_account_id(account_id);
  request.set_agreement_id(account_id * 10 + agreement);
  request.set_read_date(date);
  request.set_reason("a dog in the yard");
  return Send<v1::ReadService>(&v1::ReadService::Stub::EstimateRead, analyst_, request, reason);
}

}  // namespace reeve::billing
