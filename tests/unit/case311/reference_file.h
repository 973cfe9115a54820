// Reference files of 311, read from the folder that REEVE_REFERENCE_DATA names.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "services/case311/case_import/case_import.h"

namespace reeve::case311 {

inline constexpr const char* kNoReference =
    "REEVE_REFERENCE_DATA is not set: there is no published file to compare with";

inline bool HasReference() { return std::getenv("REEVE_REFERENCE_DATA") != nullptr; }

using CsvRow = std::map<std::string, std::string>;

// RFC 4180, with a header row: one map from column to text per line.
inline std::vector<CsvRow> ReadReference(const std::string& path) {
  std::ifstream file(std::string(std::getenv("REEVE_REFERENCE_DATA")) + "/311/" + path);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text.empty()) throw std::runtime_error("no reference file " + path);
  std::vector<std::vector<std::string>> lines{{""}};
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      lines.back().back().push_back(text[++i]);
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      lines.back().emplace_back();
    } else if (!quoted && c == '\n') {
      lines.push_back({""});
    } else if (quoted || c != '\r') {
      lines.back().back().push_back(c);
    }
  }
  std::vector<CsvRow> rows;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].size() != lines.front().size()) continue;  // behind the last line break
    CsvRow& row = rows.emplace_back();
    for (std::size_t column = 0; column < lines[i].size(); ++column)
      row[lines.front()[column]] = lines[i][column];
  }
  return rows;
}

inline ImportRow BostonRow(const CsvRow& row, std::int64_t line) {
  static const std::map<std::string, Channel> kSources{{"Constituent Call", Channel::kPhone},
                                                       {"Citizens Connect App", Channel::kApp},
                                                       {"City Worker App", Channel::kStaff},
                                                       {"Self Service", Channel::kWeb}};
  return {.line = line,
          .source_id = row.at("case_enquiry_id"),
          .type_name = row.at("type"),
          .department = row.at("department"),
          .channel = kSources.at(row.at("source")),
          .closed_by_status = row.at("case_status") == "Closed",
          .opened = row.at("open_dt"),
          .target = row.at("target_dt"),
          .closed = row.at("closed_dt"),
          .address = row.at("location"),
          .status_note = row.at("closure_reason")};
}

inline ImportRow NewYorkRow(const CsvRow& row, std::int64_t line) {
  static const std::map<std::string, Channel> kChannelTypes{{"PHONE", Channel::kPhone},
                                                            {"ONLINE", Channel::kWeb},
                                                            {"MOBILE", Channel::kApp},
                                                            {"UNKNOWN", Channel::kOther}};
  return {.line = line,
          .source_id = row.at("Unique Key"),
          .type_name = row.at("Complaint Type"),
          .department = row.at("Agency"),
          .channel = kChannelTypes.at(row.at("Open Data Channel Type")),
          .closed_by_status = row.at("Status") == "Closed",
          .opened = row.at("Created Date"),
          .target = row.at("Due Date"),
          .closed = row.at("Closed Date"),
          .address = row.at("Incident Address"),
          .status_note = row.at("Resolution Description")};
}

}  // namespace reeve::case311
