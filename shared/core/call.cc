#include "shared/core/call.h"

namespace reeve {

std::string Caller::ToString() const {
  switch (kind) {
    case CallerKind::kPerson:
      return "person/" + person.ToString();
    case CallerKind::kService:
      return "service/" + service;
    case CallerKind::kNobody:
      break;
  }
  return "nobody";
}

}  // namespace reeve
