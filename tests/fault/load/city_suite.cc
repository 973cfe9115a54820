#include "tests/fault/load/city_suite.h"

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

#include "tests/bench/city.h"
#include "tests/fault/load/workload.h"

namespace reeve::fault {

CitySuite::CitySuite(testing::SuiteOptions options)
    : folder_((std::filesystem::temp_directory_path() / "reeve-city-XXXXXX").string()) {
  if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("mkdtemp " + folder_);
  for (const std::string& service : kServices) {
    std::filesystem::create_symlink(REEVE_BINARIES "/reeve-" + service,
                                    folder_ + "/reeve-" + service);
  }
  options.binaries = folder_;
  options.services = kServices;
  options.bootstrap = bench::WriteBootstrap(folder_, kDrawers);
  suite_ = std::make_unique<testing::Suite>(std::move(options));
}

CitySuite::~CitySuite() {
  suite_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void CitySuite::Replace(const std::string& service, const std::string& program) {
  suite_->Kill(service);
  const std::string link = folder_ + "/reeve-" + service;
  std::filesystem::remove(link);
  std::filesystem::create_symlink(program, link);
  suite_->Start(service);
  suite_->WaitReady(service);
}

}  // namespace reeve::fault
