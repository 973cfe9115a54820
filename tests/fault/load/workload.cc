#include "tests/fault/kill/workload.h"

#include <set>
#include <thread>

#include "reeve/billing/v1/receivable_service.grpc.pb.h"
#include "reeve/case311/v1/case_service.grpc.pb.h"
#include "reeve/case311/v1/case_type_service.grpc.pb.h"
#include "reeve/payment/v1/drawer_service.grpc.pb.h"
#include "reeve/payment/v1/payment_service.grpc.pb.h"
#include "reeve/verify/v1/verify_service.grpc.pb.h"
#include "reeve/work_order/v1/order_service.grpc.pb.h"
#include "tests/bench/city.h"

namespace reeve::fault {
namespace {

using testing::Suite;
using Steady = std::chrono::steady_clock;

constexpr int kAccounts = 200;
constexpr int kCallMillis = 3'000;
constexpr auto kPause = std::chrono::milliseconds(20);

bool IsUnknown(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
      return true;
    default:
      return false;
  }
}

void OpenDrawers(Suite& suite, const std::string& token, std::vector<std::string>& cashiers) {
  const auto stub = payment::v1::DrawerService::NewStub(suite.Channel("payment"));
  for (int n = 1; n <= kDrawers; ++n) {
    payment::v1::CreateDrawerRequest create;
    create.set_drawer_id(n);
    create.set_name("Window " + std::to_string(n));
    create.set_request_id("kill-create-drawer-" + std::to_string(n));
    payment::v1::Drawer drawer;
    bench::Check(stub->CreateDrawer(Suite::Context(token).get(), create, &drawer), "CreateDrawer");
    cashiers.push_back(suite.SignIn("cashier" + std::to_string(n), bench::kPassword));
    payment::v1::OpenDrawerRequest open;
    open.set_drawer_id(n);
    open.set_request_id("kill-open-drawer-" + std::to_string(n));
    payment::v1::DrawerSession session;
    bench::Check(stub->OpenDrawer(Suite::Context(cashiers.back()).get(), open, &session),
                 "OpenDrawer");
  }
}

void SetCaseType(Suite& suite, const std::string& token) {
  const auto stub = case311::v1::CaseTypeService::NewStub(suite.Channel("case311"));
  case311::v1::SetCaseTypeRequest request;
  request.set_request_id("kill-set-case-type");
  request.mutable_case_type()->set_case_type_code("POTHOLE");
  request.mutable_case_type()->set_name("Pothole");
  request.mutable_case_type()->set_department("STREETS");
  request.mutable_case_type()->set_service_level_minutes(1'440);
  case311::v1::CaseType type;
  bench::Check(stub->SetCaseType(Suite::Context(token).get(), request, &type), "SetCaseType");
}

}  // namespace

// A request that changes something: `send` fills what was made and the answer's bytes.
struct Workload::Mutation {
  std::function<grpc::Status(std::string* made, std::string* bytes)> send;
};

Workload::Workload(Suite& suite, std::uint64_t seed)
    : suite_(suite), seed_(seed), token_(suite.SignIn(bench::kBuilder, bench::kPassword)) {
  bench::BuildAccounts(suite, kAccounts, [](const std::string&, std::int64_t, std::int64_t) {});
  OpenDrawers(suite, token_, cashiers_);
  SetCaseType(suite, token_);
}

Workload::Mutation Workload::Next(std::mt19937_64& random, int caller,
                                  const std::string& request_id) const {
  const int account = static_cast<int>(random() % kAccounts);
  switch (random() % 4) {
    case 0: {
      work_order::v1::CreateOrderRequest request;
      request.set_request_id(request_id);
      request.set_premise_id(1'000'000 + account);
      request.set_type(work_order::v1::ORDER_TYPE_TAG);
      request.set_service("electric");
      request.set_override_reason("One more of a load");
      return {[this, request](std::string* made, std::string* bytes) {
        const auto stub = work_order::v1::OrderService::NewStub(suite_.Channel("work_order"));
        work_order::v1::Order order;
        const grpc::Status status =
            stub->CreateOrder(Suite::Context(token_, kCallMillis).get(), request, &order);
        *made =
            "order " + std::to_string(order.premise_id()) + "/" + std::to_string(order.order_id());
        *bytes = order.SerializeAsString();
        return status;
      }};
    }
    case 1: {
      case311::v1::OpenCaseRequest request;
      request.set_request_id(request_id);
      request.set_case_type_code("POTHOLE");
      request.set_address(std::to_string(100 + account) + " N Center St");
      request.set_district(1);
      request.set_description("A pothole");
      request.set_channel(case311::v1::CHANNEL_PHONE);
      return {[this, request](std::string* made, std::string* bytes) {
        const auto stub = case311::v1::CaseService::NewStub(suite_.Channel("case311"));
        case311::v1::Case opened;
        const grpc::Status status =
            stub->OpenCase(Suite::Context(token_, kCallMillis).get(), request, &opened);
        *made = "case " + std::to_string(opened.case_id());
        *bytes = opened.SerializeAsString();
        return status;
      }};
    }
    default: {
      const auto drawer = static_cast<std::size_t>(caller % kDrawers);
      payment::v1::TakePaymentRequest request;
      request.set_request_id(request_id);
      request.set_drawer_id(static_cast<std::int64_t>(drawer) + 1);
      request.set_account_id(bench::AccountNumber(account).value());
      request.set_amount_cents(100 + static_cast<std::int64_t>(random() % 10'000));
      payment::v1::Tender& tender = *request.add_tenders();
      tender.set_kind(payment::v1::TENDER_KIND_CHECK);
      tender.set_amount_cents(request.amount_cents());
      tender.set_check_number(std::to_string(1 + random() % 9'999));
      return {[this, request, drawer](std::string* made, std::string* bytes) {
        const auto stub = payment::v1::PaymentService::NewStub(suite_.Channel("payment"));
        payment::v1::Receipt receipt;
        const grpc::Status status = stub->TakePayment(
            Suite::Context(cashiers_[drawer], kCallMillis).get(), request, &receipt);
        *made = "payment " + receipt.payment_id();
        *bytes = receipt.SerializeAsString();
        return status;
      }};
    }
  }
}

void Workload::Run(int caller) {
  std::mt19937_64 random(seed_ + static_cast<std::uint64_t>(caller) + 1);
  for (int n = 0; !stopping_; ++n) {
    const std::string id = "kill-" + std::to_string(seed_) + "-" + std::to_string(caller) + "-" +
                           std::to_string(n) + "-request";
    const Mutation mutation = Next(random, caller, id);
    for (;;) {
      std::string made;
      std::string bytes;
      const grpc::Status status = mutation.send(&made, &bytes);
      if (status.ok()) {
        const auto again = [mutation] {
          std::string what;
          std::string answer;
          const grpc::Status repeated = mutation.send(&what, &answer);
          return repeated.ok() ? answer : "refused: " + repeated.error_message();
        };
        const std::lock_guard lock(mutex_);
        acknowledged_.push_back({made, bytes, again});
        break;
      }
      if (!IsUnknown(status)) {
        const std::lock_guard lock(mutex_);
        refused_.push_back(id + ": " + status.error_message());
        break;
      }
      ++unknown_;
      if (stopping_ && Steady::now() > give_up_.load()) {
        ++unresolved_;
        return;
      }
      std::this_thread::sleep_for(kPause);
    }
  }
}

void Workload::Stop(Steady::time_point give_up) {
  give_up_ = give_up;
  stopping_ = true;
}

namespace {

std::set<std::string> PaymentsThereAre(Suite& suite, const std::string& token) {
  const auto stub = payment::v1::PaymentService::NewStub(suite.Channel("payment"));
  std::set<std::string> found;
  for (int drawer = 1; drawer <= kDrawers; ++drawer) {
    payment::v1::ListReceiptsRequest request;
    request.set_drawer_id(drawer);
    request.set_session_no(1);
    do {
      payment::v1::ListReceiptsResponse page;
      bench::Check(stub->ListReceipts(Suite::Context(token).get(), request, &page), "ListReceipts");
      for (const auto& receipt : page.receipts()) found.insert("payment " + receipt.payment_id());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
  }
  return found;
}

std::set<std::string> OrdersThereAre(Suite& suite, const std::string& token) {
  const auto stub = work_order::v1::OrderService::NewStub(suite.Channel("work_order"));
  std::set<std::string> found;
  for (int n = 0; n < kAccounts; ++n) {
    work_order::v1::ListOrdersRequest request;
    request.set_premise_id(1'000'000 + n);
    do {
      work_order::v1::ListOrdersResponse page;
      bench::Check(stub->ListOrders(Suite::Context(token).get(), request, &page), "ListOrders");
      for (const auto& order : page.orders()) {
        found.insert("order " + std::to_string(order.premise_id()) + "/" +
                     std::to_string(order.order_id()));
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
  }
  return found;
}

verify::v1::VerifyResponse Prove(Suite& suite, const std::string& token, const std::string& service,
                                 const std::string& up_to) {
  const auto stub = verify::v1::VerifyService::NewStub(suite.Channel(service));
  verify::v1::VerifyRequest request;
  request.set_up_to_token(up_to);
  verify::v1::VerifyResponse response;
  bench::Check(stub->Verify(Suite::Context(token, 60'000).get(), request, &response),
               "Verify " + service);
  return response;
}

std::int64_t Total(const verify::v1::VerifyResponse& proof, const std::string& name) {
  for (const auto& total : proof.totals()) {
    if (total.name() == name) return total.value();
  }
  return -1;
}

std::string FirstBrokenCheck(const verify::v1::VerifyResponse& proof) {
  for (const auto& check : proof.checks()) {
    if (!check.violation().empty()) return check.name() + ": " + check.violation();
  }
  return "";
}

}  // namespace

std::string FirstViolation(Suite& suite, const Workload& workload) {
  const std::string token = suite.SignIn(bench::kBuilder, bench::kPassword);
  std::set<std::string> payments;
  std::set<std::string> orders;
  for (const Workload::Acknowledged& each : workload.acknowledged()) {
    const bool payment = each.made.starts_with("payment ");
    const bool order = each.made.starts_with("order ");
    const bool fresh = payment ? payments.insert(each.made).second
                       : order ? orders.insert(each.made).second
                               : true;
    if (!fresh) return each.made + " was made by two requests";
    if (each.again() != each.bytes) return each.made + " is answered differently when asked again";
  }
  // Both ways: what was acknowledged is there, and nothing else is.
  if (PaymentsThereAre(suite, token) != payments) return "payments are not those acknowledged";
  if (OrdersThereAre(suite, token) != orders) return "orders are not those acknowledged";

  const verify::v1::VerifyResponse billing = Prove(suite, token, "billing", "");
  const verify::v1::VerifyResponse payment =
      Prove(suite, token, "payment", billing.applied_token());
  if (Total(billing, "clearing-debits-cents") != Total(payment, "clearing-credits-cents")) {
    return "billing has not applied what payment took, up to its token";
  }
  for (const auto& proof :
       {billing, payment, Prove(suite, token, "account", ""), Prove(suite, token, "identity", ""),
        Prove(suite, token, "work_order", ""), Prove(suite, token, "case311", "")}) {
    if (const std::string broken = FirstBrokenCheck(proof); !broken.empty()) return broken;
  }
  return "";
}

}  // namespace reeve::fault
