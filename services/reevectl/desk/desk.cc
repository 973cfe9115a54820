#include "services/reevectl/desk/desk.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>

#include <array>
#include <charconv>
#include <ostream>

#include "reeve/identity/v1/staff_service.pb.h"
#include "services/reevectl/connection/private_file.h"
#include "shared/core/canonical.h"
#include "shared/feed/feed.h"

namespace reeve::reevectl {
namespace {

constexpr std::string_view kCurrentFile = "current";
constexpr std::string_view kLastFile = "last";
constexpr std::string_view kFeedTokenFile = "feed_token";

const FieldDescriptor* StringField(const Message& message, const char* name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  const bool usable =
      field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
  return usable ? field : nullptr;
}

void SetIfEmpty(Message& message, const char* name, const std::string& value) {
  const auto* field = StringField(message, name);
  if (field == nullptr) return;
  if (message.GetReflection()->GetString(message, field).empty()) {
    message.GetReflection()->SetString(&message, field, value);
  }
}

// "orders[3]" -> the name and 3; without brackets the index is -1.
std::pair<std::string, int> NameAndIndex(std::string_view part) {
  const std::size_t bracket = part.find('[');
  if (bracket == std::string_view::npos) return {std::string(part), -1};
  int index = -1;
  std::from_chars(part.data() + bracket + 1, part.data() + part.size(), index);
  return {std::string(part.substr(0, bracket)), index};
}

std::optional<std::string> Pick(const Message& message, std::string_view path) {
  const std::size_t dot = path.find('.');
  const auto [name, index] = NameAndIndex(path.substr(0, dot));
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() != (index >= 0)) return std::nullopt;
  const auto& reflection = *message.GetReflection();
  if (field->is_repeated() && index >= reflection.FieldSize(message, field)) return std::nullopt;
  if (dot != std::string_view::npos) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return std::nullopt;
    return Pick(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, index)
                                     : reflection.GetMessage(message, field),
                path.substr(dot + 1));
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    return field->is_repeated() ? reflection.GetRepeatedString(message, field, index)
                                : reflection.GetString(message, field);
  }
  std::string text;
  google::protobuf::TextFormat::PrintFieldValueToString(message, field, index, &text);
  return text;
}

}  // namespace

Desk::Desk(DeskSettings settings, const Clock& machine_clock, Random& random, const TimeZone& zone,
           std::ostream& out, std::ostream& remarks)
    : settings_(std::move(settings)),
      clock_(machine_clock),
      random_(random),
      zone_(zone),
      remarks_(remarks),
      screen_(out, zone, [this](std::int64_t person) { return NameOf(person); }),
      connection_(settings_.address, machine_clock, random, remarks) {}

std::string Desk::NewRequestId() {
  std::array<std::uint8_t, 16> bytes;
  random_.Fill(bytes);
  return HexEncode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<std::unique_ptr<Message>> Desk::Send(const MethodDescriptor& method, Message& request,
                                            const std::string& service) {
  SetIfEmpty(request, "request_id",
             settings_.request_id.empty() ? NewRequestId() : settings_.request_id);
  SetIfEmpty(request, "at_least", ReadPrivateFile(Path(std::string(kFeedTokenFile))).value_or(""));
  auto answer =
      connection_.Call(service.empty() ? ServiceOf(method) : service, method, request, Session());
  if (answer.ok()) {
    Remember(**answer);
  } else if (answer.error().reason() == feed::reason::kEpochUnknown.name) {
    // What we were told is lost: say so once, not for ever.
    WritePrivateFile(Path(std::string(kFeedTokenFile)), "");
  }
  return answer;
}

void Desk::Remember(const Message& answer) {
  WritePrivateFile(Path(std::string(kLastFile)),
                   answer.GetDescriptor()->full_name() + "\n" + answer.SerializeAsString());
  const auto* field = StringField(answer, "feed_token");
  if (field == nullptr) return;
  const auto news = feed::Token::Decode(answer.GetReflection()->GetString(answer, field));
  if (!news.ok()) return;
  const std::string path = Path(std::string(kFeedTokenFile));
  const auto known = feed::Token::Decode(ReadPrivateFile(path).value_or(""));
  feed::Token token = known.ok() ? *known : feed::Token();
  token.Merge(*news);
  WritePrivateFile(path, token.Encode());
}

void Desk::Print(const Message& answer, const std::function<void(Screen&, const Message&)>& show) {
  if (settings_.output == Output::kJson) {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    options.always_print_primitive_fields = true;
    std::string json;
    const auto status = google::protobuf::util::MessageToJsonString(answer, &json, options);
    screen_.Line(status.ok() ? json : status.ToString());
  } else if (show) {
    show(screen_, answer);
  } else {
    screen_.Show(answer);
  }
}

std::string Desk::Person() const {
  if (!settings_.person.empty()) return settings_.person;
  return ReadPrivateFile(Path(std::string(kCurrentFile))).value_or("");
}

std::string Desk::NameOf(std::int64_t person) {
  const auto [entry, is_new] = names_.try_emplace(person, "person " + std::to_string(person));
  if (!is_new) return entry->second;
  identity::v1::GetNamesRequest request;
  request.add_person_ids(person);
  const auto& method = *FindMethod("reeve.identity.v1.StaffService/GetNames");
  const auto answer = connection_.Call(ServiceOf(method), method, request, Session());
  if (!answer.ok()) return entry->second;  // a name is no reason to refuse what was done
  const auto& found = dynamic_cast<const identity::v1::GetNamesResponse&>(**answer);
  for (const identity::v1::PersonName& name : found.names()) {
    entry->second = name.display_name() + " (" + name.login() + ")";
  }
  return entry->second;
}

std::string Desk::Session() const {
  return ReadPrivateFile(Path("sessions/" + Person())).value_or("");
}

void Desk::SaveSession(const std::string& login, const std::string& token) {
  WritePrivateFile(Path("sessions/" + login), token);
  WritePrivateFile(Path(std::string(kCurrentFile)), login);
}

void Desk::ForgetSession() { WritePrivateFile(Path("sessions/" + Person()), ""); }

std::optional<std::string> Desk::Last(std::string_view path) const {
  const auto last = ReadPrivateFile(Path(std::string(kLastFile)));
  if (!last) return std::nullopt;
  const std::size_t line = last->find('\n');
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      last->substr(0, line));
  if (type == nullptr) return std::nullopt;
  const auto answer = NewMessage(*type);
  if (!answer->ParseFromString(last->substr(line + 1))) return std::nullopt;
  return Pick(*answer, path);
}

}  // namespace reeve::reevectl
