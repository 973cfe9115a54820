// The answer is lost behind the commit, for every method that changes something but SignIn: asked
// again, with the same request_id, the service answers the bytes that were lost and changes
// nothing. The connection is cut exactly when the whole answer has left the service.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include "shared/testing/in_process_server.h"
#include "tests/bench/city.h"
#include "tests/fault/api/day.h"
#include "tests/fault/replies/losing_wire.h"

namespace reeve::fault {
namespace {

using testing::Suite;

constexpr int kCashiers = 5;
constexpr auto kQuiet = std::chrono::milliseconds(300);  // feeds are polled every 200 ms at most

// Fields that say which home a command is for (some only in other methods): a request_id is a key
// within one home, so another value is another request. And the lines of a file, which are for
// messages.
const std::set<std::string> kHomes = {
    "drawer_id",      "account_id", "customer_id", "premise_id", "person_id",
    "application_id", "case_id",    "cycle_id",    "vault_id",   "payment_id",
    "login",          "slot_date",  "crew_id",     "cycle",      "source_id",
    "effective_date", "line",       "shadow_id",   "run_id"};
// Its rows are requests of their own: what is on file is left as it is, whoever asks.
constexpr char kOwnRows[] = "reeve.case311.v1.ImportCasesRequest";

// Another text of the same form, so that it may well be valid.
std::string OtherText(std::string text) {
  if (text.empty()) return "x";
  const bool digit = text.back() >= '0' && text.back() <= '9';
  text.back() = digit ? (text.back() == '1' ? '2' : '1') : (text.back() == 'a' ? 'b' : 'a');
  return text;
}

// A declared value, the last that is not `value`: not given may mean the first.
int OtherValue(const google::protobuf::EnumDescriptor& type, int value) {
  const int last = type.value(type.value_count() - 1)->number();
  return last != value ? last : type.value(type.value_count() - 2)->number();
}

// Another value of the same type.
void Change(Message& message, const FieldDescriptor* field) {
  const auto& reflection = *message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(&message, field, OtherText(reflection.GetString(message, field)));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(&message, field, reflection.GetInt64(message, field) + 1);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(&message, field, reflection.GetInt32(message, field) + 1);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, field, !reflection.GetBool(message, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(
          &message, field,
          OtherValue(*field->enum_type(), reflection.GetEnumValue(message, field)));
    default:
      throw std::logic_error("no other value for " + field->full_name());
  }
}

// Calls `send` with one field of the request changed after the other.
void WithEachFieldChanged(Message& message, const std::function<void()>& send) {
  const auto* descriptor = message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  if (descriptor->full_name() == kOwnRows) return;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (field->name() == "validate_only") continue;  // a dry run is no command
    if (field->name() == "request_id" || kHomes.contains(field->name()) || Api::IsSecret(*field) ||
        Api::IsOutputOnly(*field)) {
      continue;
    }
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (field->is_repeated() && reflection.FieldSize(message, field) > 0) {
        WithEachFieldChanged(*reflection.MutableRepeatedMessage(&message, field, 0), send);
      } else if (!field->is_repeated() && reflection.HasField(message, field)) {
        WithEachFieldChanged(*reflection.MutableMessage(&message, field), send);
      }
    } else if (!field->is_repeated()) {
      const std::unique_ptr<Message> before(message.New());
      before->CopyFrom(message);
      Change(message, field);
      send();
      message.CopyFrom(*before);
    }
  }
}

class RepliesTest : public ::testing::TestWithParam<db::Engine> {
 protected:
  struct Call {
    const Method* method;
    std::string token;
    std::unique_ptr<Message> request;
    std::string answer;  // the bytes that were lost
  };

  RepliesTest()
      : folder_((std::filesystem::temp_directory_path() / "reeve-replies-XXXXXX").string()),
        suite_(Options(GetParam(), mkdtemp(folder_.data()))) {
    suite_.Start();
    token_ = suite_.SignIn(bench::kBuilder, bench::kPassword);
  }
  ~RepliesTest() override { std::filesystem::remove_all(folder_); }

  static testing::SuiteOptions Options(db::Engine engine, const std::string& folder) {
    testing::SuiteOptions options{.engine = engine,
                                  .binaries = REEVE_BINARIES,
                                  .bootstrap = bench::WriteBootstrap(folder, kCashiers)};
    for (const std::string& service : options.services) {
      options.flags[service] = {"--demo-clock=" + folder + "/clock"};
    }
    return options;
  }

  Answer Ask(const Method& method, const std::string& token, const std::string& bytes) {
    auto& channel = channels_[method.service];
    if (channel == nullptr) channel = suite_.Channel(method.service);
    return Send(channel, method, bytes, *Suite::Context(token));
  }

  // Sends, loses the answer, and asks again.
  std::unique_ptr<Message> Live(const Method& method, const std::string& token,
                                const Message& request) {
    const std::string bytes = request.SerializeAsString();
    std::optional<std::string> lost;
    if (method.mutates) {
      auto& wire = wires_[method.service];
      if (wire == nullptr) wire = std::make_unique<LosingWire>(PortOf(method.service));
      const Answer none = Send(wire->Open(), method, bytes, *Suite::Context(token));
      EXPECT_EQ(none.status.error_code(), grpc::UNAVAILABLE) << method.name;
      EXPECT_EQ(none.bytes, "") << method.name;
      lost = wire->Lost();
    }
    const Answer answer = Ask(method, token, bytes);
    bench::Check(answer.status, method.name + " " + request.ShortDebugString());
    if (method.mutates) {
      EXPECT_TRUE(lost.has_value()) << method.name << " was refused at first";
      EXPECT_EQ(answer.bytes, lost.value_or("")) << method.name;
      calls_.push_back({&method, token, std::unique_ptr<Message>(request.New()), answer.bytes});
      calls_.back().request->CopyFrom(request);
    }
    auto message = api_.NewAnswer(method);
    message->ParseFromString(answer.bytes);
    return message;
  }
  int PortOf(const std::string& service) const {
    const std::string address = suite_.address(service);
    return std::stoi(address.substr(address.rfind(':') + 1));
  }

  // The same, under a request_id of its own.
  Answer AskAnew(const Call& call) {
    const std::unique_ptr<Message> request(call.request->New());
    request->CopyFrom(*call.request);
    request->GetReflection()->SetString(request.get(),
                                        request->GetDescriptor()->FindFieldByName("request_id"),
                                        "replies-control-" + std::to_string(++anew_));
    return Ask(*call.method, call.token, request->SerializeAsString());
  }
  // The same request_id never stands for a command that differs in any field.
  void ExpectOtherCommandsRefused(const Call& call) {
    int sent = 0;
    int reused = 0;
    WithEachFieldChanged(*call.request, [&] {
      const Answer other = Ask(*call.method, call.token, call.request->SerializeAsString());
      EXPECT_FALSE(other.status.ok()) << "answered: " << call.request->ShortDebugString();
      ++sent;
      if (testing::ReasonOf(other.status) == "REQUEST_ID_REUSED") ++reused;
    });
    EXPECT_EQ(sent > 0, reused > 0) << "no other command is refused as one";
    others_refused_ += reused;
  }

  std::string StateOf(const std::string& service) {
    return fault::StateOf(suite_, api_, service, token_);
  }
  // Until what the day has set in motion has come to rest.
  void Settle() {
    for (bool moved = true; moved;) {
      std::this_thread::sleep_for(kQuiet);
      moved = false;
      for (const char* service :
           {"identity", "account", "billing", "payment", "work_order", "case311"}) {
        std::string now = StateOf(service);
        moved |= now != std::exchange(states_[service], now);
      }
    }
  }

  std::string folder_;
  Api api_;
  Suite suite_;
  std::string token_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  std::map<std::string, std::unique_ptr<LosingWire>> wires_;
  std::vector<Call> calls_;
  std::map<std::string, std::string> states_;  // where each service came to rest
  int others_refused_ = 0;
  int anew_ = 0;
};

TEST_P(RepliesTest, AskedAgainEveryMethodAnswersTheBytesThatWereLostAndChangesNothing) {
  Day day(suite_, api_, folder_ + "/clock",
          [&](const Method& method, const std::string& token, const Message& request) {
            return Live(method, token, request);
          });
  day.Play();

  std::set<std::string> called;
  for (const Call& call : calls_) called.insert(call.method->name);
  for (const Method& method : api_.methods()) {
    if (method.mutates)
      EXPECT_TRUE(called.contains(method.name)) << method.name << " is not called";
  }

  day.PassAMonth();
  Settle();
  for (const Call& call : calls_) {
    SCOPED_TRACE(call.method->name + " " + call.request->ShortDebugString());
    const Answer again = Ask(*call.method, call.token, call.request->SerializeAsString());
    EXPECT_TRUE(again.status.ok()) << bench::Text(again.status);
    EXPECT_EQ(again.bytes, call.answer);
    ExpectOtherCommandsRefused(call);
    EXPECT_EQ(StateOf(call.method->service), states_[call.method->service]);
  }
  std::printf("%zu methods, %zu calls asked again, %d other commands refused\n", called.size(),
              calls_.size(), others_refused_);

  // The control: with another request_id each is refused, or answers something else, or does
  // something.
  for (const Call& call : calls_) {
    SCOPED_TRACE(call.method->name);
    const Answer fresh = AskAnew(call);
    if (!fresh.status.ok() || fresh.bytes != call.answer) continue;
    const std::string state = StateOf(call.method->service);
    const Answer second = AskAnew(call);
    EXPECT_TRUE(!second.status.ok() || StateOf(call.method->service) != state);
  }
}

INSTANTIATE_TEST_SUITE_P(BothEngines, RepliesTest, testing::BothEngines(), testing::EngineName);

}  // namespace
}  // namespace reeve::fault
