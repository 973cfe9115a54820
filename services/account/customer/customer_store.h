// The rows of customers, of what they are found by, and of what was changed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/account/customer/customer.h"
#include "shared/db/database.h"

namespace reeve::account {

// With their search keys.
void InsertCustomers(db::Transaction& tx, std::span<const Customer> customers);
// Saves the next version of a customer that was locked, and its search keys. ABORTED STALE if it is
// not the next.
Result<> SaveCustomer(db::Transaction& tx, const Customer& customer);
std::optional<Customer> FindCustomer(db::Transaction& tx, CustomerId id);
std::optional<Customer> FindCustomerForUpdate(db::Transaction& tx, CustomerId id);

void InsertChanges(db::Transaction& tx, std::span<const CustomerChange> changes);
// Newest first, behind (version, field); at most `limit`.
std::vector<CustomerChange> ListChanges(db::Transaction& tx, CustomerId id,
                                        std::int64_t before_version, const std::string& after_field,
                                        int limit);

// Candidates of a search, in the order of their numbers, after `after`; at most `limit`.
std::vector<CustomerId> FindByKey(db::Transaction& tx, const SearchKey& key, CustomerId after,
                                  int limit);
std::vector<CustomerId> FindByAddress(db::Transaction& tx, const Search& search, CustomerId after,
                                      int limit);

}  // namespace reeve::account
