// Billing with something in every table, for the proof and whatever else is of everything.
#pragma once

#include <cstdint>
#include <string>

#include "tests/integration/billing/closing.h"
#include "tests/integration/billing/drafts.h"
#include "tests/integration/billing/overdue.h"
#include "tests/integration/billing/print_fixture.h"
#include "tests/integration/billing/remaking.h"
#include "tests/integration/billing/winters.h"

namespace reeve::billing::v1 {
enum ReviewDecision : int;
}  // namespace reeve::billing::v1

namespace reeve::billing {

class WholeCity : public Winters,
                  public Overdue,
                  public Printing,
                  public Remaking,
                  public Drafts,
                  public Closing {
 protected:
  // A city with something in every table: a posted, a held, a released and a cancelled bill,
  // payments applied, directed, reversed, held and placed later, used credit, applications, cuts,
  // disputes, reads and exceptions from everywhere, an account that was closed.
  void SetUp() override;

 private:
  static std::int64_t AccountAt(int index);
  static std::string Reads(int index, std::int64_t kwh, std::int64_t kgal,
                           const std::string& date = "2026-11-19");
  static std::string ReadsOfNew(int index, std::int64_t kwh, std::int64_t kgal);

  void LoadPolicies();
  // Two accounts of another cycle with a bill that is past due.
  void OweSinceOctober();
  // Two homes with times of use and loads in a cycle of their own, billed twice; gaps, estimates,
  // and rows that were not taken.
  void MeasureHours();
  // Two runs over two homes: one signed and billed by, one with an average that is held.
  void AverageWinter();
  // Late fees of two policies: one run is posted, one has fees that are held.
  void ChargeWhatIsLate();
  // One month stays closed, one is closed twice and may be opened again; money comes too late.
  void CloseMonths();
  void Pay();
  // A read is replaced, and one of an account that is not billed; an exchange is reversed, with the
  // reads since; the estimate of account 4 gives way to its read in the file.
  void CorrectReads();
  // Orders bring a read that holds and one that does not; an account is closed.
  void WorkInTheField();
  void Collect();
  // Two rows that wait: one is accepted as another meter's, one is discarded.
  void Resolve();
  // What waits has owners; what is held for its total is released by two, another proposal waits.
  void WorkOnHolds(std::int64_t cycle_id);
  // Adjustments in every state, of both effects, one of which has used credit when it is taken
  // back.
  void Correct();
  // Of two cycles that nobody is in: bills that Reeve does not make, in two parts and compared
  // twice, and none at all, which go live.
  void Shadow();
  void Parcels();
  // Files of all states: released, refused with and without statements, one that waits.
  void PrintAndRefuse(std::int64_t cycle_id);
  void Review(std::int64_t cycle_id, std::int64_t account_id, v1::ReviewDecision decision);

  std::int64_t since_october_ = 0;  // its run
};

}  // namespace reeve::billing
