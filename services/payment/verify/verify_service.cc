#include "services/payment/verify/verify_service.h"

#include <map>
#include <stdexcept>

#include "services/payment/drawer/drawer_store.h"
#include "services/payment/payment/payment_event_service.h"
#include "services/payment/verify/verify_store.h"

namespace reeve::payment {
namespace {

constexpr int kPage = 2'000;

struct Clearing {
  std::int64_t cents = 0;
  std::int64_t count = 0;
};

// The events of the feed: what billing credits up to the token, and what the payments must have
// said.
class Events {
 public:
  Events(db::Transaction& tx, const feed::Feed& feed, const feed::Token& up_to) {
    feed::Token at;
    for (;;) {
      const auto page = feed.Read(tx, at, kPage);
      if (!page.ok()) throw std::logic_error("verify: the feed cannot be read from its start");
      if (page->empty()) return;
      for (const feed::Event& event : *page) {
        ++left_[{event.type, event.payload}];
        const bool counted =
            up_to.empty() || event.position <= up_to.Position(feed.name(), event.partition);
        if (counted) Count(event);
      }
    }
  }

  // True once for each event of this content.
  template <class Message>
  bool Take(const Message& message) {
    const auto found =
        left_.find({std::string(Message::descriptor()->full_name()), message.SerializeAsString()});
    if (found == left_.end()) return false;
    if (--found->second == 0) left_.erase(found);
    return true;
  }
  bool empty() const { return left_.empty(); }
  const Clearing& clearing() const { return clearing_; }

 private:
  void Count(const feed::Event& event) {
    v1::PaymentTaken taken;
    v1::PaymentReversed reversed;
    if (event.type == taken.GetDescriptor()->full_name()) {
      taken.ParseFromString(event.payload);
      clearing_.cents += taken.amount_cents();
      ++clearing_.count;
    } else if (event.type == reversed.GetDescriptor()->full_name()) {
      reversed.ParseFromString(event.payload);
      clearing_.cents -= reversed.amount_cents();
      ++clearing_.count;
    }
  }

  std::map<std::pair<std::string, std::string>, int> left_;
  Clearing clearing_;
};

Finding CheckEvents(db::Transaction& tx, Events& events) {
  Finding finding{"events"};
  const auto refuse = [&finding](std::string violation) {
    if (finding.violation.empty()) finding.violation = std::move(violation);
  };
  try {
    for (const SessionKey& key : AllSessions(tx)) {
      const PersonId cashier = FindSession(tx, key.drawer, key.session_no)->cashier;
      for (const Payment& payment : AllPayments(tx, key)) {
        ++finding.examined;
        const bool voided = payment.state == PaymentState::kVoided;
        // An event from before events named the cashier names nobody.
        const bool told = events.Take(TakenEvent(payment, cashier)) ||
                          events.Take(TakenEvent(payment, PersonId()));
        if (!told || (voided && !events.Take(ReversedEvent(payment)))) {
          refuse("payment " + payment.id.ToString() + ": its event is missing or another");
        }
      }
    }
    if (!events.empty()) refuse("feed_event: an event of no payment");
  } catch (const std::logic_error& error) {
    refuse(std::string("a row cannot be read: ") + error.what());
  }
  return finding;
}

void AddTotal(verify::v1::VerifyResponse& response, const char* name, std::int64_t value) {
  verify::v1::ControlTotal* total = response.add_totals();
  total->set_name(name);
  total->set_value(value);
}

}  // namespace

void VerifyEvents(db::Transaction& tx, const feed::Feed& feed,
                  const verify::v1::VerifyRequest& request, verify::v1::VerifyResponse& response) {
  const Result<feed::Token> up_to = feed::Token::Decode(request.up_to_token());
  Events events(tx, feed, up_to.ok() ? *up_to : feed::Token());
  AddTotal(response, "clearing-credits-cents", events.clearing().cents);
  AddTotal(response, "clearing-credits-count", events.clearing().count);
  const Finding finding = CheckEvents(tx, events);
  verify::v1::Check* check = response.add_checks();
  check->set_name(finding.check);
  check->set_examined(finding.examined);
  check->set_violation(finding.violation);
}

}  // namespace reeve::payment
