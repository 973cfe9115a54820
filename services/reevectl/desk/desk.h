// Desk: one person's place at the counter: who is signed in, what was answered last, how far the
// feeds have to be before the next look-up. It lives in a folder between two commands.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "services/reevectl/connection/connection.h"
#include "services/reevectl/screen/screen.h"
#include "shared/core/result.h"
#include "shared/core/seams.h"

namespace reeve::reevectl {

enum class Output { kText, kJson };

struct DeskSettings {
  std::string home = ".reeve";  // folder of the desk, readable by its owner only
  std::string anchors;          // folder of the signed heads of the audit chains; empty for home
  std::string anchor_key;       // file of the key that signs them; empty for anchor.key in home
  Address address;
  std::string person;      // login that sends the calls; empty for whoever signed in last
  std::string request_id;  // of the next mutation; empty to make one
  Output output = Output::kText;
};

class Desk {
 public:
  Desk(DeskSettings settings, const Clock& machine_clock, Random& random, const TimeZone& zone,
       std::ostream& out, std::ostream& remarks);

  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  const DeskSettings& settings() const { return settings_; }
  void ActAs(std::string person) { settings_.person = std::move(person); }
  Screen& screen() { return screen_; }
  std::ostream& remarks() { return remarks_; }  // not the answer: progress
  Connection& connection() { return connection_; }
  const TimeZone& zone() const { return zone_; }
  const Clock& clock() const { return clock_; }
  Random& random() { return random_; }
  std::string Path(const std::string& name) const { return settings_.home + "/" + name; }
  std::string AnchorsPath() const {
    return settings_.anchors.empty() ? Path("anchors") : settings_.anchors + "/anchors";
  }
  std::string AnchorKeyPath() const {
    return settings_.anchor_key.empty() ? Path("anchor.key") : settings_.anchor_key;
  }

  // Sends the request: with a request_id if it takes one, and behind everything that this desk was
  // told before (`at_least`). Remembers the answer. `service` is needed only for methods that every
  // service serves.
  Result<std::unique_ptr<Message>> Send(const MethodDescriptor& method, Message& request,
                                        const std::string& service = {});
  // As Send, with the generated types: Answer answer = Send<Answer>("package.Service/Method",
  // request).
  template <class Answer>
  Result<Answer> Send(std::string_view method, Message& request, const std::string& service = {}) {
    REEVE_ASSIGN_OR_RETURN(const auto answer, Send(*FindMethod(method), request, service));
    return dynamic_cast<const Answer&>(*answer);
  }

  // Prints an answer in the chosen form; `show` prints it for people.
  void Print(const Message& answer, const std::function<void(Screen&, const Message&)>& show);

  // The session of the person who sends the calls; empty if nobody has signed in.
  std::string Session() const;
  void SaveSession(const std::string& login, const std::string& token);
  void ForgetSession();

  // A field of the last answer, e.g. "transfer_id" or "orders[0].order_id"; nothing if it has none.
  std::optional<std::string> Last(std::string_view path) const;

  // Keeps an answer for `Last`, and how far it says that the feeds are.
  void Remember(const Message& answer);

  std::string NewRequestId();

 private:
  std::string Person() const;
  // As Screen::Names. Asks identity once for each person.
  std::string NameOf(std::int64_t person);

  DeskSettings settings_;
  const Clock& clock_;
  Random& random_;
  TimeZone zone_;
  std::ostream& remarks_;
  Screen screen_;
  Connection connection_;
  std::map<std::int64_t, std::string> names_;  // by the person's number
};

}  // namespace reeve::reevectl
