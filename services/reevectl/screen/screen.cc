#include "services/reevectl/screen/screen.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <ostream>
#include <vector>

#include "services/reevectl/screen/caller.h"
#include "shared/core/canonical.h"
#include "shared/core/money.h"
#include "shared/core/quantity.h"

namespace reeve::reevectl {
namespace {

constexpr int kWidth = 72;
constexpr std::size_t kTextWidth = 100;

bool MeansNothingToAPerson(const FieldDescriptor& field) {
  return field.name() == "feed_token" || field.name() == "etag" || field.name() == "cause";
}

std::string WithoutSuffix(std::string name) {
  for (const std::string_view suffix :
       {"_time_micros", "_micros", "_cents", "_thousandths", "_nanos"}) {
    if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  }
  return name;
}

std::string WithBlanks(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

// Bytes that so many columns of the text take.
std::size_t BytesOf(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  while (bytes < text.size() && (columns > 0 || (text[bytes] & 0xC0) == 0x80)) {
    if ((text[bytes] & 0xC0) != 0x80) --columns;
    ++bytes;
  }
  return bytes;
}

// The number of somebody at work. Identity's own answers keep it beside the name: administrators
// type it.
bool IsPerson(const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_INT64) return false;
  const std::string& name = field.name();
  if (name == "person_id") return field.file()->package() != "reeve.identity.v1";
  return name.ends_with("_by") || name.ends_with("_person_id") || name.ends_with("technician_id") ||
         name.ends_with("technician_ids");
}

// "started_by_person_id" -> "started_by"
std::string WithoutNumber(std::string name) {
  for (const std::string_view suffix : {"_person_id", "_ids", "_id"}) {
    if (!name.ends_with(suffix)) continue;
    name.resize(name.size() - suffix.size());
    break;
  }
  return name;
}

// "amount_cents" -> "amount", "business_date" -> "business date"
std::string Label(const FieldDescriptor& field) {
  const std::string& name = field.name();
  return WithBlanks(IsPerson(field) ? WithoutNumber(name) : WithoutSuffix(name));
}

bool IsTable(const FieldDescriptor& field) {
  if (!field.is_repeated() || field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return false;
  for (int i = 0; i < field.message_type()->field_count(); ++i) {
    const auto& inner = *field.message_type()->field(i);
    if (inner.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE || inner.is_repeated()) return false;
  }
  return true;
}

bool IsNumber(const FieldDescriptor& field) {
  if (IsPerson(field)) return false;
  return field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 ||
         field.cpp_type() == FieldDescriptor::CPPTYPE_INT32;
}

std::string IntegerText(const std::string& name, std::int64_t value) {
  if (name.ends_with("_cents")) return Dollars(value);
  if (name.ends_with("_thousandths")) return Decimal(value);
  if (name.ends_with("_nanos")) return Rate::Nanos(value).ToString();
  return std::to_string(value);
}

}  // namespace

std::string Dollars(std::int64_t cents) { return Money::Cents(cents).ToString(); }

std::string Decimal(std::int64_t thousandths) {
  return Quantity::Thousandths(Unit::kDay, thousandths).ToString();
}

std::string Word(const google::protobuf::EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  if (value == nullptr) return std::to_string(number);
  const std::string& zero = type.value(0)->name();
  std::string word = value->name().substr(zero.size() - std::string_view("UNSPECIFIED").size());
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return c == '_' ? ' ' : std::tolower(c); });
  return word;
}

std::string Screen::Time(std::int64_t micros) const {
  std::string text = zone_.Format(Instant::FromMicros(micros));  // "2026-11-22T08:10:00-07:00"
  text[10] = ' ';
  return text.substr(0, 16);
}

void Screen::Line(std::string_view text) { out_ << text << "\n"; }

void Screen::Paragraph(std::string_view text, int indent) {
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  const std::size_t width = kTextWidth - margin.size();
  while (Columns(text) > width) {
    const std::size_t end = BytesOf(text, width);
    std::size_t blank = text.rfind(' ', end);
    if (blank == std::string_view::npos || blank == 0) blank = text.find(' ', end);
    if (blank == std::string_view::npos) break;
    Line(margin + std::string(text.substr(0, blank)));
    text.remove_prefix(blank + 1);
  }
  Line(margin + std::string(text));
}

void Screen::Pair(std::string_view label, std::string_view value, int indent) {
  std::string line(static_cast<std::size_t>(indent), ' ');
  line += label;
  line.resize(std::max<std::size_t>(line.size() + 1, kLabelWidth), ' ');
  out_ << line << value << "\n";
}

void Screen::Amount(std::string_view text, std::int64_t cents, int indent) {
  Amount(text, Dollars(cents), indent);
}

void Screen::Amount(std::string_view text, const std::string& dollars, int indent) {
  std::string line(static_cast<std::size_t>(indent), ' ');
  line += text;
  line += ' ';
  const std::size_t end = kWidth - dollars.size() - 1;
  if (Columns(line) < end) line.append(end - Columns(line), '.');
  out_ << line << ' ' << dollars << "\n";
}

void Screen::Rule() { out_ << std::string(kWidth, '-') << "\n"; }

std::string Screen::Value(const Message& message, const FieldDescriptor& field, int index) const {
  const auto& reflection = *message.GetReflection();
  const bool element = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT64: {
      const std::int64_t value = element ? reflection.GetRepeatedInt64(message, &field, index)
                                         : reflection.GetInt64(message, &field);
      if (field.name().ends_with("time_micros")) return Time(value);
      if (IsPerson(field) && value != 0) return Person(value);
      return IntegerText(field.name(), value);
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return IntegerText(field.name(), element ? reflection.GetRepeatedInt32(message, &field, index)
                                               : reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return Word(*field.enum_type(), element
                                          ? reflection.GetRepeatedEnumValue(message, &field, index)
                                          : reflection.GetEnumValue(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL: {
      const bool value = element ? reflection.GetRepeatedBool(message, &field, index)
                                 : reflection.GetBool(message, &field);
      return value ? "yes" : "no";
    }
    default: {
      const std::string value = element ? reflection.GetRepeatedString(message, &field, index)
                                        : reflection.GetString(message, &field);
      if (field.type() == FieldDescriptor::TYPE_BYTES) return HexEncode(value).substr(0, 16);
      return field.name().ends_with("_by") ? CallerName(*this, value) : value;
    }
  }
}

void Screen::ShowTable(const Message& message, const FieldDescriptor& field, int indent) {
  const auto& reflection = *message.GetReflection();
  const int rows = reflection.FieldSize(message, &field);
  const std::string margin(static_cast<std::size_t>(indent) + 2, ' ');
  std::vector<std::string> lines(static_cast<std::size_t>(rows) + 1, margin);
  for (int column = 0; column < field.message_type()->field_count(); ++column) {
    const auto& inner = *field.message_type()->field(column);
    std::vector<std::string> cells{Label(inner)};
    bool any = false;
    for (int row = 0; row < rows; ++row) {
      const Message& element = reflection.GetRepeatedMessage(message, &field, row);
      any = any || element.GetReflection()->HasField(element, &inner);
      cells.push_back(Value(element, inner));
    }
    if (!any || MeansNothingToAPerson(inner)) continue;
    std::size_t width = 0;
    for (const std::string& cell : cells) width = std::max(width, cell.size());
    for (std::size_t row = 0; row < cells.size(); ++row) {
      const std::string padding(width - cells[row].size(), ' ');
      lines[row] += (IsNumber(inner) ? padding + cells[row] : cells[row] + padding) + "  ";
    }
  }
  Pair(Label(field), "", indent);
  for (std::string& line : lines) {
    line.erase(line.find_last_not_of(' ') + 1);
    out_ << line << "\n";
  }
}

void Screen::ShowField(const Message& message, const FieldDescriptor& field, int indent) {
  const auto& reflection = *message.GetReflection();
  if (IsTable(field)) return ShowTable(message, field, indent);
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    if (!field.is_repeated()) return Pair(Label(field), Value(message, field), indent);
    std::string values;
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      values += (i > 0 ? ", " : "") + Value(message, field, i);
    }
    return Pair(Label(field), values, indent);
  }
  if (!field.is_repeated()) {
    Pair(Label(field), "", indent);
    return Show(reflection.GetMessage(message, &field), indent + 2);
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    Pair(Label(field) + " " + std::to_string(i + 1), "", indent);
    Show(reflection.GetRepeatedMessage(message, &field, i), indent + 2);
  }
}

void Screen::Show(const Message& message, int indent) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  if (fields.empty() && indent == 0) Line("Nothing.");
  for (const auto* field : fields) {
    if (!MeansNothingToAPerson(*field)) ShowField(message, *field, indent);
  }
}

void Screen::Refusal(const Error& error) {
  out_ << "refused: " << error.reason() << "\n  " << error.message() << "\n";
  for (const auto& [name, value] : error.metadata()) {
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool whole = problem == std::errc() && end == value.data() + value.size();
    Pair(WithBlanks(WithoutSuffix(name)), whole ? IntegerText(name, number) : value, 2);
  }
  for (const auto& violation : error.violations()) {
    Pair(violation.field, violation.description, 2);
  }
}

}  // namespace reeve::reevectl
