#include "shared/rpc/paging.h"

#include <absl/strings/escaping.h>

#include <algorithm>
#include <charconv>

#include "shared/core/canonical.h"

namespace reeve::rpc {
namespace {

constexpr std::string_view kVersion = "1";
constexpr std::size_t kQueryDigest = 8;
constexpr std::size_t kPartMax = 255;  // one byte of length

std::string Prefix(std::string_view query) {
  return std::string(kVersion) + Sha256(query).substr(0, kQueryDigest);
}

}  // namespace

std::int64_t Page::AfterInt(std::size_t index, std::int64_t start) const {
  if (index >= after.size()) return start;
  std::int64_t value = start;
  const std::string& text = after[index];
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : start;
}

Page ParsePage(Fields& fields, std::int32_t page_size, std::string_view page_token,
               std::string_view query, std::size_t key_parts) {
  Page page;
  if (page_size < 0) fields.Refuse("page_size", "must not be negative");
  if (page_size > 0) page.size = std::min(page_size, kPageSizeMax);
  if (page_token.empty()) return page;

  std::string bytes;
  const std::string prefix = Prefix(query);
  bool ours =
      absl::WebSafeBase64Unescape(std::string(page_token), &bytes) && bytes.starts_with(prefix);
  std::size_t at = prefix.size();
  while (ours && at < bytes.size()) {
    const std::size_t length = static_cast<unsigned char>(bytes[at]);
    ours = at + 1 + length <= bytes.size();
    if (ours) page.after.push_back(bytes.substr(at + 1, length));
    at += 1 + length;
  }
  if (!ours || page.after.size() != key_parts) {
    page.after.clear();
    fields.Refuse("page_token", "is not a token of this list");
  }
  return page;
}

std::string NextPageToken(std::string_view query, const std::vector<std::string>& key) {
  std::string bytes = Prefix(query);
  for (const std::string& part : key) {
    const std::string_view kept = std::string_view(part).substr(0, kPartMax);
    bytes += static_cast<char>(kept.size());
    bytes += kept;
  }
  return absl::WebSafeBase64Escape(bytes);
}

}  // namespace reeve::rpc
