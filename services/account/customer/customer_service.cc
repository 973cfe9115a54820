#include "services/account/customer/customer_service.h"

#include <algorithm>
#include <array>
#include <limits>

#include "services/account/account/account_store.h"
#include "services/account/customer/customer_store.h"
#include "services/account/premise/premise_store.h"
#include "services/account/wire.h"
#include "shared/rpc/paging.h"

namespace reeve::account {
namespace {

constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
constexpr int kHitsDefault = 20;
constexpr int kHitsMax = 50;
constexpr int kAccountsOfHit = 20;
constexpr int kCandidatesOfScan = 200;

struct CreateCustomer {
  static constexpr std::string_view kMethod = "reeve.account.v1.CustomerService/CreateCustomer";
  std::string request_id;
  CustomerId customer;
  CustomerDetails details;
  std::int64_t home() const { return customer.value(); }
  Canonical canonical() const {
    return Canonical("CreateCustomer", 1).Add("details", ToCanonicalText(details));
  }
};

struct UpdateCustomer {
  static constexpr std::string_view kMethod = "reeve.account.v1.CustomerService/UpdateCustomer";
  std::string request_id;
  CustomerId customer;
  std::int64_t version = 0;
  CustomerDetails details;
  std::int64_t home() const { return customer.value(); }
  Canonical canonical() const {
    return Canonical("UpdateCustomer", 1)
        .Add("customer", customer.value())
        .Add("version", version)
        .Add("details", ToCanonicalText(details));
  }
};

Result<CreateCustomer> Parse(const Call& call, const v1::CreateCustomerRequest& request) {
  Fields fields;
  CreateCustomer command{.request_id = fields.RequestId(request.request_id()),
                         .details = FromProto(fields, "details", request.details())};
  if (!fields.ok()) return fields.error();
  command.customer = CustomerId(CreatedId("customer", call.caller, command.request_id));
  return command;
}

std::int64_t ParseEtag(Fields& fields, const std::string& etag) {
  std::int64_t version = 0;
  const bool digits = !etag.empty() && etag.size() <= 18 &&
                      etag.find_first_not_of("0123456789") == std::string::npos;
  if (digits) {
    version = std::stoll(etag);
  } else {
    fields.Refuse("etag", etag.empty() ? "is required" : "is not one of ours");
  }
  return version;
}

Result<UpdateCustomer> Parse(const v1::UpdateCustomerRequest& request) {
  Fields fields;
  UpdateCustomer command{.request_id = fields.RequestId(request.request_id()),
                         .customer = CustomerId(fields.Id("customer_id", request.customer_id())),
                         .version = ParseEtag(fields, request.etag()),
                         .details = FromProto(fields, "details", request.details())};
  if (!fields.ok()) return fields.error();
  return command;
}

Result<Search> Parse(const v1::SearchCustomersRequest& request) {
  Fields fields;
  const Criteria criteria{
      .customer = CustomerId(fields.Range("customer_id", request.customer_id(), 0, kLast)),
      .account = AccountId(fields.Range("account_id", request.account_id(), 0, kLast)),
      .name = fields.Text("name", request.name(), 0, 120),
      .phone = fields.Text("phone", request.phone(), 0, 30),
      .email = fields.Text("email", request.email(), 0, 254),
      .address = fields.Text("address", request.address(), 0, 110)};
  fields.Range("page_size", request.page_size(), 0, kHitsMax);
  if (!fields.ok()) return fields.error();
  return Plan(criteria);
}

std::vector<CustomerChange> ChangesOf(const Call& call, const Customer& customer,
                                      const CustomerDetails& before) {
  std::vector<CustomerChange> changes;
  for (FieldChange& change : Differences(before, customer.details)) {
    changes.push_back({.customer = customer.id,
                       .version = customer.version,
                       .change = std::move(change),
                       .changed_by = call.caller.ToString(),
                       .changed_time = call.now});
  }
  return changes;
}

v1::CustomerHit ToHit(db::Transaction& tx, const Customer& customer,
                      std::vector<std::string>& address_keys) {
  v1::CustomerHit hit;
  *hit.mutable_customer() = ToProto(customer);
  std::vector<AccountId> ids;
  for (const AccountPlace& place :
       ListByCustomer(tx, customer.id, {"9999-12-31", AccountId()}, kAccountsOfHit)) {
    ids.push_back(place.account);
  }
  const std::vector<std::optional<Account>> accounts = FindAccounts(tx, ids);
  std::vector<PremiseId> premise_ids;
  for (const std::optional<Account>& account : accounts) premise_ids.push_back(account->premise);
  const std::vector<std::optional<Premise>> premises = FindPremises(tx, premise_ids);
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    v1::AccountLine& line = *hit.add_accounts();
    line.set_account_id(ids[i].value());
    line.set_premise_id(premise_ids[i].value());
    *line.mutable_address() = ToProto(premises[i]->address);
    line.set_open(accounts[i]->state == AccountState::kOpen);
    address_keys.push_back(AddressKey(premises[i]->address));
  }
  return hit;
}

// The candidates of the narrowest criterion: a number, a telephone, an e-mail address, a street, a
// name.
std::vector<CustomerId> Candidates(db::Transaction& tx, const Search& search, CustomerId after) {
  if (search.customer.is_set() || search.account.is_set()) {
    if (after.is_set()) return {};
    if (search.customer.is_set()) return {search.customer};
    const std::optional<Account> account = FindAccount(tx, search.account);
    return account ? std::vector{account->customer} : std::vector<CustomerId>();
  }
  for (const SearchKey& key : search.keys) {
    if (key.kind != KeyKind::kName) return FindByKey(tx, key, after, kCandidatesOfScan);
  }
  if (!search.address_key.empty()) return FindByAddress(tx, search, after, kCandidatesOfScan);
  return FindByKey(tx, search.keys.front(), after, kCandidatesOfScan);
}

// One hit more than asked for shows that there are more.
v1::SearchCustomersResponse Find(db::Transaction& tx, const Search& search, int hits_max) {
  v1::SearchCustomersResponse answer;
  CustomerId after;
  for (std::vector<CustomerId> candidates = Candidates(tx, search, after); !candidates.empty();
       candidates = Candidates(tx, search, after)) {
    for (const CustomerId id : candidates) {
      after = id;
      const std::optional<Customer> customer = FindCustomer(tx, id);
      if (!customer) continue;
      std::vector<std::string> address_keys;
      v1::CustomerHit hit = ToHit(tx, *customer, address_keys);
      if (!Matches(search, customer->details, address_keys)) continue;
      if (answer.hits_size() == hits_max) {
        answer.set_more(true);
        return answer;
      }
      *answer.add_hits() = std::move(hit);
    }
  }
  return answer;
}

v1::CustomerChange ToProto(const CustomerChange& change) {
  v1::CustomerChange message;
  message.set_version(change.version);
  message.set_field(change.change.field);
  message.set_before(change.change.before);
  message.set_after(change.change.after);
  message.set_changed_by(change.changed_by);
  message.set_changed_time_micros(change.changed_time.micros());
  return message;
}

}  // namespace

Error UnknownCustomer(CustomerId id) {
  return NotFound(reason::kCustomerUnknown, "There is no such customer.")
      .With("customer_id", id.value());
}

CustomerDetails FromProto(Fields& fields, const std::string& path,
                          const v1::CustomerDetails& details) {
  return CheckDetails(fields, path,
                      {.kind = FromProto(fields, path + ".kind", details.kind(), kCustomerKindName),
                       .name = details.name(),
                       .other_name = details.other_name(),
                       .mobile_phone = details.mobile_phone(),
                       .home_phone = details.home_phone(),
                       .work_phone = details.work_phone(),
                       .email = details.email(),
                       .mailing = FromProto(details.mailing_address()),
                       .language = details.language(),
                       .verification = FromProto(fields, path + ".verification",
                                                 details.verification(), kVerificationName)});
}

v1::Customer ToProto(const Customer& customer) {
  v1::Customer message;
  message.set_customer_id(customer.id.value());
  message.set_etag(std::to_string(customer.version));
  message.set_created_time_micros(customer.created_time.micros());
  const CustomerDetails& from = customer.details;
  v1::CustomerDetails& details = *message.mutable_details();
  details.set_kind(ToProto<v1::CustomerKind>(from.kind));
  details.set_name(from.name);
  details.set_other_name(from.other_name);
  details.set_mobile_phone(from.mobile_phone);
  details.set_home_phone(from.home_phone);
  details.set_work_phone(from.work_phone);
  details.set_email(from.email);
  *details.mutable_mailing_address() = ToProto(from.mailing);
  details.set_language(from.language);
  details.set_verification(ToProto<v1::Verification>(from.verification));
  return message;
}

Customer NewCustomer(const Call& call, CustomerId id, CustomerDetails details, Random& random) {
  std::array<std::uint8_t, 16> salt{};
  random.Fill(salt);
  return {.id = id,
          .details = std::move(details),
          .salt = HexEncode(std::string(salt.begin(), salt.end())),
          .created_time = call.now};
}

void AddCustomers(command::Change& change, std::span<const Customer> customers) {
  if (customers.empty()) return;
  InsertCustomers(change.tx(), customers);
  std::vector<CustomerChange> changes;
  for (const Customer& customer : customers) {
    std::vector<CustomerChange> first = ChangesOf(change.call(), customer, {});
    std::move(first.begin(), first.end(), std::back_inserter(changes));
    change.Audit({.entity = "customer",
                  .entity_id = customer.id.ToString(),
                  .action = "create",
                  .before = "",
                  .after = ToAuditText(customer)});
  }
  InsertChanges(change.tx(), changes);
}

grpc::ServerUnaryReactor* CustomerService::CreateCustomer(grpc::CallbackServerContext* context,
                                                          const v1::CreateCustomerRequest* request,
                                                          v1::Customer* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::CreateCustomerRequest& request) -> Result<v1::Customer> {
        REEVE_ASSIGN_OR_RETURN(const account::CreateCustomer command, Parse(call, request));
        const Customer customer = NewCustomer(call, command.customer, command.details, random_);
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Customer> {
          AddCustomers(change, std::span(&customer, 1));
          return ToProto(customer);
        });
      });
}

grpc::ServerUnaryReactor* CustomerService::UpdateCustomer(grpc::CallbackServerContext* context,
                                                          const v1::UpdateCustomerRequest* request,
                                                          v1::Customer* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::UpdateCustomerRequest& request) -> Result<v1::Customer> {
        REEVE_ASSIGN_OR_RETURN(const account::UpdateCustomer command, Parse(request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Customer> {
          const std::optional<Customer> before =
              FindCustomerForUpdate(change.tx(), command.customer);
          if (!before) return UnknownCustomer(command.customer);
          REEVE_RETURN_IF_ERROR(CheckVersion(*before, command.version));
          Customer after = *before;
          after.details = command.details;
          ++after.version;
          REEVE_RETURN_IF_ERROR(SaveCustomer(change.tx(), after));
          InsertChanges(change.tx(), ChangesOf(call, after, before->details));
          change.Audit({.entity = "customer",
                        .entity_id = after.id.ToString(),
                        .action = "update",
                        .before = ToAuditText(*before),
                        .after = ToAuditText(after)});
          return ToProto(after);
        });
      });
}

grpc::ServerUnaryReactor* CustomerService::GetCustomer(grpc::CallbackServerContext* context,
                                                       const v1::GetCustomerRequest* request,
                                                       v1::Customer* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetCustomerRequest& request) -> Result<v1::Customer> {
        Fields fields;
        const CustomerId id(fields.Id("customer_id", request.customer_id()));
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline,
                                    [&](db::Transaction& tx) -> Result<v1::Customer> {
                                      const std::optional<Customer> customer = FindCustomer(tx, id);
                                      if (!customer) return UnknownCustomer(id);
                                      return ToProto(*customer);
                                    });
      });
}

grpc::ServerUnaryReactor* CustomerService::SearchCustomers(
    grpc::CallbackServerContext* context, const v1::SearchCustomersRequest* request,
    v1::SearchCustomersResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::SearchCustomersRequest& request) -> Result<v1::SearchCustomersResponse> {
        REEVE_ASSIGN_OR_RETURN(const Search search, Parse(request));
        const int hits_max = request.page_size() == 0 ? kHitsDefault : request.page_size();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::SearchCustomersResponse> {
              return Find(tx, search, hits_max);
            });
      });
}

grpc::ServerUnaryReactor* CustomerService::ListCustomerChanges(
    grpc::CallbackServerContext* context, const v1::ListCustomerChangesRequest* request,
    v1::ListCustomerChangesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ListCustomerChangesRequest& request)
          -> Result<v1::ListCustomerChangesResponse> {
        Fields fields;
        const CustomerId id(fields.Id("customer_id", request.customer_id()));
        const std::string query = "ListCustomerChanges/" + id.ToString();
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListCustomerChangesResponse> {
              if (!FindCustomer(tx, id)) return UnknownCustomer(id);
              std::vector<CustomerChange> found =
                  ListChanges(tx, id, page.AfterInt(0, kLast),
                              page.after.empty() ? "" : page.after[1], page.size + 1);
              v1::ListCustomerChangesResponse answer;
              if (found.size() > static_cast<std::size_t>(page.size)) {
                found.pop_back();
                answer.set_next_page_token(rpc::NextPageToken(
                    query, {std::to_string(found.back().version), found.back().change.field}));
              }
              for (const CustomerChange& change : found) *answer.add_changes() = ToProto(change);
              return answer;
            });
      });
}

}  // namespace reeve::account
