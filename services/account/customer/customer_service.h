// The gRPC face of the customer file.
#pragma once

#include "reeve/account/v1/customer_service.grpc.pb.h"
#include "services/account/customer/customer.h"
#include "shared/command/command.h"
#include "shared/db/database.h"
#include "shared/rpc/server.h"

namespace reeve::account {

Error UnknownCustomer(CustomerId id);
v1::Customer ToProto(const Customer& customer);
CustomerDetails FromProto(Fields& fields, const std::string& path,
                          const v1::CustomerDetails& details);

// Puts new customers on file with their first changes and audit records.
void AddCustomers(command::Change& change, std::span<const Customer> customers);
// A customer who is new now, under a fresh salt.
Customer NewCustomer(const Call& call, CustomerId id, CustomerDetails details, Random& random);

class CustomerService final : public v1::CustomerService::CallbackService {
 public:
  CustomerService(rpc::Server& server, command::Frame& frame, db::Database& database,
                  Random& random)
      : server_(server), frame_(frame), database_(database), random_(random) {}

  grpc::ServerUnaryReactor* CreateCustomer(grpc::CallbackServerContext* context,
                                           const v1::CreateCustomerRequest* request,
                                           v1::Customer* response) override;
  grpc::ServerUnaryReactor* UpdateCustomer(grpc::CallbackServerContext* context,
                                           const v1::UpdateCustomerRequest* request,
                                           v1::Customer* response) override;
  grpc::ServerUnaryReactor* GetCustomer(grpc::CallbackServerContext* context,
                                        const v1::GetCustomerRequest* request,
                                        v1::Customer* response) override;
  grpc::ServerUnaryReactor* SearchCustomers(grpc::CallbackServerContext* context,
                                            const v1::SearchCustomersRequest* request,
                                            v1::SearchCustomersResponse* response) override;
  grpc::ServerUnaryReactor* ListCustomerChanges(grpc::CallbackServerContext* context,
                                                const v1::ListCustomerChangesRequest* request,
                                                v1::ListCustomerChangesResponse* response) override;

 private:
  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  Random& random_;
};

}  // namespace reeve::account
