// Trail: what the audit trail says of the things of one kind. Each entry says what it found and
// what it left; what was left and never found again is what a thing must be now. So the order of
// the entries does not matter, and those of one thing may be on several chains.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace reeve::billing::verify {

class Trail {
 public:
  void Add(const std::string& id, const std::string& before, const std::string& after);

  // What the thing was before its first entry, if the entries lead from there to `now`; nothing if
  // they do not. A thing without entries has always been as it is. Each thing is asked for once.
  std::optional<std::string> Origin(const std::string& id, const std::string& now);

  // Of those that were not asked for, the first that the entries leave as something.
  std::optional<std::string> Gone() const;

 private:
  using Balance = std::map<std::string, int>;  // how often it was left, less how often found

  std::map<std::string, Balance> things_;
};

}  // namespace reeve::billing::verify
