// Shadows on the wire: requests parsed once into commands, answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reeve/billing/v1/shadow_service.pb.h"
#include "services/billing/file/file_part.h"
#include "services/billing/shadow/shadow_store.h"
#include "shared/core/canonical.h"
#include "shared/core/fields.h"

namespace reeve::billing::shadow {

// A part of a file; `first` is the shadow as it is before its first part.
struct LoadPart {
  static constexpr std::string_view kMethod = "reeve.billing.v1.ShadowService/LoadOldBills";
  std::string request_id;
  Shadow first;
  file::FilePart file;

  // Not the shadow: its id follows from the days, too, and one request_id stands for one command.
  std::int64_t home() const { return first.cycle; }
  Canonical canonical() const {
    return file.AddTo(Canonical(kMethod, 1).Add("shadow_id", first.shadow_id));
  }
};
struct Compare {
  static constexpr std::string_view kMethod = "reeve.billing.v1.ShadowService/AdvanceShadow";
  std::string request_id;
  std::int64_t shadow_id = 0;
  bool again = false;

  std::int64_t home() const { return shadow_id; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1).Add("shadow_id", shadow_id).Add("again", again ? 1 : 0));
  }
};
struct Acknowledge {
  static constexpr std::string_view kMethod = "reeve.billing.v1.ShadowService/AcknowledgeCause";
  std::string request_id;
  std::int64_t shadow_id = 0;
  Cause cause = Cause::kUnexplained;
  std::string service;
  std::int64_t difference_count = 0;
  std::int64_t effect_cents = 0;
  std::string reason;

  std::int64_t home() const { return shadow_id; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1)
                         .Add("shadow_id", shadow_id)
                         .Add("cause", kCauseName(cause))
                         .Add("service", service)
                         .Add("difference_count", difference_count)
                         .Add("effect_cents", effect_cents)
                         .Add("reason", reason));
  }
};
struct LetLive {
  static constexpr std::string_view kMethod = "reeve.billing.v1.ShadowService/GoLive";
  std::string request_id;
  std::int64_t shadow_id = 0;

  std::int64_t home() const { return shadow_id; }
  Canonical canonical() const {
    return std::move(Canonical(kMethod, 1).Add("shadow_id", shadow_id));
  }
};

Result<LoadPart> Parse(const v1::LoadOldBillsRequest& request);
Result<Compare> Parse(const v1::AdvanceShadowRequest& request);
Result<Acknowledge> Parse(const v1::AcknowledgeCauseRequest& request);
Result<LetLive> Parse(const v1::GoLiveRequest& request);
inline constexpr std::int64_t kLinesMax = 2'000;  // each makes a row: a transaction has 5,000

v1::Shadow ToProto(const Shadow& shadow);
v1::ShadowDifference ToProto(const AccountDifference& one);
v1::ShadowCause ToProto(const CauseGroup& group, const std::vector<AccountDifference>& examples);
void AddTotals(const Totals& old_totals, const Totals& totals, v1::Shadow& message);

}  // namespace reeve::billing::shadow
