// What libFuzzer calls: the target that the program is named for ("fuzz_urdb"). What does not hold
// is a crash.
#include <algorithm>
#include <cstdint>
#include <string>

#include "tests/fuzz/target.h"

namespace reeve::fuzz {

std::vector<Target>& Targets() {
  static std::vector<Target> targets;
  return targets;
}

namespace {
const Target* the_target = nullptr;
}

}  // namespace reeve::fuzz

extern "C" int LLVMFuzzerInitialize(int*, char*** arguments) {
  using namespace reeve::fuzz;
  const std::string program = **arguments;
  const std::string name = program.substr(program.rfind("fuzz_") + 5);
  const auto found = std::find_if(Targets().begin(), Targets().end(),
                                  [&](const Target& target) { return target.name == name; });
  if (found == Targets().end()) throw std::logic_error("no target " + name);
  the_target = &*found;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  reeve::fuzz::the_target->run({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
