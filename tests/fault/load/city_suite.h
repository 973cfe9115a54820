// CitySuite: the suite of a city whose people a workload knows, in a folder of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "shared/testing/suite.h"

namespace reeve::fault {

inline const std::vector<std::string> kServices = {"identity", "account",    "billing",
                                                   "payment",  "work_order", "case311"};

class CitySuite {
 public:
  // `options` need not name programs and people.
  explicit CitySuite(testing::SuiteOptions options);
  ~CitySuite();

  // kill -9, and another program in its place, which answers when this returns.
  void Replace(const std::string& service, const std::string& program);

  testing::Suite& operator*() { return *suite_; }
  testing::Suite* operator->() { return suite_.get(); }

 private:
  std::string folder_;
  std::unique_ptr<testing::Suite> suite_;
};

}  // namespace reeve::fault
