// Billing in one process, on a database of its own, on a Monday morning. Neighbours' events are
// handed to it as its consumers would; cycles run step by step when the test says so.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/events.pb.h"
#include "reeve/payment/v1/events.pb.h"
#include "reeve/work_order/v1/events.pb.h"
#include "services/billing/agreement/account_feed_service.h"
#include "services/billing/agreement/order_feed_service.h"
#include "services/billing/cycle/cycle_work_service.h"
#include "services/billing/faces.h"
#include "services/billing/migrations.h"
#include "services/billing/receivable/payment_feed_service.h"
#include "services/billing/verify/verify_store.h"
#include "shared/process/system_seams.h"
#include "shared/testing/fake_clock.h"
#include "shared/testing/in_process_server.h"
#include "shared/testing/temporary_database.h"

namespace reeve::billing {

// What payment would say about its head.
class FakePaymentHead final : public collections::PaymentHead {
 public:
  std::optional<std::string> Ask(const Call&) override { return head; }
  std::optional<std::string> head = "";
};

class Billing : public ::testing::TestWithParam<db::Engine> {
 protected:
  Billing() {
    server_.Start();
    channel_ = server_.channel();
  }

  // Unique within a test, 16 characters or more.
  std::string Key() { return "request-id-of-test-" + std::to_string(++keys_); }

  // Calls Rpc(stub of Service) as the holder of `token`.
  template <class Service, class Stub, class Request, class Response>
  Response Send(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const std::string& token, const Request& request, std::string reason = {}) {
    Response response;
    const auto stub = Service::NewStub(channel_);
    const auto context = testing::InProcessServer::Context(token);
    const grpc::Status status = (stub.get()->*method)(context.get(), request, &response);
    EXPECT_EQ(testing::ReasonOf(status), reason) << status.error_message();
    EXPECT_EQ(status.ok(), reason.empty()) << status.error_message();
    return response;
  }

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
  void DeliverAll(Apply apply, const std::vector<feed::Event>& events) {
    const Result<> applied = server_.service().frame().Apply(
        MakeCall(), 1, [&](command::Change& change) { return apply(change, events); });
    ASSERT_TRUE(applied.ok());
  }
  Call MakeCall() {
    Call call;
    call.caller = {CallerKind::kService, {}, "test"};
    call.permissions = std::make_shared<const std::set<std::string, std::less<>>>();
    call.now = clock_.Now();
    call.today = server_.service().zone().DateAt(call.now);
    call.deadline = machine_clock_.Now() + Duration::Seconds(60);
    return call;
  }
  // The events of a type that billing has told its neighbours, in the order of their positions.
  template <class Message>
  std::vector<Message> Emitted() {
    std::vector<Message> messages;
    feed::Token token;
    (*database_).Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      messages.clear();
      const auto events = server_.service().feed().Read(tx, token, 100'000);
      for (const feed::Event& event : events.value()) {
        if (event.type != Message::descriptor()->full_name()) continue;
        messages.emplace_back().ParseFromString(event.payload);
      }
    });
    return messages;
  }

  // The tariff of the tests: Provo's Schedule 1, water in blocks, storm water by ESU.
  void LoadTariff() {
    Load("E1", "electric", "kWh", [](v1::RateSchedule& schedule) {
      AddFixed(schedule, "Customer charge", "13.92");
      v1::RateComponent& energy = *schedule.add_components();
      energy.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
      energy.set_name("Energy");
      AddTier(energy, "500", "0.0734");
      AddTier(energy, "1000", "0.1019");
      AddTier(energy, "", "0.1209");
      schedule.mutable_guard()->set_usage_ratio_max_hundredths(400);
    });
    Load("W1", "water", "kgal", [](v1::RateSchedule& schedule) {
      AddFixed(schedule, "Base charge", "16.50");
      v1::RateComponent& water = *schedule.add_components();
      water.set_kind(v1::RATE_COMPONENT_KIND_TIERS);
      water.set_name("Water");
      AddTier(water, "10", "1.25");
      AddTier(water, "", "2.375");
    });
    Load("ST1", "storm", "", [](v1::RateSchedule& schedule) {
      v1::RateComponent& storm = *schedule.add_components();
      storm.set_kind(v1::RATE_COMPONENT_KIND_PER_UNIT);
      storm.set_name("Storm water");
      storm.set_rate("8.05");
      storm.set_unit("ESU");
    });
  }
  // What drafts would have billed, to the last account.
  v1::SchedulesPreview Preview(const std::vector<std::string>& versions = {}) {
    v1::PreviewSchedulesRequest request;
    request.mutable_versions()->Assign(versions.begin(), versions.end());
    for (;;) {
      v1::SchedulesPreview preview = Send<v1::RateActivationService>(
          &v1::RateActivationService::Stub::PreviewSchedules, supervisor_, request);
      if (preview.next_page_token().empty()) return preview;
      request.set_page_token(preview.next_page_token());
    }
  }
  void Activate(const v1::SchedulesPreview& preview, const std::string& token,
                const std::string& reason = {}) {
    v1::ActivateSchedulesRequest request;
    request.set_request_id(Key());
    *request.mutable_versions() = preview.versions();
    request.set_preview_digest(preview.digest());
    Send<v1::RateActivationService>(&v1::RateActivationService::Stub::ActivateSchedules, token,
                                    request, reason);
  }
  // Loads a version, and puts it into force by somebody else.
  template <class Fill>
  void Load(const std::string& code, const std::string& service, const std::string& unit,
            const Fill& fill) {
    const std::string effective_date = LoadDraft(code, service, unit, fill);
    Activate(Preview({code + "/" + effective_date}), supervisor_);
  }
  // From 2026-07-01 on, unless `fill` says otherwise; answers that day.
  template <class Fill>
  std::string LoadDraft(const std::string& code, const std::string& service,
                        const std::string& unit, const Fill& fill, const std::string& reason = {}) {
    v1::LoadScheduleRequest request;
    request.set_request_id(Key());
    v1::RateSchedule& schedule = *request.mutable_schedule();
    schedule.set_code(code);
    schedule.set_effective_date("2026-07-01");
    schedule.set_service(service);
    schedule.set_title("Schedule " + code);
    schedule.set_citation("Fee schedule of the test city");
    schedule.set_usage_unit(unit);
    fill(schedule);
    Send<v1::RateService>(&v1::RateService::Stub::LoadSchedule, analyst_, request, reason);
    return schedule.effective_date();
  }
  static void AddFixed(v1::RateSchedule& schedule, const std::string& name,
                       const std::string& rate) {
    v1::RateComponent& component = *schedule.add_components();
    component.set_kind(v1::RATE_COMPONENT_KIND_FIXED);
    component.set_name(name);
    component.set_rate(rate);
  }
  static void AddTier(v1::RateComponent& component, const std::string& up_to,
                      const std::string& rate) {
    v1::RateTier& tier = *component.add_tiers();
    tier.set_up_to(up_to);
    tier.set_rate(rate);
  }

  // An account in full service since `start`, with the last billed reads of its meters.
  static account::v1::AccountOpened Account(std::int64_t account_id, int cycle = 7,
                                            const std::string& start = "2026-10-20") {
    account::v1::AccountOpened opened;
    opened.set_account_id(account_id);
    opened.set_premise_id(account_id + 1);
    opened.set_customer_class(account::v1::CUSTOMER_CLASS_RESIDENTIAL);
    opened.set_open_date(start);
    const auto add = [&](int no, const char* service, const char* code, const char* meter,
                         const char* unit, std::int64_t read) {
      account::v1::AgreementSpec& spec = *opened.add_agreements();
      spec.set_agreement_id(account_id * 10 + no);
      spec.set_service(service);
      spec.set_schedule_code(code);
      spec.set_quantity_thousandths(1000);
      if (*meter != 0) spec.set_meter_number(meter + std::to_string(account_id));
      spec.set_unit(unit);
      spec.set_register_digits(*meter != 0 ? 6 : 0);
      spec.set_multiplier_thousandths(1000);
      spec.set_cycle(cycle);
      spec.set_in_service(true);
      spec.set_active(true);
      spec.set_start_date(start);
      spec.set_start_read_thousandths(read * 1000);
    };
    add(1, "electric", "E1", "E", "kWh", 40'000);
    add(2, "water", "W1", "W", "kgal", 500);
    add(3, "storm", "ST1", "", "", 0);
    return opened;
  }
  void Open(const account::v1::AccountOpened& opened) { Deliver(agreement::ApplyAccounts, opened); }

  v1::ReadImport Import(const std::string& rows, const std::string& reason = {}) {
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

  // Electric meter of the account for a new one, with a register of its own.
  static v1::ExchangeMeterRequest ExchangeOf(std::int64_t account_id, const std::string& date,
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
  v1::MeterInstallation Exchange(v1::ExchangeMeterRequest request, const std::string& reason = {}) {
    if (request.request_id().empty()) request.set_request_id(Key());
    return Send<v1::MeterService>(&v1::MeterService::Stub::ExchangeMeter, analyst_, request,
                                  reason);
  }

  v1::MeterInstallation Reverse(std::int64_t account_id, const std::string& reason = {},
                                const std::string& meter = "N", int agreement = 1) {
    v1::ReverseExchangeRequest request;
    request.set_request_id(Key());
    request.set_account_id(account_id);
    request.set_agreement_id(account_id * 10 + agreement);
    request.set_meter_number(meter + std::to_string(account_id));
    request.set_reason("entered at the wrong account");
    return Send<v1::MeterService>(&v1::MeterService::Stub::ReverseExchange, analyst_, request,
                                  reason);
  }
  v1::Read ReplaceRead(std::int64_t account_id, std::int64_t read_id, const std::string& date,
                       std::int64_t counts, const std::string& reason = {}) {
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
  std::vector<v1::ReadException> WaitingReads() {
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
  v1::ReadException Resolve(const v1::ReadException& exception, v1::ReadResolution resolution,
                            const std::string& reason = {}, const std::string& meter_number = {},
                            std::int64_t replaced_read_id = 0) {
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
  // Works the read edit list: nothing of it becomes a read.
  void DiscardWaitingReads() {
    for (const v1::ReadException& waiting : WaitingReads()) {
      Resolve(waiting, v1::READ_RESOLUTION_DISCARD);
    }
  }
  std::vector<v1::Read> ReadsOf(std::int64_t account_id) {
    v1::ListReadsRequest request;
    request.set_account_id(account_id);
    const auto answer = Send<v1::ReadService>(&v1::ReadService::Stub::ListReads, analyst_, request);
    return {answer.reads().begin(), answer.reads().end()};
  }

  // The method of estimating: `periods` prior ones, at most two estimates in a row.
  void LoadEstimatePolicy(int periods = 1, const std::string& from = "2026-07-01") {
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
  v1::Read Estimate(std::int64_t account_id, int agreement, const std::string& date,
                    const std::string& reason = {}) {
    v1::EstimateReadRequest request;
    request.set_request_id(Key());
    request.set_account_id(account_id);
    request.set_agreement_id(account_id * 10 + agreement);
    request.set_read_date(date);
    request.set_reason("a dog in the yard");
    return Send<v1::ReadService>(&v1::ReadService::Stub::EstimateRead, analyst_, request, reason);
  }

  // Runs what cycles ask for, until nothing is left.
  void Work() {
    while (work_.Step(0) || work_.Step(1)) {
    }
  }
  v1::CycleRun StartCycle(const std::string& reason = {}, int cycle = 7,
                          const std::string& period_end = "2026-11-20",
                          v1::CycleKind kind = v1::CYCLE_KIND_PRODUCTION) {
    v1::StartCycleRequest request;
    request.set_request_id(Key());
    request.set_cycle(cycle);
    request.set_kind(kind);
    request.set_period_end_date(period_end);
    const std::string due = Date::Parse(period_end)->PlusDays(25).ToString();
    request.set_due_date(std::max(due, std::string("2026-12-15")));
    return Send<v1::CycleService>(&v1::CycleService::Stub::StartCycle, analyst_, request, reason);
  }
  v1::CycleRun GetCycle(std::int64_t cycle_id) {
    v1::GetCycleRequest request;
    request.set_cycle_id(cycle_id);
    return Send<v1::CycleService>(&v1::CycleService::Stub::GetCycle, analyst_, request);
  }
  v1::CycleRun SignOff(const v1::CycleRun& run, const std::string& token,
                       const std::string& reason = {}) {
    v1::SignOffCycleRequest request;
    request.set_request_id(Key());
    request.set_cycle_id(run.cycle_id());
    request.set_total_cents(run.total_cents());
    return Send<v1::CycleService>(&v1::CycleService::Stub::SignOffCycle, token, request, reason);
  }
  v1::ListCycleFindingsResponse Findings(std::int64_t cycle_id) {
    v1::ListCycleFindingsRequest request;
    request.set_cycle_id(cycle_id);
    return Send<v1::GuardService>(&v1::GuardService::Stub::ListCycleFindings, analyst_, request);
  }
  v1::CycleFinding Acknowledge(std::int64_t cycle_id, std::int64_t finding_no,
                               const std::string& token, const std::string& reason = {}) {
    v1::AcknowledgeFindingRequest request;
    request.set_request_id(Key());
    request.set_cycle_id(cycle_id);
    request.set_finding_no(finding_no);
    request.set_reason("as the council decided");
    return Send<v1::GuardService>(&v1::GuardService::Stub::AcknowledgeFinding, token, request,
                                  reason);
  }
  v1::ControlTotal RecordControl(const std::string& service, std::int64_t thousandths,
                                 const std::string& period_end = "2026-11-20",
                                 const std::string& reason = {}, const std::string& token = {}) {
    v1::RecordControlTotalRequest request;
    request.set_request_id(Key());
    v1::ControlTotal& control = *request.mutable_control_total();
    control.set_cycle(7);
    control.set_period_end_date(period_end);
    control.set_service(service);
    control.set_quantity_thousandths(thousandths);
    control.set_source("plant log of November");
    return Send<v1::GuardService>(&v1::GuardService::Stub::RecordControlTotal,
                                  token.empty() ? analyst_ : token, request, reason);
  }
  v1::HeldBill AssignHold(const v1::Bill& bill, std::int64_t owner, const std::string& deadline,
                          const std::string& reason = {}) {
    v1::AssignHoldRequest request;
    request.set_request_id(Key());
    request.set_account_id(bill.account_id());
    request.set_bill_id(bill.bill_id());
    request.set_owner_person_id(owner);
    request.set_deadline_date(deadline);
    return Send<v1::HoldService>(&v1::HoldService::Stub::AssignHold, reviewer_, request, reason);
  }
  v1::MassRelease ProposeRelease(std::int64_t cycle_id, const std::string& rule,
                                 std::int64_t at_stake_max_cents, const std::string& token,
                                 const std::string& reason = {}) {
    v1::ProposeReleaseRequest request;
    request.set_request_id(Key());
    request.set_cycle_id(cycle_id);
    request.set_rule(rule);
    request.set_at_stake_max_cents(at_stake_max_cents);
    request.set_reason("looked at ten of them");
    return Send<v1::HoldService>(&v1::HoldService::Stub::ProposeRelease, token, request, reason);
  }
  v1::MassRelease ApproveRelease(const v1::MassRelease& release, const std::string& token,
                                 const std::string& reason = {}) {
    v1::ApproveReleaseRequest request;
    request.set_request_id(Key());
    request.set_release_id(release.release_id());
    request.set_total_cents(release.total_cents());
    return Send<v1::HoldService>(&v1::HoldService::Stub::ApproveRelease, token, request, reason);
  }
  v1::GuardPolicy LoadGuardDraft(const std::string& date, const std::string& limit,
                                 std::int64_t value, const std::string& reason = {}) {
    v1::LoadGuardPolicyRequest request;
    request.set_request_id(Key());
    v1::GuardPolicy& policy = *request.mutable_policy();
    policy.set_effective_date(date);
    policy.set_citation("Billing manual of the test city");
    for (v1::GuardLimit* added : {policy.add_residential(), policy.add_non_residential()}) {
      added->set_name(limit);
      added->set_value(value);
    }
    return Send<v1::GuardService>(&v1::GuardService::Stub::LoadGuardPolicy, analyst_, request,
                                  reason);
  }
  v1::GuardPolicyVersion ActivateGuardPolicy(const std::string& date, std::int64_t revision,
                                             const std::string& token,
                                             const std::string& reason = {}) {
    v1::ActivateGuardPolicyRequest request;
    request.set_request_id(Key());
    request.set_effective_date(date);
    request.set_revision(revision);
    return Send<v1::GuardPolicyService>(&v1::GuardPolicyService::Stub::ActivateGuardPolicy, token,
                                        request, reason);
  }
  // By two people, on the day before it begins.
  void LoadGuardPolicy(const std::string& date, const std::string& limit, std::int64_t value) {
    const Instant now = clock_.Now();
    SetMorning(Date::Parse(date)->PlusDays(-1).ToString());
    LoadGuardDraft(date, limit, value);
    ActivateGuardPolicy(date, 1, supervisor_);
    clock_.Set(now);
  }
  v1::CycleRun PostCycle(std::int64_t cycle_id, const std::string& reason = {}) {
    v1::PostCycleRequest request;
    request.set_request_id(Key());
    request.set_cycle_id(cycle_id);
    return Send<v1::CycleService>(&v1::CycleService::Stub::PostCycle, analyst_, request, reason);
  }
  void SetMorning(const std::string& date) {
    clock_.Set(server_.service().zone().ToInstant({Date::Parse(date).value(), 9 * 60}));
  }
  void AcknowledgeAll(std::int64_t cycle_id) {
    const v1::ListCycleFindingsResponse findings = Findings(cycle_id);
    for (const v1::CycleFinding& finding : findings.findings()) {
      Acknowledge(cycle_id, finding.finding_no(), supervisor_);
    }
  }
  // From start to posted, whatever the guard finds of the run; answers the run.
  v1::CycleRun RunCycle(int cycle = 7, const std::string& period_end = "2026-11-20") {
    const v1::CycleRun started = StartCycle({}, cycle, period_end);
    Work();
    AcknowledgeAll(started.cycle_id());
    SignOff(GetCycle(started.cycle_id()), supervisor_);
    PostCycle(started.cycle_id());
    Work();
    return GetCycle(started.cycle_id());
  }

  v1::Balance GetBalance(std::int64_t account_id) {
    v1::GetBalanceRequest request;
    request.set_account_id(account_id);
    return Send<v1::ReceivableService>(&v1::ReceivableService::Stub::GetBalance, analyst_, request);
  }
  static payment::v1::PaymentTaken Taken(std::int64_t account_id, std::int64_t cents, int receipt,
                                         const std::string& date = "2026-11-23") {
    payment::v1::PaymentTaken taken;
    taken.set_payment_id("7-1-" + std::to_string(receipt));
    taken.set_drawer_id(7);
    taken.set_session_no(1);
    taken.set_receipt_no(receipt);
    taken.set_account_id(account_id);
    taken.set_amount_cents(cents);
    taken.set_business_date(date);
    return taken;
  }
  static payment::v1::PaymentReversed Reversed(const payment::v1::PaymentTaken& taken) {
    payment::v1::PaymentReversed reversed;
    reversed.set_payment_id(taken.payment_id());
    reversed.set_drawer_id(taken.drawer_id());
    reversed.set_account_id(taken.account_id());
    reversed.set_amount_cents(taken.amount_cents());
    reversed.set_business_date(taken.business_date());
    return reversed;
  }

  verify::Proof Prove() {
    verify::Proof proof;
    (*database_).Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      proof = verify::ProveAll(tx);
    });
    return proof;
  }
  void ExpectProven() {
    const verify::Proof proof = Prove();
    for (const Finding& finding : proof.findings) {
      EXPECT_EQ(finding.violation, "") << finding.check;
    }
  }

  void TearDown() override { ExpectProven(); }

  process::SystemClock machine_clock_;
  testing::FakeClock clock_{"2026-11-23T09:00:00-07:00"};
  testing::TemporaryDatabase database_ =
      testing::TemporaryDatabase::Create(GetParam(), {}, machine_clock_);
  testing::InProcessServer server_{"billing", *database_, Migrations(), &clock_};
  cycle::CycleWork work_{server_.service().frame(),
                         *database_,
                         {clock_, machine_clock_, server_.service().zone()},
                         server_.service().background(),
                         server_.service().metrics()};
  FakePaymentHead payment_head_;
  Faces faces_{server_.service(), payment_head_};
  const std::string analyst_ = server_.SignIn(PersonId(7), {"rate.load",
                                                            "rate.view",
                                                            "rate.preview",
                                                            "rate.activate",
                                                            "read.import",
                                                            "read.view",
                                                            "meter.exchange",
                                                            "read.edit",
                                                            "read.estimate",
                                                            "read.record",
                                                            "read.set_policy",
                                                            "cycle.start",
                                                            "cycle.view",
                                                            "cycle.sign_off",
                                                            "cycle.post",
                                                            "guard.set_policy",
                                                            "guard.activate_policy",
                                                            "control_total.record",
                                                            "bill.view",
                                                            "bill.review",
                                                            "ledger.view",
                                                            "receivable.view",
                                                            "receivable.preview",
                                                            "receivable.set_policy",
                                                            "adjustment.view",
                                                            "adjustment.post",
                                                            "adjustment.reverse",
                                                            "adjustment.limit_clerk",
                                                            "notice.record",
                                                            "collections.view",
                                                            "collections.set_policy",
                                                            "dispute.open",
                                                            "dispute.decide",
                                                            "disconnect.request",
                                                            "disconnect.check"});
  const std::string supervisor_ = server_.SignIn(
      PersonId(9),
      {"cycle.sign_off", "cycle.view", "bill.review", "bill.view", "dispute.decide", "rate.preview",
       "rate.activate", "guard.activate_policy", "adjustment.view", "adjustment.post",
       "adjustment.approve", "adjustment.reverse", "adjustment.limit_supervisor"});
  const std::string reviewer_ = server_.SignIn(PersonId(11), {"bill.review", "cycle.view"});
  std::shared_ptr<grpc::Channel> channel_;  // one for all calls of a test
  int keys_ = 0;
};

}  // namespace reeve::billing
