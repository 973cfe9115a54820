#include "reeve/payment/v1/payment_service.pb.h"
#include "reeve/payment/v1/remittance_service.pb.h"
#include "services/reevectl/commands/holding.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = payment::v1;

std::string TenderText(const pb::Tender& tender) {
  switch (tender.kind()) {
    case pb::TENDER_KIND_CASH:
      return "cash  " + CashText(tender.cash());
    case pb::TENDER_KIND_CHECK:
      return "check " + tender.check_number() + " of a bank account ending " + tender.bank_last4();
    default:
      return Word(tender.kind());
  }
}

void ShowReceipt(Screen& screen, const pb::Receipt& receipt) {
  screen.Rule();
  screen.Line("RECEIPT " + receipt.payment_id() + "   " + screen.Time(receipt.taken_time_micros()) +
              "   " + receipt.cashier_name());
  screen.Amount("Paid to account " + std::to_string(receipt.account_id()), receipt.amount_cents());
  for (const pb::Direction& direction : receipt.directions()) {
    screen.Amount("directed to " + direction.service(), direction.amount_cents(), 2);
  }
  for (const pb::Tender& tender : receipt.tenders()) {
    screen.Amount(TenderText(tender), tender.amount_cents(), 2);
  }
  if (receipt.change_cents() > 0) {
    screen.Amount("change  " + CashText(receipt.change()), receipt.change_cents(), 2);
  }
  if (receipt.state() != pb::PAYMENT_STATE_TAKEN) {
    screen.Pair(Word(receipt.state()), receipt.void_reason(), 2);
    if (receipt.void_approved_by() != 0) {
      screen.Pair("approved", "by " + screen.Person(receipt.void_approved_by()), 2);
    }
  }
  screen.Rule();
}

void ShowReceipts(Screen& screen, const pb::ListReceiptsResponse& list) {
  std::int64_t total = 0;
  for (const pb::Receipt& receipt : list.receipts()) {
    const bool voided = receipt.state() == pb::PAYMENT_STATE_VOIDED;
    const bool taken = receipt.state() == pb::PAYMENT_STATE_TAKEN;
    screen.Amount(receipt.payment_id() + "  account " + std::to_string(receipt.account_id()) +
                      (taken ? "" : "  " + Word(receipt.state())),
                  receipt.amount_cents());
    if (!voided) total += receipt.amount_cents();
  }
  if (!list.next_page_token().empty()) {
    screen.Line("More follow, so this is no total: --page-token " + list.next_page_token());
    return;
  }
  screen.Amount("Total that stands", total);
}

void ShowChange(Screen& screen, const pb::ChangePreview& preview) {
  screen.Amount("Change " + CashText(preview.change()), preview.change_cents());
}

// How the amount compares with the balance.
std::string BesideBalance(const pb::PaymentPreview& preview) {
  std::int64_t amount = preview.credit_cents();
  for (const pb::ChargeShare& share : preview.shares()) amount += share.amount_cents();
  const std::int64_t over = amount - preview.balance_cents();
  if (preview.balance_cents() <= 0) return "Nothing is due: all of it becomes credit.";
  if (over == 0) return "The amount is the balance.";
  const std::string differs = "The amount differs from the balance by ";
  return over > 0 ? differs + Dollars(over) + ": so much is over and becomes credit."
                  : differs + Dollars(-over) + ": so much is left due.";
}

void ShowPreview(Screen& screen, const pb::PaymentPreview& preview) {
  if (preview.split_follows()) {
    return screen.Line("Billing does not answer; the payment is good, its split follows.");
  }
  screen.Amount("Balance", preview.balance_cents());
  screen.Line("  " + BesideBalance(preview));
  for (const pb::ChargeShare& share : preview.shares()) {
    screen.Amount(share.service() + ", " + share.charge_description(), share.amount_cents(), 2);
  }
  screen.Amount("credit", preview.credit_cents(), 2);
}

void ShowStub(Screen& screen, const pb::Stub& stub) {
  screen.Line("Stub of account " + std::to_string(stub.account_id()) + ", due " + stub.due_date());
  screen.Amount("to pay", stub.net_cents(), 2);
}

}  // namespace

Noun Payments() {
  const Option drawer{"--drawer", "drawer_id", "Number of the drawer", kRequired};
  const Option account{"--account", "account_id", "Account that is paid", kRequired};
  const Option amount{"--amount", "amount_cents", "What is paid, e.g. 151.32", kRequired};
  const Option direct{"--direct", "directions",
                      "The customer's word, e.g. service=water,amount=20.00"};
  const Option payment{"--payment", "payment_id", "Number on the receipt", kRequired};
  return {"payment",
          "Payments at the counter and their receipts.",
          {{"take",
            "Takes a payment. Tenders: --tender kind=cash,amount=60,cash=20x3 or "
            "kind=check,amount=151.32,check_number=1042,bank_last4=6789",
            "reeve.payment.v1.PaymentService/TakePayment",
            {drawer,
             account,
             amount,
             {"--tender", "tenders", "What the customer gives", kRequired},
             direct,
             {"--scanline", "scanline", "Line of the remittance stub"},
             {"--large-cash-confirmed", "large_cash_confirmed",
              "true: cash of more than 10,000.00 was counted again"}},
            As(ShowReceipt)},
           {"change",
            "What change would be given.",
            "reeve.payment.v1.PaymentService/PreviewChange",
            {drawer, amount, {"--cash", "cash", "What is handed over, e.g. 100x1", kRequired}},
            As(ShowChange)},
           {"preview",
            "How a payment would be spread.",
            "reeve.payment.v1.PaymentService/PreviewPayment",
            {account, amount, direct},
            As(ShowPreview)},
           {"stub",
            "Reads a remittance stub and checks its digits.",
            "reeve.payment.v1.RemittanceService/CheckStub",
            {{"--scanline", "scanline", "Line of the stub", kRequired}},
            As(ShowStub)},
           {"show",
            "One receipt.",
            "reeve.payment.v1.PaymentService/GetReceipt",
            {payment},
            As(ShowReceipt)},
           {"list",
            "The receipts of a drawer session.",
            "reeve.payment.v1.PaymentService/ListReceipts",
            {drawer,
             {"--session", "session_no", "Number of the session", kRequired},
             {"--page-size", "page_size", "So many at once, at most 200 (50 if not given)"},
             {"--page-token", "page_token", "What the page before says"}},
            As(ShowReceipts)},
           {"request-void",
            "Asks for a void; somebody else approves or declines it.",
            "reeve.payment.v1.PaymentService/RequestVoid",
            {payment, {"--reason", "reason", "Why", kRequired}},
            As(ShowReceipt)},
           {"approve-void",
            "Approves a void.",
            "reeve.payment.v1.PaymentService/ApproveVoid",
            {payment},
            As(ShowReceipt)},
           {"decline-void",
            "Declines a void that somebody else asks for: the payment stands.",
            "reeve.payment.v1.PaymentService/DeclineVoid",
            {payment},
            As(ShowReceipt)},
           {"withdraw-void",
            "Takes your own wish for a void back: the payment stands.",
            "reeve.payment.v1.PaymentService/WithdrawVoid",
            {payment},
            As(ShowReceipt)}}};
}

}  // namespace reeve::reevectl
