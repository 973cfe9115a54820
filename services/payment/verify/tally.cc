#include "services/payment/verify/tally.h"

namespace reeve::payment {

void Tally::AddPieces(const Cash& cash, int sign) {
  for (std::size_t i = 0; i < pieces_.size(); ++i) pieces_[i] += sign * cash[i];
}

void Tally::Add(const Holding& holding, int sign) {
  AddPieces(holding.cash, sign);
  check_count_ += sign * holding.check_count;
  check_cents_ += sign * holding.checks.cents();
  card_count_ += sign * holding.card_count;
  card_cents_ += sign * holding.cards.cents();
}

void Tally::Add(const Payment& payment) {
  AddPieces(payment.change, -1);
  AddPieces(payment.void_cash, -1);
  for (const Tender& tender : payment.tenders) {
    AddPieces(tender.cash, 1);
    if (payment.state == PaymentState::kVoided) continue;
    if (tender.kind == TenderKind::kCheck) {
      ++check_count_;
      check_cents_ += tender.amount.cents();
    } else if (tender.kind == TenderKind::kCard) {
      ++card_count_;
      card_cents_ += tender.amount.cents();
    }
  }
}

bool Tally::HasPieces(const Cash& cash) const {
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (pieces_[i] != cash[i]) return false;
  }
  return true;
}

bool Tally::Is(const Holding& holding) const {
  return HasPieces(holding.cash) && check_count_ == holding.check_count &&
         check_cents_ == holding.checks.cents() && card_count_ == holding.card_count &&
         card_cents_ == holding.cards.cents();
}

}  // namespace reeve::payment
