#include "tests/bench/city.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <thread>

#include "reeve/account/v1/account_service.grpc.pb.h"
#include "reeve/account/v1/premise_service.grpc.pb.h"
#include "reeve/billing/v1/cycle_service.grpc.pb.h"
#include "reeve/billing/v1/guard_service.grpc.pb.h"
#include "reeve/billing/v1/rate_activation_service.grpc.pb.h"
#include "reeve/billing/v1/rate_service.grpc.pb.h"
#include "reeve/billing/v1/read_service.grpc.pb.h"
#include "reeve/billing/v1/receivable_service.grpc.pb.h"
#include "reeve/rpc/v1/policy.pb.h"
#include "shared/core/canonical.h"
#include "shared/core/check_digit.h"
#include "shared/rpc/client.h"

namespace reeve::bench {
namespace {

using testing::Suite;

constexpr int kChunk = 200;
constexpr int kReadsPart = 2'000;
constexpr char kLastRead[] = "2026-09-18";
constexpr char kThisRead[] = "2026-10-19";
constexpr int kCallTimeout = 120'000;

std::string RequestIdOf(const std::string& what, int n) {
  return "bench-city-" + what + "-" + std::to_string(n);
}

std::string MeterNumber(char service, int n) {
  char text[16];
  std::snprintf(text, sizeof text, "%c%07d", service, n);
  return text;
}

std::string ScheduleCode(std::string service) {
  std::ranges::transform(service, service.begin(), [](unsigned char c) { return std::toupper(c); });
  return service + "-RES";
}

std::string Citation() { return "Made up for this bench"; }

struct Tier {
  const char* up_to;
  const char* rate;
};

void LoadSchedule(billing::v1::RateService::Stub& stub, const std::string& token,
                  const std::string& service, const std::string& unit, const char* fixed,
                  std::initializer_list<Tier> tiers, const char* per_unit,
                  const char* per_average = nullptr) {
  billing::v1::LoadScheduleRequest request;
  request.set_request_id(RequestIdOf("schedule-" + service, 0));
  billing::v1::RateSchedule& schedule = *request.mutable_schedule();
  schedule.set_code(ScheduleCode(service));
  schedule.set_effective_date("2026-01-01");
  schedule.set_service(service);
  schedule.set_title(service + ", residential");
  schedule.set_citation(Citation());
  schedule.set_usage_unit(unit);
  if (fixed != nullptr) {
    billing::v1::RateComponent& component = *schedule.add_components();
    component.set_kind(billing::v1::RATE_COMPONENT_KIND_FIXED);
    component.set_name("Customer charge");
    component.set_rate(fixed);
  }
  if (tiers.size() > 0) {
    billing::v1::RateComponent& component = *schedule.add_components();
    component.set_kind(billing::v1::RATE_COMPONENT_KIND_TIERS);
    component.set_name("Use");
    for (const Tier& tier : tiers) {
      billing::v1::RateTier& added = *component.add_tiers();
      added.set_up_to(tier.up_to);
      added.set_rate(tier.rate);
    }
  }
  if (per_unit != nullptr) {
    billing::v1::RateComponent& component = *schedule.add_components();
    component.set_kind(billing::v1::RATE_COMPONENT_KIND_PER_UNIT);
    component.set_name("Units");
    component.set_rate(per_unit);
    component.set_unit(service == "storm" ? "ESU" : "cart");
  }
  if (per_average != nullptr) {
    billing::v1::RateComponent& component = *schedule.add_components();
    component.set_kind(billing::v1::RATE_COMPONENT_KIND_WINTER_AVERAGE);
    component.set_name("By winter average");
    component.set_unit("kgal");
    component.add_tiers()->set_rate(per_average);
  }
  schedule.mutable_guard()->set_usage_ratio_max_hundredths(500);
  billing::v1::RateSchedule loaded;
  Check(stub.LoadSchedule(Suite::Context(token).get(), request, &loaded),
        "LoadSchedule " + service);
}

// A second person puts into force what was loaded.
void ActivateRates(Suite& suite) {
  const auto stub = billing::v1::RateActivationService::NewStub(suite.Channel("billing"));
  const std::string token = suite.SignIn(kSigner, kPassword);
  billing::v1::SchedulesPreview preview;
  Check(stub->PreviewSchedules(Suite::Context(token).get(), {}, &preview), "PreviewSchedules");
  billing::v1::ActivateSchedulesRequest request;
  request.set_request_id(RequestIdOf("activate-schedules", 0));
  request.set_preview_digest(preview.digest());
  billing::v1::ActivateSchedulesResponse activated;
  Check(stub->ActivateSchedules(Suite::Context(token).get(), request, &activated),
        "ActivateSchedules");
}

void LoadRates(Suite& suite, const std::string& token, SewerBy sewer) {
  const auto stub = billing::v1::RateService::NewStub(suite.Channel("billing"));
  LoadSchedule(*stub, token, "electric", "kWh", "13.92",
               {{"500", "0.0734"}, {"1000", "0.1019"}, {"", "0.1209"}}, nullptr);
  LoadSchedule(*stub, token, "water", "kgal", "18.00", {{"10", "1.35"}, {"", "2.10"}}, nullptr);
  LoadSchedule(*stub, token, "sewer", "", "24.50", {}, nullptr,
               sewer == SewerBy::kWinterAverage ? "0.01" : nullptr);
  LoadSchedule(*stub, token, "storm", "", nullptr, {}, "7.19");
  LoadSchedule(*stub, token, "sanitation", "", nullptr, {}, "15.75");
  ActivateRates(suite);

  const auto receivable = billing::v1::ReceivableService::NewStub(suite.Channel("billing"));
  billing::v1::LoadAllocationPolicyRequest request;
  request.set_request_id(RequestIdOf("allocation-policy", 0));
  billing::v1::AllocationPolicy& policy = *request.mutable_policy();
  policy.set_effective_date("2026-01-01");
  policy.set_citation(Citation());
  policy.add_keys(billing::v1::ALLOCATION_KEY_AGE);
  policy.add_keys(billing::v1::ALLOCATION_KEY_SERVICE);
  for (const char* service : {"sanitation", "storm", "sewer", "water", "electric"}) {
    policy.add_services(service);
  }
  billing::v1::AllocationPolicy loaded;
  Check(receivable->LoadAllocationPolicy(Suite::Context(token).get(), request, &loaded),
        "LoadAllocationPolicy");
}

void AddPoint(account::v1::Premise& premise, int number, const std::string& service,
              const std::string& meter, const std::string& unit) {
  account::v1::ServicePoint& point = *premise.add_service_points();
  point.set_service_point_no(number);
  point.set_service(service);
  point.set_schedule_code(ScheduleCode(service));
  point.set_quantity_thousandths(1'000);
  point.set_supply(account::v1::SUPPLY_ON);
  if (meter.empty()) return;
  point.set_meter_number(meter);
  point.set_register_digits(6);
  point.set_multiplier_thousandths(1'000);
  point.set_unit(unit);
}

void FillPremise(account::v1::Premise& premise, int n) {
  premise.set_premise_id(1'000'000 + n);
  account::v1::Address& address = *premise.mutable_address();
  address.set_street(std::to_string(100 + n) + " N Center St");
  address.set_city("Provo");
  address.set_region("UT");
  address.set_postal_code("84601");
  premise.set_customer_class(account::v1::CUSTOMER_CLASS_RESIDENTIAL);
  premise.set_cycle(kCycle);
  AddPoint(premise, 1, "electric", MeterNumber('E', n), "kWh");
  AddPoint(premise, 2, "water", MeterNumber('W', n), "kgal");
  AddPoint(premise, 3, "sewer", "", "");
  AddPoint(premise, 4, "storm", "", "");
  AddPoint(premise, 5, "sanitation", "", "");
}

void FillAccount(account::v1::AccountRow& row, int n) {
  row.set_account_id(AccountNumber(n).value());
  row.set_customer_id(2'000'000 + n);
  account::v1::CustomerDetails& customer = *row.mutable_customer();
  customer.set_kind(account::v1::CUSTOMER_KIND_PERSON);
  customer.set_name("Customer " + std::to_string(n));
  customer.set_language("en");
  customer.set_verification(account::v1::VERIFICATION_VERIFIED);
  row.set_premise_id(1'000'000 + n);
  row.set_open_date("2024-05-01");
  for (int point = 1; point <= 5; ++point) {
    account::v1::AgreementRow& agreement = *row.add_agreements();
    agreement.set_service_point_no(point);
    agreement.set_start_date(kLastRead);
    if (point == 1) agreement.set_start_read_thousandths(10'000'000);
    if (point == 2) agreement.set_start_read_thousandths(500'000);
  }
}

// Use of the month: 200 to 1,399 kWh, 3 to 22 kgal, by the account's number.
int ElectricRead(int n) { return 10'000 + 200 + n * 7 % 1'200; }
int WaterRead(int n) { return 500 + 3 + n * 3 % 20; }

billing::v1::CycleRun WaitForState(Suite& suite, const std::string& token, std::int64_t cycle_id,
                                   billing::v1::CycleState state, const std::string& step,
                                   const Progress& progress) {
  const auto stub = billing::v1::CycleService::NewStub(suite.Channel("billing"));
  billing::v1::GetCycleRequest request;
  request.set_cycle_id(cycle_id);
  for (;;) {
    billing::v1::CycleRun run;
    const grpc::Status status = stub->GetCycle(Suite::Context(token).get(), request, &run);
    // A test may have killed the service: it goes on by itself once it is back.
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE) Check(status, "GetCycle");
    progress(step, run.done_count(), run.agreement_count());
    if (status.ok() && run.state() == state) return run;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

// Every permission that a method of the API asks for, and one that only data names.
std::set<std::string> AllPermissions() {
  std::ifstream file(REEVE_DESCRIPTORS, std::ios::binary);
  google::protobuf::FileDescriptorSet set;
  if (!set.ParseFromIstream(&file)) throw std::runtime_error("no descriptors of the API");
  std::set<std::string> permissions;
  for (const auto& proto : set.file()) {
    for (const auto& service : proto.service()) {
      for (const auto& method : service.method()) {
        permissions.insert(method.options().GetExtension(rpc::v1::policy).permission());
      }
    }
  }
  permissions.erase("");
  permissions.insert("custody.accept_into_vault");  // asked for besides the method's own
  permissions.insert("adjustment.limit_clerk");     // the limit of whoever has it
  permissions.insert("bill.limit_builder");
  return permissions;
}

std::string PersonJson(const std::string& login) {
  return R"({"login":")" + login + R"(","display_name":")" + login + R"(","password":")" +
         kPassword + R"(","roles":["everything"]})";
}

}  // namespace

std::string Text(const grpc::Status& status) {
  const Error error = rpc::FromStatus(status);
  std::string text = error.reason() + " " + error.message();
  for (const FieldViolation& bad : error.violations()) {
    text += " " + bad.field + " " + bad.description + ";";
  }
  return text;
}

void Check(const grpc::Status& status, const std::string& what) {
  if (!status.ok()) throw std::runtime_error(what + ": " + Text(status));
}

std::string WriteBootstrap(const std::string& folder, int cashiers) {
  std::string permissions;
  for (const std::string& permission : AllPermissions()) {
    permissions += (permissions.empty() ? "\"" : ",\"") + permission + "\"";
  }
  std::string people = PersonJson(kBuilder) + "," + PersonJson(kSigner);
  for (int n = 1; n <= cashiers; ++n) people += "," + PersonJson("cashier" + std::to_string(n));
  std::string path = folder + "/bootstrap.json";
  std::ofstream file(path);
  file << R"({"roles":[{"role":"everything","description":"All that a load does","permissions":[)"
       << permissions << R"(]}],"people":[)" << people << "]}";
  file.close();
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  return path;
}

AccountId AccountNumber(int n) {
  const std::string payload = std::to_string(3'000'000'000 + n);
  return AccountId(std::stoll(payload + *Mod10CheckDigit(payload)));
}

Progress PrintProgress() {
  return
      [last = std::string()](const std::string& step, std::int64_t done, std::int64_t all) mutable {
        const std::int64_t percent = all > 0 ? 100 * done / all : 0;
        const std::string line = step + " " + std::to_string(percent / 10 * 10) + " %";
        if (line != last) std::fprintf(stderr, "%s\n", line.c_str());
        last = line;
      };
}

void BuildAccounts(Suite& suite, int accounts, const Progress& progress, SewerBy sewer) {
  const std::string token = suite.SignIn(kBuilder, kPassword);
  LoadRates(suite, token, sewer);
  const auto premises = account::v1::PremiseService::NewStub(suite.Channel("account"));
  const auto stub = account::v1::AccountService::NewStub(suite.Channel("account"));
  std::string feed_token;
  for (int first = 0; first < accounts; first += kChunk) {
    progress("accounts", first, accounts);
    account::v1::ImportPremisesRequest places;
    places.set_request_id(RequestIdOf("premises", first));
    account::v1::ImportAccountsRequest rows;
    rows.set_request_id(RequestIdOf("accounts", first));
    for (int n = first; n < std::min(first + kChunk, accounts); ++n) {
      account::v1::PremiseRow& place = *places.add_rows();
      place.set_line(n + 1);
      FillPremise(*place.mutable_premise(), n);
      account::v1::AccountRow& row = *rows.add_rows();
      row.set_line(n + 1);
      FillAccount(row, n);
    }
    account::v1::ImportPremisesResponse imported_places;
    Check(premises->ImportPremises(Suite::Context(token, kCallTimeout).get(), places,
                                   &imported_places),
          "ImportPremises");
    account::v1::ImportAccountsResponse imported;
    Check(stub->ImportAccounts(Suite::Context(token, kCallTimeout).get(), rows, &imported),
          "ImportAccounts");
    feed_token = imported.feed_token();
  }
  const auto balances = billing::v1::ReceivableService::NewStub(suite.Channel("billing"));
  billing::v1::GetBalanceRequest request;
  request.set_account_id(AccountNumber(accounts - 1).value());
  request.set_at_least(feed_token);
  for (int attempt = 0;; ++attempt) {
    billing::v1::Balance balance;
    const grpc::Status status =
        balances->GetBalance(Suite::Context(token, 20'000).get(), request, &balance);
    if (status.ok()) return;
    if (attempt > 60) Check(status, "billing does not catch up with the accounts");
  }
}

void ImportReads(Suite& suite, int accounts, const Progress& progress) {
  const std::string token = suite.SignIn(kBuilder, kPassword);
  std::vector<std::string> parts;
  std::string all;
  for (int n = -1; n < accounts * 2; ++n) {
    if ((n + 1) % kReadsPart == 0) parts.emplace_back();
    std::string line;
    if (n < 0) {
      line = "meter_number,read_date,read,unit\n";
    } else {
      const int account = n / 2;
      const bool electric = n % 2 == 0;
      line = MeterNumber(electric ? 'E' : 'W', account) + "," + kThisRead + "," +
             std::to_string(electric ? ElectricRead(account) : WaterRead(account)) +
             (electric ? ",kWh\n" : ",kgal\n");
    }
    parts.back() += line;
    all += line;
  }
  const auto stub = billing::v1::ReadService::NewStub(suite.Channel("billing"));
  for (std::size_t part = 0; part < parts.size(); ++part) {
    progress("reads", static_cast<std::int64_t>(part), static_cast<std::int64_t>(parts.size()));
    billing::v1::ImportReadsRequest request;
    request.set_request_id(RequestIdOf("reads", static_cast<int>(part)));
    request.set_file_name("bench.csv");
    request.set_file_sha256(Sha256(all));
    request.set_first_line(static_cast<std::int64_t>(part) * kReadsPart + 1);
    request.set_lines(parts[part]);
    request.set_last_part(part + 1 == parts.size());
    billing::v1::ReadImport import;
    Check(stub->ImportReads(Suite::Context(token, kCallTimeout).get(), request, &import),
          "ImportReads");
    if (import.queued_count() + import.refused_count() > 0) {
      throw std::runtime_error("the reading file has rows that billing does not take");
    }
  }
}

namespace {

// Nobody pumps the city's water: the guard says so, and the signer knows.
void AcknowledgeAll(Suite& suite, std::int64_t cycle_id) {
  const std::string token = suite.SignIn(kSigner, kPassword);
  const auto stub = billing::v1::GuardService::NewStub(suite.Channel("billing"));
  billing::v1::ListCycleFindingsRequest list;
  list.set_cycle_id(cycle_id);
  billing::v1::ListCycleFindingsResponse findings;
  Check(stub->ListCycleFindings(Suite::Context(token).get(), list, &findings), "ListCycleFindings");
  for (const billing::v1::CycleFinding& finding : findings.findings()) {
    billing::v1::AcknowledgeFindingRequest acknowledge;
    acknowledge.set_request_id(RequestIdOf("acknowledge", static_cast<int>(finding.finding_no())));
    acknowledge.set_cycle_id(cycle_id);
    acknowledge.set_finding_no(finding.finding_no());
    acknowledge.set_reason("Made up for this bench");
    billing::v1::CycleFinding known;
    Check(stub->AcknowledgeFinding(Suite::Context(token).get(), acknowledge, &known),
          "AcknowledgeFinding");
  }
}

}  // namespace

std::int64_t RunCycle(Suite& suite, const Progress& progress,
                      const std::function<void()>& calculated) {
  const std::string token = suite.SignIn(kBuilder, kPassword);
  const auto stub = billing::v1::CycleService::NewStub(suite.Channel("billing"));
  billing::v1::StartCycleRequest start;
  start.set_request_id(RequestIdOf("start-cycle", 0));
  start.set_cycle(kCycle);
  start.set_kind(billing::v1::CYCLE_KIND_PRODUCTION);
  start.set_period_end_date(kThisRead);
  start.set_due_date("2026-12-15");
  billing::v1::CycleRun run;
  Check(stub->StartCycle(Suite::Context(token, 60'000).get(), start, &run), "StartCycle");
  run = WaitForState(suite, token, run.cycle_id(), billing::v1::CYCLE_STATE_CALCULATED,
                     "calculated", progress);
  if (calculated) calculated();

  AcknowledgeAll(suite, run.cycle_id());
  billing::v1::SignOffCycleRequest sign;
  sign.set_request_id(RequestIdOf("sign-off", 0));
  sign.set_cycle_id(run.cycle_id());
  sign.set_total_cents(run.total_cents());
  Check(stub->SignOffCycle(Suite::Context(suite.SignIn(kSigner, kPassword)).get(), sign, &run),
        "SignOffCycle");
  billing::v1::PostCycleRequest post;
  post.set_request_id(RequestIdOf("post", 0));
  post.set_cycle_id(run.cycle_id());
  Check(stub->PostCycle(Suite::Context(token).get(), post, &run), "PostCycle");
  run = WaitForState(suite, token, run.cycle_id(), billing::v1::CYCLE_STATE_POSTED, "posted",
                     progress);
  return run.total_cents();
}

}  // namespace reeve::bench
