#include "tests/integration/billing/print_fixture.h"

#include <google/protobuf/util/json_util.h>

#include "reeve/billing/v1/print_record.pb.h"
#include "reeve/billing/v1/print_service.grpc.pb.h"

namespace reeve::billing {

v1::PrintFile Printing::StartPrint(std::int64_t cycle_id, int days_to_pay_min,
                                   const std::string& reason) {
  v1::MakePrintFileRequest request;
  request.set_request_id(Key());
  request.set_cycle_id(cycle_id);
  request.set_days_to_pay_min(days_to_pay_min);
  return Send<v1::PrintService>(&v1::PrintService::Stub::MakePrintFile, printer_, request, reason);
}

void Printing::WorkOnPrints() {
  while (print_work_.Step(0) || print_work_.Step(1)) {
  }
}

v1::PrintFile Printing::GetPrint(std::int64_t print_file_id) {
  v1::GetPrintFileRequest request;
  request.set_print_file_id(print_file_id);
  return Send<v1::PrintService>(&v1::PrintService::Stub::GetPrintFile, printer_, request);
}

v1::PrintFile Printing::Print(std::int64_t cycle_id, int days_to_pay_min) {
  const v1::PrintFile file = StartPrint(cycle_id, days_to_pay_min);
  WorkOnPrints();
  return GetPrint(file.print_file_id());
}

v1::ProofSample Printing::Sample(std::int64_t print_file_id, const std::string& reason) {
  v1::GetProofSampleRequest request;
  request.set_print_file_id(print_file_id);
  return Send<v1::PrintService>(&v1::PrintService::Stub::GetProofSample, printer_, request, reason);
}

v1::PrintFile Printing::ReleasePrint(std::int64_t print_file_id, const std::string& sample_sha256,
                                     const std::string& token, const std::string& reason) {
  v1::ReleasePrintFileRequest request;
  request.set_request_id(Key());
  request.set_print_file_id(print_file_id);
  request.set_sample_sha256(sample_sha256);
  return Send<v1::PrintService>(&v1::PrintService::Stub::ReleasePrintFile, token, request, reason);
}

v1::PrintFile Printing::RefusePrint(std::int64_t print_file_id, const std::string& token,
                                    const std::string& reason) {
  v1::RefusePrintFileRequest request;
  request.set_request_id(Key());
  request.set_print_file_id(print_file_id);
  request.set_reason("the logo is upside down");
  return Send<v1::PrintService>(&v1::PrintService::Stub::RefusePrintFile, token, request, reason);
}

v1::PrintFile Printing::AcknowledgeWithheld(std::int64_t print_file_id, const std::string& cause,
                                            std::int64_t account_id, const std::string& token,
                                            const std::string& reason) {
  v1::AcknowledgeWithheldRequest request;
  request.set_request_id(Key());
  request.set_print_file_id(print_file_id);
  request.set_cause(cause);
  request.set_account_id(account_id);
  request.set_reason("the customer is called");
  return Send<v1::PrintService>(&v1::PrintService::Stub::AcknowledgeWithheld, token, request,
                                reason);
}

std::vector<v1::Withheld> Printing::ListWithheld(std::int64_t print_file_id) {
  v1::ListWithheldRequest request;
  request.set_print_file_id(print_file_id);
  const auto answer =
      Send<v1::PrintService>(&v1::PrintService::Stub::ListWithheld, printer_, request);
  return {answer.withheld().begin(), answer.withheld().end()};
}

std::vector<std::string> Printing::Download(std::int64_t print_file_id, const std::string& reason) {
  const auto stub = v1::PrintService::NewStub(channel_);
  const auto context = testing::InProcessServer::Context(releaser_);
  v1::DownloadPrintFileRequest request;
  request.set_print_file_id(print_file_id);
  const auto reader = stub->DownloadPrintFile(context.get(), request);
  std::string bytes;
  for (v1::DownloadPrintFileResponse part; reader->Read(&part);) bytes += part.lines();
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(testing::ReasonOf(status), reason) << status.error_message();
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = bytes.find('\n', at) + 1;
    lines.push_back(bytes.substr(at, end - at));
    at = end;
  }
  return lines;
}

v1::PrintRecord Printing::Read(const std::string& line) {
  v1::PrintRecord record;
  const auto status = google::protobuf::util::JsonStringToMessage(line, &record);
  EXPECT_TRUE(status.ok()) << status.ToString() << ": " << line;
  return record;
}

void Printing::Change(const std::string& statement) {
  (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
    EXPECT_GT(tx.Execute({"", statement}), 0) << statement;
    return db::Verdict::kCommit;
  });
}

}  // namespace reeve::billing
