#include "tests/fault/api/api.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <stdexcept>

namespace reeve::fault {
namespace {

namespace pb = google::protobuf;
using testing::Suite;

const std::vector<std::string> kServices = {"identity", "account",    "billing",
                                            "payment",  "work_order", "case311"};
constexpr int kProofTimeout = 60'000;

// The pool knows our extensions only as unknown bytes; the generated types read them.
template <class Options>
Options Known(const Options& of_pool) {
  Options options;
  options.ParseFromString(of_pool.SerializeAsString());
  return options;
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  static_cast<void>(buffer.Dump(&slices));
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

std::unique_ptr<Message> Ask(Suite& suite, const Api& api, const std::string& service,
                             const std::string& token, std::string_view suffix) {
  for (const Method& method : api.methods()) {
    if (method.service != service || !method.name.ends_with(suffix)) continue;
    const auto context = Suite::Context(token, kProofTimeout);
    const Answer answer = Send(suite.Channel(service), method, "", *context);
    if (!answer.status.ok()) {
      throw std::runtime_error(service + " " + method.name + ": " + answer.status.error_message());
    }
    auto message = api.NewAnswer(method);
    message->ParseFromString(answer.bytes);
    return message;
  }
  throw std::logic_error("no method " + std::string(suffix));
}

}  // namespace

Api::Api() {
  std::ifstream file(REEVE_DESCRIPTORS, std::ios::binary);
  pb::FileDescriptorSet set;
  if (!set.ParseFromIstream(&file)) throw std::runtime_error("no descriptors of the API");
  for (const pb::FileDescriptorProto& proto : set.file()) {
    const pb::FileDescriptor* built = pool_.BuildFile(proto);
    if (!built->package().starts_with("reeve.")) continue;  // health is gRPC's own
    // "reeve.payment.v1"
    const std::string owner = built->package().substr(6, built->package().rfind('.') - 6);
    const bool owned = std::find(kServices.begin(), kServices.end(), owner) != kServices.end();
    for (int i = 0; i < built->service_count(); ++i) {
      for (int j = 0; j < built->service(i)->method_count(); ++j) {
        const pb::MethodDescriptor* descriptor = built->service(i)->method(j);
        Method method;
        method.name = descriptor->service()->full_name() + "/" + descriptor->name();
        method.descriptor = descriptor;
        method.policy = Known(descriptor->options()).GetExtension(rpc::v1::policy);
        method.mutates = descriptor->input_type()->FindFieldByName("request_id") != nullptr;
        for (const std::string& service : kServices) {
          if (owned && service != owner) continue;
          methods_.push_back(method);
          methods_.back().service = service;
        }
      }
    }
  }
  factory_ = std::make_unique<pb::DynamicMessageFactory>(&pool_);
}

const Method& Api::Find(std::string_view short_name) const {
  const std::size_t dot = short_name.find('.');
  const std::string name = "reeve." + std::string(short_name.substr(0, dot)) + ".v1" +
                           std::string(short_name.substr(dot));
  for (const Method& method : methods_) {
    if (method.name == name) return method;
  }
  throw std::logic_error("no method " + name);
}

std::unique_ptr<Message> Api::New(const pb::Descriptor* type) const {
  return std::unique_ptr<Message>(factory_->GetPrototype(type)->New());
}

std::unique_ptr<Message> Api::NewRequest(const Method& method) const {
  return New(method.descriptor->input_type());
}

std::unique_ptr<Message> Api::NewRequest(const Method& method, const std::string& json) const {
  auto request = NewRequest(method);
  const auto status = pb::util::JsonStringToMessage(json, request.get());
  if (!status.ok()) throw std::logic_error(method.name + ": " + status.ToString() + " " + json);
  return request;
}

std::unique_ptr<Message> Api::NewAnswer(const Method& method) const {
  return New(method.descriptor->output_type());
}

bool Api::IsSecret(const FieldDescriptor& field) {
  return Known(field.options()).GetExtension(rpc::v1::secret);
}

bool Api::IsOutputOnly(const FieldDescriptor& field) {
  static const std::set<std::string> kFields = {
      "reeve.account.v1.Document.received_by",
      "reeve.account.v1.Document.received_time_micros",
      "reeve.account.v1.Reference.verified_by",
      "reeve.account.v1.Reference.verified_time_micros",
      "reeve.account.v1.Policy.policy_id",
      "reeve.work_order.v1.Completion.work_date",
      "reeve.billing.v1.ControlTotal.recorded_by_person_id",
      "reeve.billing.v1.AdjustmentType.loaded_by_person_id",
      "reeve.billing.v1.RebillPolicy.loaded_by_person_id",
  };
  return kFields.contains(field.full_name());
}

Answer Send(const std::shared_ptr<grpc::Channel>& channel, const Method& method,
            const std::string& bytes, grpc::ClientContext& context) {
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  const auto step = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return ok;
  };
  const auto call = stub.PrepareCall(&context, method.path(), &queue);
  call->StartCall(nullptr);
  step();
  call->WriteLast(ToBuffer(bytes), grpc::WriteOptions(), nullptr);
  step();
  Answer answer;
  grpc::ByteBuffer received;
  call->Read(&received, nullptr);
  const bool came = step();
  if (came) answer.bytes = ToBytes(received);
  const bool stream = method.descriptor->server_streaming();
  if (came && stream) context.TryCancel();
  call->Finish(&answer.status, nullptr);
  step();
  if (came && stream) answer.status = grpc::Status::OK;
  queue.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue.Next(&tag, &ok)) continue;
  return answer;
}

std::string StateOf(Suite& suite, const Api& api, const std::string& service,
                    const std::string& token) {
  return Ask(suite, api, service, token, "VerifyService/Verify")->DebugString() +
         Ask(suite, api, service, token, "FeedService/GetHead")->DebugString();
}

std::string FirstBrokenCheck(Suite& suite, const Api& api, const std::string& service,
                             const std::string& token) {
  const auto proof = Ask(suite, api, service, token, "VerifyService/Verify");
  const auto* checks = proof->GetDescriptor()->FindFieldByName("checks");
  for (int i = 0; i < proof->GetReflection()->FieldSize(*proof, checks); ++i) {
    const Message& check = proof->GetReflection()->GetRepeatedMessage(*proof, checks, i);
    if (const std::string what = Text(check, "violation"); !what.empty()) {
      return Text(check, "name") + ": " + what;
    }
  }
  return "";
}

std::string Text(const Message& message, std::string_view path) {
  const std::size_t dot = path.find('.');
  std::string_view name = path.substr(0, dot);
  int index = -1;
  if (const std::size_t bracket = name.find('['); bracket != std::string_view::npos) {
    index = std::atoi(name.data() + bracket + 1);
    name = name.substr(0, bracket);
  }
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  if (field == nullptr || field->is_repeated() != (index >= 0)) {
    throw std::logic_error("no field " + std::string(path));
  }
  const pb::Reflection& reflection = *message.GetReflection();
  if (index >= 0 && reflection.FieldSize(message, field) <= index) return "";
  if (dot != std::string_view::npos) {
    return Text(index >= 0 ? reflection.GetRepeatedMessage(message, field, index)
                           : reflection.GetMessage(message, field),
                path.substr(dot + 1));
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    return index >= 0 ? reflection.GetRepeatedString(message, field, index)
                      : reflection.GetString(message, field);
  }
  std::string text;
  pb::TextFormat::PrintFieldValueToString(message, field, index, &text);
  return text;
}

}  // namespace reeve::fault
