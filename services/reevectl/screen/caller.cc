#include "services/reevectl/screen/caller.h"

#include <algorithm>
#include <charconv>

namespace reeve::reevectl {

std::string CallerName(const Screen& screen, std::string_view caller) {
  constexpr std::string_view kPerson = "person/";
  if (caller.starts_with(kPerson)) {
    const char* const end = caller.data() + caller.size();
    std::int64_t person = 0;
    const auto [read, problem] = std::from_chars(caller.data() + kPerson.size(), end, person);
    if (problem == std::errc() && read == end) return screen.Person(person);
  }
  std::string words(caller);
  std::replace(words.begin(), words.end(), '/', ' ');
  return words;
}

}  // namespace reeve::reevectl
