// A rate schedule as YAML: what has no fault is a message that reads back.
#include "reeve/billing/v1/rate_service.pb.h"
#include "services/reevectl/form/yaml.h"
#include "tests/fuzz/target.h"

REEVE_FUZZ_TARGET(rate_yaml) {
  using reeve::billing::v1::RateSchedule;
  for (const auto& document :
       reeve::reevectl::ReadYaml(std::string(input), *RateSchedule::descriptor())) {
    for (const auto& fault : document.faults) {
      Require(fault.line >= 0 && !fault.reason.empty(), "a fault has a line and a reason");
      document.LineOf(fault.field);
    }
    if (!document.faults.empty()) continue;
    RateSchedule again;
    Require(again.ParseFromString(document.message->SerializeAsString()), "it is a message");
  }
}
