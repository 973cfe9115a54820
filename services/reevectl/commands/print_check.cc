#include "services/reevectl/commands/print_check.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "services/reevectl/screen/screen.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;
using Violation = std::optional<std::string>;

// Nothing if the two are the same.
Violation Differs(const std::string& what, std::int64_t added_up, std::int64_t stated) {
  if (added_up == stated) return std::nullopt;
  return what + " " + Dollars(stated) + ", added up " + Dollars(added_up);
}

Violation CountDiffers(const std::string& what, std::int64_t counted, std::int64_t stated) {
  if (counted == stated) return std::nullopt;
  return what + " " + std::to_string(stated) + ", counted " + std::to_string(counted);
}

// Sums that a cent's worth of nonsense cannot overflow: amounts beyond a hundred billion dollars
// are none.
constexpr std::int64_t kCentsMax = 10'000'000'000'000;

class Sum {
 public:
  void Add(std::int64_t cents) {
    if (cents < -kCentsMax || cents > kCentsMax) beyond_ = true;
    if (!beyond_ && __builtin_add_overflow(cents_, cents, &cents_)) beyond_ = true;
  }
  std::int64_t cents() const { return cents_; }
  bool beyond() const { return beyond_; }

 private:
  std::int64_t cents_ = 0;
  bool beyond_ = false;
};

// The bills of a statement: lines to services, services to bills; what they come to together.
Violation AddBills(const pb::PrintRecord& record, Sum& charges, std::int64_t& line_count) {
  for (const pb::PrintBill& bill : record.bill_printed()) {
    Sum total;
    for (const pb::PrintSegment& segment : bill.segment()) {
      Sum lines;
      for (const pb::PrintLine& line : segment.line()) lines.Add(line.amount_cents());
      line_count += segment.line_size();
      if (lines.beyond()) return "bill " + std::to_string(bill.bill()) + ": no amount of money";
      if (auto differs =
              Differs("bill " + std::to_string(bill.bill()) + ", " + segment.service() + ": total",
                      lines.cents(), segment.amount_cents())) {
        return differs;
      }
      total.Add(segment.amount_cents());
    }
    if (total.beyond()) return "bill " + std::to_string(bill.bill()) + ": no amount of money";
    if (auto differs = Differs("bill " + std::to_string(bill.bill()) + ": total", total.cents(),
                               bill.total_cents())) {
      return differs;
    }
    if (bill.not_charged_cents() < 0 || bill.not_charged_cents() > bill.total_cents()) {
      return "bill " + std::to_string(bill.bill()) + ": what is not charged is no part of it";
    }
    const std::int64_t owed = bill.total_cents() - bill.not_charged_cents();
    Sum due;
    for (const pb::PrintDuePart& part : bill.due_part()) due.Add(part.amount_cents());
    if (bill.due_part_size() > 0 && due.beyond()) {
      return "bill " + std::to_string(bill.bill()) + ": no amount of money";
    }
    if (bill.due_part_size() > 0) {
      if (auto differs =
              Differs("bill " + std::to_string(bill.bill()) + ": owed by day", due.cents(), owed)) {
        return differs;
      }
    }
    charges.Add(owed);
  }
  return std::nullopt;
}

Violation AddMovements(const pb::PrintRecord& record, Sum& payments, Sum& others) {
  for (const pb::PrintMovement& movement : record.movement()) {
    const bool payment = movement.kind() == "PAYMENT" || movement.kind() == "REVERSAL";
    (payment ? payments : others).Add(movement.amount_cents());
    if (movement.amount_cents() == 0) return "a movement of nothing";
  }
  return std::nullopt;
}

}  // namespace

Violation PrintCheck::Add(std::string_view line) {
  ++line_no_;
  pb::PrintRecord record;
  Violation violation;
  if (line.empty() || line.back() != '\n') {
    violation = "it does not end with a line feed";
  } else if (!google::protobuf::util::JsonStringToMessage(
                  std::string(line.substr(0, line.size() - 1)), &record)
                  .ok()) {
    violation = "it is no record of a print file";
  } else {
    violation = AddRecord(record);
  }
  if (record.record() != "trailer") sum_.Add(line);
  if (violation) return "line " + std::to_string(line_no_) + ": " + *violation;
  return std::nullopt;
}

Violation PrintCheck::End() {
  if (trailer_.record().empty()) return "it has no trailer: it is not whole";
  return std::nullopt;
}

Violation PrintCheck::AddRecord(const pb::PrintRecord& record) {
  if (!trailer_.record().empty()) return "a record behind the trailer";
  if ((line_no_ == 1) != (record.record() == "header")) return "a file has one header, in front";
  if (record.record() == "header") {
    if (record.version() < 1 || record.version() > 2) return "its version is neither 1 nor 2";
    header_ = record;
    return std::nullopt;
  }
  if (record.record() == "statement") return AddStatement(record);
  if (record.record() == "trailer") return AddTrailer(record);
  return "it is no record of a print file";
}

Violation PrintCheck::AddStatement(const pb::PrintRecord& record) {
  const std::string account = "account " + std::to_string(record.account()) + ": ";
  if (record.account() <= last_account_) return account + "not in the order of accounts";
  last_account_ = record.account();
  Sum charges;
  Sum payments;
  Sum others;
  std::int64_t line_count = 0;
  if (auto violation = AddBills(record, charges, line_count)) return account + *violation;
  if (auto violation = AddMovements(record, payments, others)) return account + *violation;
  Sum balance;
  balance.Add(record.previous_cents());
  for (const Sum* part : {&payments, &others, &charges}) {
    balance.Add(part->beyond() ? kCentsMax + 1 : part->cents());
  }
  if (balance.beyond()) return account + "no amount of money";
  const struct {
    const char* what;
    std::int64_t added_up;
    std::int64_t stated;
  } expected[] = {
      {"payments", payments.cents(), record.payment_cents()},
      {"other movements", others.cents(), record.other_cents()},
      {"charges", charges.cents(), record.charge_cents()},
      {"new balance", balance.cents(), record.new_balance_cents()},
      {"amount due", std::max<std::int64_t>(0, balance.cents()), record.amount_due_cents()},
  };
  for (const auto& [what, added_up, stated] : expected) {
    if (auto differs = Differs(what, added_up, stated)) return account + *differs;
  }
  sums_.set_statements(sums_.statements() + 1);
  sums_.set_lines(sums_.lines() + line_count);
  sums_.set_movements(sums_.movements() + record.movement_size());
  sums_.set_previous_cents(sums_.previous_cents() + record.previous_cents());
  sums_.set_payment_cents(sums_.payment_cents() + record.payment_cents());
  sums_.set_other_cents(sums_.other_cents() + record.other_cents());
  sums_.set_charge_cents(sums_.charge_cents() + record.charge_cents());
  sums_.set_new_balance_cents(sums_.new_balance_cents() + record.new_balance_cents());
  sums_.set_amount_due_cents(sums_.amount_due_cents() + record.amount_due_cents());
  return std::nullopt;
}

Violation PrintCheck::AddTrailer(const pb::PrintRecord& record) {
  trailer_ = record;
  for (const auto& differs :
       {CountDiffers("trailer: statements", sums_.statements(), record.statements()),
        CountDiffers("trailer: lines", sums_.lines(), record.lines()),
        CountDiffers("trailer: movements", sums_.movements(), record.movements()),
        Differs("trailer: previous balances", sums_.previous_cents(), record.previous_cents()),
        Differs("trailer: payments", sums_.payment_cents(), record.payment_cents()),
        Differs("trailer: other movements", sums_.other_cents(), record.other_cents()),
        Differs("trailer: charges", sums_.charge_cents(), record.charge_cents()),
        Differs("trailer: new balances", sums_.new_balance_cents(), record.new_balance_cents()),
        Differs("trailer: amounts due", sums_.amount_due_cents(), record.amount_due_cents())}) {
    if (differs) return differs;
  }
  if (sum_.Finish() != record.sha256()) return "trailer: the bytes have another SHA-256";
  return std::nullopt;
}

}  // namespace reeve::reevectl
