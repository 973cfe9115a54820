#include "services/reevectl/form/form.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <stdexcept>
#include <vector>

#include "shared/core/date.h"
#include "shared/core/fields.h"
#include "shared/core/money.h"
#include "shared/core/quantity.h"

namespace reeve::reevectl {
namespace {

using google::protobuf::FieldDescriptor;

namespace reason {
inline constexpr Reason kNotUnderstood{"NOT_UNDERSTOOD"};
}  // namespace reason

// What a request may carry as text: another one would not be taken for a request.
bool IsText(std::string_view text) {
  Fields fields;
  fields.Text("text", text, 0, text.size());
  return fields.ok();
}

Error NotUnderstood(const FieldDescriptor& field, std::string_view text, std::string expected) {
  return Error(Code::kInvalidArgument, reason::kNotUnderstood,
               field.name() + ": '" + std::string(text) + "' is not " + expected + ".");
}

bool EndsWith(std::string_view name, std::string_view suffix) { return name.ends_with(suffix); }

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

Result<std::int64_t> ParseInteger(const FieldDescriptor& field, std::string_view text) {
  const std::string& name = field.name();
  // To how many cents a line is rounded is a count, and no amount.
  if (EndsWith(name, "_cents") && name != "round_to_cents") {
    const auto money = Money::Parse(text);
    if (!money.ok()) return NotUnderstood(field, text, "an amount like 12.34");
    return money->cents();
  }
  if (EndsWith(name, "_nanos")) {
    const auto rate = Rate::Parse(text);
    if (!rate.ok()) return NotUnderstood(field, text, "a price like 0.0734");
    return rate->nanos();
  }
  if (EndsWith(name, "_thousandths")) {
    const auto quantity = Quantity::Parse(Unit::kDay, text);  // all units have the same scale
    if (!quantity.ok()) return NotUnderstood(field, text, "a number like 27.3");
    return quantity->thousandths();
  }
  if (EndsWith(name, "_time_micros")) {
    const auto instant = Instant::Parse(text);
    if (!instant.ok()) return NotUnderstood(field, text, "a time like 2026-11-22T08:10:00-07:00");
    return instant->micros();
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return NotUnderstood(field, text, "a whole number");
  }
  return value;
}

Result<int> ParseEnum(const FieldDescriptor& field, std::string_view text) {
  const auto& type = *field.enum_type();
  const std::string& zero = type.value(0)->name();  // "TENDER_KIND_UNSPECIFIED"
  std::string name = zero.substr(0, zero.size() - std::string_view("UNSPECIFIED").size());
  std::string known;
  for (int i = 1; i < type.value_count(); ++i) {
    std::string word = type.value(i)->name().substr(name.size());
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return c == '_' ? '-' : std::tolower(c); });
    if (word == text) return type.value(i)->number();
    known += (known.empty() ? "" : ", ") + word;
  }
  return NotUnderstood(field, text, "one of " + known);
}

Result<> SetScalar(Message& message, const FieldDescriptor& field, std::string_view text) {
  const auto& reflection = *message.GetReflection();
  const bool add = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      if (field.type() == FieldDescriptor::TYPE_STRING && !IsText(text)) {
        return NotUnderstood(field, "what was typed", "text in UTF-8");
      }
      add ? reflection.AddString(&message, &field, std::string(text))
          : reflection.SetString(&message, &field, std::string(text));
      return Ok();
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      REEVE_ASSIGN_OR_RETURN(const std::int64_t value, ParseInteger(field, text));
      add ? reflection.AddInt64(&message, &field, value)
          : reflection.SetInt64(&message, &field, value);
      return Ok();
    }
    case FieldDescriptor::CPPTYPE_INT32: {
      REEVE_ASSIGN_OR_RETURN(const std::int64_t value, ParseInteger(field, text));
      if (value != static_cast<std::int32_t>(value)) {
        return NotUnderstood(field, text, "a number of this size");
      }
      const auto narrow = static_cast<std::int32_t>(value);
      add ? reflection.AddInt32(&message, &field, narrow)
          : reflection.SetInt32(&message, &field, narrow);
      return Ok();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      REEVE_ASSIGN_OR_RETURN(const int number, ParseEnum(field, text));
      add ? reflection.AddEnumValue(&message, &field, number)
          : reflection.SetEnumValue(&message, &field, number);
      return Ok();
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") return NotUnderstood(field, text, "true or false");
      add ? reflection.AddBool(&message, &field, text == "true")
          : reflection.SetBool(&message, &field, text == "true");
      return Ok();
    default:
      throw std::logic_error(field.full_name() + " has a type that no form reads");
  }
}

Result<> FillMessage(Message& message, const FieldDescriptor& field, std::string_view text);

Result<> SetLeaf(Message& message, const FieldDescriptor& field, std::string_view text) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return SetScalar(message, field, text);
  const auto& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    return FillMessage(*reflection.MutableMessage(&message, &field), field, text);
  }
  for (const std::string_view element : Split(text, '+')) {
    REEVE_RETURN_IF_ERROR(FillMessage(*reflection.AddMessage(&message, &field), field, element));
  }
  return Ok();
}

// The field that `name` means: itself, or with the suffix of its unit.
const FieldDescriptor* FindByShortName(const Message& message, std::string_view name) {
  for (const std::string_view suffix : {"", "_cents", "_thousandths", "_nanos", "_id"}) {
    const auto* field =
        message.GetDescriptor()->FindFieldByName(std::string(name) + std::string(suffix));
    if (field != nullptr) return field;
  }
  return nullptr;
}

// "kind, amount, cash": the names that a person may use.
std::string ShortNames(const Message& message) {
  std::string names;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    std::string_view name = message.GetDescriptor()->field(i)->name();
    for (const std::string_view suffix : {"_cents", "_thousandths", "_nanos"}) {
      if (EndsWith(name, suffix)) name.remove_suffix(suffix.size());
    }
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names;
}

Result<> FillMessage(Message& message, const FieldDescriptor& field, std::string_view text) {
  if (message.GetDescriptor()->name() == "CashCount") {
    const std::size_t times = text.find('x');
    if (times == std::string_view::npos) return NotUnderstood(field, text, "like 20x3");
    REEVE_RETURN_IF_ERROR(SetField(message, "denomination_cents", text.substr(0, times)));
    return SetField(message, "count", text.substr(times + 1));
  }
  for (const std::string_view part : Split(text, ',')) {
    const std::size_t equals = part.find('=');
    const auto* inner = equals == std::string_view::npos
                            ? nullptr
                            : FindByShortName(message, part.substr(0, equals));
    if (inner == nullptr) {
      return NotUnderstood(field, part, "like name=value; names: " + ShortNames(message));
    }
    REEVE_RETURN_IF_ERROR(SetLeaf(message, *inner, part.substr(equals + 1)));
  }
  return Ok();
}

}  // namespace

const FieldDescriptor* FindField(const google::protobuf::Descriptor& type, std::string_view path) {
  const std::size_t dot = path.find('.');
  const auto* field = type.FindFieldByName(std::string(path.substr(0, dot)));
  if (field == nullptr || dot == std::string_view::npos) return field;
  return field->message_type() == nullptr ? nullptr
                                          : FindField(*field->message_type(), path.substr(dot + 1));
}

Result<> SetField(Message& message, std::string_view path, std::string_view text) {
  const std::size_t dot = path.find('.');
  const auto* field = message.GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
  if (field == nullptr) {
    throw std::logic_error(message.GetDescriptor()->full_name() + " has no field " +
                           std::string(path));
  }
  if (dot == std::string_view::npos) return SetLeaf(message, *field, text);
  return SetField(*message.GetReflection()->MutableMessage(&message, field), path.substr(dot + 1),
                  text);
}

}  // namespace reeve::reevectl
