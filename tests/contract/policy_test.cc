// Walks every method of every proto as it is written, so that a method cannot be declared without
// saying who may call it.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "reeve/rpc/v1/policy.pb.h"
#include "services/identity/bootstrap.h"
#include "services/identity/role/permission.h"

namespace reeve {
namespace {

namespace pb = google::protobuf;
using rpc::v1::Policy;

class PolicyTest : public ::testing::Test {
 protected:
  PolicyTest() {
    std::ifstream file(REEVE_DESCRIPTORS, std::ios::binary);
    pb::FileDescriptorSet set;
    EXPECT_TRUE(set.ParseFromIstream(&file));
    for (const pb::FileDescriptorProto& proto : set.file()) {
      const pb::FileDescriptor* built = pool_.BuildFile(proto);
      if (built->package() == "grpc.health.v1") continue;  // gRPC's own, open to everybody
      for (int i = 0; i < built->service_count(); ++i) {
        for (int j = 0; j < built->service(i)->method_count(); ++j) {
          methods_.push_back(built->service(i)->method(j));
        }
      }
    }
  }

  // The pool knows our extension only as unknown bytes; the generated type reads them.
  static pb::MethodOptions Options(const pb::MethodDescriptor& method) {
    pb::MethodOptions options;
    options.ParseFromString(method.options().SerializeAsString());
    return options;
  }
  static bool IsSecret(const pb::FieldDescriptor& field) {
    pb::FieldOptions options;
    options.ParseFromString(field.options().SerializeAsString());
    return options.GetExtension(rpc::v1::secret);
  }
  static bool IsRead(const pb::MethodDescriptor& method) {
    static const std::regex kRead(
        "(Convert|Get|List|Find|Search|Watch|Preview|Explain|Verify|May|Check|Export|Compare|"
        "Simulate|Count|Describe|Download)"
        "[A-Z].*|Verify|Watch|WhoAmI");
    return std::regex_match(method.name(), kRead);
  }

  pb::DescriptorPool pool_;
  std::vector<const pb::MethodDescriptor*> methods_;
};

TEST_F(PolicyTest, EveryMethodSaysWhoMayCallIt) {
  ASSERT_FALSE(methods_.empty());
  const std::regex permission_form("[a-z0-9_]+\\.[a-z_]+");
  for (const auto* method : methods_) {
    SCOPED_TRACE(method->full_name());
    const pb::MethodOptions options = Options(*method);
    EXPECT_TRUE(options.HasExtension(rpc::v1::policy));
    const Policy& policy = options.GetExtension(rpc::v1::policy);
    const bool names_services = policy.access() == rpc::v1::ACCESS_SERVICE ||
                                policy.access() == rpc::v1::ACCESS_STAFF_OR_SERVICE;
    EXPECT_EQ(policy.services_size() > 0, names_services);
    const bool needs_permission = policy.access() != rpc::v1::ACCESS_ANY_SESSION &&
                                  policy.access() != rpc::v1::ACCESS_PUBLIC &&
                                  policy.access() != rpc::v1::ACCESS_SERVICE;
    if (needs_permission) {
      EXPECT_TRUE(std::regex_match(policy.permission(), permission_form)) << policy.permission();
    } else {
      EXPECT_EQ(policy.permission(), "");
    }
  }
}

TEST_F(PolicyTest, AMutationCarriesItsRequestIdAndIsIdempotent) {
  for (const auto* method : methods_) {
    SCOPED_TRACE(method->full_name());
    const bool has_request_id = method->input_type()->FindFieldByName("request_id") != nullptr;
    const Policy& policy = Options(*method).GetExtension(rpc::v1::policy);
    if (has_request_id || IsRead(*method)) EXPECT_TRUE(policy.idempotent());
    if (policy.access() == rpc::v1::ACCESS_PUBLIC) continue;  // signing in makes a new session each
    EXPECT_NE(has_request_id, IsRead(*method)) << "a read has no request_id, a mutation has one";
  }
}

TEST_F(PolicyTest, EveryMethodHasARequestOfItsOwn) {
  std::set<std::string> seen;
  for (const auto* method : methods_) {
    EXPECT_TRUE(seen.insert(std::string(method->input_type()->full_name())).second)
        << method->full_name() << " shares " << method->input_type()->full_name();
  }
}

TEST_F(PolicyTest, PasswordsAndSessionTokensAreSecret) {
  for (const auto* method : methods_) {
    for (const auto* message : {method->input_type(), method->output_type()}) {
      for (int i = 0; i < message->field_count(); ++i) {
        const std::string name = message->field(i)->name();
        if (name.find("password") == std::string::npos && name != "session_token") continue;
        EXPECT_TRUE(IsSecret(*message->field(i))) << message->field(i)->full_name();
      }
    }
  }
}

TEST_F(PolicyTest, EveryPermissionIsHeldBySomeRoleOfTheDemo) {
  std::ifstream file(REEVE_ROLES_FILE);
  std::stringstream roles;
  roles << file.rdbuf();
  ASSERT_FALSE(roles.str().empty());
  for (const auto* method : methods_) {
    const std::string permission = Options(*method).GetExtension(rpc::v1::policy).permission();
    if (permission.empty()) continue;
    EXPECT_NE(roles.str().find('"' + permission + '"'), std::string::npos)
        << method->full_name() << " needs " << permission;
  }
}

// What the build has read out of the protos' text is what their descriptors say.
TEST_F(PolicyTest, IdentityKnowsEveryPermissionAndTheDemoNamesNoOther) {
  std::set<std::string_view> asked_for;
  std::vector<std::string> permissions;
  for (const auto* method : methods_) {
    permissions.push_back(Options(*method).GetExtension(rpc::v1::policy).permission());
  }
  for (const std::string& permission : permissions) {
    if (!permission.empty()) asked_for.insert(permission);
  }
  const auto known = identity::MethodPermissions();
  EXPECT_EQ(std::set<std::string_view>(known.begin(), known.end()), asked_for);
  const auto city = identity::ReadBootstrap(REEVE_ROLES_FILE, /*anybody_may_read=*/true);
  EXPECT_GT(city.roles_size(), 0);
  for (const auto& role : city.roles()) {
    for (const std::string& permission : role.permissions()) {
      EXPECT_TRUE(identity::IsKnownPermission(permission)) << role.role() << " " << permission;
    }
  }
  for (const auto& separation : city.separations()) {
    EXPECT_TRUE(identity::IsKnownPermission(separation.first_permission()));
    EXPECT_TRUE(identity::IsKnownPermission(separation.second_permission()));
  }
}

}  // namespace
}  // namespace reeve
