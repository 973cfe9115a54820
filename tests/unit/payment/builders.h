// Hand-readable values for the tests of payment's rules.
#pragma once

#include <string>
#include <vector>

#include "services/payment/payment/payment.h"

namespace reeve::payment::testing {

inline constexpr PersonId kCashier{7};
inline constexpr PersonId kSupervisor{8};
inline constexpr PersonId kStranger{9};
inline constexpr DrawerId kDrawer{3};
inline constexpr DrawerId kVault{100};
inline constexpr AccountId kAccount{345678901};  // 00345678901, as on Creditron's sample stub
inline const Date kToday = Date::Parse("2026-11-23").value();  // a Monday
inline const Instant kNow = Instant::Parse("2026-11-23T08:10:00-07:00").value();

inline Session OpenSession(const Cash& pieces) {
  Session session;
  session.drawer = kDrawer;
  session.no = 2;
  session.cashier = kCashier;
  session.cashier_name = "Cashier Seven";
  session.business_date = kToday;
  session.opened_time = kNow;
  session.pieces = pieces;
  session.cash = pieces.Total();
  return session;
}

inline Tender CashTender(const Cash& cash) {
  return {TenderKind::kCash, cash.Total(), cash, "", "", ""};
}
inline Tender CheckTender(std::int64_t cents, std::string number = "1001") {
  return {TenderKind::kCheck, Money::Cents(cents), {}, std::move(number), "1234", ""};
}
inline Tender CardTender(std::int64_t cents) {
  return {TenderKind::kCard, Money::Cents(cents), {}, "", "", "tok_9f3a2b71"};
}

inline TakePayment Pay(std::int64_t cents, std::vector<Tender> tenders) {
  TakePayment command;
  command.request_id = "request-0000000001";
  command.drawer = kDrawer;
  command.account = kAccount;
  command.amount = Money::Cents(cents);
  command.tenders = std::move(tenders);
  return command;
}

template <class T>
std::string ReasonOf(const Result<T>& result) {
  return result.ok() ? "" : result.error().reason();
}

}  // namespace reeve::payment::testing
