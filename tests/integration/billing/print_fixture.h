// Billing with print files: who makes them, who releases them, and what they are of.
#pragma once

#include <google/protobuf/util/json_util.h>

#include <string>
#include <vector>

#include "reeve/billing/v1/print_record.pb.h"
#include "services/billing/statement/print_work_service.h"
#include "tests/integration/billing/billing_fixture.h"

namespace reeve::billing {

class Printing : public virtual Billing {
 protected:
  Printing() : Billing() {}

  // The print file of a posted cycle, begun; until PrintWork has gone over it.
  v1::PrintFile StartPrint(std::int64_t cycle_id, int days_to_pay_min = 0,
                           const std::string& reason = {}) {
    v1::MakePrintFileRequest request;
    request.set_request_id(Key());
    request.set_cycle_id(cycle_id);
    request.set_days_to_pay_min(days_to_pay_min);
    return Send<v1::PrintService>(&v1::PrintService::Stub::MakePrintFile, printer_, request,
                                  reason);
  }
  void WorkOnPrints() {
    while (print_work_.Step(0) || print_work_.Step(1)) {
    }
  }
  v1::PrintFile GetPrint(std::int64_t print_file_id) {
    v1::GetPrintFileRequest request;
    request.set_print_file_id(print_file_id);
    return Send<v1::PrintService>(&v1::PrintService::Stub::GetPrintFile, printer_, request);
  }
  v1::PrintFile Print(std::int64_t cycle_id, int days_to_pay_min = 0) {
    const v1::PrintFile file = StartPrint(cycle_id, days_to_pay_min);
    WorkOnPrints();
    return GetPrint(file.print_file_id());
  }
  v1::ProofSample Sample(std::int64_t print_file_id, const std::string& reason = {}) {
    v1::GetProofSampleRequest request;
    request.set_print_file_id(print_file_id);
    return Send<v1::PrintService>(&v1::PrintService::Stub::GetProofSample, printer_, request,
                                  reason);
  }
  v1::PrintFile ReleasePrint(std::int64_t print_file_id, const std::string& sample_sha256,
                             const std::string& token, const std::string& reason = {}) {
    v1::ReleasePrintFileRequest request;
    request.set_request_id(Key());
    request.set_print_file_id(print_file_id);
    request.set_sample_sha256(sample_sha256);
    return Send<v1::PrintService>(&v1::PrintService::Stub::ReleasePrintFile, token, request,
                                  reason);
  }
  v1::PrintFile RefusePrint(std::int64_t print_file_id, const std::string& token,
                            const std::string& reason = {}) {
    v1::RefusePrintFileRequest request;
    request.set_request_id(Key());
    request.set_print_file_id(print_file_id);
    request.set_reason("the logo is upside down");
    return Send<v1::PrintService>(&v1::PrintService::Stub::RefusePrintFile, token, request, reason);
  }
  v1::PrintFile AcknowledgeWithheld(std::int64_t print_file_id, const std::string& cause,
                                    std::int64_t account_id, const std::string& token,
                                    const std::string& reason = {}) {
    v1::AcknowledgeWithheldRequest request;
    request.set_request_id(Key());
    request.set_print_file_id(print_file_id);
    request.set_cause(cause);
    request.set_account_id(account_id);
    request.set_reason("the customer is called");
    return Send<v1::PrintService>(&v1::PrintService::Stub::AcknowledgeWithheld, token, request,
                                  reason);
  }
  std::vector<v1::Withheld> ListWithheld(std::int64_t print_file_id) {
    v1::ListWithheldRequest request;
    request.set_print_file_id(print_file_id);
    const auto answer =
        Send<v1::PrintService>(&v1::PrintService::Stub::ListWithheld, printer_, request);
    return {answer.withheld().begin(), answer.withheld().end()};
  }
  // The lines of a released file.
  std::vector<std::string> Download(std::int64_t print_file_id, const std::string& reason = {}) {
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
  static v1::PrintRecord Read(const std::string& line) {
    v1::PrintRecord record;
    const auto status = google::protobuf::util::JsonStringToMessage(line, &record);
    EXPECT_TRUE(status.ok()) << status.ToString() << ": " << line;
    return record;
  }
  void Change(const std::string& statement) {
    (*database_).Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      EXPECT_GT(tx.Execute({"", statement}), 0) << statement;
      return db::Verdict::kCommit;
    });
  }

  statement::PrintWork print_work_{server_.service().frame(),
                                   *database_,
                                   {clock_, machine_clock_, server_.service().zone()},
                                   server_.service().background()};
  const std::string printer_ = server_.SignIn(PersonId(21), {"print.make", "print.view"});
  const std::string releaser_ =
      server_.SignIn(PersonId(22), {"print.make", "print.view", "print.release", "print.download"});
};

}  // namespace reeve::billing
