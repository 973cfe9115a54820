// PrintWork: makes print files page by page, and makes those void that are refused, for as long as
// the service runs. Each page is one transaction that moves the page's state, so a service that was
// killed goes on with the pages that are left, and two replicas never do the same page.
#pragma once

#include <memory>
#include <string>

#include "services/billing/statement/statement.h"
#include "shared/command/command.h"
#include "shared/core/seams.h"

namespace reeve::billing::statement {

// The first line of a file.
std::string HeaderOf(db::Transaction& tx, const TimeZone& zone, const PrintFile& file);

class PrintWork {
 public:
  struct Clocks {
    const Clock& city;
    const Clock& machine;  // deadlines
    const TimeZone& zone;
  };
  PrintWork(command::Frame& frame, db::Database& database, Clocks clocks, Executor& executor);
  ~PrintWork();

  void Start();  // looks for work, now and ever after
  // The lane's next page of the first file that has work, or the next part of its digest; false if
  // there was none. A lane is worked by one thread at a time. Throws db::DatabaseError.
  bool Step(std::int64_t lane);

 private:
  struct Sealing;
  void Loop(std::int64_t lane);
  static void Make(command::Change& change, const PrintFile& file, const Page& page);
  static void Void(command::Change& change, const PrintFile& file, const Page& page);
  bool Seal(const Call& call, const PrintFile& file);
  bool FinishRefusing(const Call& call, const PrintFile& file);
  Call MakeCall() const;

  command::Frame& frame_;
  db::Database& database_;
  Clocks clocks_;
  Executor& executor_;
  std::unique_ptr<Sealing> sealing_;
};

}  // namespace reeve::billing::statement
