// Screen: an answer as the person at the counter reads it. Labels come from the names of the
// fields, values are written in dollars, days and words.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "services/reevectl/language/language.h"
#include "shared/core/date.h"
#include "shared/core/result.h"

namespace reeve::reevectl {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// "12.34": cents in dollars.
std::string Dollars(std::int64_t cents);
// "27.3": thousandths without trailing zeros.
std::string Decimal(std::int64_t thousandths);
// "door tag": the word of an enum's value without its prefix.
std::string Word(const google::protobuf::EnumDescriptor& type, int number);
template <class Enum>
std::string Word(Enum value) {
  return Word(*google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
}

class Screen {
 public:
  static constexpr int kLabelWidth = 22;

  // Of the screens that know several.
  Language language() const { return language_; }
  void Speak(Language language) { language_ = language; }

  // What the person of this number is called.
  using Names = std::function<std::string(std::int64_t)>;

  Screen(std::ostream& out, const TimeZone& zone, Names names)
      : out_(out), zone_(zone), names_(std::move(names)) {}

  std::ostream& out() { return out_; }
  // "08:10", "2026-11-22 08:10": the wall clock of the city.
  std::string Time(std::int64_t micros) const;

  // "Maria Delgado (maria)", or "person 47" if nobody says what that is.
  std::string Person(std::int64_t id) const { return names_(id); }

  void Line(std::string_view text = {});
  // A longer text, broken between words.
  void Paragraph(std::string_view text, int indent);
  // A label and its value.
  void Pair(std::string_view label, std::string_view value, int indent = 0);
  // A text, dots, and an amount that ends in the same column on every line.
  void Amount(std::string_view text, std::int64_t cents, int indent = 0);
  void Amount(std::string_view text, const std::string& dollars, int indent = 0);
  void Rule();

  // Every field that is set: people by their names, scalars as pairs, a repeated message of scalars
  // as a table, other messages indented. Tokens and etags, which mean nothing to a person, are left
  // out. An answer that holds nothing says so.
  void Show(const Message& message, int indent = 0);

  // Why a call was refused: reason, message, facts, each bad field.
  void Refusal(const Error& error);

 private:
  std::string Value(const Message& message, const FieldDescriptor& field, int index = -1) const;
  void ShowField(const Message& message, const FieldDescriptor& field, int indent);
  void ShowTable(const Message& message, const FieldDescriptor& field, int indent);

  std::ostream& out_;
  TimeZone zone_;
  Names names_;
  Language language_ = Language::kEnglish;
};

}  // namespace reeve::reevectl
