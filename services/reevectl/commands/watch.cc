// watch: a technician's work feed, which goes on where it was left.
#include "reeve/work_order/v1/watch_service.pb.h"
#include "services/reevectl/commands/noun.h"
#include "services/reevectl/commands/order_line.h"
#include "services/reevectl/connection/private_file.h"

namespace reeve::reevectl {
namespace {

namespace pb = work_order::v1;

struct Arguments {
  std::int64_t technician = 0;
  int seconds = 10;
  int count = 0;  // 0: until the time is over
};

// What the feed says, a line each; false for what needs none.
bool ShowMessage(Screen& screen, const pb::WatchWorkOrdersResponse& message) {
  switch (message.kind()) {
    case pb::WATCH_KIND_ORDER:
      screen.Line("  " + OrderLine(message.order()));
      return true;
    case pb::WATCH_KIND_REMOVED:
      screen.Line("  no longer yours: " + OrderLine(message.order()));
      return true;
    default:
      return false;
  }
}

Result<> Watch(Desk& desk, const Arguments& arguments) {
  const std::string token_file = desk.Path("watch_token_" + std::to_string(arguments.technician));
  pb::WatchWorkOrdersRequest request;
  request.set_technician_id(arguments.technician);
  request.set_resume_token(ReadPrivateFile(token_file).value_or(""));
  desk.screen().Line(request.resume_token().empty() ? "Work feed from the start:"
                                                    : "Work feed, resumed:");
  int shown = 0;
  return desk.connection().Watch(
      "work_order", *FindMethod("reeve.work_order.v1.WatchService/WatchWorkOrders"), request,
      desk.Session(), Duration::Seconds(arguments.seconds), [&](const Message& answer) {
        const auto& message = dynamic_cast<const pb::WatchWorkOrdersResponse&>(answer);
        if (ShowMessage(desk.screen(), message)) ++shown;
        desk.Remember(message);
        if (!message.resume_token().empty()) WritePrivateFile(token_file, message.resume_token());
        return arguments.count == 0 || shown < arguments.count;
      });
}

}  // namespace

void AddWatch(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("watch", "Follows the work feed of a technician.");
  command->add_option("--technician", arguments->technician, "The technician")->required();
  command->add_option("--for", arguments->seconds, "Seconds to follow it")->capture_default_str();
  command->add_option("--count", arguments->count, "End after so many orders");
  command->callback([&session, arguments] {
    const auto ended = Watch(session.desk(), *arguments);
    if (ended.ok()) return;
    session.desk().screen().Refusal(ended.error());
    session.code = kRefused;
  });
}

}  // namespace reeve::reevectl
