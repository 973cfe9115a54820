// Lists of words in one column of a small table: "water,sewer".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reeve::billing {

// No word has a comma.
std::string JoinList(std::span<const std::string> words);
std::vector<std::string> SplitList(std::string_view text);  // the inverse; "" is no word

}  // namespace reeve::billing
