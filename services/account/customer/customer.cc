#include "services/account/customer/customer.h"

#include <algorithm>
#include <map>

#include "services/account/audit_text.h"

namespace reeve::account {
namespace {

std::string Digits(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  return digits;
}

std::string CheckPhone(Fields& fields, const std::string& path, std::string_view text) {
  constexpr std::string_view kAllowed = "0123456789 +-().";
  std::string digits = Digits(text);
  if (text.empty()) return digits;
  if (text.find_first_not_of(kAllowed) != std::string_view::npos || digits.size() < 7 ||
      digits.size() > 15) {
    fields.Refuse(path, "is not a telephone number of 7 to 15 digits");
  }
  return digits;
}

std::string CheckEmail(Fields& fields, const std::string& path, std::string_view text) {
  std::string email = fields.Text(path, text, 0, 254);
  const std::size_t at = email.find('@');
  if (!email.empty() && (at == 0 || at == std::string::npos || at + 1 == email.size() ||
                         email.find('@', at + 1) != std::string::npos ||
                         email.find_first_of(" \t\n") != std::string::npos)) {
    fields.Refuse(path, "is not an e-mail address");
  }
  return email;
}

bool IsLanguage(std::string_view text) {
  return text.size() == 2 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// Words in small letters without punctuation: "O'Neil-Ray, J." has "oneil", "ray", "j".
std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (const char c : LowerCase(text)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0) {
      word.push_back(c);
    } else if (c != '\'' && c != '.') {
      end_word();
    }
  }
  end_word();
  return words;
}

bool Fits(const SearchKey& wanted, const SearchKey& key) {
  if (wanted.kind != key.kind) return false;
  return wanted.kind == KeyKind::kName ? key.key.starts_with(wanted.key) : key.key == wanted.key;
}

// Every field that may change, by name, in one place.
template <class Visit>
void VisitFields(const CustomerDetails& details, const Visit& visit) {
  visit("kind", std::string(kCustomerKindName(details.kind)));
  visit("name", details.name);
  visit("other_name", details.other_name);
  visit("mobile_phone", details.mobile_phone);
  visit("home_phone", details.home_phone);
  visit("work_phone", details.work_phone);
  visit("email", details.email);
  visit("mailing_address.street", details.mailing.street);
  visit("mailing_address.unit", details.mailing.unit);
  visit("mailing_address.city", details.mailing.city);
  visit("mailing_address.region", details.mailing.region);
  visit("mailing_address.postal_code", details.mailing.postal_code);
  visit("language", details.language);
  visit("verification", std::string(kVerificationName(details.verification)));
}

std::map<std::string, std::string> ValuesOf(const CustomerDetails& details) {
  std::map<std::string, std::string> values;
  VisitFields(details, [&](std::string_view field, std::string value) {
    values.emplace(field, std::move(value));
  });
  return values;
}

std::string AuditTextOf(const Customer& customer, std::int64_t version,
                        const std::map<std::string, std::string>& values) {
  AuditText text;
  text.Add("version", version).Add("created", customer.created_time.micros());
  for (const auto& [field, value] : values) {
    if (field == "kind" || field == "language" || field == "verification") {
      text.Add(field, value);
    } else {
      text.AddDigest(field, customer.salt, value);
    }
  }
  return text.text();
}

}  // namespace

CustomerDetails CheckDetails(Fields& fields, const std::string& path,
                             const CustomerDetails& details) {
  CustomerDetails checked = details;
  checked.name = fields.Text(path + ".name", details.name, 1, 120);
  checked.other_name = fields.Text(path + ".other_name", details.other_name, 0, 120);
  checked.mobile_phone = CheckPhone(fields, path + ".mobile_phone", details.mobile_phone);
  checked.home_phone = CheckPhone(fields, path + ".home_phone", details.home_phone);
  checked.work_phone = CheckPhone(fields, path + ".work_phone", details.work_phone);
  checked.email = CheckEmail(fields, path + ".email", details.email);
  if (details.mailing != Address())
    checked.mailing = CheckAddress(fields, path + ".mailing_address", details.mailing);
  if (!IsLanguage(details.language))
    fields.Refuse(path + ".language", "is not two small letters (ISO 639-1)");
  return checked;
}

Result<> CheckVersion(const Customer& customer, std::int64_t version_seen) {
  if (customer.version == version_seen) return Ok();
  return Aborted(reeve::reason::kStale, "Somebody else changed this customer's file meanwhile.")
      .With("customer_id", customer.id.value());
}

std::vector<FieldChange> Differences(const CustomerDetails& before, const CustomerDetails& after) {
  std::vector<FieldChange> changes;
  VisitFields(before, [&](std::string_view field, std::string value) {
    changes.push_back({std::string(field), std::move(value), {}});
  });
  std::size_t i = 0;
  VisitFields(after,
              [&](std::string_view, std::string value) { changes[i++].after = std::move(value); });
  std::erase_if(changes, [](const FieldChange& change) { return change.before == change.after; });
  return changes;
}

std::vector<SearchKey> SearchKeys(const CustomerDetails& details) {
  std::vector<SearchKey> keys;
  for (const std::string* name : {&details.name, &details.other_name}) {
    for (std::string& word : Words(*name)) keys.push_back({KeyKind::kName, std::move(word)});
  }
  for (const std::string* phone :
       {&details.mobile_phone, &details.home_phone, &details.work_phone}) {
    if (!phone->empty()) keys.push_back({KeyKind::kPhone, *phone});
  }
  if (!details.email.empty()) keys.push_back({KeyKind::kEmail, LowerCase(details.email)});
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

Result<Search> Plan(const Criteria& criteria) {
  Search search{.customer = criteria.customer, .account = criteria.account};
  const std::vector<std::string> words = Words(criteria.name);
  for (const std::string& word : words) search.keys.push_back({KeyKind::kName, word});
  const std::string phone = Digits(criteria.phone);
  if (!phone.empty()) search.keys.push_back({KeyKind::kPhone, phone});
  if (!criteria.email.empty()) search.keys.push_back({KeyKind::kEmail, LowerCase(criteria.email)});
  search.address_key = AddressKey(criteria.address);

  const int vague = (words.empty() ? 0 : 1) + (phone.empty() ? 0 : 1) +
                    (criteria.email.empty() ? 0 : 1) + (search.address_key.empty() ? 0 : 1);
  if (search.customer.is_set() || search.account.is_set() || vague >= 2) return search;
  if (vague == 1 && !search.address_key.empty()) {
    search.whole_address = true;
    return search;
  }
  return Error(Code::kInvalidArgument, reason::kSearchTooWide,
               "Give two criteria, or a customer number, an account number or a whole address.");
}

bool Matches(const Search& search, const CustomerDetails& details,
             const std::vector<std::string>& served_address_keys) {
  const std::vector<SearchKey> keys = SearchKeys(details);
  const bool all_keys =
      std::all_of(search.keys.begin(), search.keys.end(), [&](const SearchKey& wanted) {
        return std::any_of(keys.begin(), keys.end(),
                           [&](const SearchKey& key) { return Fits(wanted, key); });
      });
  if (!all_keys || search.address_key.empty()) return all_keys;
  return std::any_of(served_address_keys.begin(), served_address_keys.end(),
                     [&](const std::string& served) {
                       return search.whole_address ? served == search.address_key
                                                   : served.starts_with(search.address_key);
                     });
}

std::string ToCanonicalText(const CustomerDetails& details) {
  AuditText text;
  VisitFields(details,
              [&](std::string_view field, const std::string& value) { text.Add(field, value); });
  return text.text();
}

std::string ToAuditText(const Customer& customer) {
  return AuditTextOf(customer, customer.version, ValuesOf(customer.details));
}

std::optional<std::vector<std::string>> AuditTextsOfHistory(
    const Customer& customer, std::span<const CustomerChange> changes) {
  std::vector<std::string> texts;
  std::map<std::string, std::string> values = ValuesOf(customer.details);
  auto change = changes.begin();
  for (std::int64_t version = customer.version; version > 0; --version) {
    texts.push_back(AuditTextOf(customer, version, values));
    for (; change != changes.end() && change->version == version; ++change) {
      const auto value = values.find(change->change.field);
      if (value == values.end() || value->second != change->change.after) return std::nullopt;
      value->second = change->change.before;
    }
  }
  if (change != changes.end() || values != ValuesOf({})) return std::nullopt;
  return texts;
}

}  // namespace reeve::account
