#include "tests/integration/work_order/work_order_fixture.h"

namespace reeve::work_order {
namespace {

class Verify : public WorkOrder {
 protected:
  void SetUp() override {
    const v1::Order cut = Start(OnSite(Cut())).value();
    ASSERT_TRUE(Complete(cut).ok());
    ASSERT_TRUE(Close(cut).ok());
    FromAccount(ConnectRequest());
    ASSERT_EQ(Violation(), "");
  }
  // The first violation behind the change, which is undone; "refused" if the engine does not allow
  // it.
  std::string After(const std::string& sql) {
    std::string violation;
    try {
      database_->Write(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
        EXPECT_GT(tx.Execute({"test_tamper", sql}), 0) << sql;
        violation.clear();
        for (const Finding& finding : CheckOrders(tx)) violation += finding.violation;
        return db::Verdict::kRollBack;
      });
    } catch (const db::DatabaseError&) {
      return "refused";
    }
    return violation;
  }
};

TEST_P(Verify, EveryColumnOfAnOrderIsCovered) {
  const char* kChanges[] = {"premise_id = 9",
                            "order_id = 9",
                            "type = 'READ'",
                            "state = 'DRAFT'",
                            "origin = 'CLERK'",
                            "account_id = 9",
                            "service = 'x'",
                            "meter_number = 'x'",
                            "application_id = 9",
                            "agreement_id = 9",
                            "disconnect_id = 9",
                            "amount_to_avoid_cents = 9",
                            "no_fee = 1",
                            "instructions = 'x'",
                            "wanted_date = '2020-01-01'",
                            "override_reason = 'x'",
                            "slot_id = 9",
                            "technician_id = 9",
                            "crew_id = 9",
                            "assignment_epoch = 9",
                            "earlier_order_id = 9",
                            "not_done_reason = 'DOG'",
                            "reason = 'x'",
                            "version = 99",
                            "created_time = 9",
                            "state_time = 9"};
  for (const std::string change : kChanges) {
    EXPECT_NE(After("UPDATE work_order SET " + change + " WHERE type = 'CONNECT'"), "") << change;
  }
}

TEST_P(Verify, EveryColumnOfACompletionIsCovered) {
  const char* kChanges[] = {"order_id = 9",
                            "meter_number = 'x'",
                            "read_thousandths = 9",
                            "lower_read_confirmed = 1",
                            "supply_on = 1",
                            "seal_number = 'x'",
                            "door_hanger_left = 0",
                            "tag_serial = 'x'",
                            "photo_sha256 = 'x'",
                            "remark = 'x'",
                            "work_date = '2020-01-01'"};
  for (const std::string change : kChanges) {
    EXPECT_NE(After("UPDATE completion SET " + change), "") << change;
  }
}

TEST_P(Verify, ADeletedOrInsertedRowIsFound) {
  EXPECT_NE(After("DELETE FROM work_order WHERE type = 'CONNECT'"), "");
  EXPECT_NE(After("DELETE FROM completion"), "");
  EXPECT_NE(After("INSERT INTO work_order SELECT premise_id, order_id + 1, type, state, origin, "
                  "account_id, service, meter_number, application_id, agreement_id, disconnect_id, "
                  "amount_to_avoid_cents, no_fee, instructions, wanted_date, override_reason, "
                  "slot_id, technician_id, crew_id, assignment_epoch, earlier_order_id, "
                  "not_done_reason, reason, version, created_time, state_time FROM work_order"),
            "");
  EXPECT_NE(After("UPDATE work_order SET order_id = CASE type WHEN 'CONNECT' THEN order_id - 1 "
                  "ELSE order_id + 1 END"),
            "");
}

TEST_P(Verify, ASlotsPlacesAreCounted) {
  EXPECT_NE(After("INSERT INTO slot VALUES (3, '2026-11-24', 600, 700, 5, 1)"), "");
  EXPECT_EQ(After("INSERT INTO slot VALUES (3, '2026-11-24', 600, 700, 5, 0)"), "");
}

INSTANTIATE_TEST_SUITE_P(BothEngines, Verify, testing::BothEngines(), testing::EngineName);

}  // namespace
}  // namespace reeve::work_order
