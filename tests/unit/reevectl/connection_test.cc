// What reevectl does when the outcome of a call is unknown, against a service that answers as told.
#include "services/reevectl/connection/connection.h"

#include <grpcpp/health_check_service_interface.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>
#include <vector>

#include "reeve/payment/v1/drawer_service.grpc.pb.h"
#include "services/reevectl/app.h"
#include "shared/process/system_seams.h"

namespace reeve::reevectl {
namespace {

namespace pb = payment::v1;

class Scripted final : public pb::DrawerService::Service {
 public:
  grpc::Status OpenDrawer(grpc::ServerContext*, const pb::OpenDrawerRequest* request,
                          pb::DrawerSession* response) override {
    request_ids.push_back(request->request_id());
    if (request_ids.size() <= failures.size()) return failures[request_ids.size() - 1];
    response->set_drawer_id(request->drawer_id());
    response->set_session_no(3);
    return grpc::Status::OK;
  }

  std::vector<grpc::Status> failures;
  std::vector<std::string> request_ids;
};

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest() : home_(::testing::TempDir() + "connection-" + std::to_string(getpid())) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }
  ~ConnectionTest() override {
    server_->Shutdown();
    std::filesystem::remove_all(home_);
  }

  int OpenDrawer() {
    const std::string base = std::to_string(port_ - 4);  // payment is the fourth
    const std::vector<const char*> arguments{"reevectl",    "--home",     home_.c_str(),
                                             "--port-base", base.c_str(), "drawer",
                                             "open",        "--drawer",   "7"};
    return RunApp(static_cast<int>(arguments.size()), arguments.data(), clock_, random_,
                  *TimeZone::Load("America/Denver"), out_, remarks_);
  }

  std::string home_;
  int port_ = 0;
  Scripted service_;
  std::unique_ptr<grpc::Server> server_;
  process::SystemClock clock_;
  process::OsRandom random_;
  std::ostringstream out_, remarks_;
};

TEST_F(ConnectionTest, AnUnknownOutcomeIsAskedAgainWithTheSameRequestAndSaysSo) {
  service_.failures = {{grpc::DEADLINE_EXCEEDED, "late"}, {grpc::DEADLINE_EXCEEDED, "late"}};
  EXPECT_EQ(OpenDrawer(), 0);
  ASSERT_EQ(service_.request_ids.size(), 3u);
  EXPECT_EQ(service_.request_ids[0], service_.request_ids[1]);
  EXPECT_EQ(service_.request_ids[0], service_.request_ids[2]);
  EXPECT_GE(service_.request_ids[0].size(), 16u);
  EXPECT_NE(remarks_.str().find("the outcome is unknown"), std::string::npos);
  EXPECT_NE(out_.str().find("session 3"), std::string::npos);
}

TEST_F(ConnectionTest, ItGivesUpAfterAFewAttempts) {
  service_.failures.assign(10, {grpc::DEADLINE_EXCEEDED, "late"});
  EXPECT_EQ(OpenDrawer(), 1);
  EXPECT_EQ(service_.request_ids.size(), static_cast<std::size_t>(Connection::kAttemptsMax));
}

TEST_F(ConnectionTest, ARefusalIsFinal) {
  service_.failures = {{grpc::FAILED_PRECONDITION, "It is open."}};
  EXPECT_EQ(OpenDrawer(), 1);
  EXPECT_EQ(service_.request_ids.size(), 1u);
  EXPECT_NE(out_.str().find("It is open."), std::string::npos);
}

TEST_F(ConnectionTest, TwoCommandsAreTwoRequests) {
  EXPECT_EQ(OpenDrawer(), 0);
  EXPECT_EQ(OpenDrawer(), 0);
  ASSERT_EQ(service_.request_ids.size(), 2u);
  EXPECT_NE(service_.request_ids[0], service_.request_ids[1]);
}

}  // namespace
}  // namespace reeve::reevectl
