#include "services/billing/receivable/receivable_service.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "services/billing/audit_row.h"
#include "services/billing/receivable/books_store.h"
#include "services/billing/receivable/receivable_wire_service.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::receivable {
namespace {

constexpr int kListMax = 20;
constexpr std::size_t kServiceNameMax = 20;

constexpr std::pair<OrderKey, v1::AllocationKey> kKeys[] = {
    {OrderKey::kAge, v1::ALLOCATION_KEY_AGE},
    {OrderKey::kService, v1::ALLOCATION_KEY_SERVICE},
    {OrderKey::kKind, v1::ALLOCATION_KEY_KIND},
};
constexpr std::pair<ChargeKind, v1::ChargeKind> kKinds[] = {
    {ChargeKind::kUsage, v1::CHARGE_KIND_USAGE},
    {ChargeKind::kFee, v1::CHARGE_KIND_FEE},
    {ChargeKind::kDeposit, v1::CHARGE_KIND_DEPOSIT},
};
template <class Table, class T>
auto OnWire(const Table& table, T value) {
  return std::find_if(std::begin(table), std::end(table),
                      [&](const auto& entry) { return entry.first == value; })
      ->second;
}

// Each value of the list once, and one that we know.
template <class T, class Wire, std::size_t n>
std::vector<T> ParseEnums(Fields& fields, const std::string& field,
                          const std::pair<T, Wire> (&table)[n],
                          const google::protobuf::RepeatedField<int>& values) {
  std::vector<T> parsed;
  for (int i = 0; i < values.size(); ++i) {
    const int value = values[i];
    const auto entry = std::find_if(std::begin(table), std::end(table),
                                    [&](const auto& known) { return known.second == value; });
    if (entry == std::end(table) ||
        std::find(parsed.begin(), parsed.end(), entry->first) != parsed.end()) {
      fields.Refuse(field + "[" + std::to_string(i) + "]", "is not known, or there twice");
      if (i >= static_cast<int>(n)) fields.Refuse(field, "are more than there are");
      if (i >= static_cast<int>(n)) return parsed;
      continue;
    }
    parsed.push_back(entry->first);
  }
  return parsed;
}

struct LoadPolicy {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.ReceivableService/LoadAllocationPolicy";
  std::string request_id;
  AllocationPolicy policy;

  std::int64_t home() const { return 0; }
  Canonical canonical() const {
    Canonical form(kMethod, 1);
    form.Add("effective_date", policy.effective_date.ToString())
        .Add("citation", policy.citation)
        .Add("pro_rata", policy.pro_rata ? 1 : 0)
        .List("keys", policy.keys.size());
    for (const OrderKey key : policy.keys) form.Add("key", static_cast<std::int64_t>(key));
    form.List("services", policy.services.size());
    for (const std::string& service : policy.services) form.Add("service", service);
    form.List("kinds", policy.kinds.size());
    for (const ChargeKind kind : policy.kinds) form.Add("kind", ChargeKindName(kind));
    return form;
  }
};

Result<LoadPolicy> Parse(const v1::LoadAllocationPolicyRequest& request) {
  Fields fields;
  const v1::AllocationPolicy& message = request.policy();
  LoadPolicy command{fields.RequestId(request.request_id()), {}};
  AllocationPolicy& policy = command.policy;
  policy.effective_date = fields.CivilDate("policy.effective_date", message.effective_date());
  policy.citation = fields.Text("policy.citation", message.citation(), 3, 300);
  policy.keys = ParseEnums(fields, "policy.keys", kKeys, message.keys());
  if (message.keys().empty()) fields.Refuse("policy.keys", "are required");
  policy.kinds = ParseEnums(fields, "policy.kinds", kKinds, message.kinds());
  policy.pro_rata = message.pro_rata();
  if (message.services_size() > kListMax) fields.Refuse("policy.services", "are more than 20");
  std::set<std::string> seen;
  for (int i = 0; i < std::min(message.services_size(), kListMax); ++i) {
    const std::string& service = message.services(i);
    const bool word =
        !service.empty() && service.size() <= kServiceNameMax &&
        std::all_of(service.begin(), service.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if (!word || !seen.insert(service).second) {
      fields.Refuse("policy.services[" + std::to_string(i) + "]",
                    "is no name of a service, or there twice");
    }
    policy.services.push_back(service);
  }
  if (!fields.ok()) return fields.error();
  return command;
}

struct Preview {
  AccountId account;
  Money amount;
  std::vector<Direction> directions;
};

Result<Preview> Parse(const v1::PreviewAllocationRequest& request) {
  Fields fields;
  Preview preview;
  preview.account = AccountId(fields.Id("account_id", request.account_id()));
  preview.amount = fields.Cents("amount_cents", request.amount_cents(), 1, Money::kMaxCents);
  if (request.directions_size() > kListMax) {
    fields.Refuse("directions", "are more than 20");
    return fields.error();
  }
  for (int i = 0; i < request.directions_size(); ++i) {
    const v1::Direction& direction = request.directions(i);
    const std::string at = "directions[" + std::to_string(i) + "].";
    preview.directions.push_back(
        {fields.Text(at + "service", direction.service(), 1, kServiceNameMax),
         fields.Cents(at + "amount_cents", direction.amount_cents(), 1, Money::kMaxCents)});
  }
  if (fields.ok()) ValidateDirections(preview.directions, preview.amount, fields);
  if (!fields.ok()) return fields.error();
  return preview;
}

v1::AllocationPolicy ToProto(const AllocationPolicy& policy) {
  v1::AllocationPolicy message;
  message.set_effective_date(policy.effective_date.ToString());
  message.set_citation(policy.citation);
  for (const OrderKey key : policy.keys) message.add_keys(OnWire(kKeys, key));
  for (const std::string& service : policy.services) message.add_services(service);
  for (const ChargeKind kind : policy.kinds) message.add_kinds(OnWire(kKinds, kind));
  message.set_pro_rata(policy.pro_rata);
  return message;
}

v1::Balance ToProto(const Books& books, Money deposits, Date today) {
  std::map<std::string, v1::ServiceBalance> services;
  for (const Charge& charge : books.charges()) {
    v1::ServiceBalance& balance = services[charge.service];
    balance.set_service(charge.service);
    balance.set_open_cents(balance.open_cents() + charge.open.cents());
    if (charge.due_date < today) {
      balance.set_past_due_cents(balance.past_due_cents() + charge.open.cents());
    }
  }
  v1::Balance message;
  message.set_account_id(books.account().value());
  for (const auto& [service, balance] : services) *message.add_services() = balance;
  message.set_credit_cents(books.credit().cents());
  message.set_total_cents(books.Balance().cents());
  message.set_past_due_cents(books.PastDue(today).cents());
  message.set_deposits_held_cents(deposits.cents());
  return message;
}

v1::Entry ToProto(const ListedEntry& listed) {
  v1::Entry message;
  message.set_entry_id(listed.entry.entry_id);
  message.set_kind(receivable::ToProto(listed.entry.kind));
  message.set_source(listed.entry.source);
  message.set_business_date(listed.entry.business_date.ToString());
  message.set_posted_time_micros(listed.posted_time.micros());
  for (const Posting& posting : listed.entry.postings)
    *message.add_postings() = receivable::ToProto(posting);
  return message;
}

Error AccountUnknown() {
  return NotFound(reason::kUnknownAccount, "Billing does not know the account.");
}

}  // namespace

grpc::ServerUnaryReactor* ReceivableService::GetBalance(grpc::CallbackServerContext* context,
                                                        const v1::GetBalanceRequest* request,
                                                        v1::Balance* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetBalanceRequest& request) -> Result<v1::Balance> {
        Fields fields;
        const AccountId account(fields.Id("account_id", request.account_id()));
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline, [&](db::Transaction& tx) -> Result<v1::Balance> {
          const std::optional<Books> books = ReadBooks(tx, account);
          if (!books) return AccountUnknown();
          return ToProto(*books, DepositsHeld(tx, account), call.today);
        });
      });
}

grpc::ServerUnaryReactor* ReceivableService::PreviewAllocation(
    grpc::CallbackServerContext* context, const v1::PreviewAllocationRequest* request,
    v1::PreviewAllocationResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::PreviewAllocationRequest& request) -> Result<v1::PreviewAllocationResponse> {
        REEVE_ASSIGN_OR_RETURN(const Preview preview, Parse(request));
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::PreviewAllocationResponse> {
              const std::optional<Books> books = ReadBooks(tx, preview.account);
              if (!books) return AccountUnknown();
              const Allocation allocation =
                  Allocate(PolicyInForce(tx, call.today), books->charges(), preview.amount,
                           preview.directions);
              v1::PreviewAllocationResponse answer;
              for (const Share& share : allocation.shares) {
                const Charge& charge = books->charges()[share.charge];
                v1::AllocationLine& line = *answer.add_lines();
                line.set_service(charge.service);
                line.set_charge_description(charge.description);
                line.set_amount_cents(share.amount.cents());
              }
              answer.set_credit_cents(allocation.credit.cents());
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* ReceivableService::ListEntries(grpc::CallbackServerContext* context,
                                                         const v1::ListEntriesRequest* request,
                                                         v1::ListEntriesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListEntriesRequest& request) -> Result<v1::ListEntriesResponse> {
        Fields fields;
        const AccountId account(fields.Id("account_id", request.account_id()));
        const std::string query = "entries/" + account.ToString();
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListEntriesResponse> {
              if (!ReadBooks(tx, account)) return AccountUnknown();
              v1::ListEntriesResponse answer;
              for (const ListedEntry& listed : receivable::ListEntries(
                       tx, account, page.AfterInt(0, kEnd), page.AfterInt(1, kEnd), page.size)) {
                *answer.add_entries() = ToProto(listed);
              }
              if (answer.entries_size() == page.size) {
                const v1::Entry& last = answer.entries(page.size - 1);
                answer.set_next_page_token(rpc::NextPageToken(
                    query,
                    {std::to_string(last.posted_time_micros()), std::to_string(last.entry_id())}));
              }
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* ReceivableService::ListUnappliedCash(
    grpc::CallbackServerContext* context, const v1::ListUnappliedCashRequest* request,
    v1::ListUnappliedCashResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListUnappliedCashRequest& request) -> Result<v1::ListUnappliedCashResponse> {
        Fields fields;
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), "unapplied", 2);
        if (!fields.ok()) return fields.error();
        const PaymentKey after(
            AccountId(page.AfterInt(0, std::numeric_limits<std::int64_t>::min())),
            page.after.empty() ? "" : page.after[1]);
        v1::ListUnappliedCashResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          for (const PaymentCredit& credit : ListUnapplied(tx, after, page.size)) {
            v1::UnappliedCash& item = *answer.add_items();
            item.set_account_id(credit.account.value());
            item.set_payment_id(credit.payment_id);
            item.set_amount_cents(credit.amount.cents());
            item.set_reason(credit.reason);
            item.set_business_date(credit.business_date.ToString());
          }
        });
        if (answer.items_size() == page.size) {
          const v1::UnappliedCash& last = answer.items(page.size - 1);
          answer.set_next_page_token(rpc::NextPageToken(
              "unapplied", {std::to_string(last.account_id()), last.payment_id()}));
        }
        return answer;
      });
}

grpc::ServerUnaryReactor* ReceivableService::LoadAllocationPolicy(
    grpc::CallbackServerContext* context, const v1::LoadAllocationPolicyRequest* request,
    v1::AllocationPolicy* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::LoadAllocationPolicyRequest& request) -> Result<v1::AllocationPolicy> {
        REEVE_ASSIGN_OR_RETURN(const LoadPolicy command, Parse(request));
        const AllocationPolicy& policy = command.policy;
        return frame_.Write(
            call, command, [&](command::Change& change) -> Result<v1::AllocationPolicy> {
              if (HasPolicy(change.tx(), policy.effective_date)) {
                return AlreadyExists(reason::kPolicyExists,
                                     "An order of allocation from that day on is loaded.");
              }
              InsertPolicy(change.tx(), policy);
              AuditRow(change, kKeptAllocationPolicy, "load", "", CellsOfPolicy(policy));
              return ToProto(policy);
            });
      });
}

}  // namespace reeve::billing::receivable
