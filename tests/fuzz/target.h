// A fuzz target: one parser of text that comes from outside, and what must hold of whatever it
// takes. Built twice: into the test program, which replays the corpus, and with libFuzzer, which
// looks for more (README.md).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace reeve::fuzz {

// A property of the parser that does not hold.
class Broken : public std::logic_error {
  using std::logic_error::logic_error;
};
inline void Require(bool holds, const std::string& what) {
  if (!holds) throw Broken(what);
}

struct Target {
  std::string_view name;                // of its folder in corpus/
  void (*run)(std::string_view input);  // throws Broken
};

// All targets of the program.
std::vector<Target>& Targets();
struct Registration {
  Registration(std::string_view name, void (*run)(std::string_view)) {
    Targets().push_back({name, run});
  }
};

}  // namespace reeve::fuzz

// REEVE_FUZZ_TARGET(numbers) { Require(Parses(input), "..."); }
#define REEVE_FUZZ_TARGET(name)                                      \
  namespace reeve::fuzz {                                            \
  static void Try_##name(std::string_view input);                    \
  static const Registration kRegistration_##name(#name, Try_##name); \
  }                                                                  \
  void reeve::fuzz::Try_##name(std::string_view input)
