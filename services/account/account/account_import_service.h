// Taking over existing accounts: a chunk of a file, all or none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reeve/account/v1/account_service.pb.h"
#include "services/account/account/account.h"
#include "services/account/customer/customer.h"
#include "shared/command/command.h"

namespace reeve::account {

struct ImportAccounts {
  static constexpr std::string_view kMethod = "reeve.account.v1.AccountService/ImportAccounts";
  struct Row {
    int line = 0;
    PremiseId premise;
    CustomerDetails customer;
    TakenOver account;
  };
  std::string request_id;
  std::vector<Row> rows;

  std::int64_t home() const { return rows.front().premise.value(); }
  Canonical canonical() const;
};

Result<ImportAccounts> Parse(const v1::ImportAccountsRequest& request);

// Takes over what is new. INVALID_ARGUMENT names every row that fits on nothing, or contradicts the
// files or another row; then nothing is taken over.
Result<v1::ImportAccountsResponse> Import(command::Change& change, const ImportAccounts& command,
                                          Random& random);

}  // namespace reeve::account
