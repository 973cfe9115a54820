// demo clock: moves the city's clock of a suite that runs as a demo.
#include <cstdio>
#include <optional>

#include "services/reevectl/commands/noun.h"
#include "services/reevectl/connection/private_file.h"

namespace reeve::reevectl {
namespace {

struct Arguments {
  std::string date;
  std::string time;
  std::string file;
};

// "08:10" in minutes of the day.
std::optional<int> MinuteOfDay(const std::string& text) {
  int hour = 0;
  int minute = 0;
  char rest = 0;
  if (text.size() != 5 || std::sscanf(text.c_str(), "%2d:%2d%c", &hour, &minute, &rest) != 2) {
    return std::nullopt;
  }
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

Result<> SetClock(Desk& desk, const Arguments& arguments) {
  REEVE_ASSIGN_OR_RETURN(const Date date, Date::Parse(arguments.date));
  const Instant wanted = desk.zone().ToInstant({date, *MinuteOfDay(arguments.time)});
  WritePrivateFile(arguments.file, std::to_string(wanted.micros()) + " " +
                                       std::to_string(desk.clock().Now().micros()) + "\n");
  desk.screen().Line("The city's clock shows " + desk.screen().Time(wanted.micros()));
  return Ok();
}

}  // namespace

void AddDemo(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  auto* demo = app.add_subcommand("demo", "What only a demo may do.");
  demo->require_subcommand(1);
  auto* clock = demo->add_subcommand("clock", "Sets the city's clock; from there it runs on.");
  clock->add_option("date", arguments->date, "Day, e.g. 2026-11-23")->required();
  clock->add_option("time", arguments->time, "Wall clock in the city, e.g. 08:10")
      ->required()
      ->check([](const std::string& text) {
        return MinuteOfDay(text) ? std::string() : "a time is like 08:10";
      });
  clock->add_option("--file", arguments->file, "File of the demo's clock")
      ->envname("REEVE_DEMO_CLOCK")
      ->required();
  clock->callback([&session, arguments] {
    const auto set = SetClock(session.desk(), *arguments);
    if (set.ok()) return;
    session.desk().screen().Refusal(set.error());
    session.code = kRefused;
  });
}

}  // namespace reeve::reevectl
