#include <algorithm>
#include <charconv>
#include <optional>

#include "shared/feed/feed.h"

namespace reeve::feed {
namespace {

// The spelling under the base64url: "1;<feed>,<epoch>,<partition>:<position>,...;<feed>,...".
constexpr std::string_view kVersion = "1";
constexpr std::size_t kEncodedMax = 8'192;
constexpr std::size_t kNameMax = 64;
constexpr int kPartitionMax = 1'023;
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string EncodeBase64Url(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char byte : bytes) {
    pending = (pending << 8 | static_cast<unsigned char>(byte)) & 0xffffff;
    for (bits += 8; bits >= 6; bits -= 6) text.push_back(kAlphabet[pending >> (bits - 6) & 63]);
  }
  if (bits > 0) text.push_back(kAlphabet[pending << (6 - bits) & 63]);
  return text;
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char character : text) {
    const std::size_t digit = kAlphabet.find(character);
    if (digit == std::string_view::npos) return std::nullopt;
    pending = (pending << 6 | static_cast<std::uint32_t>(digit)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>(pending >> bits & 255));
    }
  }
  return bytes;
}

// Takes what stands before the next `separator` off the front of `text`.
std::string_view TakeUntil(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return taken;
}

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kNameMax && std::ranges::all_of(text, [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
  });
}

std::optional<std::int64_t> ParseNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

Error NotOurs() {
  return InvalidArgument({{"token", "is not a token that a feed of this suite has given"}});
}

}  // namespace

Result<Token> Token::Decode(std::string_view text) {
  Token token;
  if (text.empty()) return token;
  if (text.size() > kEncodedMax) return NotOurs();
  const std::optional<std::string> bytes = DecodeBase64Url(text);
  if (!bytes) return NotOurs();
  std::string_view rest = *bytes;
  if (TakeUntil(rest, ';') != kVersion || rest.empty()) return NotOurs();
  while (!rest.empty()) {
    std::string_view cursor = TakeUntil(rest, ';');
    const std::string_view feed = TakeUntil(cursor, ',');
    const std::string_view epoch = TakeUntil(cursor, ',');
    if (!IsName(feed) || !IsName(epoch) || token.MentionsFeed(feed) || cursor.empty()) {
      return NotOurs();
    }
    while (!cursor.empty()) {
      std::string_view pair = TakeUntil(cursor, ',');
      const std::optional<std::int64_t> partition = ParseNumber(TakeUntil(pair, ':'));
      const std::optional<std::int64_t> position = ParseNumber(pair);
      if (!partition || *partition > kPartitionMax || !position) return NotOurs();
      token.Advance(feed, epoch, static_cast<int>(*partition), *position);
    }
  }
  return token;
}

std::string Token::Encode() const {
  if (feeds_.empty()) return {};
  std::string text(kVersion);
  for (const auto& [feed, cursor] : feeds_) {
    text.append(";").append(feed).append(",").append(cursor.epoch);
    for (const auto& [partition, position] : cursor.positions) {
      text.append(",").append(std::to_string(partition));
      text.append(":").append(std::to_string(position));
    }
  }
  return EncodeBase64Url(text);
}

void Token::Advance(std::string_view feed, std::string_view epoch, int partition,
                    std::int64_t position) {
  auto found = feeds_.find(feed);
  if (found == feeds_.end()) found = feeds_.emplace(feed, Cursor{std::string(epoch), {}}).first;
  Cursor& cursor = found->second;
  if (cursor.epoch != epoch) cursor = {std::string(epoch), {}};
  std::int64_t& known = cursor.positions[partition];
  known = std::max(known, position);
}

std::int64_t Token::Position(std::string_view feed, int partition) const {
  const auto cursor = feeds_.find(feed);
  if (cursor == feeds_.end()) return 0;
  const auto position = cursor->second.positions.find(partition);
  return position == cursor->second.positions.end() ? 0 : position->second;
}

std::string_view Token::Epoch(std::string_view feed) const {
  const auto cursor = feeds_.find(feed);
  return cursor == feeds_.end() ? std::string_view() : std::string_view(cursor->second.epoch);
}

void Token::Merge(const Token& other) {
  for (const auto& [feed, cursor] : other.feeds_) {
    for (const auto& [partition, position] : cursor.positions) {
      Advance(feed, cursor.epoch, partition, position);
    }
  }
}

bool Token::Covers(const Token& other, std::string_view feed) const {
  const auto wanted = other.feeds_.find(feed);
  if (wanted == other.feeds_.end()) return true;
  const bool same_epoch = Epoch(feed) == wanted->second.epoch;
  return std::ranges::all_of(wanted->second.positions, [&](const auto& entry) {
    return entry.second == 0 || (same_epoch && Position(feed, entry.first) >= entry.second);
  });
}

bool Token::MentionsFeed(std::string_view feed) const { return feeds_.contains(feed); }

std::vector<std::string> Token::Feeds() const {
  std::vector<std::string> names;
  for (const auto& [feed, cursor] : feeds_) names.push_back(feed);
  return names;
}

const std::map<int, std::int64_t>& Token::Positions(std::string_view feed) const {
  static const std::map<int, std::int64_t> kNone;
  const auto cursor = feeds_.find(feed);
  return cursor == feeds_.end() ? kNone : cursor->second.positions;
}

}  // namespace reeve::feed
