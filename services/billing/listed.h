// Lists of words in one column of a small table: "water,sewer".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reeve::billing {

// No word has a comma.
std::string JoinList(std::span<const std::string> words);
std::vector<std::string> SplitList(std::string_view text);  // the inverse; "" is no word

// "water=1000" at '=' is {"water", "1000"}. `sign` is in the word.
std::pair<std::string, std::string> SplitPair(std::string_view word, char sign);

}  // namespace reeve::billing
