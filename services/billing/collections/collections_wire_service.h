// Requests of collections as commands, and its values on the wire.
#pragma once

#include <string>

#include "reeve/billing/v1/collections_service.pb.h"
#include "services/billing/collections/collections_store.h"
#include "shared/core/canonical.h"

namespace reeve::billing::collections {

struct RecordNoticeCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.CollectionsService/RecordNotice";
  std::string request_id;
  AccountId account;
  Notice notice;

  std::int64_t home() const { return account.value(); }
  Canonical canonical() const;
};
Result<RecordNoticeCommand> Parse(const v1::RecordNoticeRequest& request, Date today);

struct OpenDisputeCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.CollectionsService/OpenDispute";
  std::string request_id;
  AccountId account;
  std::string reason;

  std::int64_t home() const { return account.value(); }
  Canonical canonical() const;
};
Result<OpenDisputeCommand> Parse(const v1::OpenDisputeRequest& request);

struct DecideDisputeCommand {
  static constexpr std::string_view kMethod = "reeve.billing.v1.CollectionsService/DecideDispute";
  std::string request_id;
  AccountId account;
  std::int64_t dispute_id = 0;
  DisputeState state = DisputeState::kUpheld;
  std::string decision;

  std::int64_t home() const { return account.value(); }
  Canonical canonical() const;
};
Result<DecideDisputeCommand> Parse(const v1::DecideDisputeRequest& request);

struct RequestDisconnectCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.CollectionsService/RequestDisconnect";
  std::string request_id;
  AccountId account;
  std::string service;
  std::optional<Date> cut_date;  // none: the day on which it is asked for

  std::int64_t home() const { return account.value(); }
  Canonical canonical() const;
};
Result<RequestDisconnectCommand> Parse(const v1::RequestDisconnectRequest& request);

struct LoadShutoffPolicyCommand {
  static constexpr std::string_view kMethod =
      "reeve.billing.v1.CollectionsService/LoadShutoffPolicy";
  std::string request_id;
  ShutoffPolicy policy;

  std::int64_t home() const { return 0; }
  Canonical canonical() const;
};
Result<LoadShutoffPolicyCommand> Parse(const v1::LoadShutoffPolicyRequest& request);

v1::Notice ToProto(AccountId account, const Notice& notice);
v1::Dispute ToProto(const Dispute& dispute);
v1::Disconnect ToProto(AccountId account, const Disconnect& disconnect);
v1::ShutoffPolicy ToProto(const ShutoffPolicy& policy);

}  // namespace reeve::billing::collections
