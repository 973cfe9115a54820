#include <iostream>

#include "services/reevectl/app.h"
#include "shared/process/system_seams.h"

int main(int argc, char** argv) {
  const reeve::process::SystemClock clock;
  reeve::process::OsRandom random;
  const auto zone = reeve::TimeZone::Load("America/Denver");
  try {
    return reeve::reevectl::RunApp(argc, argv, clock, random, *zone, std::cout, std::cerr);
  } catch (const std::exception& error) {
    std::cerr << "reevectl: " << error.what() << "\n";
    return 3;
  }
}
