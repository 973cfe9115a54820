// Customer: a person or business on file, what changed in the file, and how customers are found.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/account/ids.h"
#include "services/account/premise/address.h"
#include "shared/core/fields.h"
#include "shared/core/result.h"
#include "shared/core/spelling.h"

namespace reeve::account {

namespace reason {
inline constexpr Reason kCustomerUnknown{"CUSTOMER_UNKNOWN"};  // NOT_FOUND
inline constexpr Reason kSearchTooWide{"SEARCH_TOO_WIDE"};     // INVALID_ARGUMENT
}  // namespace reason

enum class CustomerKind { kPerson, kBusiness };
inline constexpr Spelling<CustomerKind, 2> kCustomerKindName{{"PERSON", "BUSINESS"}};

enum class Verification { kUnverified, kVerified };
inline constexpr Spelling<Verification, 2> kVerificationName{{"UNVERIFIED", "VERIFIED"}};

struct CustomerDetails {
  CustomerKind kind = CustomerKind::kPerson;
  std::string name;
  std::string other_name;    // former name, or the one under which business is done
  std::string mobile_phone;  // digits only; may be empty, as the next two
  std::string home_phone;
  std::string work_phone;
  std::string email;
  Address mailing;       // empty: letters go to the place that is served
  std::string language;  // "en"
  Verification verification = Verification::kUnverified;
  bool operator==(const CustomerDetails&) const = default;
};

struct Customer {
  CustomerId id;
  CustomerDetails details;
  std::int64_t version = 1;  // of the file
  std::string salt;          // of the digests in the audit trail; 32 hexadecimal digits
  Instant created_time;
};

// Refuses what cannot be a customer; answers texts trimmed and telephone numbers as digits.
CustomerDetails CheckDetails(Fields& fields, const std::string& path,
                             const CustomerDetails& details);

// ABORTED STALE unless the file still has the version that the editor saw.
Result<> CheckVersion(const Customer& customer, std::int64_t version_seen);

struct FieldChange {
  std::string field;
  std::string before;
  std::string after;
  bool operator==(const FieldChange&) const = default;
};
// Field by field; against default details for a new customer.
std::vector<FieldChange> Differences(const CustomerDetails& before, const CustomerDetails& after);

// One recorded change of one field.
struct CustomerChange {
  CustomerId customer;
  std::int64_t version = 0;
  FieldChange change;
  std::string changed_by;
  Instant changed_time;
};

// What a customer is found by: words of names, whole telephone numbers, the whole e-mail address.
enum class KeyKind { kName, kPhone, kEmail };
inline constexpr Spelling<KeyKind, 3> kKeyKindName{{"NAME", "PHONE", "EMAIL"}};
struct SearchKey {
  KeyKind kind;
  std::string key;
  auto operator<=>(const SearchKey&) const = default;
};
std::vector<SearchKey> SearchKeys(const CustomerDetails& details);  // sorted, each once

// As typed; what is empty or 0 is no criterion.
struct Criteria {
  CustomerId customer;
  AccountId account;
  std::string name;
  std::string phone;
  std::string email;
  std::string address;
};
// What to look for: keys to be matched, names by their beginnings.
struct Search {
  CustomerId customer;
  AccountId account;
  std::vector<SearchKey> keys;  // names first
  std::string address_key;
  bool whole_address = false;  // the only criterion: no beginnings
};
// INVALID_ARGUMENT SEARCH_TOO_WIDE unless there are two criteria, or one that is exact.
Result<Search> Plan(const Criteria& criteria);
// True if all keys of the search are among the customer's and one of the served addresses fits.
bool Matches(const Search& search, const CustomerDetails& details,
             const std::vector<std::string>& served_address_keys);

// All of it, so that two different ones never have the same text. Personal: for fingerprints only.
std::string ToCanonicalText(const CustomerDetails& details);
// Personal data as digests under the customer's salt.
std::string ToAuditText(const Customer& customer);
// The same for every version that the file had, newest first, by undoing `changes`, which are
// newest first, too. Nothing if they do not lead from an empty file to this one.
std::optional<std::vector<std::string>> AuditTextsOfHistory(
    const Customer& customer, std::span<const CustomerChange> changes);

}  // namespace reeve::account
