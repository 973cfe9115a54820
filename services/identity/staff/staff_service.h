// The gRPC face of people.
#pragma once

#include <string>

#include "reeve/identity/v1/staff_service.grpc.pb.h"
#include "services/identity/passwords.h"
#include "services/identity/staff/staff.h"
#include "shared/command/command.h"
#include "shared/core/seams.h"
#include "shared/db/database.h"
#include "shared/rpc/server.h"

namespace reeve::identity {

class StaffService final : public v1::StaffService::CallbackService {
 public:
  StaffService(rpc::Server& server, command::Frame& frame, db::Database& database,
               const Clock& machine_clock, Passwords& passwords)
      : server_(server),
        frame_(frame),
        database_(database),
        machine_clock_(machine_clock),
        passwords_(passwords) {}

  grpc::ServerUnaryReactor* CreatePerson(grpc::CallbackServerContext* context,
                                         const v1::CreatePersonRequest* request,
                                         v1::Person* response) override;
  grpc::ServerUnaryReactor* GetPerson(grpc::CallbackServerContext* context,
                                      const v1::GetPersonRequest* request,
                                      v1::Person* response) override;
  grpc::ServerUnaryReactor* ListPeople(grpc::CallbackServerContext* context,
                                       const v1::ListPeopleRequest* request,
                                       v1::ListPeopleResponse* response) override;
  grpc::ServerUnaryReactor* GetNames(grpc::CallbackServerContext* context,
                                     const v1::GetNamesRequest* request,
                                     v1::GetNamesResponse* response) override;
  grpc::ServerUnaryReactor* SetPassword(grpc::CallbackServerContext* context,
                                        const v1::SetPasswordRequest* request,
                                        v1::Person* response) override;
  grpc::ServerUnaryReactor* ChangePassword(grpc::CallbackServerContext* context,
                                           const v1::ChangePasswordRequest* request,
                                           v1::Person* response) override;
  grpc::ServerUnaryReactor* DisablePerson(grpc::CallbackServerContext* context,
                                          const v1::DisablePersonRequest* request,
                                          v1::Person* response) override;
  grpc::ServerUnaryReactor* EnablePerson(grpc::CallbackServerContext* context,
                                         const v1::EnablePersonRequest* request,
                                         v1::Person* response) override;
  grpc::ServerUnaryReactor* EndSessions(grpc::CallbackServerContext* context,
                                        const v1::EndSessionsRequest* request,
                                        v1::Person* response) override;

 private:
  Result<v1::Person> Create(const Call& call, const v1::CreatePersonRequest& request);
  Result<v1::ListPeopleResponse> List(const Call& call, const v1::ListPeopleRequest& request);
  Result<v1::GetNamesResponse> Names(const Call& call, const v1::GetNamesRequest& request);
  Result<v1::Person> Set(const Call& call, const v1::SetPasswordRequest& request);
  Result<v1::Person> ChangeOwn(const Call& call, const v1::ChangePasswordRequest& request);
  Result<v1::Person> Disable(const Call& call, const v1::DisablePersonRequest& request);
  Result<v1::Person> Enable(const Call& call, const v1::EnablePersonRequest& request);
  Result<v1::Person> End(const Call& call, const v1::EndSessionsRequest& request);
  void CountFailure(const Call& call);

  rpc::Server& server_;
  command::Frame& frame_;
  db::Database& database_;
  const Clock& machine_clock_;
  Passwords& passwords_;
};

}  // namespace reeve::identity
