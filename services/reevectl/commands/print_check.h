// PrintCheck: adds a print file up again, line by line, as its printer may: it trusts no sum that
// stands in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reeve/billing/v1/print_record.pb.h"
#include "shared/core/sha256_sum.h"

namespace reeve::reevectl {

class PrintCheck {
 public:
  // Of each line in its order, with its line feed; the first thing that is not so, if any. Behind
  // that nothing is asked any more.
  std::optional<std::string> Add(std::string_view line);
  // Behind the last line.
  std::optional<std::string> End();

  const billing::v1::PrintRecord& header() const { return header_; }
  const billing::v1::PrintRecord& trailer() const { return trailer_; }

 private:
  std::optional<std::string> AddRecord(const billing::v1::PrintRecord& record);
  std::optional<std::string> AddStatement(const billing::v1::PrintRecord& record);
  std::optional<std::string> AddTrailer(const billing::v1::PrintRecord& record);

  std::int64_t line_no_ = 0;
  std::int64_t last_account_ = 0;
  billing::v1::PrintRecord header_;
  billing::v1::PrintRecord trailer_;
  billing::v1::PrintRecord sums_;  // what the trailer must say
  Sha256Sum sum_;
};

}  // namespace reeve::reevectl
