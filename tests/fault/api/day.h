// Day: a story that calls every method which changes something, each in a state in which it may be
// called, on a city of five accounts. It stands still at chosen instants of the city's clock.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "shared/testing/suite.h"
#include "tests/fault/api/api.h"

namespace reeve::fault {

// Text as a JSON string, to be the value of a name.
std::string Quoted(const std::string& text);

class Day {
 public:
  // Sends `request` under the session `token` and answers the answer; throws a refusal.
  using Send = std::function<std::unique_ptr<Message>(
      const Method& method, const std::string& token, const Message& request)>;
  // `clock_file` is what the services' --demo-clock reads.
  Day(testing::Suite& suite, const Api& api, std::string clock_file, Send send);
  void Play();
  // Whoever asks again now does so long afterwards.
  void PassAMonth();

 private:
  void BillOneCycle();
  void ChangeOver();
  void LoadParcels();
  void PrintStatements();
  void CloseMonths();
  void WorkOnMeters();
  void LimitCorrections();
  void BillAgain();
  void MeasureHours();
  void AverageWinter();
  void ChargeLate();
  void TakeMoney();
  void MoveInAndOut();
  void Collect();
  void Correct();
  void WorkInTheField();
  void Answer311();
  void ManageStaff();

  // Calls "payment.DrawerService/OpenDrawer" as `login`, with a request_id of its own if it changes
  // something. `json` may name values: {"drawer_id": $drawer}.
  const Message& Do(std::string_view method, const std::string& login, std::string json);
  // The field of the last answer, kept under the name as well.
  std::string Keep(const std::string& name, std::string_view path);
  void Name(const std::string& name, const std::string& value) { kept_[name] = value; }
  // Asks until the answer's field is the value (anything but empty if it is "*").
  void Await(std::string_view path, std::string_view value, std::string_view method,
             const std::string& json);
  void SetClock(const std::string& rfc3339);
  const std::string& Token(const std::string& login);

  testing::Suite& suite_;
  const Api& api_;
  const std::string clock_file_;
  const Send send_;
  std::map<std::string, std::string> tokens_;
  std::map<std::string, std::string> kept_;
  std::unique_ptr<Message> last_;
  int calls_ = 0;
};

}  // namespace reeve::fault
