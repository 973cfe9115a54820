// LinePart: a file that is sent in calls of whole lines, once nothing is wrong with any of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/reevectl/commands/noun.h"
#include "shared/core/canonical.h"
#include "shared/core/result.h"

namespace reeve::reevectl {

struct LinePart {
  std::int64_t first_line = 1;
  std::string lines;
};
// Each within the limits of one call: so many lines, 500,000 bytes. INVALID_REQUEST if a line alone
// is longer.
Result<std::vector<LinePart>> PartsOf(const std::string& text, std::int64_t lines_max);

// The whole of a file.
std::string ReadWhole(const std::string& path);

// Asks `check` what is wrong with the lines of each part, then sends `request` with each to `load`
// and answers what came for the last. Everything that is wrong with the file is named before any of
// it is loaded.
template <class CheckRequest, class CheckResponse, class Loaded, class LoadRequest>
Result<Loaded> LoadChecked(Desk& desk, const std::string& path, std::int64_t lines_max,
                           const std::string& check, const std::string& load, LoadRequest request) {
  const std::string text = ReadWhole(path);
  REEVE_ASSIGN_OR_RETURN(const std::vector<LinePart> parts, PartsOf(text, lines_max));
  std::vector<FieldViolation> violations;
  for (const LinePart& part : parts) {
    CheckRequest lines;
    lines.set_first_line(part.first_line);
    lines.set_lines(part.lines);
    REEVE_ASSIGN_OR_RETURN(const auto answer, desk.Send<CheckResponse>(check, lines));
    for (const auto& problem : answer.problems()) {
      violations.push_back(
          {"line " + std::to_string(problem.line()) + ", " + problem.field(), problem.reason()});
    }
    if (answer.problem_count() > answer.problems_size()) {
      violations.push_back(
          {"", "and " + std::to_string(answer.problem_count() - answer.problems_size()) + " more"});
    }
  }
  if (!violations.empty()) return InvalidArgument(std::move(violations));
  request.set_file_name(path.substr(path.rfind('/') + 1));
  request.set_file_sha256(Sha256(text));
  Loaded loaded;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    request.set_request_id(desk.NewRequestId());
    request.set_first_line(parts[i].first_line);
    request.set_lines(parts[i].lines);
    request.set_last_part(i + 1 == parts.size());
    REEVE_ASSIGN_OR_RETURN(loaded, desk.Send<Loaded>(load, request));
  }
  return loaded;
}

}  // namespace reeve::reevectl
