#include "tests/bench/command.h"

#include <cstdio>
#include <stdexcept>

namespace reeve::bench {

std::string Output(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string output;
  char buffer[4'096];
  while (const std::size_t length = fread(buffer, 1, sizeof buffer, pipe)) {
    output.append(buffer, length);
  }
  if (pclose(pipe) != 0) throw std::runtime_error(command + "\n" + output);
  return output;
}

std::string Psql(const std::string& conninfo, const std::string& sql) {
  return Output("/usr/lib/postgresql/15/bin/psql -q -A -t -v ON_ERROR_STOP=1 -d '" + conninfo +
                "' -c \"" + sql + "\"");
}

}  // namespace reeve::bench
