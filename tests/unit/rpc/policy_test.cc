#include "shared/rpc/policy.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "shared/rpc/reasons.h"

namespace reeve::rpc {
namespace {

// A service with one method, declared as a .proto would.
class Declared {
 public:
  Declared(const std::string& request_fields, const std::string& policy,
           const std::string& streaming = "") {
    google::protobuf::FileDescriptorProto file;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        R"(name: "test.proto" package: "test" dependency: "reeve/rpc/v1/policy.proto" )"
        R"(message_type { name: "Ask" )" +
            request_fields + R"( } message_type { name: "Answer" } )" +
            R"(service { name: "Test" method { name: "Do" input_type: ".test.Ask" )" +
            R"(output_type: ".test.Answer" )" + streaming + " } }",
        &file));
    if (!policy.empty()) {
      EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
          policy, file.mutable_service(0)->mutable_method(0)->mutable_options()->MutableExtension(
                      v1::policy)));
    }
    file_ = pool_.BuildFile(file);
  }
  const google::protobuf::MethodDescriptor& method() const { return *file_->service(0)->method(0); }

 private:
  google::protobuf::DescriptorPool pool_{google::protobuf::DescriptorPool::generated_pool()};
  const google::protobuf::FileDescriptor* file_ = nullptr;
};

constexpr char kRequestId[] =
    R"(field { name: "request_id" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL })";

TEST(Policy, DefaultsAreStaffLookupAndTenSeconds) {
  const Declared declared("", R"(permission: "thing.read" idempotent: true)");
  const MethodPolicy policy = PolicyOf(declared.method());
  EXPECT_EQ(policy.method, "test.Test/Do");
  EXPECT_EQ(policy.access, v1::ACCESS_STAFF);
  EXPECT_EQ(policy.priority, v1::PRIORITY_LOOKUP);
  EXPECT_EQ(policy.deadline, Duration::Seconds(10));
  EXPECT_EQ(policy.method_class, MethodClass::kRead);
}

TEST(Policy, ClassFollowsWhatTheMethodDoes) {
  const Declared write(kRequestId, R"(permission: "a.b" idempotent: true)");
  const Declared money(kRequestId,
                       R"(permission: "a.b" idempotent: true priority: PRIORITY_MONEY)");
  const Declared stream("", R"(permission: "a.b" idempotent: true)", "server_streaming: true");
  EXPECT_EQ(PolicyOf(write.method()).method_class, MethodClass::kWrite);
  EXPECT_EQ(PolicyOf(money.method()).method_class, MethodClass::kMoney);
  EXPECT_EQ(PolicyOf(stream.method()).method_class, MethodClass::kStream);
}

struct Contradiction {
  std::string name;
  std::string fields;
  std::string policy;
  std::string streaming;
};
class PolicyRefusal : public ::testing::TestWithParam<Contradiction> {};

TEST_P(PolicyRefusal, StopsTheStart) {
  const Declared declared(GetParam().fields, GetParam().policy, GetParam().streaming);
  EXPECT_THROW(PolicyOf(declared.method()), std::logic_error);
}

INSTANTIATE_TEST_SUITE_P(
    All, PolicyRefusal,
    ::testing::Values(
        Contradiction{"Missing", "", "", ""},
        Contradiction{"StaffWithoutPermission", "", "idempotent: true", ""},
        Contradiction{"PublicWithPermission", "", R"(access: ACCESS_PUBLIC permission: "a.b")", ""},
        Contradiction{"ServiceWithoutList", "", "access: ACCESS_SERVICE", ""},
        Contradiction{"StaffWithList", "", R"(permission: "a.b" services: "billing")", ""},
        Contradiction{"EitherWithoutList", "",
                      R"(permission: "a.b" access: ACCESS_STAFF_OR_SERVICE)", ""},
        Contradiction{"RequestIdNotIdempotent", kRequestId, R"(permission: "a.b")", ""},
        Contradiction{"NegativeDeadline", "", R"(permission: "a.b" deadline_ms: -1)", ""},
        Contradiction{"ClientStream", "", R"(permission: "a.b")", "client_streaming: true"}),
    [](const auto& info) { return info.param.name; });

// Who may pass, by access and caller.
struct Passage {
  std::string name;
  v1::Access access;
  CallerKind caller;
  std::string holds;     // a permission, or the service's name
  std::string expected;  // reason, empty for yes
};
class Admission : public ::testing::TestWithParam<Passage> {};

TEST_P(Admission, FollowsThePolicy) {
  MethodPolicy policy;
  policy.access = GetParam().access;
  if (policy.access == v1::ACCESS_STAFF || policy.access == v1::ACCESS_STAFF_OR_SERVICE) {
    policy.permission = "drawer.open";
  }
  if (policy.access == v1::ACCESS_SERVICE || policy.access == v1::ACCESS_STAFF_OR_SERVICE) {
    policy.services = {"billing"};
  }
  Call call;
  call.caller.kind = GetParam().caller;
  if (call.caller.kind == CallerKind::kService) call.caller.service = GetParam().holds;
  call.permissions = std::make_shared<const std::set<std::string, std::less<>>>(
      std::set<std::string, std::less<>>{GetParam().holds});
  const Result<> admitted = Admit(policy, call);
  EXPECT_EQ(admitted.ok() ? "" : admitted.error().reason(), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, Admission,
    ::testing::Values(
        Passage{"AnybodyToPublic", v1::ACCESS_PUBLIC, CallerKind::kNobody, "", ""},
        Passage{"NobodyToStaff", v1::ACCESS_STAFF, CallerKind::kNobody, "", "SESSION_MISSING"},
        Passage{"NobodyToAnySession", v1::ACCESS_ANY_SESSION, CallerKind::kNobody, "",
                "SESSION_MISSING"},
        Passage{"NobodyToService", v1::ACCESS_SERVICE, CallerKind::kNobody, "", "SESSION_MISSING"},
        Passage{"HolderToStaff", v1::ACCESS_STAFF, CallerKind::kPerson, "drawer.open", ""},
        Passage{"OtherToStaff", v1::ACCESS_STAFF, CallerKind::kPerson, "drawer.close",
                "PERMISSION_MISSING"},
        Passage{"PersonToAnySession", v1::ACCESS_ANY_SESSION, CallerKind::kPerson, "", ""},
        Passage{"PersonToService", v1::ACCESS_SERVICE, CallerKind::kPerson, "drawer.open",
                "SERVICE_NOT_LISTED"},
        Passage{"ListedToService", v1::ACCESS_SERVICE, CallerKind::kService, "billing", ""},
        Passage{"UnlistedToService", v1::ACCESS_SERVICE, CallerKind::kService, "case311",
                "SERVICE_NOT_LISTED"},
        Passage{"ServiceToStaff", v1::ACCESS_STAFF, CallerKind::kService, "billing",
                "SERVICE_NOT_LISTED"},
        Passage{"ListedToEither", v1::ACCESS_STAFF_OR_SERVICE, CallerKind::kService, "billing", ""},
        Passage{"HolderToEither", v1::ACCESS_STAFF_OR_SERVICE, CallerKind::kPerson, "drawer.open",
                ""}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace reeve::rpc
