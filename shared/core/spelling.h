// Spelling: the one name of each enumerator, in the database, in the audit trail and (behind the
// enum's prefix) on the wire.
#pragma once

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace reeve {

// Enumerators count from 0 without a gap, in the order of their names.
template <class Enum, std::size_t kSize>
class Spelling {
 public:
  constexpr explicit Spelling(std::array<std::string_view, kSize> names) : names_(names) {}

  constexpr std::string_view operator()(Enum value) const {
    return names_[static_cast<std::size_t>(value)];
  }
  std::optional<Enum> Parse(std::string_view name) const {
    for (std::size_t i = 0; i < kSize; ++i) {
      if (names_[i] == name) return static_cast<Enum>(i);
    }
    return std::nullopt;
  }
  // Of a column that a CHECK has bounded to these names.
  Enum Read(std::string_view name) const {
    if (const std::optional<Enum> value = Parse(name)) return *value;
    throw std::logic_error("no enumerator is spelled " + std::string(name));
  }
  // For label values of a metric.
  std::vector<std::string> names() const { return {names_.begin(), names_.end()}; }
  static constexpr std::size_t size() { return kSize; }

 private:
  std::array<std::string_view, kSize> names_;
};

}  // namespace reeve
