#include "services/payment/payment/payment_store.h"

#include "services/payment/drawer/drawer_store.h"

namespace reeve::payment {
namespace {

using db::ColumnType;

const db::InsertInto kIntoPayment{"payment_insert",
                                  "payment",
                                  {{"drawer_id"},
                                   {"session_no"},
                                   {"receipt_no"},
                                   {"account_id"},
                                   {"amount_cents"},
                                   {"scanline", ColumnType::kText},
                                   {"business_date", ColumnType::kText},
                                   {"taken_time"},
                                   {"state", ColumnType::kText},
                                   {"void_reason", ColumnType::kText},
                                   {"void_requested_by"},
                                   {"void_approved_by"}}};
const db::InsertInto kIntoTender{"tender_insert",
                                 "tender",
                                 {{"drawer_id"},
                                  {"session_no"},
                                  {"receipt_no"},
                                  {"tender_no"},
                                  {"kind", ColumnType::kText},
                                  {"amount_cents"},
                                  {"check_number", ColumnType::kText},
                                  {"bank_last4", ColumnType::kText},
                                  {"card_token", ColumnType::kText}}};
const db::InsertInto kIntoCash{"payment_cash_insert",
                               "payment_cash",
                               {{"drawer_id"},
                                {"session_no"},
                                {"receipt_no"},
                                {"flow", ColumnType::kText},
                                {"denomination"},
                                {"pieces"}}};
const db::InsertInto kIntoDirection{"payment_direction_insert",
                                    "payment_direction",
                                    {{"drawer_id"},
                                     {"session_no"},
                                     {"receipt_no"},
                                     {"direction_no"},
                                     {"service", ColumnType::kText},
                                     {"amount_cents"}}};
constexpr db::Query kListPayments{
    "payment_list",
    "SELECT receipt_no, account_id, amount_cents, scanline, business_date, taken_time, state, "
    "void_reason, void_requested_by, void_approved_by, void_date FROM payment "
    "WHERE drawer_id = $1 AND session_no = $2 AND receipt_no BETWEEN $3 AND $4 "
    "ORDER BY receipt_no"};
constexpr db::Query kListTenders{
    "tender_list",
    "SELECT receipt_no, kind, amount_cents, check_number, bank_last4, card_token FROM tender "
    "WHERE drawer_id = $1 AND session_no = $2 AND receipt_no BETWEEN $3 AND $4 "
    "ORDER BY receipt_no, tender_no"};
constexpr db::Query kListCash{
    "payment_cash_list",
    "SELECT receipt_no, flow, denomination, pieces FROM payment_cash "
    "WHERE drawer_id = $1 AND session_no = $2 AND receipt_no BETWEEN $3 AND $4 "
    "ORDER BY receipt_no"};
constexpr db::Query kListDirections{
    "payment_direction_list",
    "SELECT receipt_no, service, amount_cents FROM payment_direction "
    "WHERE drawer_id = $1 AND session_no = $2 AND receipt_no BETWEEN $3 AND $4 "
    "ORDER BY receipt_no, direction_no"};
constexpr db::Query kSaveVoid{
    "payment_save_void",
    "UPDATE payment SET state = $5, void_reason = $6, void_requested_by = $7, "
    "void_approved_by = $8, void_date = $9 "
    "WHERE drawer_id = $1 AND session_no = $2 AND receipt_no = $3 AND state = $4"};
constexpr db::Query kVoidsPending{
    "payment_voids_pending",
    "SELECT receipt_no FROM payment "
    "WHERE drawer_id = $1 AND session_no = $2 AND state = 'VOID_REQUESTED' "
    "ORDER BY receipt_no"};

constexpr std::string_view kIn = "IN";
constexpr std::string_view kChange = "CHANGE";
constexpr std::string_view kVoid = "VOID";

void AddFlow(db::NewRows& rows, const PaymentId& id, std::string_view flow, const Cash& cash) {
  for (std::size_t i = 0; i < kDenominations.size(); ++i) {
    if (cash[i] == 0) continue;
    rows.Add(id.drawer, id.session_no, id.receipt_no, flow, kDenominations[i], cash[i]);
  }
}

void InsertUnlessEmpty(db::Transaction& tx, const db::NewRows& rows) {
  if (!rows.empty()) tx.InsertRows(rows);
}

// Reads rows, whose first column is a receipt number, into the payments of those numbers.
template <class Fn>
void Distribute(const db::Rows& rows, std::vector<Payment>& payments, const Fn& into) {
  std::size_t at = 0;
  for (const db::Rows::Row row : rows) {
    while (at < payments.size() && payments[at].id.receipt_no < row.Int(0)) ++at;
    if (at < payments.size() && payments[at].id.receipt_no == row.Int(0)) into(payments[at], row);
  }
}

void ReadFlow(Payment& payment, db::Rows::Row row) {
  if (row.Text(1) == kIn) {
    for (Tender& tender : payment.tenders) {
      if (tender.kind == TenderKind::kCash) AddPieces(tender.cash, row.Int(2), row.Int(3));
    }
  } else {
    AddPieces(row.Text(1) == kChange ? payment.change : payment.void_cash, row.Int(2), row.Int(3));
  }
}

}  // namespace

void InsertPayments(db::Transaction& tx, std::span<const Payment> payments) {
  db::NewRows heads(kIntoPayment);
  db::NewRows tenders(kIntoTender);
  db::NewRows cash(kIntoCash);
  db::NewRows directions(kIntoDirection);
  for (const Payment& payment : payments) {
    const auto& [drawer, session_no, receipt_no] = payment.id;
    heads.Add(drawer, session_no, receipt_no, payment.account, payment.amount, payment.scanline,
              payment.business_date, payment.taken_time, kPaymentStateName(payment.state),
              payment.void_reason, payment.void_requested_by, payment.void_approved_by);
    std::int64_t tender_no = 0;
    for (const Tender& tender : payment.tenders) {
      tenders.Add(drawer, session_no, receipt_no, ++tender_no, kTenderKindName(tender.kind),
                  tender.amount, tender.check_number, tender.bank_last4, tender.card_token);
      AddFlow(cash, payment.id, kIn, tender.cash);
    }
    AddFlow(cash, payment.id, kChange, payment.change);
    std::int64_t direction_no = 0;
    for (const Direction& direction : payment.directions) {
      directions.Add(drawer, session_no, receipt_no, ++direction_no, direction.service,
                     direction.amount);
    }
  }
  InsertUnlessEmpty(tx, heads);
  InsertUnlessEmpty(tx, tenders);
  InsertUnlessEmpty(tx, cash);
  InsertUnlessEmpty(tx, directions);
}

std::vector<Payment> ReadPayments(db::Transaction& tx, DrawerId drawer, std::int64_t session_no,
                                  std::int64_t first, std::int64_t last) {
  std::vector<Payment> payments;
  const db::Rows heads = tx.Select(kListPayments, drawer, session_no, first, last);
  for (const db::Rows::Row row : heads) {
    Payment payment;
    payment.id = {drawer, session_no, row.Int(0)};
    payment.account = AccountId(row.Int(1));
    payment.amount = row.Cents(2);
    payment.scanline = row.Text(3);
    payment.business_date = row.Day(4);
    payment.taken_time = row.Time(5);
    payment.state = kPaymentStateName.Read(row.Text(6));
    payment.void_reason = row.Text(7);
    payment.void_requested_by = PersonId(row.Int(8));
    payment.void_approved_by = PersonId(row.Int(9));
    payment.void_date = row.MaybeDay(10);
    payments.push_back(std::move(payment));
  }
  Distribute(tx.Select(kListTenders, drawer, session_no, first, last), payments,
             [](Payment& payment, db::Rows::Row row) {
               payment.tenders.push_back({kTenderKindName.Read(row.Text(1)), row.Cents(2), Cash(),
                                          row.Text(3), row.Text(4), row.Text(5)});
             });
  Distribute(tx.Select(kListCash, drawer, session_no, first, last), payments, ReadFlow);
  Distribute(tx.Select(kListDirections, drawer, session_no, first, last), payments,
             [](Payment& payment, db::Rows::Row row) {
               payment.directions.push_back({row.Text(1), row.Cents(2)});
             });
  return payments;
}

std::optional<Payment> FindPayment(db::Transaction& tx, const PaymentId& id) {
  std::vector<Payment> found =
      ReadPayments(tx, id.drawer, id.session_no, id.receipt_no, id.receipt_no);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

void SaveVoid(db::Transaction& tx, PaymentState before, const Payment& payment) {
  const auto& [drawer, session_no, receipt_no] = payment.id;
  const std::vector<db::Value> change[] = {
      {db::ToValue(drawer), db::ToValue(session_no), db::ToValue(receipt_no),
       db::ToValue(kPaymentStateName(before)), db::ToValue(kPaymentStateName(payment.state)),
       db::ToValue(payment.void_reason), db::ToValue(payment.void_requested_by),
       db::ToValue(payment.void_approved_by), db::ToValue(payment.void_date)}};
  tx.ExecuteEach(kSaveVoid, change);
  db::NewRows cash(kIntoCash);
  AddFlow(cash, payment.id, kVoid, payment.void_cash);
  InsertUnlessEmpty(tx, cash);
}

std::vector<std::int64_t> VoidsPending(db::Transaction& tx, DrawerId drawer,
                                       std::int64_t session_no) {
  std::vector<std::int64_t> receipts;
  const db::Rows rows = tx.Select(kVoidsPending, drawer, session_no);
  for (const db::Rows::Row row : rows) receipts.push_back(row.Int(0));
  return receipts;
}

}  // namespace reeve::payment
