#include "services/payment/verify/verify_store.h"

#include <algorithm>
#include <limits>
#include <map>
#include <stdexcept>

#include "services/payment/bank_deposit/bank_deposit_store.h"
#include "services/payment/drawer/drawer_store.h"
#include "services/payment/journal/journal_store.h"
#include "services/payment/payment/payment_store.h"
#include "services/payment/vault/vault_store.h"
#include "services/payment/verify/tally.h"

namespace reeve::payment {
namespace {

constexpr std::size_t kDenominationCount = kDenominations.size();

constexpr db::Query kDrawers{"verify_drawers",
                             "SELECT drawer_id, last_session_no FROM drawer ORDER BY drawer_id"};
constexpr db::Query kSessions{
    "verify_sessions",
    "SELECT drawer_id, session_no FROM drawer_session ORDER BY drawer_id, session_no"};
constexpr db::Query kTransfers{
    "verify_transfers",
    "SELECT drawer_id, transfer_id FROM transfer ORDER BY drawer_id, transfer_id"};
constexpr db::Query kVaults{"verify_vaults", "SELECT drawer_id FROM vault ORDER BY drawer_id"};
constexpr db::Query kDeposits{
    "verify_deposits",
    "SELECT drawer_id, deposit_id FROM bank_deposit ORDER BY drawer_id, deposit_id"};
constexpr db::Query kCashiers{
    "verify_cashiers", "SELECT person_id, drawer_id, session_no FROM cashier ORDER BY person_id"};
constexpr db::Query kTakings{
    "verify_takings",
    "SELECT drawer_id, from_drawer_id, session_no, business_date, cash_cents, check_count, "
    "check_cents FROM vault_taking ORDER BY from_drawer_id, session_no"};
constexpr db::Query kChecks{
    "verify_checks",
    "SELECT from_drawer_id, session_no, receipt_no, tender_no, check_number, bank_last4, "
    "amount_cents FROM vault_check WHERE drawer_id = $1 AND from_drawer_id = $2 "
    "AND session_no = $3 ORDER BY receipt_no, tender_no"};
// Ordered by home: an entity's entries are on one chain, in the order of their sequence.
constexpr db::Query kAudited{
    "verify_audited",
    "SELECT entity, entity_id, after_state FROM audit_entry WHERE entity IN "
    "('drawer', 'drawer-session', 'payment', 'transfer', 'bank-deposit', 'check-difference') "
    "ORDER BY chain, sequence"};
// The drawer's chain is the one that its own entries are on.
constexpr db::Query kAnchor{"verify_anchor",
                            "SELECT hash FROM audit_entry WHERE sequence = $2 AND "
                            "chain = (SELECT min(chain) FROM audit_entry WHERE home = $1)"};
constexpr db::Query kBrokenNumbers{
    "verify_broken_numbers",
    "SELECT 'posting', drawer_id, session_no, entry_no FROM posting "
    "GROUP BY drawer_id, session_no, entry_no HAVING min(line_no) <> 1 OR max(line_no) <> COUNT(*) "
    "UNION ALL SELECT 'tender', drawer_id, session_no, receipt_no FROM tender "
    "GROUP BY drawer_id, session_no, receipt_no "
    "HAVING min(tender_no) <> 1 OR max(tender_no) <> COUNT(*) "
    "UNION ALL SELECT 'payment_direction', drawer_id, session_no, receipt_no "
    "FROM payment_direction GROUP BY drawer_id, session_no, receipt_no "
    "HAVING min(direction_no) <> 1 OR max(direction_no) <> COUNT(*) "
    // A row for each denomination, also where it counts nothing.
    "UNION ALL SELECT 'drawer_cash', drawer_id, session_no, 0 FROM drawer_cash "
    "GROUP BY drawer_id, session_no HAVING COUNT(*) <> $1 "
    "UNION ALL SELECT 'drawer_count_cash', drawer_id, session_no, 0 FROM drawer_count_cash "
    "GROUP BY drawer_id, session_no HAVING COUNT(*) <> $1 "
    "UNION ALL SELECT 'vault_cash', drawer_id, 0, 0 FROM vault_cash "
    "GROUP BY drawer_id HAVING COUNT(*) <> $1"};
constexpr db::Query kRowCounts{
    "verify_row_counts",
    "SELECT (SELECT COUNT(*) FROM drawer), (SELECT COUNT(*) FROM drawer_cash), "
    "(SELECT COUNT(*) FROM drawer_count), (SELECT COUNT(*) FROM drawer_count_cash), "
    "(SELECT COUNT(*) FROM posting), (SELECT COUNT(*) FROM payment), "
    "(SELECT COUNT(*) FROM tender), (SELECT COUNT(*) FROM payment_cash), "
    "(SELECT COUNT(*) FROM payment_direction), (SELECT COUNT(*) FROM vault_cash), "
    "(SELECT COUNT(*) FROM transfer_cash), (SELECT COUNT(*) FROM vault_check), "
    "(SELECT COUNT(*) FROM bank_deposit_cash), (SELECT COUNT(*) FROM vault), "
    "(SELECT COUNT(*) FROM check_difference)"};
constexpr std::array<std::string_view, 15> kCountedTables = {"drawer",
                                                             "drawer_cash",
                                                             "drawer_count",
                                                             "drawer_count_cash",
                                                             "posting",
                                                             "payment",
                                                             "tender",
                                                             "payment_cash",
                                                             "payment_direction",
                                                             "vault_cash",
                                                             "transfer_cash",
                                                             "vault_check",
                                                             "bank_deposit_cash",
                                                             "vault",
                                                             "check_difference"};

std::string Key(DrawerId drawer, std::int64_t number) {
  return drawer.ToString() + "-" + std::to_string(number);
}

std::int64_t Kinds(const Cash& cash) {
  std::int64_t kinds = 0;
  for (std::size_t i = 0; i < kDenominationCount; ++i) kinds += cash[i] != 0;
  return kinds;
}

// One pass over all documents. What they amount to is gathered on the way and compared at the end.
class Proof {
 public:
  explicit Proof(db::Transaction& tx) : tx_(tx) {}

  std::vector<Finding> Run() {
    Guard(rows_, [&] { ReadAudited(); });
    Guard(transfers_, [&] { CheckTransfers(); });
    Guard(drawers_, [&] { CheckDrawers(); });
    for (const SessionKey& key : AllSessions(tx_)) {
      Guard(sessions_, [&] { CheckSession(key); });
    }
    Guard(sessions_, [&] { CheckCashiers(); });
    Guard(takings_, [&] { CheckTakings(); });
    Guard(deposits_, [&] { CheckDeposits(); });
    Guard(vaults_, [&] { CheckVaults(); });
    Guard(rows_, [&] { CheckRows(); });
    return {drawers_, sessions_, receipts_, contents_, transfers_,
            vaults_,  takings_,  deposits_, journal_,  rows_};
  }

 private:
  using Expected = std::map<std::pair<EntryKind, std::int64_t>, std::pair<Entry, Date>>;

  static void Refuse(Finding& finding, std::string violation) {
    if (finding.violation.empty()) finding.violation = std::move(violation);
  }
  // A row that cannot even be read (a name that no enum has, a date that is none) is a finding.
  template <class Fn>
  static void Guard(Finding& finding, const Fn& check) {
    try {
      check();
    } catch (const db::DatabaseError&) {
      throw;
    } catch (const std::exception& error) {
      Refuse(finding, std::string("a row cannot be read: ") + error.what());
    }
  }

  void ReadAudited() {
    const db::Rows rows = tx_.Select(kAudited);
    for (const db::Rows::Row row : rows) audited_[{row.Text(0), row.Text(1)}] = row.Text(2);
  }
  // The thing stands as it was last audited.
  void CheckAudited(Finding& finding, const std::string& entity, const std::string& id,
                    const std::string& now) {
    ++finding.examined;
    const auto found = audited_.find({entity, id});
    if (found == audited_.end()) return Refuse(finding, entity + " " + id + ": not audited");
    if (found->second != now) Refuse(finding, entity + " " + id + ": is not as it was audited");
    audited_.erase(found);
  }

  void CheckTransfers() {
    const db::Rows rows = tx_.Select(kTransfers);
    for (const db::Rows::Row row : rows) {
      const Transfer transfer = *FindTransfer(tx_, DrawerId(row.Int(0)), row.Int(1));
      CheckAudited(transfers_, "transfer", Key(transfer.drawer, transfer.id), Describe(transfer));
      counted_rows_["transfer_cash"] += Kinds(transfer.counted.cash);
      const bool accepted = transfer.state == TransferState::kAccepted;
      const bool left = transfer.state != TransferState::kCancelled;
      Tally& vault = vault_tallies_[transfer.vault];
      if (transfer.kind == TransferKind::kStartingCash) {
        if (left) vault.Add(transfer.counted, -1);
      } else if (accepted) {
        vault.Add(transfer.counted, 1);
      }
      by_session_[{transfer.drawer, transfer.session_no}].push_back(transfer);
    }
  }

  void CheckDrawers() {
    const db::Rows rows = tx_.Select(kDrawers);
    for (const db::Rows::Row row : rows) {
      const DrawerId id(row.Int(0));
      CheckAudited(drawers_, "drawer", id.ToString(), Describe(*FindDrawer(tx_, id)));
      last_session_[id] = row.Int(1);
      ++counted_rows_["drawer"];
    }
    std::map<DrawerId, std::int64_t> last;
    for (const auto& [drawer, no] : AllSessions(tx_)) {
      if (no != ++last[drawer]) Refuse(drawers_, "drawer " + Key(drawer, no) + ": a gap before");
    }
    for (const auto& [drawer, no] : last_session_) {
      if (last[drawer] != no) Refuse(drawers_, "drawer " + drawer.ToString() + ": last_session_no");
    }
  }

  void CheckSession(const SessionKey& key) {
    const std::string name = Key(key.drawer, key.session_no);
    const Session session = *FindSession(tx_, key.drawer, key.session_no);
    const std::optional<Count> count = FindCount(tx_, key.drawer, key.session_no);
    CheckAudited(sessions_, "drawer-session", name, Describe(session, count));
    if (session.state == SessionState::kOpen || session.state == SessionState::kCounted) {
      cashiers_[session.cashier] = {session.drawer, session.no};
    }
    if (session.closed_by.is_set()) CheckAnchor(session);
    counted_rows_["drawer_cash"] += kDenominationCount;
    counted_rows_["drawer_count"] += count.has_value();
    counted_rows_["drawer_count_cash"] += count ? kDenominationCount : 0;

    Expected expected;
    const std::vector<Payment> payments = AllPayments(tx_, key);
    Tally tally = CheckReceipts(session, payments, expected);
    const std::vector<Transfer>& transfers = by_session_[{key.drawer, key.session_no}];
    CheckContents(session, count, transfers, tally);
    for (const Transfer& transfer : transfers) Expect(expected, transfer);
    if (session.closed_date) {
      Expect(expected, OverShortEntry(count->Over()), *session.closed_date);
    }
    CheckBook(key.drawer, key.session_no, session.next_entry_no, expected);
    if (session.state == SessionState::kTurnedIn) ExpectTaking(session, transfers, payments);
  }

  void CheckAnchor(const Session& session) {
    const db::Rows rows = tx_.Select(kAnchor, session.drawer, session.anchor_length);
    if (rows.empty() || db::ToText(rows[0].Blob(0)) != session.anchor_hash) {
      Refuse(sessions_, "drawer-session " + Key(session.drawer, session.no) +
                            ": its anchor is not on the audit chain");
    }
  }

  // Receipts run 1, 2, 3, ...; answers what the payments left in the drawer.
  Tally CheckReceipts(const Session& session, const std::vector<Payment>& payments,
                      Expected& expected) {
    Tally tally;
    std::int64_t next = 1;
    for (const Payment& payment : payments) {
      if (payment.id.receipt_no != next++) {
        Refuse(receipts_, "payment " + payment.id.ToString() + ": a receipt number is missing");
      }
      CheckAudited(receipts_, "payment", payment.id.ToString(), Describe(payment));
      tally.Add(payment);
      Expect(expected, PaymentEntry(payment.id.receipt_no, NetAmounts(payment)),
             payment.business_date);
      if (payment.void_date) {
        Expect(expected, VoidEntry(payment.id.receipt_no, NetAmounts(payment)), *payment.void_date);
      }
      ++counted_rows_["payment"];
      counted_rows_["tender"] += payment.tenders.size();
      counted_rows_["payment_direction"] += payment.directions.size();
      for (const Tender& tender : payment.tenders) {
        counted_rows_["payment_cash"] += Kinds(tender.cash);
      }
      counted_rows_["payment_cash"] += Kinds(payment.change) + Kinds(payment.void_cash);
    }
    if (session.next_receipt_no != next) {
      Refuse(receipts_, "drawer-session " + Key(session.drawer, session.no) +
                            ": next_receipt_no does not follow its receipts");
    }
    return tally;
  }

  // Drawer = starting cash + tenders - change - moves, per tender and denomination.
  void CheckContents(const Session& session, const std::optional<Count>& count,
                     const std::vector<Transfer>& transfers, Tally tally) {
    ++contents_.examined;
    const std::string name = "drawer-session " + Key(session.drawer, session.no);
    bool turned_in = false;
    for (const Transfer& transfer : transfers) {
      if (transfer.kind == TransferKind::kStartingCash &&
          transfer.state == TransferState::kAccepted) {
        tally.Add(transfer.counted, 1);
      }
      turned_in |=
          transfer.kind == TransferKind::kTurnIn && transfer.state != TransferState::kCancelled;
    }
    const bool is_counted = session.state != SessionState::kOpen;
    if (is_counted != count.has_value()) return Refuse(contents_, name + ": its count");
    if (count && !tally.Is(count->expected)) {
      Refuse(contents_, name + ": expected is not what its documents say");
    }
    if (session.closed_by.is_set()) {
      tally = Tally();
      if (!turned_in) tally.Add(count->counted, 1);
    }
    if (!tally.Is(session.Contents()) || session.cash != session.pieces.Total()) {
      Refuse(contents_, name + ": does not hold what its documents say");
    }
  }

  static void Expect(Expected& expected, Entry entry, Date date) {
    if (entry.postings.empty()) return;
    const std::pair key(entry.kind, entry.reference);
    expected[key] = {std::move(entry), date};
  }
  static void Expect(Expected& expected, const Transfer& t) {
    const TenderAmounts amounts = TenderAmounts::Of(t.counted);
    Expect(expected,
           MoveEntry(EntryKind::kTransferSent, t.id, From(t.kind), Place::kTransit, amounts),
           t.initiated_date);
    if (t.state == TransferState::kAccepted) {
      Expect(expected,
             MoveEntry(EntryKind::kTransferReceived, t.id, Place::kTransit, To(t.kind), amounts),
             *t.ended_date);
    } else if (t.state == TransferState::kCancelled) {
      Expect(expected,
             MoveEntry(EntryKind::kTransferReturned, t.id, Place::kTransit, From(t.kind), amounts),
             *t.ended_date);
    }
  }

  // The book has the entries that its documents ask for, numbered without a gap, and no others.
  void CheckBook(DrawerId home, std::int64_t session_no, std::int64_t next_entry_no,
                 Expected& expected) {
    std::int64_t next = 1;
    for (const NumberedEntry& numbered : ReadEntries(tx_, home, session_no)) {
      ++journal_.examined;
      counted_rows_["posting"] += numbered.entry.postings.size();
      const std::string name =
          "entry " + Key(home, session_no) + "-" + std::to_string(numbered.entry_no);
      if (!CheckBalanced(numbered.entry.postings).ok()) Refuse(journal_, name + ": not balanced");
      if (numbered.entry_no != next++) Refuse(journal_, name + ": a number is missing");
      const auto found = expected.find({numbered.entry.kind, numbered.entry.reference});
      if (found == expected.end() ||
          found->second != std::pair(numbered.entry, numbered.business_date)) {
        Refuse(journal_, name + ": is not what its document asks for");
      } else {
        expected.erase(found);
      }
    }
    if (!expected.empty() || next != next_entry_no) {
      Refuse(journal_, "book " + Key(home, session_no) + ": an entry is missing");
    }
  }

  void CheckCashiers() {
    const db::Rows rows = tx_.Select(kCashiers);
    std::map<PersonId, std::pair<DrawerId, std::int64_t>> found;
    for (const db::Rows::Row row : rows) {
      found[PersonId(row.Int(0))] = {DrawerId(row.Int(1)), row.Int(2)};
    }
    if (found != cashiers_) Refuse(sessions_, "cashier: not those who have a drawer open");
  }

  void ExpectTaking(const Session& session, const std::vector<Transfer>& transfers,
                    const std::vector<Payment>& payments) {
    for (const Transfer& transfer : transfers) {
      if (transfer.kind != TransferKind::kTurnIn || transfer.state != TransferState::kAccepted) {
        continue;
      }
      const Money starting = StartingCash(tx_, session.drawer, session.no).Total();
      const Holding& in = transfer.counted;
      expected_takings_[{transfer.vault, session.drawer, session.no}] = {
          {session.drawer, session.no, session.business_date,
           Money::Cents(in.cash.Total().cents() - starting.cents()), in.check_count, in.checks},
          ChecksOf(payments)};
    }
  }

  void CheckTakings() {
    const db::Rows rows = tx_.Select(kTakings);
    for (const db::Rows::Row row : rows) {
      ++takings_.examined;
      const DrawerId vault(row.Int(0));
      const Taking taking{DrawerId(row.Int(1)), row.Int(2), row.Day(3),
                          row.Cents(4),         row.Int(5), row.Cents(6)};
      const std::string name = "vault_taking " + Key(taking.drawer, taking.session_no);
      const auto found = expected_takings_.find({vault, taking.drawer, taking.session_no});
      if (found == expected_takings_.end() || found->second.first != taking) {
        Refuse(takings_, name + ": is not what was turned in");
        continue;
      }
      const std::vector<VaultCheck> checks = ReadChecks(vault, taking);
      counted_rows_["vault_check"] += checks.size();
      if (checks != found->second.second) Refuse(takings_, name + ": its checks");
      expected_takings_.erase(found);
    }
    if (!expected_takings_.empty()) Refuse(takings_, "vault_taking: a turn-in is missing");
  }

  std::vector<VaultCheck> ReadChecks(DrawerId vault, const Taking& taking) {
    std::vector<VaultCheck> checks;
    const db::Rows rows = tx_.Select(kChecks, vault, taking.drawer, taking.session_no);
    for (const db::Rows::Row row : rows) {
      checks.push_back({{DrawerId(row.Int(0)), row.Int(1), row.Int(2)},
                        row.Int(3),
                        row.Text(4),
                        row.Text(5),
                        row.Cents(6)});
    }
    return checks;
  }

  void CheckDeposits() {
    std::size_t takings = 0;
    std::size_t checks = 0;
    std::size_t differences = 0;
    const db::Rows rows = tx_.Select(kDeposits);
    for (const db::Rows::Row row : rows) {
      const BankDeposit deposit = *FindBankDeposit(tx_, DrawerId(row.Int(0)), row.Int(1));
      CheckAudited(deposits_, "bank-deposit", Key(deposit.vault, deposit.id), Describe(deposit));
      counted_rows_["bank_deposit_cash"] += Kinds(deposit.cash);
      takings += deposit.takings.size();
      checks += deposit.checks.size();
      differences += deposit.differences.size();
      const Due covers = deposit.Covers();
      if (deposit.cash.Total() != covers.Cash() || deposit.Checks() != covers.Checks() ||
          static_cast<std::int64_t>(deposit.checks.size()) != covers.CheckCount()) {
        Refuse(deposits_,
               "bank-deposit " + Key(deposit.vault, deposit.id) + ": is not worth what it covers");
      }
      vault_tallies_[deposit.vault].Add({deposit.cash, 0, {}, 0, {}}, -1);
      Expect(vault_books_[deposit.vault], DepositEntry(deposit), deposit.prepared_date);
    }
    const db::Rows vaults = tx_.Select(kVaults);
    for (const db::Rows::Row row : vaults) {
      const Due due = FindDue(tx_, DrawerId(row.Int(0)));
      takings += due.takings.size();
      checks += due.checks.size();
      differences += due.differences.size();
      counted_rows_["check_difference"] += CheckDifferences(DrawerId(row.Int(0)));
    }
    if (takings != static_cast<std::size_t>(takings_.examined) ||
        checks != static_cast<std::size_t>(counted_rows_["vault_check"]) ||
        differences != static_cast<std::size_t>(counted_rows_["check_difference"])) {
      Refuse(deposits_,
             "vault_taking, vault_check or check_difference: in a deposit that is not there");
    }
  }

  // What was found of a vault's checks stands as it was accepted, and is posted; answers how many.
  std::int64_t CheckDifferences(DrawerId vault) {
    const std::vector<CheckDifference> differences = AllDifferences(tx_, vault);
    for (const CheckDifference& difference : differences) {
      CheckAudited(deposits_, "check-difference", Key(vault, difference.id), Describe(difference));
      Expect(vault_books_[vault], DifferenceEntry(difference), difference.accepted_date);
    }
    return static_cast<std::int64_t>(differences.size());
  }

  // Vault = what arrived - what left, per denomination.
  void CheckVaults() {
    const db::Rows rows = tx_.Select(kVaults);
    for (const db::Rows::Row row : rows) {
      ++vaults_.examined;
      ++counted_rows_["vault"];
      const Vault vault = *FindVault(tx_, DrawerId(row.Int(0)));
      counted_rows_["vault_cash"] += kDenominationCount;
      if (!vault_tallies_[vault.id].HasPieces(vault.cash)) {
        Refuse(vaults_, "vault " + vault.id.ToString() + ": does not hold what was moved");
      }
      Expected& expected = vault_books_[vault.id];
      for (const Transfer& transfer : by_session_[{vault.id, 0}]) Expect(expected, transfer);
      CheckBook(vault.id, 0, vault.next_entry_no, expected);
    }
  }

  // Nothing is there besides what was looked at.
  void CheckRows() {
    const db::Rows rows = tx_.Select(kRowCounts);
    for (std::size_t i = 0; i < kCountedTables.size(); ++i) {
      rows_.examined += rows[0].Int(i);
      if (rows[0].Int(i) != counted_rows_[kCountedTables[i]]) {
        Refuse(rows_, std::string(kCountedTables[i]) + ": a row that belongs to nothing");
      }
    }
    const db::Rows broken = tx_.Select(kBrokenNumbers, kDenominationCount);
    if (!broken.empty()) {
      Refuse(rows_, broken[0].Text(0) + " " + Key(DrawerId(broken[0].Int(1)), broken[0].Int(2)) +
                        "-" + std::to_string(broken[0].Int(3)) + ": a line of it is missing");
    }
    if (!audited_.empty()) {
      const auto& [entity, id] = audited_.begin()->first;
      Refuse(rows_, entity + " " + id + ": audited, and not there");
    }
  }

  db::Transaction& tx_;
  Finding drawers_{"drawers"}, sessions_{"sessions"}, receipts_{"receipts"},
      contents_{"drawer-contents"}, transfers_{"transfers"}, vaults_{"vault-contents"},
      takings_{"takings"}, deposits_{"bank-deposits"}, journal_{"journal"}, rows_{"rows"};
  std::map<std::pair<std::string, std::string>, std::string> audited_;
  std::map<DrawerId, std::int64_t> last_session_;
  std::map<std::pair<DrawerId, std::int64_t>, std::vector<Transfer>> by_session_;
  std::map<PersonId, std::pair<DrawerId, std::int64_t>> cashiers_;
  std::map<DrawerId, Tally> vault_tallies_;
  std::map<DrawerId, Expected> vault_books_;
  std::map<std::tuple<DrawerId, DrawerId, std::int64_t>, std::pair<Taking, std::vector<VaultCheck>>>
      expected_takings_;
  std::map<std::string_view, std::int64_t> counted_rows_;
};

}  // namespace

std::vector<SessionKey> AllSessions(db::Transaction& tx) {
  std::vector<SessionKey> keys;
  const db::Rows rows = tx.Select(kSessions);
  for (const db::Rows::Row row : rows) keys.push_back({DrawerId(row.Int(0)), row.Int(1)});
  return keys;
}

std::vector<Payment> AllPayments(db::Transaction& tx, const SessionKey& session) {
  return ReadPayments(tx, session.drawer, session.session_no, 1,
                      std::numeric_limits<std::int64_t>::max());
}

std::vector<Finding> CheckBooks(db::Transaction& tx) { return Proof(tx).Run(); }

}  // namespace reeve::payment
