// Sha256Sum: the SHA-256 of bytes that come one part behind the other.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace reeve {

class Sha256Sum {
 public:
  Sha256Sum();
  ~Sha256Sum();
  Sha256Sum(Sha256Sum&&) noexcept;
  Sha256Sum& operator=(Sha256Sum&&) noexcept;

  void Add(std::string_view bytes);
  // Of all that was added, in hex; the sum is used up.
  std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace reeve
