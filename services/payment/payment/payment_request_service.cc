#include "services/payment/payment/payment_request_service.h"

#include <algorithm>
#include <set>

#include "services/payment/remittance/remittance_service.h"
#include "services/payment/wire.h"
#include "shared/core/service.h"

namespace reeve::payment {
namespace {

constexpr std::int64_t kAmountMax = 100'000'000;  // a million dollars
constexpr int kTendersMax = 10;
constexpr std::size_t kReasonMax = 500;
constexpr std::size_t kCheckNumberMax = 20;
constexpr std::size_t kLast4 = 4;
constexpr std::size_t kTokenMin = 8;
constexpr std::size_t kTokenMax = 64;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool AreDigits(std::string_view text, std::size_t min, std::size_t max) {
  return text.size() >= min && text.size() <= max && std::ranges::all_of(text, IsDigit);
}

// Whether its digits are a card's number (ISO/IEC 7812: 12 to 19 with a check digit by Luhn),
// whatever stands between them.
bool HoldsCardNumber(std::string_view text) {
  constexpr std::size_t kPanMin = 12;
  constexpr std::size_t kPanMax = 19;
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), IsDigit);
  if (digits.size() < kPanMin || digits.size() > kPanMax) return false;
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int digit = digits[digits.size() - 1 - i] - '0';
    const int doubled = digit * 2;
    sum += i % 2 == 0 ? digit : doubled / 10 + doubled % 10;
  }
  return sum % 10 == 0;
}

bool IsCardToken(std::string_view text) {
  return text.size() >= kTokenMin && text.size() <= kTokenMax &&
         std::ranges::any_of(text, IsLetter) &&
         std::ranges::all_of(
             text, [](char c) { return IsDigit(c) || IsLetter(c) || c == '_' || c == '-'; }) &&
         !HoldsCardNumber(text);
}

AccountId ParseAccount(Fields& fields, std::int64_t value) {
  if (!IsAccountNumber(value)) fields.Refuse("account_id", "is no account number");
  return AccountId(value);
}

Money ParseAmount(Fields& fields, const std::string& field, std::int64_t cents) {
  return fields.Cents(field, cents, 1, kAmountMax);
}

void RefuseUnlessEmpty(Fields& fields, const std::string& field, bool empty) {
  if (!empty) fields.Refuse(field, "does not belong to this kind of tender");
}

// Where the kind is not known: what no kind could have.
void CheckMaybeTender(Fields& fields, const std::string& at, const v1::Tender& wire) {
  fields.Range(at + "amount_cents", wire.amount_cents(), 0, kAmountMax);
  ParseCash(fields, at + "cash", wire.cash());
  if (!AreDigits(wire.check_number(), 0, kCheckNumberMax)) {
    fields.Refuse(at + "check_number", "has 1 to 20 digits");
  }
  if (!AreDigits(wire.bank_last4(), 0, kLast4)) fields.Refuse(at + "bank_last4", "has four digits");
  if (!wire.card_token().empty() && !IsCardToken(wire.card_token())) {
    fields.Refuse(at + "card_token", "is no token of the terminal");
  }
}

Tender ParseTender(Fields& fields, const std::string& at, const v1::Tender& wire) {
  const auto kind = FromWire(fields, at + "kind", wire.kind(), kTenderKindName);
  if (!kind) {
    CheckMaybeTender(fields, at, wire);
    return {};
  }
  Tender tender{*kind,
                Money(),
                ParseCash(fields, at + "cash", wire.cash()),
                wire.check_number(),
                wire.bank_last4(),
                wire.card_token()};
  if (*kind == TenderKind::kCash) {
    tender.amount = tender.cash.Total();
    if (wire.cash().empty()) fields.Refuse(at + "cash", "is required");
    if (wire.amount_cents() != 0 && wire.amount_cents() != tender.amount.cents()) {
      fields.Refuse(at + "amount_cents", "is not the sum of the pieces");
    }
  } else {
    tender.amount = ParseAmount(fields, at + "amount_cents", wire.amount_cents());
    RefuseUnlessEmpty(fields, at + "cash", wire.cash().empty());
  }
  if (*kind == TenderKind::kCheck) {
    if (!AreDigits(tender.check_number, 1, kCheckNumberMax)) {
      fields.Refuse(at + "check_number", "has 1 to 20 digits");
    }
    if (!tender.bank_last4.empty() && !AreDigits(tender.bank_last4, kLast4, kLast4)) {
      fields.Refuse(at + "bank_last4", "has four digits");
    }
  } else {
    RefuseUnlessEmpty(fields, at + "check_number", tender.check_number.empty());
    RefuseUnlessEmpty(fields, at + "bank_last4", tender.bank_last4.empty());
  }
  if (*kind == TenderKind::kCard) {
    if (!IsCardToken(tender.card_token)) {
      fields.Refuse(at + "card_token", "is no token of the terminal");
    }
  } else {
    RefuseUnlessEmpty(fields, at + "card_token", tender.card_token.empty());
  }
  return tender;
}

template <class Tenders>
std::vector<Tender> ParseTenders(Fields& fields, const Tenders& wires) {
  std::vector<Tender> tenders;
  if (wires.empty()) fields.Refuse("tenders", "are required");
  if (wires.size() > kTendersMax) fields.Refuse("tenders", "are more than ten");
  int cash = 0;
  for (int i = 0; i < std::min(wires.size(), kTendersMax); ++i) {
    const std::string at = "tenders[" + std::to_string(i) + "].";
    tenders.push_back(ParseTender(fields, at, wires[i]));
    cash += wires[i].kind() == v1::TENDER_KIND_CASH;
  }
  if (cash > 1) fields.Refuse("tenders", "have cash more than once");
  return tenders;
}

template <class Directions>
std::vector<Direction> ParseDirections(Fields& fields, const Directions& wires) {
  std::vector<Direction> directions;
  std::set<std::string_view> seen;
  const int size = std::min(wires.size(), static_cast<int>(Services().size()));
  if (wires.size() > size) fields.Refuse("directions", "are more than there are services");
  for (int i = 0; i < size; ++i) {
    const std::string at = "directions[" + std::to_string(i) + "].";
    const std::string& service = wires[i].service();
    if (!IsService(service)) {
      fields.Refuse(at + "service", "is no service");
    } else if (!seen.insert(service).second) {
      fields.Refuse(at + "service", "stands twice");
    }
    directions.push_back(
        {service, ParseAmount(fields, at + "amount_cents", wires[i].amount_cents())});
  }
  return directions;
}

PaymentId ParsePayment(Fields& fields, const std::string& text) {
  const std::optional<PaymentId> id = PaymentId::Parse(text);
  if (!id) fields.Refuse("payment_id", "is no payment's");
  return id.value_or(PaymentId());
}

template <class Command, class Request>
Command ParseOfPayment(Fields& fields, const Request& request) {
  Command command;
  command.request_id = fields.RequestId(request.request_id());
  command.payment = ParsePayment(fields, request.payment_id());
  return command;
}

template <class Command, class Request>
Result<Command> ParseOfPayment(const Request& request) {
  Fields fields;
  auto command = ParseOfPayment<Command>(fields, request);
  if (!fields.ok()) return fields.error();
  return command;
}

}  // namespace

Result<TakePayment> Parse(const v1::TakePaymentRequest& request) {
  Fields fields;
  TakePayment command;
  command.request_id = fields.RequestId(request.request_id());
  command.drawer = DrawerId(fields.Id("drawer_id", request.drawer_id()));
  command.account = ParseAccount(fields, request.account_id());
  command.amount = ParseAmount(fields, "amount_cents", request.amount_cents());
  command.tenders = ParseTenders(fields, request.tenders());
  command.directions = ParseDirections(fields, request.directions());
  command.scanline = ParseScanline(fields, request.scanline());
  command.large_cash_confirmed = request.large_cash_confirmed();
  if (!fields.ok()) return fields.error();
  return command;
}

Result<RequestVoidCommand> Parse(const v1::RequestVoidRequest& request) {
  Fields fields;
  auto command = ParseOfPayment<RequestVoidCommand>(fields, request);
  command.reason = fields.Text("reason", request.reason(), 1, kReasonMax);
  if (!fields.ok()) return fields.error();
  return command;
}

Result<ApproveVoidCommand> Parse(const v1::ApproveVoidRequest& request) {
  return ParseOfPayment<ApproveVoidCommand>(request);
}

Result<DeclineVoidCommand> Parse(const v1::DeclineVoidRequest& request) {
  return ParseOfPayment<DeclineVoidCommand>(request);
}

Result<WithdrawVoidCommand> Parse(const v1::WithdrawVoidRequest& request) {
  return ParseOfPayment<WithdrawVoidCommand>(request);
}

Result<ChangeQuestion> Parse(const v1::PreviewChangeRequest& request) {
  Fields fields;
  const ChangeQuestion question{DrawerId(fields.Id("drawer_id", request.drawer_id())),
                                ParseAmount(fields, "amount_cents", request.amount_cents()),
                                ParseCash(fields, "cash", request.cash())};
  if (!fields.ok()) return fields.error();
  return question;
}

Result<SplitQuestion> Parse(const v1::PreviewPaymentRequest& request) {
  Fields fields;
  const SplitQuestion question{ParseAccount(fields, request.account_id()),
                               ParseAmount(fields, "amount_cents", request.amount_cents()),
                               ParseDirections(fields, request.directions())};
  if (!fields.ok()) return fields.error();
  return question;
}

Result<PaymentId> Parse(const v1::GetReceiptRequest& request) {
  Fields fields;
  const PaymentId id = ParsePayment(fields, request.payment_id());
  if (!fields.ok()) return fields.error();
  return id;
}

}  // namespace reeve::payment
