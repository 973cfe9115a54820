#include "services/billing/row_text.h"

#include "shared/core/canonical.h"

namespace reeve::billing {
namespace {

std::string Spelled(const db::Value& cell) {
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return "";
}

}  // namespace

RowDigest& RowDigest::Add(std::span<const db::Value> cells) {
  Canonical row("reeve.billing.row", 1);
  row.Add("before", digest_).List("cells", cells.size());
  for (const db::Value& cell : cells) {
    if (const auto* number = std::get_if<std::int64_t>(&cell)) {
      row.Add("number", *number);
    } else if (const auto* text = std::get_if<std::string>(&cell)) {
      row.Add("text", *text);
    } else if (const auto* bytes = std::get_if<db::Bytes>(&cell)) {
      row.Add("bytes", db::ToText(*bytes));
    } else {
      row.Add("null", 0);
    }
  }
  digest_ = Sha256(row.bytes());
  return *this;
}

std::string RowDigest::hex() const { return HexEncode(digest_); }

std::string KeyText(const Kept& kept, std::span<const db::Value> cells) {
  std::string text;
  for (const db::Value& cell : cells.first(kept.key_size)) {
    text.append(text.empty() ? "" : "/").append(Spelled(cell));
  }
  return text;
}

std::string RowText(const Kept& kept, std::span<const db::Value> cells) {
  std::string text;
  for (const Kept::Shown& shown : kept.shown) {
    if (shown.name.empty()) continue;
    text.append(shown.name).append("=").append(Spelled(cells[shown.column])).append(",");
  }
  return text + "row=" + RowDigest().Add(cells).hex();
}

}  // namespace reeve::billing
