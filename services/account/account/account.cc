#include "services/account/account/account.h"

#include <algorithm>
#include <array>

#include "services/account/audit_text.h"
#include "shared/core/check_digit.h"
#include "shared/core/quantity.h"

namespace reeve::account {
namespace {

constexpr std::optional<AgreementState> kNo = std::nullopt;
constexpr std::optional<AgreementState> kActive = AgreementState::kActive;
constexpr std::optional<AgreementState> kPendingStop = AgreementState::kPendingStop;
constexpr std::optional<AgreementState> kStopped = AgreementState::kStopped;
constexpr std::optional<AgreementState> kClosed = AgreementState::kClosed;

using Row = std::array<std::optional<AgreementState>, kAgreementEventName.size()>;
constexpr std::array<Row, kAgreementStateName.size()> kTransitions{{
    //                 start    call off  req. stop     cancel   stop      settle
    /* PENDING_START */ {kActive, kClosed, kNo, kNo, kNo, kNo},
    /* ACTIVE        */ {kNo, kNo, kPendingStop, kNo, kStopped, kNo},
    /* PENDING_STOP  */ {kNo, kNo, kNo, kActive, kStopped, kNo},
    /* STOPPED       */ {kNo, kNo, kNo, kNo, kNo, kClosed},
    /* CLOSED        */ {kNo, kNo, kNo, kNo, kNo, kNo},
}};

// Moves the agreements to which the event applies; how many it were.
int Move(Account& account, AgreementEvent event) {
  int moved = 0;
  for (Agreement& agreement : account.agreements) {
    if (const std::optional<AgreementState> next = Next(agreement.state, event)) {
      agreement.state = *next;
      ++moved;
    }
  }
  return moved;
}

Error NoneInState(const Account& account, AgreementEvent event) {
  return FailedPrecondition(reason::kAgreementState,
                            "No agreement of this account is in a state for this.")
      .With("account_id", account.id.value())
      .With("event", std::string(kAgreementEventName(event)));
}

Result<> CheckNotFuture(Date date, Date today) {
  if (date <= today) return Ok();
  return FailedPrecondition(reason::kDateInFuture, "The date has not come yet.")
      .With("today", today.ToString());
}

Result<> CheckNotBeforeStart(const Account& account, Date date) {
  for (const Agreement& agreement : account.agreements) {
    if (agreement.in_force() && date < agreement.start_date) {
      return FailedPrecondition(reason::kDateBeforeStart, "Service began after this date.")
          .With("service", agreement.service)
          .With("start_date", agreement.start_date.ToString());
    }
  }
  return Ok();
}

const Agreement* Find(std::span<const Account> accounts, int point_no,
                      const std::function<bool(const Agreement&)>& wanted) {
  for (const Account& account : accounts) {
    for (const Agreement& agreement : account.agreements) {
      if (agreement.point_no == point_no && wanted(agreement)) return &agreement;
    }
  }
  return nullptr;
}

bool Waits(const Agreement& agreement) { return agreement.state == AgreementState::kPendingStart; }

const Read* FindRead(std::span<const Read> reads, std::string_view meter_number) {
  const auto found = std::find_if(reads.begin(), reads.end(), [&](const Read& read) {
    return read.meter_number == meter_number;
  });
  return found == reads.end() ? nullptr : &*found;
}

std::int64_t RegisterEnd(int digits) {
  std::int64_t end = Quantity::kScale;
  for (int i = 0; i < digits; ++i) end *= 10;
  return end;
}

bool OnRegister(const ServicePoint& point, std::int64_t read_thousandths) {
  return read_thousandths >= 0 && read_thousandths < RegisterEnd(point.register_digits);
}

// A read for each meter that changes hands, each on its register, and none besides.
Result<> CheckReads(const Premise& premise, std::span<const int> points,
                    std::span<const Read> reads) {
  std::size_t needed = 0;
  for (const int no : points) {
    const ServicePoint& point = *premise.FindPoint(no);
    if (!point.metered()) continue;
    ++needed;
    if (FindRead(reads, point.meter_number) == nullptr) {
      return FailedPrecondition(reason::kReadMissing, "A meter that changes hands has no read.")
          .With("meter_number", point.meter_number);
    }
  }
  if (reads.size() != needed) {
    return FailedPrecondition(reason::kReadWithoutMeter,
                              "A read is for no meter that changes hands.");
  }
  for (const Read& read : reads) {
    if (!OnRegister(*premise.FindMeter(read.meter_number), read.thousandths)) {
      return FailedPrecondition(reason::kReadOffRegister, "A read does not fit on its register.")
          .With("meter_number", read.meter_number);
    }
  }
  return Ok();
}

Agreement* FindPoint(Account& account, int point_no) {
  const auto found = std::find_if(
      account.agreements.begin(), account.agreements.end(),
      [point_no](const Agreement& agreement) { return agreement.point_no == point_no; });
  return found == account.agreements.end() ? nullptr : &*found;
}

// Points where the one is served and the other waits.
std::vector<int> PointsToTransfer(Account& old_account, Account& new_account) {
  std::vector<int> points;
  for (const Agreement& agreement : old_account.agreements) {
    const Agreement* const waiting = FindPoint(new_account, agreement.point_no);
    if (agreement.in_force() && waiting != nullptr && Waits(*waiting))
      points.push_back(agreement.point_no);
  }
  return points;
}

}  // namespace

AccountId NewAccountNumber(Random& random) {
  const std::string payload = std::to_string(1'000'000'000 + random.Below(9'000'000'000));
  return AccountId(std::stoll(payload + *Mod10CheckDigit(payload)));
}

bool IsAccountNumber(std::int64_t number) {
  return number >= 10'000'000'000 && number <= 99'999'999'999 &&
         HasValidMod10(std::to_string(number));
}

std::optional<AgreementState> Next(AgreementState state, AgreementEvent event) {
  return kTransitions[static_cast<std::size_t>(state)][static_cast<std::size_t>(event)];
}

const Agreement* Account::FindAgreement(AgreementId id) const {
  const auto found = std::find_if(agreements.begin(), agreements.end(),
                                  [id](const Agreement& agreement) { return agreement.id == id; });
  return found == agreements.end() ? nullptr : &*found;
}

AgreementId AgreementNumber(AccountId account, int point_no) {
  return AgreementId(account.value() * 100 + point_no);
}

const Agreement* InForceAt(std::span<const Account> at_premise, int point_no) {
  return Find(at_premise, point_no,
              [](const Agreement& agreement) { return agreement.in_force(); });
}

const Agreement* WaitingAt(std::span<const Account> at_premise, int point_no) {
  return Find(at_premise, point_no, Waits);
}

bool BeginsByItself(const ServicePoint& point, std::span<const Account> at_premise) {
  return point.supply == Supply::kOn && InForceAt(at_premise, point.no) == nullptr;
}

Result<Account> Open(const Opening& opening, const Premise& premise,
                     std::span<const Account> at_premise, Date today) {
  Account account{.id = opening.account,
                  .premise = premise.id,
                  .customer = opening.customer,
                  .customer_class = premise.customer_class,
                  .open_date = today,
                  .application = opening.application};
  for (const std::string& service : opening.services) {
    const std::size_t before = account.agreements.size();
    for (const ServicePoint& point : premise.points) {
      if (point.service != service) continue;
      account.agreements.push_back({.id = AgreementNumber(opening.account, point.no),
                                    .point_no = point.no,
                                    .service = point.service,
                                    .schedule_code = point.schedule_code,
                                    .quantity_thousandths = point.quantity_thousandths,
                                    .start_date = opening.wanted_date});
    }
    if (account.agreements.size() == before) {
      return FailedPrecondition(reason::kServiceNotAtPremise, "The place has no such service.")
          .With("service", service);
    }
  }
  for (const Agreement& agreement : account.agreements) {
    if (WaitingAt(at_premise, agreement.point_no) != nullptr) {
      return FailedPrecondition(reason::kOccupantWaiting, "Another account waits to start there.")
          .With("service", agreement.service);
    }
  }
  std::sort(account.agreements.begin(), account.agreements.end(),
            [](const Agreement& a, const Agreement& b) { return a.point_no < b.point_no; });
  return account;
}

Result<Account> TakeOver(const TakenOver& taken_over, const Premise& premise,
                         std::span<const Account> at_premise) {
  Account account{.id = taken_over.account,
                  .premise = premise.id,
                  .customer = taken_over.customer,
                  .customer_class = premise.customer_class,
                  .open_date = taken_over.open_date,
                  .timely_since = taken_over.timely_since};
  for (const auto& [no, start_date, read_thousandths] : taken_over.points) {
    const ServicePoint* const point = premise.FindPoint(no);
    if (point == nullptr) {
      return FailedPrecondition(reason::kServiceNotAtPremise,
                                "The place has no service point " + std::to_string(no) + ".");
    }
    if (point->metered() ? !OnRegister(*point, read_thousandths) : read_thousandths != 0) {
      return FailedPrecondition(reason::kReadOffRegister,
                                "The read does not fit on the register of "
                                "service point " +
                                    std::to_string(no) + ".");
    }
    if (InForceAt(at_premise, no) != nullptr) {
      return FailedPrecondition(
          reason::kPointOccupied,
          "Another account is served at service point " + std::to_string(no) + ".");
    }
    account.agreements.push_back({.id = AgreementNumber(account.id, no),
                                  .point_no = no,
                                  .service = point->service,
                                  .schedule_code = point->schedule_code,
                                  .quantity_thousandths = point->quantity_thousandths,
                                  .state = AgreementState::kActive,
                                  .start_date = start_date});
  }
  std::sort(account.agreements.begin(), account.agreements.end(),
            [](const Agreement& a, const Agreement& b) { return a.point_no < b.point_no; });
  return account;
}

bool SameAccount(const Account& on_file, const TakenOver& taken_over, PremiseId premise) {
  return on_file.premise == premise && on_file.customer == taken_over.customer &&
         on_file.open_date == taken_over.open_date &&
         on_file.timely_since == taken_over.timely_since &&
         on_file.agreements.size() == taken_over.points.size() &&
         std::all_of(taken_over.points.begin(), taken_over.points.end(),
                     [&](const TakenOver::Point& point) {
                       const Agreement* const agreement =
                           on_file.FindAgreement(AgreementNumber(on_file.id, point.no));
                       return agreement != nullptr && agreement->start_date == point.start_date;
                     });
}

Result<Account> Start(Account account, AgreementId agreement_id, Date start_date,
                      std::span<const Account> others_at_premise) {
  const Agreement* const known = account.FindAgreement(agreement_id);
  if (known == nullptr) {
    return FailedPrecondition(reason::kAgreementUnknown, "The account has no such agreement.")
        .With("agreement_id", agreement_id.value());
  }
  if (known->in_force()) return account;
  const std::optional<AgreementState> next = Next(known->state, AgreementEvent::kStart);
  if (!next) return NoneInState(account, AgreementEvent::kStart);
  if (InForceAt(others_at_premise, known->point_no) != nullptr) {
    return FailedPrecondition(reason::kPointOccupied, "Another account is served there.")
        .With("service", known->service);
  }
  Agreement& agreement = *FindPoint(account, known->point_no);
  agreement.state = *next;
  agreement.start_date = start_date;
  return account;
}

Result<Account> Leave(Account account, Date stop_date) {
  REEVE_RETURN_IF_ERROR(CheckNotBeforeStart(account, stop_date));
  for (Agreement& agreement : account.agreements) {
    if (Next(agreement.state, AgreementEvent::kRequestStop)) agreement.stop_date = stop_date;
  }
  if (Move(account, AgreementEvent::kRequestStop) == 0)
    return NoneInState(account, AgreementEvent::kRequestStop);
  return account;
}

Result<Account> Stay(Account account) {
  for (Agreement& agreement : account.agreements) {
    if (Next(agreement.state, AgreementEvent::kCancelStop)) agreement.stop_date.reset();
  }
  if (Move(account, AgreementEvent::kCancelStop) == 0)
    return NoneInState(account, AgreementEvent::kCancelStop);
  return account;
}

Result<Account> Close(Account account, std::span<const Account> others_at_premise, Date close_date,
                      Date today) {
  if (account.state == AccountState::kClosed) {
    return FailedPrecondition(reason::kAccountClosed, "The account is closed already.")
        .With("account_id", account.id.value());
  }
  REEVE_RETURN_IF_ERROR(CheckNotFuture(close_date, today));
  REEVE_RETURN_IF_ERROR(CheckNotBeforeStart(account, close_date));
  for (const Agreement& agreement : account.agreements) {
    if (agreement.in_force() && WaitingAt(others_at_premise, agreement.point_no) != nullptr) {
      return FailedPrecondition(reason::kOccupantWaiting,
                                "The next occupant waits: hand the place over to their account.")
          .With("service", agreement.service);
    }
  }
  for (Agreement& agreement : account.agreements) {
    if (agreement.in_force()) agreement.stop_date = close_date;
  }
  Move(account, AgreementEvent::kStop);
  Move(account, AgreementEvent::kCallOff);
  account.state = AccountState::kClosed;
  account.close_date = close_date;
  return account;
}

Account Settle(Account account) {
  if (account.state == AccountState::kClosed) Move(account, AgreementEvent::kSettle);
  return account;
}

Result<Handover> Transfer(Account old_account, Account new_account, const Premise& premise,
                          Date change_date, std::span<const Read> reads, Date today) {
  if (old_account.premise != premise.id || new_account.premise != premise.id) {
    return FailedPrecondition(reason::kNotAtPremise, "One of the accounts is for another place.")
        .With("premise_id", premise.id.value());
  }
  REEVE_RETURN_IF_ERROR(CheckNotFuture(change_date, today));
  std::vector<int> points = PointsToTransfer(old_account, new_account);
  if (points.empty()) {
    return FailedPrecondition(reason::kNothingToTransfer,
                              "The one is not served where the other waits.");
  }
  REEVE_RETURN_IF_ERROR(CheckNotBeforeStart(old_account, change_date));
  REEVE_RETURN_IF_ERROR(CheckReads(premise, points, reads));

  for (const int no : points) {
    Agreement& stopped = *FindPoint(old_account, no);
    stopped.state = AgreementState::kStopped;
    stopped.stop_date = change_date;
    Agreement& started = *FindPoint(new_account, no);
    started.state = AgreementState::kActive;
    started.start_date = change_date;
  }
  const bool over = std::none_of(
      old_account.agreements.begin(), old_account.agreements.end(),
      [](const Agreement& agreement) { return agreement.in_force() || Waits(agreement); });
  if (over) {
    old_account.state = AccountState::kClosed;
    old_account.close_date = change_date;
  }
  return Handover{std::move(old_account), std::move(new_account), std::move(points)};
}

std::string ToAuditText(const Account& account) {
  AuditText text;
  text.Add("version", account.version)
      .Add("premise", account.premise.value())
      .Add("customer", account.customer.value())
      .Add("class", kCustomerClassName(account.customer_class))
      .Add("state", kAccountStateName(account.state))
      .Add("open_date", account.open_date)
      .Add("close_date", account.close_date)
      .Add("application", account.application.value())
      .Add("timely_since", account.timely_since);
  for (const Agreement& agreement : account.agreements) {
    text.Add("agreement", agreement.id.value())
        .Add("point", agreement.point_no)
        .Add("service", agreement.service)
        .Add("schedule", agreement.schedule_code)
        .Add("quantity", agreement.quantity_thousandths)
        .Add("state", kAgreementStateName(agreement.state))
        .Add("start_date", agreement.start_date)
        .Add("stop_date", agreement.stop_date);
  }
  return text.text();
}

}  // namespace reeve::account
