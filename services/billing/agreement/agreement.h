// Agreements: one service of an account as billing knows it, and when it runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/core/date.h"
#include "shared/core/id.h"

namespace reeve::billing::agreement {

enum class State { kPending, kActive, kStopped };
enum class Event { kStart, kStop };
std::string_view StateName(State state);  // "PENDING"
State ParseState(std::string_view name);

// Where an event leads; nothing if it has no effect in that state. An agreement that was stopped
// never runs again: the next occupant has one of their own.
std::optional<State> After(State state, Event event);

struct Agreement {
  AccountId account;
  std::int64_t agreement_id = 0;
  PremiseId premise;
  std::string service;
  std::string schedule_code;
  std::int64_t quantity_thousandths = 0;
  std::string meter_number;  // of the meter in place; empty: unmetered
  std::string unit;          // as UnitName spells it; empty: unmetered
  int register_digits = 0;
  std::int64_t multiplier_thousandths = 0;
  int cycle = 0;
  bool in_service = false;  // no field order must come first
  State state = State::kPending;
  Date start_date;  // first day of service; while pending the day for which it is wanted
  std::optional<Date> stop_date;
  std::string meter_size;            // as the city names it: "5/8"; empty: not known
  std::int64_t installation_no = 0;  // of the meter in place; 0: unmetered

  bool IsMetered() const { return !meter_number.empty(); }
};

enum class AccountState { kOpen, kClosed };
std::string_view AccountStateName(AccountState state);

}  // namespace reeve::billing::agreement
