// YAML as a request: the keys are the fields of a message, the values are read as form.h says.
// Every fault is found, not only the first.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "services/reevectl/form/form.h"

namespace reeve::reevectl {

struct YamlFault {
  int line = 0;
  std::string field;  // "components[1].tiers[0].rate"; empty for the text itself
  std::string reason;
  bool operator==(const YamlFault&) const = default;
};

// One document of a text as a message of some type.
struct YamlDocument {
  std::unique_ptr<Message> message;
  std::map<std::string, int, std::less<>> lines;  // of each field that is there; "" is the first
  std::vector<YamlFault> faults;

  // The line of a field, or of the nearest thing around it that is there.
  int LineOf(std::string_view field) const;
};

// The documents of a text, which "---" divides. A field is written without its unit:
// "usage_per_day_max: 400" is usage_per_day_max_thousandths. A text that is no YAML is one document
// with one fault.
std::vector<YamlDocument> ReadYaml(const std::string& text,
                                   const google::protobuf::Descriptor& type);

}  // namespace reeve::reevectl
