#include "tests/fault/malformed/malformed.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>

#include "shared/rpc/error.h"

namespace reeve::fault {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Reflection;

constexpr std::size_t kLongText = 20'000;  // no field of the API takes so much in one line
constexpr int kManyElements = 10'000;
constexpr std::size_t kTooLarge = 5'000'000;  // gRPC takes 4 MiB
constexpr int kUnknownEnumValue = 9'999;
constexpr int kDeep = 10'000;
constexpr char kMark[] = "~mark~";  // becomes bytes that are not UTF-8, of the same length
constexpr char kNotUtf8[] = "\xC3\x28\xA0\xFF\xFE\xF8";

// Fields that are not read from requests, or of which every value is as good as another.
bool IsIgnored(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL || Api::IsOutputOnly(field);
}

// Fields of which a bad value is no bad request: rows and lines of a file and anchors are answered
// one by one with what is wrong with them; a session that never was is one that has ended.
bool TakesAny(const FieldDescriptor& field) {
  static const std::set<std::string> kMessages = {"reeve.case311.v1.CaseRow",
                                                  "reeve.verify.v1.ChainHead"};
  static const std::set<std::string> kFields = {
      "reeve.billing.v1.ImportReadsRequest.lines",
      "reeve.billing.v1.LoadOldBillsRequest.lines",
      "reeve.billing.v1.CheckOldBillsRequest.lines",
      "reeve.billing.v1.LoadParcelsRequest.lines",
      "reeve.billing.v1.CheckParcelsRequest.lines",
      "reeve.billing.v1.ImportIntervalsRequest.lines",
      "reeve.identity.v1.SignOutRequest.session_token",
      "reeve.identity.v1.CheckSessionRequest.session_token"};
  return kMessages.contains(field.containing_type()->full_name()) ||
         kFields.contains(field.full_name());
}

// Numbers that have no upper bound of their own: identifiers, ordinals, versions, instants. A page
// that is too large is cut to the largest.
bool IsUnbounded(const FieldDescriptor& field) {
  static const std::set<std::string> kNames = {"version", "assignment_epoch", "page_size",
                                               "after_number", "session_no"};
  const std::string& name = field.name();
  return name.ends_with("_id") || name.ends_with("_ids") || name.ends_with("_time_micros") ||
         kNames.contains(name);
}

// One value of one field that is wrong in one way.
struct Fault {
  std::string path;
  std::string value;  // for messages
  bool must_be_named = true;
  bool not_utf8 = false;
  // Puts it into a message of the root's type.
  std::function<void(Message& root)> apply;
};

using Walk = std::function<Message*(Message& root)>;

class Faults {
 public:
  std::vector<Fault> all;

  void Collect(const Descriptor& type, const std::string& prefix, const Walk& walk) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      if (IsIgnored(*field)) continue;
      const std::string path = prefix + field->name() + (field->is_repeated() ? "[0]" : "");
      if (field->is_repeated()) AddMany(*field, prefix + field->name(), walk);
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        AddValues(*field, path, walk);
        continue;
      }
      Collect(*field->message_type(), path + ".", [walk, field](Message& root) {
        Message* parent = walk(root);
        const Reflection& reflection = *parent->GetReflection();
        if (!field->is_repeated()) return reflection.MutableMessage(parent, field);
        if (reflection.FieldSize(*parent, field) == 0) return reflection.AddMessage(parent, field);
        return reflection.MutableRepeatedMessage(parent, field, 0);
      });
    }
  }

 private:
  void AddMany(const FieldDescriptor& field, const std::string& path, const Walk& walk) {
    all.push_back({path, "10,000 elements", true, false, [walk, &field](Message& root) {
                     Message* parent = walk(root);
                     const Reflection& reflection = *parent->GetReflection();
                     for (int n = 0; n < kManyElements; ++n) AddElement(reflection, *parent, field);
                   }});
  }
  static void AddElement(const Reflection& reflection, Message& parent,
                         const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        reflection.AddMessage(&parent, &field);
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        reflection.AddString(&parent, &field, "x");
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        reflection.AddInt64(&parent, &field, 1);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        reflection.AddInt32(&parent, &field, 1);
        break;
      default:
        reflection.AddEnumValue(&parent, &field, 1);
    }
  }

  void AddValues(const FieldDescriptor& field, const std::string& path, const Walk& walk) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        AddText(field, path, walk, std::string(kLongText, 'x'), "20,000 letters", false);
        if (field.type() == FieldDescriptor::TYPE_STRING) {
          AddText(field, path, walk, kMark, "not UTF-8", true);
        }
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        AddNumber(field, path, walk, std::numeric_limits<std::int64_t>::min(), true);
        AddNumber(field, path, walk, std::numeric_limits<std::int64_t>::max(), !IsUnbounded(field));
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        AddNumber(field, path, walk, std::numeric_limits<std::int32_t>::min(), true);
        AddNumber(field, path, walk, std::numeric_limits<std::int32_t>::max(), !IsUnbounded(field));
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        AddNumber(field, path, walk, kUnknownEnumValue, true);
        AddNumber(field, path, walk, -1, true);
        break;
      default:
        throw std::logic_error("no bad value for " + field.full_name());
    }
  }
  void AddText(const FieldDescriptor& field, const std::string& path, const Walk& walk,
               const std::string& text, const std::string& value, bool not_utf8) {
    all.push_back(
        {path, value, not_utf8 || !TakesAny(field), not_utf8, [walk, &field, text](Message& root) {
           Message* parent = walk(root);
           const Reflection& reflection = *parent->GetReflection();
           if (!field.is_repeated()) {
             reflection.SetString(parent, &field, text);
           } else if (reflection.FieldSize(*parent, &field) > 0) {
             reflection.SetRepeatedString(parent, &field, 0, text);
           } else {
             reflection.AddString(parent, &field, text);
           }
         }});
  }
  void AddNumber(const FieldDescriptor& field, const std::string& path, const Walk& walk,
                 std::int64_t number, bool must_be_named) {
    all.push_back({path, std::to_string(number), must_be_named && !TakesAny(field), false,
                   [walk, &field, number](Message& root) {
                     Message* parent = walk(root);
                     const Reflection& reflection = *parent->GetReflection();
                     const auto small = static_cast<std::int32_t>(number);
                     const bool wide = field.cpp_type() == FieldDescriptor::CPPTYPE_INT64;
                     const bool is_enum = field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
                     if (field.is_repeated()) reflection.ClearField(parent, &field);
                     if (field.is_repeated() && wide) reflection.AddInt64(parent, &field, number);
                     if (field.is_repeated() && is_enum)
                       reflection.AddEnumValue(parent, &field, small);
                     if (field.is_repeated() && !wide && !is_enum) {
                       reflection.AddInt32(parent, &field, small);
                     }
                     if (field.is_repeated()) return;
                     if (wide) return reflection.SetInt64(parent, &field, number);
                     if (is_enum) return reflection.SetEnumValue(parent, &field, small);
                     reflection.SetInt32(parent, &field, small);
                   }});
  }
};

// The marks become what is not UTF-8; a text is not touched by protobuf's own check that way.
std::string Serialized(const Message& message) {
  std::string bytes = message.SerializeAsString();
  const std::string mark = kMark;
  for (std::size_t at = 0; (at = bytes.find(mark, at)) != std::string::npos;) {
    bytes.replace(at, mark.size(), kNotUtf8);
  }
  return bytes;
}

// All faults of one kind at once: the first, or the last, of each field.
Malformed AllAtOnce(const Message& base, const std::vector<Fault>& faults, bool first,
                    bool not_utf8) {
  Malformed request;
  request.what = not_utf8 ? "every text is not UTF-8" : first ? "all too low" : "all too high";
  const std::unique_ptr<Message> message(base.New());
  message->CopyFrom(base);
  std::set<std::string> done;
  const auto take = [&](const Fault& fault) {
    if (fault.not_utf8 != not_utf8 || !fault.must_be_named) return;
    // Whether others' events have arrived is asked before the request is read: refused alone.
    if (fault.path == "at_least" && !not_utf8) return;
    if (fault.value == "10,000 elements" || !done.insert(fault.path).second) return;
    fault.apply(*message);
    request.bad_fields.push_back(fault.path);
  };
  if (first) std::for_each(faults.begin(), faults.end(), take);
  if (!first) std::for_each(faults.rbegin(), faults.rend(), take);
  request.bytes = Serialized(*message);
  request.undecodable = not_utf8;
  return request;
}

}  // namespace

std::vector<Malformed> MalformedFrom(const Method& method, const Message& base) {
  Faults faults;
  faults.Collect(*method.descriptor->input_type(), "", [](Message& root) { return &root; });
  std::vector<Malformed> requests;
  for (const Fault& fault : faults.all) {
    const std::unique_ptr<Message> message(base.New());
    message->CopyFrom(base);
    fault.apply(*message);
    Malformed request{fault.path + " = " + fault.value, Serialized(*message), {}, fault.not_utf8};
    if (fault.must_be_named) request.bad_fields.push_back(fault.path);
    requests.push_back(std::move(request));
  }
  for (const auto& [first, not_utf8] : {std::pair(true, false), {false, false}, {true, true}}) {
    Malformed request = AllAtOnce(base, faults.all, first, not_utf8);
    if (!request.bad_fields.empty()) requests.push_back(std::move(request));
  }
  const std::string bytes = base.SerializeAsString();
  requests.push_back({"a field that is cut off", bytes + "\x0A\x7F", {}, true});
  requests.push_back({"a number that does not end", bytes + std::string(20, '\xFF'), {}, true});
  // Groups within groups, of a field that nobody knows.
  std::string nested;
  for (int depth = 0; depth < kDeep; ++depth) nested += "\xFB\xFF\x01";
  requests.push_back({"10,000 levels", bytes + nested, {}, true});
  // Field 16,383 with more bytes than the transport takes.
  requests.push_back({"5 MB",
                      bytes + "\xFA\xFF\x07\xC0\x96\xB1\x02" + std::string(kTooLarge, 'x'),
                      {},
                      false,
                      true});
  return requests;
}

std::string Complaint(const Malformed& request, const Answer& answer) {
  const Error error = rpc::FromStatus(answer.status);
  if (request.too_large) {
    return answer.status.error_code() == grpc::RESOURCE_EXHAUSTED ? "" : "taken, however large";
  }
  switch (answer.status.error_code()) {
    case grpc::OK:
      if (request.undecodable) return "taken for a message";
      return request.bad_fields.empty() ? "" : "answered";
    case grpc::INVALID_ARGUMENT:
      break;
    case grpc::NOT_FOUND:
    case grpc::ALREADY_EXISTS:
    case grpc::PERMISSION_DENIED:
    case grpc::FAILED_PRECONDITION:
    case grpc::ABORTED:
    case grpc::OUT_OF_RANGE:
    case grpc::UNAUTHENTICATED:
      if (error.reason() == "TRANSPORT") return "refused without a reason";
      return request.bad_fields.empty() && !request.undecodable
                 ? ""
                 : "refused for another reason: " + error.reason();
    default:
      return std::string(rpc::CodeName(answer.status.error_code())) + " " + error.message();
  }
  if (error.reason() == "TRANSPORT") return "refused without a reason";
  std::set<std::string> named;
  std::string list;
  for (const FieldViolation& violation : error.violations()) {
    named.insert(violation.field);
    list += " " + violation.field;
  }
  if (!request.undecodable && named.empty()) return "no field is named";
  if (named.contains("")) return "";  // a refusal is bounded: "and 17 more"
  std::string missing;
  for (const std::string& field : request.bad_fields) {
    if (!named.contains(field)) missing += " " + field;
  }
  return missing.empty() ? "" : "does not name" + missing + " but" + list;
}

}  // namespace reeve::fault
