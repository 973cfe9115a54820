// The lines of a print file: JSON Lines that proto/reeve/billing/v1/print_record.proto documents.
// The bytes are the same whoever asks and whenever: nothing but the arguments is in them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "services/billing/statement/statement.h"

namespace reeve::billing::statement {

struct RecordLine {
  std::string description;
  std::string quantity;
  std::string rate;
  std::int64_t amount_cents = 0;
};

struct RecordSegment {
  std::string service;
  std::string schedule_code;
  Date from_date;
  Date to_date;
  std::int64_t usage_thousandths = 0;
  bool estimated = false;
  std::vector<RecordLine> lines;
  std::int64_t amount_cents = 0;
};

struct RecordBill {
  std::int64_t bill_id = 0;
  Date bill_date;
  Date due_date;
  std::vector<RecordSegment> segments;
  std::int64_t total_cents = 0;
  std::int64_t owed_cents = 0;        // less than that where a limit has cut it
  std::map<Date, Money> due_parts{};  // of a rebill: what is owed by when
};

// A statement with what is printed of it.
struct Record {
  Statement statement;
  std::vector<Movement> movements;  // but for printed bills and what moves nothing
  std::vector<RecordBill> bills;
};

// Each ends with a line feed. `cutoff` is the file's in the city's wall-clock time.
std::string HeaderLine(const PrintFile& file, int cycle, std::string_view cutoff);
std::string StatementLine(const Record& record);
std::string TrailerLine(const Totals& totals, std::string_view sha256);

}  // namespace reeve::billing::statement
