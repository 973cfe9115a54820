#include "services/billing/listed.h"

namespace reeve::billing {

std::string JoinList(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ",").append(word);
  return text;
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    words.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return words;
}

std::pair<std::string, std::string> SplitPair(std::string_view word, char sign) {
  const std::size_t at = word.find(sign);
  return {std::string(word.substr(0, at)), std::string(word.substr(at + 1))};
}

}  // namespace reeve::billing
