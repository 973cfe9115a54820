// Words: a closed list here and on the wire.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "shared/core/fields.h"

namespace reeve::billing::rate {

// The first is meant where nothing is given.
template <class T, class Message, std::size_t kCount>
struct Words {
  std::pair<T, Message> words[kCount];

  Message Of(T value) const {
    return std::find_if(std::begin(words), std::end(words),
                        [&](const auto& entry) { return entry.first == value; })
        ->second;
  }
  T Parse(Fields& fields, const std::string& field, Message message) const {
    if (message == 0) return words[0].first;
    const auto found = std::find_if(std::begin(words), std::end(words),
                                    [&](const auto& entry) { return entry.second == message; });
    if (found != std::end(words)) return found->first;
    fields.Refuse(field, "is not a word of its list");
    return words[0].first;
  }
};

}  // namespace reeve::billing::rate
