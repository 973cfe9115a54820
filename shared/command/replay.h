// Replay: the answer of a request that was carried out before, for methods that look at much before
// they write. Frame::Write finds it as well, behind whatever its body has to say.
#pragma once

#include <optional>

#include "shared/command/command.h"

namespace reeve::command {

std::optional<Result<Stored>> FindStored(db::Transaction& tx, const Call& call,
                                         const Frame::Request& request);

// Nothing if the request is new; a refusal if its id was used for another command.
template <class Answer, class Command>
std::optional<Result<Answer>> FindAnswer(db::Database& database, const Call& call,
                                         const Command& command) {
  std::optional<Result<Stored>> stored;
  database.Read(call.deadline, [&](db::Transaction& tx) {
    stored = FindStored(
        tx, call,
        {Command::kMethod, command.request_id, command.home(), command.canonical().bytes()});
  });
  if (!stored) return std::nullopt;
  if (!stored->ok()) return Result<Answer>(stored->error());
  return Result<Answer>(ParseStored<Answer>(stored->value()));
}

}  // namespace reeve::command
