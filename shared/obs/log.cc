#include "shared/obs/log.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace reeve::obs {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames{"debug", "info", "warning", "error"};

struct Settings {
  std::string service = "reeve";
  Level minimum = Level::kInfo;
};
Settings& CurrentSettings() {
  static Settings settings;
  return settings;
}

void AppendString(std::string& line, std::string_view text) {
  line.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      line.append({'\\', c});
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", c);
      line.append(escape.data());
    } else {
      line.push_back(c);
    }
  }
  line.push_back('"');
}

void AppendValue(std::string& line, std::int64_t value) { line.append(std::to_string(value)); }
void AppendValue(std::string& line, bool value) { line.append(value ? "true" : "false"); }
void AppendValue(std::string& line, std::string_view value) { AppendString(line, value); }

void Append(std::string& line, const Field& field) {
  if (line.size() > 1) line.push_back(',');
  AppendString(line, field.name);
  line.push_back(':');
  std::visit([&](auto value) { AppendValue(line, value); }, field.value);
}

}  // namespace

void StartLog(std::string service, Level minimum) {
  CurrentSettings() = {std::move(service), minimum};
}

void Log(Level level, std::string_view event, std::initializer_list<Field> fields) {
  const Settings& settings = CurrentSettings();
  if (level < settings.minimum) return;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const Instant time =
      Instant::FromMicros(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  std::string line = LogLine(time, level, settings.service, event, fields);
  line.push_back('\n');
  std::fwrite(line.data(), 1, line.size(), stderr);  // one locked write per line
}

std::string LogLine(Instant time, Level level, std::string_view service, std::string_view event,
                    std::initializer_list<Field> fields) {
  std::string line = "{";
  const std::string time_text = time.ToString();
  Append(line, {"time", time_text});
  Append(line, {"level", kLevelNames[static_cast<std::size_t>(level)]});
  Append(line, {"service", service});
  Append(line, {"event", event});
  for (const Field& field : fields) Append(line, field);
  line.push_back('}');
  return line;
}

}  // namespace reeve::obs
