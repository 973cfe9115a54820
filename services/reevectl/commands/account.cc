#include "reeve/account/v1/account_service.pb.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = account::v1;

std::string AddressText(const pb::Address& address) {
  return address.street() + (address.unit().empty() ? "" : " " + address.unit()) + ", " +
         address.city() + " " + address.region() + " " + address.postal_code();
}

void ShowAccount(Screen& screen, const pb::Account& account) {
  screen.Line("Account " + std::to_string(account.account_id()) + ", " + Word(account.state()) +
              ", " + Word(account.customer_class()) + ": " + account.customer().details().name());
  screen.Pair("premise", AddressText(account.premise().address()), 2);
  for (const pb::Agreement& agreement : account.agreements()) {
    screen.Pair(agreement.service(),
                Word(agreement.state()) + ", schedule " + agreement.schedule_code() +
                    (agreement.start_date().empty() ? "" : ", since " + agreement.start_date()),
                2);
  }
}

void ShowTransfer(Screen& screen, const pb::TransferOccupantResponse& transfer) {
  ShowAccount(screen, transfer.old_account());
  ShowAccount(screen, transfer.new_account());
}

void ShowHits(Screen& screen, const pb::SearchCustomersResponse& response) {
  for (const pb::CustomerHit& hit : response.hits()) {
    screen.Pair("customer " + std::to_string(hit.customer().customer_id()),
                hit.customer().details().name());
    for (const pb::AccountLine& line : hit.accounts()) {
      screen.Pair("account " + std::to_string(line.account_id()),
                  AddressText(line.address()) + (line.open() ? "" : ", closed"), 2);
    }
  }
  if (response.hits().empty()) screen.Line("Nobody is found.");
  if (response.more()) screen.Line("There are more: say more about whom you look for.");
}

}  // namespace

Noun Accounts() {
  const Option account{"--account", "account_id", "The account", kRequired};
  return {
      "account",
      "Accounts and their service agreements.",
      {{"open",
        "Opens an account for a customer at a premise.",
        "reeve.account.v1.AccountService/OpenAccount",
        {{"--customer", "customer_id", "The customer", kRequired},
         {"--premise", "premise_id", "The premise", kRequired},
         {"--service", "services", "e.g. electric; all of the premise if not given"},
         {"--wanted", "wanted_date", "Day on which service should start", kRequired}},
        As(ShowAccount)},
       {"show",
        "One account.",
        "reeve.account.v1.AccountService/GetAccount",
        {account},
        As(ShowAccount)},
       {"list",
        "The accounts of a customer or a premise.",
        "reeve.account.v1.AccountService/ListAccounts",
        {{"--customer", "customer_id", "The customer"}, {"--premise", "premise_id", "The premise"}},
        {}},
       {"stop",
        "Asks for the end of service.",
        "reeve.account.v1.AccountService/RequestStop",
        {account, {"--date", "stop_date", "Last day", kRequired}},
        As(ShowAccount)},
       {"cancel-stop",
        "Takes that back.",
        "reeve.account.v1.AccountService/CancelStop",
        {account},
        As(ShowAccount)},
       {"close",
        "Closes the account.",
        "reeve.account.v1.AccountService/CloseAccount",
        {account, {"--date", "close_date", "Last day", kRequired}},
        As(ShowAccount)},
       {"transfer-occupant",
        "One read closes the old account and opens the new one. Reads: --read "
        "meter_number=E1,read=4711",
        "reeve.account.v1.AccountService/TransferOccupant",
        {{"--premise", "premise_id", "The premise", kRequired},
         {"--old", "old_account_id", "Who moves out", kRequired},
         {"--new", "new_account_id", "Who moves in", kRequired},
         {"--date", "change_date", "Day of the change", kRequired},
         {"--read", "reads", "A read of a meter"}},
        As(ShowTransfer)}}};
}

Noun Customers() {
  const Option customer{"--customer", "customer_id", "The customer", kRequired};
  return {
      "customer",
      "Customers and their files.",
      {{"create",
        "Opens a customer's file.",
        "reeve.account.v1.CustomerService/CreateCustomer",
        {{"--kind", "details.kind", "person or business", kRequired},
         {"--name", "details.name", "Name", kRequired},
         {"--phone", "details.mobile_phone", "Mobile phone"},
         {"--email", "details.email", "Email address"},
         {"--mail", "details.mailing_address", "street=...,city=...,region=UT,postal_code=84601"},
         {"--language", "details.language", "e.g. en, es"},
         {"--verification", "details.verification", "verified or unverified"}},
        {}},
       {"show", "One customer.", "reeve.account.v1.CustomerService/GetCustomer", {customer}, {}},
       {"find",
        "Finds customers; two criteria, or a number.",
        "reeve.account.v1.CustomerService/SearchCustomers",
        {{"--account", "account_id", "Number of an account"},
         {"--name", "name", "Name"},
         {"--phone", "phone", "Phone"},
         {"--email", "email", "Email address"},
         {"--address", "address", "Address of the premise"}},
        As(ShowHits)},
       {"history",
        "Who changed what.",
        "reeve.account.v1.CustomerService/ListCustomerChanges",
        {customer},
        {}}}};
}

Noun Premises() {
  return {"premise",
          "Location files.",
          {{"show",
            "One premise.",
            "reeve.account.v1.PremiseService/GetPremise",
            {{"--premise", "premise_id", "The premise", kRequired}},
            {}},
           {"find",
            "Finds premises.",
            "reeve.account.v1.PremiseService/SearchPremises",
            {{"--address", "address", "Part of the address"},
             {"--meter", "meter_number", "Number of a meter"}},
            {}}}};
}

}  // namespace reeve::reevectl
