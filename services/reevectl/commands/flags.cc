#include "services/reevectl/commands/flags.h"

#include <charconv>

namespace reeve::reevectl {
namespace {

// "[0].amount_cents" behind "--tender": " 1: amount_cents".
std::string Behind(std::string_view rest) {
  std::size_t index = 0;
  if (rest.starts_with('[')) {
    const auto [end, problem] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), index);
    const auto close = rest.find(']');
    if (problem != std::errc() || close == std::string_view::npos) return std::string(rest);
    const std::string number = " " + std::to_string(index + 1);
    rest.remove_prefix(close + 1);
    return rest.empty() ? number : number + ": " + std::string(rest.substr(1));
  }
  return rest.empty() ? "" : ": " + std::string(rest.substr(1));
}

}  // namespace

Error SayFlags(Error error, const Verb& verb) {
  std::vector<FieldViolation> violations = error.violations();
  if (violations.empty()) return error;
  for (FieldViolation& violation : violations) {
    for (const Option& option : verb.options) {
      const std::string& field = violation.field;
      const bool begins = field.starts_with(option.path);
      const bool ends = field.size() == option.path.size() ||
                        (begins && std::string_view(".[").find(field[option.path.size()]) !=
                                       std::string_view::npos);
      if (!begins || !ends) continue;
      violation.field = option.flag + Behind(std::string_view(field).substr(option.path.size()));
      break;
    }
  }
  return std::move(error).WithViolations(std::move(violations));
}

}  // namespace reeve::reevectl
