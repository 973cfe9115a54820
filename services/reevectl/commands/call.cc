// call, load, last: any method of the API by its name. health: whether anybody answers.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <fstream>
#include <iostream>

#include "services/reevectl/commands/noun.h"
#include "shared/core/canonical.h"

namespace reeve::reevectl {
namespace {

struct Line {
  std::string method;
  std::string json;
  std::string service;
};

Error Bad(std::string message) {
  return Error(Code::kInvalidArgument, reason::kInvalidRequest, std::move(message));
}

// Sends one call; `request_id` is used if the request takes one and has none.
Result<std::unique_ptr<Message>> SendLine(Desk& desk, const Line& line, std::string request_id) {
  const auto* method = FindMethod(line.method);
  if (method == nullptr) return Bad("There is no method " + line.method + ".");
  const auto request = NewMessage(*method->input_type());
  const auto parsed = google::protobuf::util::JsonStringToMessage(line.json, request.get());
  if (!parsed.ok()) return Bad(parsed.ToString());
  const auto* field = method->input_type()->FindFieldByName("request_id");
  const auto& reflection = *request->GetReflection();
  if (field != nullptr && !request_id.empty() && !reflection.HasField(*request, field)) {
    reflection.SetString(request.get(), field, std::move(request_id));
  }
  return desk.Send(*method, *request, line.service);
}

// The same line always has the same id, so that a file can be loaded again.
std::string IdOfLine(const std::string& text) {
  return "load-" + HexEncode(Sha256(text)).substr(0, 40);
}

void Refuse(Session& session, const Error& error) {
  session.desk().screen().Refusal(error);
  session.code = kRefused;
}

struct Entry {
  int line = 0;
  std::string text;  // continuation lines joined
};

// The calls of a file; see deploy/demo/README.md for its form.
std::vector<Entry> ReadEntries(const std::string& path) {
  std::ifstream file(path);
  std::vector<Entry> entries;
  std::string text;
  for (int line = 1; std::getline(file, text); ++line) {
    if (text.empty() || text.front() == '#') continue;
    if (text.front() == ' ' && !entries.empty()) {
      entries.back().text += text;
    } else {
      entries.push_back({line, text});
    }
  }
  return entries;
}

// Sends the calls of a file. Ends at the first refusal.
void Load(Session& session, const std::string& path) {
  Desk& desk = session.desk();
  int calls = 0;
  for (const Entry& entry : ReadEntries(path)) {
    const std::size_t blank = std::min(entry.text.find(' '), entry.text.size());
    const std::string word = entry.text.substr(0, blank);
    const std::string rest = entry.text.substr(std::min(blank + 1, entry.text.size()));
    if (word == "as") {
      desk.ActAs(rest);
      continue;
    }
    const auto answer = SendLine(desk, {word, rest, {}}, IdOfLine(entry.text));
    if (!answer.ok()) {
      desk.screen().Line(path + ":" + std::to_string(entry.line) + ": " + word);
      return Refuse(session, answer.error());
    }
    ++calls;
  }
  desk.screen().Line(path.substr(path.rfind('/') + 1) + ": " + std::to_string(calls) + " calls");
}

}  // namespace

void AddCall(CLI::App& app, Session& session) {
  auto line = std::make_shared<Line>();
  line->json = "{}";
  auto* call = app.add_subcommand("call", "Sends any method of the API.");
  call->add_option("method", line->method,
                   "Full name, e.g. reeve.payment.v1.DrawerService/GetDrawer")
      ->required();
  call->add_option("json", line->json, "Request in protobuf JSON");
  call->add_option("--service", line->service,
                   "Who is asked, for methods that every service serves");
  call->callback([&session, line] {
    const auto answer = SendLine(session.desk(), *line, {});
    if (!answer.ok()) return Refuse(session, answer.error());
    session.desk().Print(**answer, {});
  });

  auto files = std::make_shared<std::vector<std::string>>();
  auto* load = app.add_subcommand("load", "Sends the calls of files, each at most once.");
  load->add_option("files", *files, "Files of calls")->required()->check(CLI::ExistingFile);
  load->callback([&session, files] {
    for (const std::string& file : *files) {
      if (session.code == kDone) Load(session, file);
    }
  });

  auto path = std::make_shared<std::string>();
  auto* last = app.add_subcommand("last", "Prints a field of the last answer, for scripts.");
  last->add_option("path", *path, "e.g. transfer_id or orders[0].order_id")->required();
  last->callback([&session, path] {
    const auto value = session.desk().Last(*path);
    if (!value) {
      return Refuse(session, Bad("The last answer has no " + *path + "."));
    }
    session.desk().screen().Line(*value);
  });
}

void AddHealth(CLI::App& app, Session& session) {
  auto seconds = std::make_shared<int>(1);
  auto* command = app.add_subcommand("health", "Whether the services take calls.");
  command->add_option("--wait", *seconds, "Seconds to wait for each")->capture_default_str();
  command->callback([&session, seconds] {
    Desk& desk = session.desk();
    for (const std::string& service : Services()) {
      const auto serving = desk.connection().WaitUntilServing(service, Duration::Seconds(*seconds));
      desk.screen().Pair(service, serving.ok() ? "serving" : "does not answer", 2);
      if (!serving.ok()) session.code = kRefused;
    }
  });
}

}  // namespace reeve::reevectl
