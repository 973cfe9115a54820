// Paging: where a page ended, opaque on the wire and bound to the question that was asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/core/fields.h"

namespace reeve::rpc {

inline constexpr std::int32_t kPageSizeDefault = 50;
inline constexpr std::int32_t kPageSizeMax = 200;

struct Page {
  std::int32_t size = kPageSizeDefault;
  std::vector<std::string> after;  // sort key of the last row seen; empty for the first page

  // The sort key's part `index` as a number; `start` on the first page.
  std::int64_t AfterInt(std::size_t index, std::int64_t start = 0) const;
};

// Reads page_size (0: the default; more than the maximum: the maximum) and page_token. `query`
// names the method and its filters: a token of another question is refused. `key_parts` is the
// number of columns of the sort key.
Page ParsePage(Fields& fields, std::int32_t page_size, std::string_view page_token,
               std::string_view query, std::size_t key_parts);

// The token of the page behind the row with this sort key.
std::string NextPageToken(std::string_view query, const std::vector<std::string>& key);

}  // namespace reeve::rpc
