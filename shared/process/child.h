// Child: another program of the suite, asked once: it reads all of its input and answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/core/result.h"

namespace reeve::process {

// The program of that name beside this one.
std::string SiblingProgram(std::string_view name);

// What the program wrote to its standard output. Refuses with UNAVAILABLE if it cannot be started
// or does not end with 0.
Result<std::string> RunChild(const std::string& program, const std::vector<std::string>& arguments,
                             const std::string& input);

}  // namespace reeve::process
