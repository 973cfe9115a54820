#include "reeve/payment/v1/vault_service.pb.h"
#include "services/reevectl/commands/holding.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = payment::v1;

void ShowVault(Screen& screen, const pb::Vault& vault) {
  screen.Pair("vault " + std::to_string(vault.vault_id()), vault.name());
  ShowHolding(screen, "holds", vault.holding());
}

void ShowTransfer(Screen& screen, const pb::Transfer& transfer) {
  screen.Line("Transfer " + std::to_string(transfer.transfer_id()) + ", " + Word(transfer.kind()) +
              ": " + Word(transfer.state()));
  screen.Pair("vault / drawer",
              std::to_string(transfer.vault_id()) + " / " + std::to_string(transfer.drawer_id()),
              2);
  if (transfer.has_counted()) ShowHolding(screen, "counted", transfer.counted());
  screen.Pair("initiated",
              screen.Time(transfer.initiated_time_micros()) + " by " +
                  screen.Person(transfer.initiated_by()),
              2);
  if (transfer.ended_by() != 0) {
    screen.Pair(
        Word(transfer.state()),
        screen.Time(transfer.ended_time_micros()) + " by " + screen.Person(transfer.ended_by()), 2);
  }
  if (!transfer.cancel_reason().empty()) screen.Pair("reason", transfer.cancel_reason(), 2);
}

void ShowPending(Screen& screen, const pb::ListPendingTransfersResponse& list) {
  if (list.transfers().empty()) screen.Line("Nothing waits.");
  for (const pb::Transfer& transfer : list.transfers()) ShowTransfer(screen, transfer);
}

}  // namespace

Noun Vaults() {
  const Option vault{"--vault", "vault_id", "Number of the vault", kRequired};
  return {"vault",
          "The vault.",
          {{"create",
            "Sets up a vault.",
            "reeve.payment.v1.VaultService/CreateVault",
            {vault, {"--name", "name", "What people call it", kRequired}},
            As(ShowVault)},
           {"show",
            "What the vault holds.",
            "reeve.payment.v1.VaultService/GetVault",
            {vault},
            As(ShowVault)}}};
}

Noun Transfers() {
  const Option drawer{"--drawer", "drawer_id", "Number of the drawer", kRequired};
  const Option transfer{"--transfer", "transfer_id", "Number of the transfer", kRequired};
  return {"transfer",
          "Money between vault and drawer: one person counts it out, another counts it in.",
          {{"initiate", "Counts money out to the other side.",
            "reeve.payment.v1.VaultService/InitiateTransfer",
            CountOptions({{"--kind", "kind", "change-fund, starting-cash or turn-in", kRequired},
                          {"--vault", "vault_id", "Number of the vault", kRequired},
                          {"--drawer", "drawer_id", "Number of the drawer"}},
                         "counted"),
            As(ShowTransfer)},
           {"accept", "Counts it in: the count must be the same.",
            "reeve.payment.v1.VaultService/AcceptTransfer",
            CountOptions({drawer, transfer}, "counted"), As(ShowTransfer)},
           {"cancel",
            "Takes it back.",
            "reeve.payment.v1.VaultService/CancelTransfer",
            {drawer, transfer, {"--reason", "reason", "Why", kRequired}},
            As(ShowTransfer)},
           {"show",
            "One transfer.",
            "reeve.payment.v1.VaultService/GetTransfer",
            {drawer, transfer},
            As(ShowTransfer)},
           {"pending",
            "What waits to be counted in.",
            "reeve.payment.v1.VaultService/ListPendingTransfers",
            {{"--drawer", "drawer_id", "Of this drawer, or into this vault", kRequired}},
            As(ShowPending)}}};
}

}  // namespace reeve::reevectl
