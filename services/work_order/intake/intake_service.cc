#include "services/work_order/intake/intake_service.h"

#include "reeve/account/v1/events.pb.h"
#include "reeve/billing/v1/events.pb.h"

namespace reeve::work_order {
namespace {

std::optional<Date> MaybeDate(const std::string& text) {
  const Result<Date> date = Date::Parse(text);
  return date.ok() ? std::optional(*date) : std::nullopt;
}

// True if the event is a `Message`, which is then in `message`.
template <class Message>
bool Is(const feed::Event& event, Message& message) {
  return event.type == Message::descriptor()->full_name() && message.ParseFromString(event.payload);
}

void LearnMeters(db::Transaction& tx, const account::v1::AccountOpened& opened) {
  std::vector<Meter> meters;
  for (const account::v1::AgreementSpec& agreement : opened.agreements()) {
    if (agreement.meter_number().empty()) continue;
    Meter meter{.number = agreement.meter_number(),
                .service = agreement.service(),
                .register_digits = agreement.register_digits()};
    if (agreement.active()) {
      meter.last_read_thousandths = agreement.start_read_thousandths();
      meter.last_read_date = MaybeDate(agreement.start_date());
    }
    meters.push_back(std::move(meter));
  }
  AddMeters(tx, PremiseId(opened.premise_id()), meters);
}

Order ToOrder(const account::v1::ConnectRequested& asked, Instant now) {
  Order order;
  order.premise = PremiseId(asked.premise_id());
  order.type = OrderType::kConnect;
  order.origin = Origin::kApplication;
  order.account = AccountId(asked.account_id());
  order.service = asked.service();
  order.meter_number = asked.meter_number();
  order.application = asked.application_id();
  order.agreement = asked.agreement_id();
  order.wanted_date = MaybeDate(asked.wanted_date());
  order.created_time = now;
  order.state_time = now;
  return order;
}

Order ToOrder(const billing::v1::DisconnectRequested& asked, Instant now) {
  Order order;
  order.premise = PremiseId(asked.premise_id());
  order.type = OrderType::kDisconnectNonpay;
  order.origin = Origin::kCollections;
  order.account = AccountId(asked.account_id());
  order.service = asked.service();
  order.meter_number = asked.meter_number();
  order.disconnect = asked.disconnect_id();
  order.amount_to_avoid = Money::Cents(asked.amount_to_avoid_cents());
  order.wanted_date = MaybeDate(asked.cut_date());
  order.created_time = now;
  order.state_time = now;
  return order;
}

}  // namespace

std::vector<std::string> Intake::AccountEvents() {
  return {account::v1::AccountOpened::descriptor()->full_name(),
          account::v1::ConnectRequested::descriptor()->full_name()};
}

std::vector<std::string> Intake::BillingEvents() {
  return {billing::v1::DisconnectRequested::descriptor()->full_name(),
          billing::v1::ShutoffSatisfied::descriptor()->full_name()};
}

Result<> Intake::ApplyAccount(command::Change& change, std::span<const feed::Event> events) {
  for (const feed::Event& event : events) {
    account::v1::AccountOpened opened;
    account::v1::ConnectRequested asked;
    if (Is(event, opened)) {
      LearnMeters(change.tx(), opened);
    } else if (Is(event, asked) &&
               !HasConnectFor(change.tx(), PremiseId(asked.premise_id()), asked.agreement_id())) {
      orders_.Add(change, ToOrder(asked, change.call().now), "ask-connect");
    }
  }
  return Ok();
}

Result<> Intake::ApplyBilling(command::Change& change, std::span<const feed::Event> events) {
  const Instant now = change.call().now;
  for (const feed::Event& event : events) {
    billing::v1::DisconnectRequested asked;
    billing::v1::ShutoffSatisfied satisfied;
    if (Is(event, asked)) {
      if (!HasCutFor(change.tx(), PremiseId(asked.premise_id()), asked.disconnect_id())) {
        orders_.Add(change, ToOrder(asked, now), "ask-cut");
      }
    } else if (Is(event, satisfied)) {
      const PremiseId premise(satisfied.premise_id());
      for (const Order& cut :
           FindCutsForUpdate(change.tx(), premise, AccountId(satisfied.account_id()),
                             satisfied.disconnect_id())) {
        if (const Result<Order> recalled = Recall(cut, "Paid.", now); recalled.ok()) {
          orders_.Save(change, cut, *recalled, Name(work_order::Event::kRecall));
        } else if (WasCut(cut) &&
                   !HasFollower(change.tx(), premise, cut.id, OrderType::kReconnect)) {
          orders_.Add(change, Reconnection(cut, now), "reconnect");
        }
      }
    }
  }
  return Ok();
}

}  // namespace reeve::work_order
