// Billing in one process, on a database of its own, on a Monday morning. Neighbours' events are
// handed to it as its consumers would; cycles run step by step when the test says so.
//
// What it sends and answers is only named here: a test includes the messages that it reads, and
// the feeds that it hands events to. Parsing all of billing would cost each source more than the
// test itself; billing_fixture*.cc do it once.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/billing/collections/payment_head.h"
#include "services/billing/verify/verify_store.h"
#include "shared/process/system_seams.h"
#include "shared/testing/fake_clock.h"
#include "shared/testing/in_process_server.h"
#include "shared/testing/temporary_database.h"

namespace reeve::account::v1 {
class AccountOpened;
}  // namespace reeve::account::v1
namespace reeve::billing::v1 {
class Balance;
class Bill;
class ControlTotal;
class CycleFinding;
enum CycleKind : int;
class CycleRun;
class ExchangeMeterRequest;
class GuardPolicy;
class GuardPolicyVersion;
class HeldBill;
class ListCycleFindingsResponse;
class MassRelease;
class MeterInstallation;
class RateComponent;
class RateSchedule;
class Read;
class ReadException;
class ReadImport;
enum ReadResolution : int;
class SchedulesPreview;
}  // namespace reeve::billing::v1
namespace reeve::payment::v1 {
class PaymentReversed;
class PaymentTaken;
}  // namespace reeve::payment::v1
namespace reeve::billing::cycle {
class CycleWork;
}  // namespace reeve::billing::cycle

namespace reeve::billing {

class Faces;

// What payment would say about its head.
class FakePaymentHead final : public collections::PaymentHead {
 public:
  std::optional<std::string> Ask(const Call&) override { return head; }
  std::optional<std::string> head = "";
};

class Billing : public ::testing::TestWithParam<db::Engine> {
 protected:
  Billing();
  ~Billing() override;

  // Unique within a test, 16 characters or more.
  std::string Key() { return "request-id-of-test-" + std::to_string(++keys_); }

  // Calls Rpc(stub of Service) as the holder of `token`.
  template <class Service, class Stub, class Request, class Response>
  Response Send(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const std::string& token, const Request& request, const std::string& reason = {}) {
    Response response;
    const auto stub = Service::NewStub(channel_);
    const auto context = testing::InProcessServer::Context(token);
    ExpectReason((stub.get()->*method)(context.get(), request, &response), reason);
    return response;
  }
  // The status is of a call that was refused for `reason`, or, if that is empty, was answered.
  static void ExpectReason(const grpc::Status& status, const std::string& reason);

  // Hands events over in one transaction, as one batch of a feed.
  using Apply = Result<> (*)(command::Change&, std::span<const feed::Event>);
  template <class... Messages>
  void Deliver(Apply apply, const Messages&... messages) {
    std::vector<feed::Event> events;
    (events.push_back(ToEvent(messages)), ...);
    DeliverAll(apply, events);
  }
  template <class Message>
  static feed::Event ToEvent(const Message& message) {
    feed::Event event;
    event.type = Message::descriptor()->full_name();
    event.payload = message.SerializeAsString();
    return event;
  }
  void DeliverAll(Apply apply, const std::vector<feed::Event>& events);
  Call MakeCall();
  // The events of a type that billing has told its neighbours, in the order of their positions.
  template <class Message>
  std::vector<Message> Emitted() {
    std::vector<Message> messages;
    for (const std::string& payload : EmittedPayloads(Message::descriptor()->full_name())) {
      messages.emplace_back().ParseFromString(payload);
    }
    return messages;
  }
  std::vector<std::string> EmittedPayloads(const std::string& type);

  // The tariff of the tests: Provo's Schedule 1, water in blocks, storm water by ESU.
  void LoadTariff();
  // What drafts would have billed, to the last account.
  v1::SchedulesPreview Preview(const std::vector<std::string>& versions = {});
  void Activate(const v1::SchedulesPreview& preview, const std::string& token,
                const std::string& reason = {});
  using FillSchedule = std::function<void(v1::RateSchedule&)>;
  // Loads a version, and puts it into force by somebody else.
  void Load(const std::string& code, const std::string& service, const std::string& unit,
            const FillSchedule& fill);
  // From 2026-07-01 on, unless `fill` says otherwise; answers that day.
  std::string LoadDraft(const std::string& code, const std::string& service,
                        const std::string& unit, const FillSchedule& fill,
                        const std::string& reason = {});
  static void AddFixed(v1::RateSchedule& schedule, const std::string& name,
                       const std::string& rate);
  static void AddTier(v1::RateComponent& component, const std::string& up_to,
                      const std::string& rate);

  // An account in full service since `start`, with the last billed reads of its meters.
  static account::v1::AccountOpened Account(std::int64_t account_id, int cycle = 7,
                                            const std::string& start = "2026-10-20");
  void Open(const account::v1::AccountOpened& opened);

  v1::ReadImport Import(const std::string& rows, const std::string& reason = {});

  // Electric meter of the account for a new one, with a register of its own.
  static v1::ExchangeMeterRequest ExchangeOf(std::int64_t account_id, const std::string& date,
                                             std::int64_t out_read, std::int64_t in_read);
  v1::MeterInstallation Exchange(v1::ExchangeMeterRequest request, const std::string& reason = {});

  v1::MeterInstallation Reverse(std::int64_t account_id, const std::string& reason = {},
                                const std::string& meter = "N", int agreement = 1);
  v1::Read ReplaceRead(std::int64_t account_id, std::int64_t read_id, const std::string& date,
                       std::int64_t counts, const std::string& reason = {});
  std::vector<v1::ReadException> WaitingReads();
  v1::ReadException Resolve(const v1::ReadException& exception, v1::ReadResolution resolution,
                            const std::string& reason = {}, const std::string& meter_number = {},
                            std::int64_t replaced_read_id = 0);
  // Works the read edit list: nothing of it becomes a read.
  void DiscardWaitingReads();
  std::vector<v1::Read> ReadsOf(std::int64_t account_id);

  // The method of estimating: `periods` prior ones, at most two estimates in a row.
  void LoadEstimatePolicy(int periods = 1, const std::string& from = "2026-07-01");
  v1::Read Estimate(std::int64_t account_id, int agreement, const std::string& date,
                    const std::string& reason = {});

  // Runs what cycles ask for, until nothing is left.
  void Work();
  v1::CycleRun StartCycle(const std::string& reason = {}, int cycle = 7,
                          const std::string& period_end = "2026-11-20");
  v1::CycleRun StartCycle(const std::string& reason, int cycle, const std::string& period_end,
                          v1::CycleKind kind);
  v1::CycleRun GetCycle(std::int64_t cycle_id);
  v1::CycleRun SignOff(const v1::CycleRun& run, const std::string& token,
                       const std::string& reason = {});
  v1::ListCycleFindingsResponse Findings(std::int64_t cycle_id);
  v1::CycleFinding Acknowledge(std::int64_t cycle_id, std::int64_t finding_no,
                               const std::string& token, const std::string& reason = {});
  v1::ControlTotal RecordControl(const std::string& service, std::int64_t thousandths,
                                 const std::string& period_end = "2026-11-20",
                                 const std::string& reason = {}, const std::string& token = {});
  v1::HeldBill AssignHold(const v1::Bill& bill, std::int64_t owner, const std::string& deadline,
                          const std::string& reason = {});
  v1::MassRelease ProposeRelease(std::int64_t cycle_id, const std::string& rule,
                                 std::int64_t at_stake_max_cents, const std::string& token,
                                 const std::string& reason = {});
  v1::MassRelease ApproveRelease(const v1::MassRelease& release, const std::string& token,
                                 const std::string& reason = {});
  v1::GuardPolicy LoadGuardDraft(const std::string& date, const std::string& limit,
                                 std::int64_t value, const std::string& reason = {});
  v1::GuardPolicyVersion ActivateGuardPolicy(const std::string& date, std::int64_t revision,
                                             const std::string& token,
                                             const std::string& reason = {});
  // By two people, on the day before it begins.
  void LoadGuardPolicy(const std::string& date, const std::string& limit, std::int64_t value);
  v1::CycleRun PostCycle(std::int64_t cycle_id, const std::string& reason = {});
  void SetMorning(const std::string& date);
  void AcknowledgeAll(std::int64_t cycle_id);
  // From start to posted, whatever the guard finds of the run; answers the run.
  v1::CycleRun RunCycle(int cycle = 7, const std::string& period_end = "2026-11-20");

  v1::Balance GetBalance(std::int64_t account_id);
  static payment::v1::PaymentTaken Taken(std::int64_t account_id, std::int64_t cents, int receipt,
                                         const std::string& date = "2026-11-23");
  static payment::v1::PaymentReversed Reversed(const payment::v1::PaymentTaken& taken);

  verify::Proof Prove();
  void ExpectProven();

  void TearDown() override;

  process::SystemClock machine_clock_;
  testing::FakeClock clock_{"2026-11-23T09:00:00-07:00"};
  testing::TemporaryDatabase database_ =
      testing::TemporaryDatabase::Create(GetParam(), {}, machine_clock_);
  testing::InProcessServer server_;
  std::unique_ptr<cycle::CycleWork> work_;
  FakePaymentHead payment_head_;
  std::shared_ptr<Faces> faces_;
  const std::string analyst_;
  const std::string supervisor_;
  const std::string reviewer_;
  std::shared_ptr<grpc::Channel> channel_;  // one for all calls of a test
  int keys_ = 0;
};

}  // namespace reeve::billing
