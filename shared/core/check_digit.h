// Check digits of account numbers, remittance scanlines and bank routing numbers.
#pragma once

#include <optional>
#include <string_view>

namespace reeve {

// Each takes the payload's decimal digits and answers the digit ('0'..'9') that belongs behind it;
// nothing if the payload is empty or has a character that is no digit.
//
// Weights 2,1,2,1,... from the left, digits of the products summed (creditron.com, sample check
// digit). Misses the transposition 09 <-> 90 and no other of adjacent digits.
std::optional<char> Mod10CheckDigit(std::string_view payload);
// Weights 3,7,1 (American Bankers Association routing number).
std::optional<char> AbaCheckDigit(std::string_view payload);
// True if the last character is the Mod10CheckDigit of those before it.
bool HasValidMod10(std::string_view digits);

}  // namespace reeve
