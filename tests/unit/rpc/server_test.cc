// The way of a unary call through the runtime.
#include "tests/unit/rpc/server_fixture.h"

namespace reeve::rpc {
namespace {

TEST_F(ServerTest, ABodySeesWhoAsksAndWhichDayItIs) {
  Call seen;
  roles_->body = [&](const Call& call) {
    seen = call;
    return Result<identity::ListRolesResponse>(identity::ListRolesResponse());
  };
  Start();
  ASSERT_TRUE(ListRoles(Clerk()).ok());
  EXPECT_EQ(seen.caller.ToString(), "person/7");
  EXPECT_EQ(seen.today.ToString(), "2026-11-22");
  EXPECT_TRUE(seen.May("role.read"));
  EXPECT_FALSE(seen.trace_id.empty());
}

TEST_F(ServerTest, AStrangerIsRefusedBeforeTheBody) {
  std::atomic<bool> ran = false;
  roles_->body = [&](const Call&) {
    ran = true;
    return Result<identity::ListRolesResponse>(identity::ListRolesResponse());
  };
  Start();
  EXPECT_EQ(ReasonOf(ListRoles("")), "SESSION_MISSING");
  EXPECT_EQ(ReasonOf(ListRoles("no-such-session")), "SESSION_ENDED");
  const grpc::Status status = ListRoles(gate_.SignIn(PersonId(8), {"drawer.open"}));
  EXPECT_EQ(status.error_code(), grpc::PERMISSION_DENIED);
  EXPECT_EQ(ReasonOf(status), "PERMISSION_MISSING");
  EXPECT_EQ(FromStatus(status).metadata()[0].second, "role.read");
  EXPECT_FALSE(ran);
}

TEST_F(ServerTest, APublicMethodAsksForNothing) {
  Start();
  identity::SignInResponse answer;
  const auto context = Context("a-session-of-last-week");
  ASSERT_TRUE(identity::SessionService::NewStub(Tcp())->SignIn(context.get(), {}, &answer).ok());
  EXPECT_EQ(answer.session_token(), "nobody");
}

TEST_F(ServerTest, AServiceProvesItselfByItsSocketOnly) {
  Start();
  const auto check = [](const std::shared_ptr<grpc::Channel>& channel, const std::string& name) {
    identity::Session answer;
    const auto context = ServiceContext(name, Duration::Seconds(20));
    const grpc::Status status =
        identity::SessionService::NewStub(channel)->CheckSession(context.get(), {}, &answer);
    return status.ok() ? answer.display_name() : ReasonOf(status);
  };
  EXPECT_EQ(check(OpenChannel(Socket(), {}), "billing"), "service/billing");
  EXPECT_EQ(check(OpenChannel(Socket(), {}), "identity"), "SERVICE_NOT_LISTED");
  EXPECT_EQ(check(Tcp(), "billing"), "SERVICE_CLAIM_REFUSED");
}

TEST_F(ServerTest, OnlyTheOwnerMayOpenTheSocket) {
  Start();
  const auto mode = std::filesystem::status(folder_ + "/test.sock").permissions();
  EXPECT_EQ(mode & std::filesystem::perms::mask,
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ServerTest, WhatABodyThrowsStaysInside) {
  roles_->body = [](const Call&) -> Result<identity::ListRolesResponse> {
    throw std::runtime_error("password of the database is hunter2");
  };
  Start();
  const grpc::Status status = ListRoles(Clerk());
  EXPECT_EQ(status.error_code(), grpc::INTERNAL);
  EXPECT_EQ(status.error_message().find("hunter2"), std::string::npos);
  EXPECT_EQ(status.error_details().find("hunter2"), std::string::npos);
  EXPECT_EQ(FromStatus(status).metadata()[0].first, "request_id");
}

TEST_F(ServerTest, AKnownExceptionIsARefusal) {
  roles_->body = [](const Call&) -> Result<identity::ListRolesResponse> {
    throw std::runtime_error("away");
  };
  server_->ExplainExceptions([](const std::exception&) -> std::optional<Error> {
    return Unavailable(Reason{"STORAGE_UNAVAILABLE"}, "The database is away.");
  });
  Start();
  EXPECT_EQ(ReasonOf(ListRoles(Clerk())), "STORAGE_UNAVAILABLE");
}

TEST_F(ServerTest, AnUnansweredCallDoesNotRunWhenItsTimeHasPassed) {
  Build(2'000, 1);
  Latch entered;
  Latch leave;
  std::atomic<int> runs = 0;
  roles_->body = [&](const Call&) {
    ++runs;
    entered.Open();
    leave.Wait();
    return Result<identity::ListRolesResponse>(identity::ListRolesResponse());
  };
  Start();
  const std::string token = Clerk();
  std::thread first([&] { ListRoles(token); });
  ASSERT_TRUE(entered.Wait());
  identity::ListRolesResponse answer;
  const auto context = PersonContext(token, Duration::Millis(50));
  const grpc::Status status =
      identity::RoleService::NewStub(Tcp())->ListRoles(context.get(), {}, &answer);
  EXPECT_EQ(status.error_code(), grpc::DEADLINE_EXCEEDED);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // gRPC rounds up for the server
  leave.Open();
  first.join();
  EXPECT_TRUE(ListRoles(token).ok());  // the worker has come to it, behind the one that expired
  EXPECT_EQ(runs, 2);
}

TEST_F(ServerTest, UnderOverloadReportsGoFirstAndLookupsNext) {
  Build(10, 8);
  Latch leave;
  std::atomic<int> inside = 0;
  roles_->body = [&](const Call&) {
    ++inside;
    leave.Wait();
    return Result<identity::ListRolesResponse>(identity::ListRolesResponse());
  };
  Start();
  const std::string token = gate_.SignIn(PersonId(7), {"role.read", "verify.run"});
  std::vector<std::thread> callers;
  const auto fill = [&](int count) {
    while (static_cast<int>(callers.size()) < count) {
      callers.emplace_back([&] { ListRoles(token); });
    }
    while (inside < count) std::this_thread::yield();
  };
  const auto report = [&] {
    verify::VerifyResponse answer;
    const auto context = Context(token);
    return ReasonOf(verify::VerifyService::NewStub(Tcp())->Verify(context.get(), {}, &answer));
  };
  fill(4);
  EXPECT_EQ(report(), "");
  fill(5);
  EXPECT_EQ(report(), "OVERLOADED");
  fill(8);
  EXPECT_EQ(ReasonOf(ListRoles(token)), "OVERLOADED");
  leave.Open();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(report(), "");
}

TEST_F(ServerTest, AnInlineBodyNeedsNoWorker) {
  Build(2'000, 1);
  Latch leave;
  roles_->run_inline = true;
  Start();
  const std::string token = Clerk();
  workers_->Post([leave] { leave.Wait(); });
  EXPECT_TRUE(ListRoles(token).ok());
  leave.Open();
}

TEST_F(ServerTest, ABatchAnswersWithoutAWorker) {
  Build(2'000, 1);
  Latch leave;
  Start();
  const std::string token = gate_.SignIn(PersonId(7), {"role.define"});
  workers_->Post([leave] { leave.Wait(); });
  const auto define = [&](const std::string& role) {
    identity::DefineRoleRequest request;
    request.set_role(role);
    identity::Role answer;
    const auto context = Context(token);
    const grpc::Status status =
        identity::RoleService::NewStub(Tcp())->DefineRole(context.get(), request, &answer);
    return status.ok() ? answer.role() : ReasonOf(status);
  };
  EXPECT_EQ(define("cashier"), "cashier for person/7");
  EXPECT_EQ(define("refused"), "ROLE_HELD");
  EXPECT_EQ(define(""), "INVALID_REQUEST");
  leave.Open();
}

TEST_F(ServerTest, ACallWaitsForTheEventsThatItRefersTo) {
  std::atomic<bool> applied = false;
  server_->SetApplied([&](const std::string& token) -> Result<bool> {
    if (token == "never") return FailedPrecondition(Reason{"FEED_NOT_FOLLOWED"}, "Not here.");
    return token == "there" || applied;
  });
  Start();
  const std::string token = gate_.SignIn(PersonId(7), {"receivable.view"});
  const auto balance = [&](const std::string& at_least, Duration time) {
    billing::GetBalanceRequest request;
    request.set_at_least(at_least);
    billing::Balance answer;
    const auto context = PersonContext(token, time);
    return ReasonOf(
        billing::ReceivableService::NewStub(Tcp())->GetBalance(context.get(), request, &answer));
  };
  EXPECT_EQ(balance("", Duration::Seconds(20)), "");
  EXPECT_EQ(balance("there", Duration::Seconds(20)), "");
  EXPECT_EQ(balance("not yet", Duration::Millis(400)), "NOT_CAUGHT_UP");
  EXPECT_EQ(balance("never", Duration::Seconds(20)), "FEED_NOT_FOLLOWED");
  std::thread arrival([&] { applied = true; });
  EXPECT_EQ(balance("not yet", Duration::Seconds(20)), "");
  arrival.join();
}

TEST_F(ServerTest, BeyondLoopbackOnlyWithTls) {
  ServerOptions options;
  options.service = "test";
  options.listen = {"0.0.0.0:0"};
  Server open_to_all(options, clock_, zone_, *workers_, gate_, *metrics_);
  EXPECT_THROW(open_to_all.Start(), std::runtime_error);
  Start();
}

TEST_F(ServerTest, ATakenAddressIsAnError) {
  Start();
  ServerOptions options;
  options.service = "test";
  options.listen = {"127.0.0.1:" + std::to_string(server_->port())};
  obs::Metrics metrics("second");
  Server second(options, clock_, zone_, *workers_, gate_, metrics);
  EXPECT_THROW(second.Start(), std::runtime_error);
}

}  // namespace
}  // namespace reeve::rpc
