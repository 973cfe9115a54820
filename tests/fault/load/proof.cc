#include "tests/fault/load/proof.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "reeve/payment/v1/payment_service.grpc.pb.h"
#include "reeve/verify/v1/verify_service.grpc.pb.h"
#include "reeve/work_order/v1/order_service.grpc.pb.h"
#include "tests/bench/city.h"

namespace reeve::fault {
namespace {

using testing::Suite;

constexpr int kAskers = 8;

// Of all drawers; throws if the receipts of one are not numbered 1, 2, 3, ...
std::set<std::string> PaymentsThereAre(Suite& suite, const std::string& token) {
  const auto stub = payment::v1::PaymentService::NewStub(suite.Channel("payment"));
  std::set<std::string> found;
  for (int drawer = 1; drawer <= kDrawers; ++drawer) {
    std::set<std::int64_t> numbers;
    payment::v1::ListReceiptsRequest request;
    request.set_drawer_id(drawer);
    request.set_session_no(1);
    do {
      payment::v1::ListReceiptsResponse page;
      bench::Check(stub->ListReceipts(Suite::Context(token).get(), request, &page), "ListReceipts");
      for (const auto& receipt : page.receipts()) {
        found.insert("payment " + receipt.payment_id());
        numbers.insert(receipt.receipt_no());
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    if (!numbers.empty() && *numbers.rbegin() != std::ssize(numbers)) {
      throw std::runtime_error("receipts of drawer " + std::to_string(drawer) + " have a gap");
    }
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

// Every acknowledged request once more, by a few at a time.
std::string FirstChangedAnswer(const Workload& workload) {
  const std::vector<Workload::Acknowledged>& all = workload.acknowledged();
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> changed = all.size();
  {
    std::vector<std::jthread> askers;
    for (int asker = 0; asker < kAskers; ++asker) {
      askers.emplace_back([&] {
        for (std::size_t n; changed == all.size() && (n = next++) < all.size();) {
          if (all[n].again() != all[n].bytes) changed = n;
        }
      });
    }
  }
  if (changed == all.size()) return "";
  return all[changed].made + " is answered differently when asked again";
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
  }
  // Both ways, before and after everything is asked again: what was acknowledged is there, and
  // nothing else is.
  const auto first_difference = [&]() -> std::string {
    if (PaymentsThereAre(suite, token) != payments) return "payments are not those acknowledged";
    if (OrdersThereAre(suite, token) != orders) return "orders are not those acknowledged";
    return "";
  };
  if (std::string difference = first_difference(); !difference.empty()) return difference;
  if (std::string changed = FirstChangedAnswer(workload); !changed.empty()) return changed;
  if (std::string difference = first_difference(); !difference.empty()) return difference;

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
