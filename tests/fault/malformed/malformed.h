// Malformed: requests that no client should send, made for any method from its descriptor, and what
// is wrong with the answer to one.
#pragma once

#include <string>
#include <vector>

#include "tests/fault/api/api.h"

namespace reeve::fault {

struct Malformed {
  std::string what;   // "amount_cents = -9223372036854775808", for messages
  std::string bytes;  // on the wire
  // Paths of the fields that the refusal must name ("tenders[0].kind"); with none of them, nothing
  // is wrong that a service must see, but the answer must be a clean one.
  std::vector<std::string> bad_fields;
  bool undecodable = false;  // no message of the method's type
  bool too_large = false;    // for the transport
};

// Each field of `base` (and of an element of every list, however deep) gets every value that no
// field of its kind may have, one by one and all of them at once; then bytes that are no message.
std::vector<Malformed> MalformedFrom(const Method& method, const Message& base);

// What is wrong with this answer; empty if it is a clean one.
std::string Complaint(const Malformed& request, const Answer& answer);

}  // namespace reeve::fault
