// Callers as some answers name them: "person/47", "service/billing".
#pragma once

#include <string>
#include <string_view>

#include "services/reevectl/screen/screen.h"

namespace reeve::reevectl {

// "Maria Delgado (maria)" of "person/47"; of any other caller its words: "service billing".
std::string CallerName(const Screen& screen, std::string_view caller);

}  // namespace reeve::reevectl
