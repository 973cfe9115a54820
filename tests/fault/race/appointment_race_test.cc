// 1,000 orders ask for the last place in the same window at once: one gets it, and everybody else
// is told that it is full.
#include "services/work_order/order/order_store.h"
#include "tests/fault/race/race.h"
#include "tests/integration/work_order/work_order_fixture.h"

namespace reeve::work_order {
namespace {

using fault::CountRows;
using fault::kRacers;
using fault::OneWinner;
using fault::StagedDatabase;
using fault::Tally;

// The part of the program that books, on the stage.
class Booking {
 public:
  Booking(db::Database& database, const Clock& clock)
      : server_("work_order", database, Migrations(), &clock) {
    server_.service().Register(appointments_);
    server_.Start();
  }
  ~Booking() { server_.Stop(); }
  testing::InProcessServer& server() { return server_; }

 private:
  testing::InProcessServer server_;
  process::Service& service_ = server_.service();
  OrderChanges changes_{service_.frame(), service_.random(), service_.zone(), service_.metrics()};
  AppointmentService appointments_{service_.server(), service_.database(), changes_,
                                   service_.random(), service_.zone()};
};

class AppointmentRace : public WorkOrder {
 protected:
  using Bookers = std::vector<fault::Racer<v1::HoldAppointmentRequest, v1::Appointment>>;

  v1::Slot OpenSlot() {
    v1::OpenSlotRequest request;
    request.set_request_id(NextKey());
    request.set_slot_date("2026-11-24");
    request.set_start_minute(600);
    request.set_end_minute(720);
    request.set_capacity(1);
    return Send<v1::AppointmentService>(&v1::AppointmentService::Stub::OpenSlot, request, office_)
        .value();
  }
  // Each for an order at a place of its own.
  Bookers RaceFor(const v1::Slot& slot) {
    std::vector<feed::Event> events;
    for (int i = 1; i <= kRacers; ++i) events.push_back(EventOf(ConnectRequest(i, kPremise + i)));
    Apply(&Intake::ApplyAccount, events);
    std::vector<Order> orders;
    database_->Read(machine_clock_.Now() + Duration::Seconds(60), [&](db::Transaction& tx) {
      orders = ListOrders(tx, {}, OrderId(INT64_MAX), kRacers);
    });
    Bookers racers;
    for (const Order& order : orders) {
      auto& racer = racers.emplace_back();
      racer.token = booking_.server().SignIn(PersonId(9), {"appointment.book"});
      racer.request = For<v1::HoldAppointmentRequest>(ToWire(order));
      racer.request.set_slot_id(slot.slot_id());
    }
    v1::AppointmentService::Stub stub(booking_.server().channel());
    fault::Race(booking_.server(), stage_, racers,
                [&](auto... call) { stub.async()->HoldAppointment(call...); });
    return racers;
  }
  std::int64_t Taken() { return CountRows(*database_, "slot WHERE taken = 1"); }

  StagedDatabase stage_{*database_};
  Booking booking_{stage_, clock_};
};
INSTANTIATE_TEST_SUITE_P(BothEngines, AppointmentRace, testing::BothEngines(), testing::EngineName);

TEST_P(AppointmentRace, OneOfAThousandBooksTheLastPlace) {
  const Bookers racers = RaceFor(OpenSlot());
  EXPECT_EQ(TallyOf(racers), OneWinner("SLOT_FULL"));
  EXPECT_EQ(CountRows(*database_, "appointment"), 1);
  EXPECT_EQ(Taken(), 1);
  const auto winner = std::ranges::find_if(racers, [](auto& racer) { return racer.status.ok(); });
  ASSERT_NE(winner, racers.end());
  EXPECT_TRUE(Send<v1::AppointmentService>(
                  &v1::AppointmentService::Stub::ConfirmAppointment,
                  For<v1::ConfirmAppointmentRequest>(winner->response.order()), office_)
                  .ok());
  EXPECT_EQ(CountRows(*database_, "work_order WHERE state = 'SCHEDULED'"), 1);
  EXPECT_EQ(Violation(), "");
}

// The control: on a database that forgets what it answered, everybody gets the place.
TEST_P(AppointmentRace, APlaceThatIsForgottenIsBookedAThousandTimes) {
  stage_.Forget();
  const Bookers racers = RaceFor(OpenSlot());
  EXPECT_EQ(TallyOf(racers), (Tally{{"", kRacers}}));
  EXPECT_EQ(CountRows(*database_, "appointment"), 0);
}

}  // namespace
}  // namespace reeve::work_order
