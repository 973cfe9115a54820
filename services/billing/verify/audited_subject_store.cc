#include "services/billing/verify/audited_subject_store.h"

namespace reeve::billing::verify {
namespace {

constexpr db::Query kEntries{"verify_audited",
                             "SELECT entity_id, before_state, after_state FROM audit_entry "
                             "WHERE entity = $1"};

Trail ReadTrail(db::Transaction& tx, std::string_view entity) {
  Trail trail;
  for (const db::Rows::Row row : tx.Select(kEntries, entity)) {
    trail.Add(row.Text(0), row.Text(1), row.Text(2));
  }
  return trail;
}

bool HasSince(const db::Value& cell) {
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return *number != 0;
  const auto* text = std::get_if<std::string>(&cell);
  return text != nullptr && !text->empty();
}

}  // namespace

std::string Key(std::int64_t first, std::int64_t second) {
  return std::to_string(first) + "/" + std::to_string(second);
}

Subject::Subject(db::Transaction& tx, std::string_view entity, Finding& finding)
    : entity_(entity), trail_(ReadTrail(tx, entity)), finding_(finding) {}

void Subject::Expect(const std::string& id, const std::string& now, const std::string& origin) {
  if (Origin(id, now) != origin) Violate(id, "is not what was written");
}

std::optional<std::string> Subject::Origin(const std::string& id, const std::string& now) {
  ++finding_.examined;
  return trail_.Origin(id, now);
}

void Subject::Violate(const std::string& id, std::string_view what) {
  if (!finding_.violation.empty()) return;
  finding_.violation = entity_ + " " + id + " " + std::string(what);
}

void Subject::ExpectNoOther() {
  if (const auto gone = trail_.Gone()) Violate(*gone, "is gone");
}

void CheckTable(db::Transaction& tx, const Table& table, Finding& finding) {
  Subject subject(tx, table.kept->entity, finding);
  const db::Rows rows = tx.Select(table.rows);
  for (const db::Rows::Row row : rows) {
    std::size_t size = rows.columns();
    for (const std::size_t since : table.since) {
      if (since == 0 || HasSince(row.Cell(since))) break;
      size = since;
    }
    const auto cells = CellsFrom(row, 0, size);
    subject.Expect(KeyText(*table.kept, cells), RowText(*table.kept, cells));
  }
  subject.ExpectNoOther();
}

}  // namespace reeve::billing::verify
