// What people type: into fields of requests, and into options of reevectl.
#include "reeve/payment/v1/payment_service.pb.h"
#include "services/reevectl/form/form.h"
#include "shared/core/fields.h"
#include "tests/fuzz/target.h"

REEVE_FUZZ_TARGET(typed_text) {
  Fields fields;
  const std::string text = fields.Text("reason", input, 1, 100);
  if (fields.ok()) {
    Require(!text.empty() && text.size() <= 400, "a text has its length");
    Fields again;
    Require(again.Text("reason", text, 1, 100) == text && again.ok(), "a text stays as it is");
  }
  Fields other;
  other.RequestId(input);
  other.CivilDate("day", input);
}

// The part before the first '=' is the path of a field, if there is such a field.
REEVE_FUZZ_TARGET(form) {
  const std::size_t sign = input.find('=');
  if (sign == std::string_view::npos) return;
  payment::v1::TakePaymentRequest request;
  const std::string_view path = input.substr(0, sign);
  if (reevectl::FindField(*request.GetDescriptor(), path) == nullptr) return;
  const Result<> set = reevectl::SetField(request, path, input.substr(sign + 1));
  if (!set.ok()) return;
  payment::v1::TakePaymentRequest again;
  Require(again.ParseFromString(request.SerializeAsString()), "what is set is a message");
}
