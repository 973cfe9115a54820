#include "services/account/premise/address.h"

#include <algorithm>
#include <array>
#include <utility>

namespace reeve::account {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kAbbreviations{{
    {"NORTH", "N"},      {"SOUTH", "S"},      {"EAST", "E"},        {"WEST", "W"},
    {"NORTHEAST", "NE"}, {"NORTHWEST", "NW"}, {"SOUTHEAST", "SE"},  {"SOUTHWEST", "SW"},
    {"STREET", "ST"},    {"AVENUE", "AVE"},   {"ROAD", "RD"},       {"DRIVE", "DR"},
    {"LANE", "LN"},      {"COURT", "CT"},     {"CIRCLE", "CIR"},    {"BOULEVARD", "BLVD"},
    {"PARKWAY", "PKWY"}, {"PLACE", "PL"},     {"APARTMENT", "APT"}, {"SUITE", "STE"},
}};

std::string_view Abbreviated(std::string_view word) {
  for (const auto& [full, abbreviation] : kAbbreviations) {
    if (word == full) return abbreviation;
  }
  return word;
}

bool IsDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsPostalCode(std::string_view text) {
  if (text.size() == 5) return IsDigits(text);
  return text.size() == 10 && text[5] == '-' && IsDigits(text.substr(0, 5)) &&
         IsDigits(text.substr(6));
}

bool IsRegion(std::string_view text) {
  return text.size() == 2 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

std::string Address::ToString() const {
  return street + (unit.empty() ? "" : " " + unit) + ", " + city + ", " + region + " " +
         postal_code;
}

std::string AddressKey(std::string_view text) {
  std::string key;
  std::string word;
  const auto end_word = [&] {
    if (word.empty()) return;
    if (!key.empty()) key.push_back(' ');
    key.append(Abbreviated(word));
    word.clear();
  };
  for (const char c : text) {
    if (c >= 'a' && c <= 'z') {
      word.push_back(static_cast<char>(c - 'a' + 'A'));
    } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80) != 0) {
      word.push_back(c);
    } else if (c != '.' && c != '\'') {
      end_word();
    }
  }
  end_word();
  return key;
}

std::string AddressKey(const Address& address) {
  return AddressKey(address.street + " " + address.unit);
}

std::string PrefixEnd(std::string_view prefix) { return std::string(prefix) + "\U0010FFFF"; }

Address CheckAddress(Fields& fields, const std::string& path, const Address& address) {
  Address checked;
  checked.street = fields.Text(path + ".street", address.street, 1, 80);
  checked.unit = fields.Text(path + ".unit", address.unit, 0, 20);
  checked.city = fields.Text(path + ".city", address.city, 1, 60);
  checked.region = address.region;
  checked.postal_code = address.postal_code;
  if (!IsRegion(address.region)) fields.Refuse(path + ".region", "is not two capital letters");
  if (!IsPostalCode(address.postal_code))
    fields.Refuse(path + ".postal_code", "is not 12345 or 12345-6789");
  return checked;
}

}  // namespace reeve::account
