#include "shared/rpc/decoding.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <utility>
#include <vector>

#include "shared/core/fields.h"

namespace grpc {

// The list of a service's methods, which grpc::Service shows to nobody: the name of a private
// member may stand in an explicit instantiation ([temp.spec]). Its only use is below.
using Methods = std::vector<std::unique_ptr<internal::RpcServiceMethod>>;
template <Methods Service::*kMember>
struct MethodsGrant {
  friend Methods& MethodsOf(Service& service) { return service.*kMember; }
};
Methods& MethodsOf(Service& service);
template struct MethodsGrant<&Service::methods_>;

}  // namespace grpc

namespace reeve::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using grpc::internal::MethodHandler;
using grpc::internal::RpcServiceMethod;

constexpr int kNamesMax = 100;
constexpr int kLevelsMax = 100;

// Follows a message as far as it can be read, and names the texts that are not UTF-8.
class Texts {
 public:
  // False at bytes that are no field.
  bool Walk(const Descriptor& type, std::string_view bytes, const std::string& prefix, int level) {
    CodedInputStream input(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                           static_cast<int>(bytes.size()));
    std::vector<int> seen(static_cast<std::size_t>(type.field_count()), 0);
    while (const std::uint32_t tag = input.ReadTag()) {
      const FieldDescriptor* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
      const bool nests =
          WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED &&
          field != nullptr &&
          (field->type() == FieldDescriptor::TYPE_STRING ||
           field->type() == FieldDescriptor::TYPE_MESSAGE);
      if (!nests) {
        if (!WireFormatLite::SkipField(&input, tag)) return false;
        continue;
      }
      std::uint32_t length = 0;
      std::string part;
      if (!input.ReadVarint32(&length) || length > bytes.size() ||
          !input.ReadString(&part, static_cast<int>(length))) {
        return false;
      }
      std::string path = prefix + field->name();
      int& index = seen[static_cast<std::size_t>(field->index())];
      if (field->is_repeated()) path += "[" + std::to_string(index++) + "]";
      if (field->type() == FieldDescriptor::TYPE_STRING) {
        NameUnlessUtf8(path, part);
      } else if (level < kLevelsMax) {
        Walk(*field->message_type(), part, path + ".", level + 1);
      }
    }
    return input.ConsumedEntireMessage();
  }
  Fields& fields() { return fields_; }

 private:
  void NameUnlessUtf8(const std::string& path, const std::string& text) {
    if (named_ < kNamesMax && !IsUtf8(text)) {
      ++named_;
      fields_.Refuse(path, "is not valid UTF-8");
    }
  }
  static bool IsUtf8(const std::string& text) {
    return google::protobuf::internal::IsStructurallyValidUTF8(text.data(),
                                                               static_cast<int>(text.size()));
  }

  Fields fields_;
  int named_ = 0;
};

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::string bytes;
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// A method's handler behind one that answers what cannot be read.
class WatchingHandler final : public MethodHandler {
 public:
  WatchingHandler(std::unique_ptr<RpcServiceMethod> method, const MethodDescriptor& descriptor,
                  const RefuseUndecodable& refuse)
      : method_(std::move(method)),
        refuser_([&descriptor, refuse](grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request, grpc::ByteBuffer*) {
          grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
          reactor->Finish(refuse(descriptor, ToBytes(*request)));
          return reactor;
        }) {}

  void* Deserialize(grpc_call* call, grpc_byte_buffer* bytes, grpc::Status* status,
                    void** state) override {
    grpc_byte_buffer* copy = grpc_byte_buffer_copy(bytes);  // shares the slices
    *state = nullptr;
    void* request = method_->handler()->Deserialize(call, bytes, status, state);
    if (status->ok()) {
      grpc_byte_buffer_destroy(copy);
      return request;
    }
    // What became of the message; it lies in the call's arena, and nobody else destroys it.
    if (*state != nullptr) static_cast<grpc::RpcAllocatorState*>(*state)->~RpcAllocatorState();
    grpc::Status taken;  // bytes always are; `status` tells RunHandler
    return refuser_.Deserialize(call, copy, &taken, state);
  }

  void RunHandler(const HandlerParameter& call) override {
    if (call.status.ok()) return method_->handler()->RunHandler(call);
    refuser_.RunHandler(HandlerParameter(call.call, call.server_context, call.request,
                                         grpc::Status::OK, call.internal_data,
                                         call.call_requester));
  }

 private:
  const std::unique_ptr<RpcServiceMethod> method_;
  grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer> refuser_;
};

// "/reeve.payment.v1.DrawerService/OpenDrawer"
const MethodDescriptor* DescriptorOf(std::string path) {
  path.erase(0, 1);
  path[path.find('/')] = '.';
  return google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(path);
}

}  // namespace

Error ExplainUndecodable(const Descriptor& type, std::string_view bytes) {
  Texts texts;
  const bool whole = texts.Walk(type, bytes, "", 0);
  if (!texts.fields().ok()) return texts.fields().error();
  return Error(Code::kInvalidArgument, reeve::reason::kInvalidRequest,
               whole ? "The request cannot be read." : "The request is cut off or garbled.");
}

void WatchDecoding(grpc::Service& service, const RefuseUndecodable& refuse) {
  for (std::unique_ptr<RpcServiceMethod>& method : grpc::MethodsOf(service)) {
    if (method == nullptr || method->handler() == nullptr) continue;
    const MethodDescriptor* descriptor = DescriptorOf(method->name());
    if (descriptor == nullptr) continue;
    const char* name = method->name();
    const auto type = method->method_type();
    auto watching = std::make_unique<WatchingHandler>(std::move(method), *descriptor, refuse);
    method = std::make_unique<RpcServiceMethod>(name, type, watching.release());
    method->SetServerApiType(RpcServiceMethod::ApiType::CALL_BACK);
  }
}

}  // namespace reeve::rpc
