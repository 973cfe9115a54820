// What the shared cache says of a session: it may be anything.
#include "shared/session/facts_codec.h"
#include "tests/fuzz/target.h"

REEVE_FUZZ_TARGET(session_facts) {
  const auto facts = session::DecodeFacts(input);
  if (!facts) return;
  Require(facts->permissions != nullptr, "facts have permissions, if none");
  const auto again = session::DecodeFacts(session::EncodeFacts(*facts));
  Require(again.has_value(), "facts read back");
  Require(again->person == facts->person && again->display_name == facts->display_name &&
              *again->permissions == *facts->permissions &&
              again->revocation_number == facts->revocation_number &&
              again->absolute_end_time == facts->absolute_end_time,
          "facts read back as the same");
}
