#include "services/billing/collections/disconnect_check_service.h"

#include <exception>

#include "services/billing/collections/collections_store.h"
#include "services/billing/collections/standing_store.h"
#include "shared/obs/log.h"

namespace reeve::billing::collections {

void DisconnectCheck::Submit(Call call, DisconnectQuestion question, Done done) {
  caught_up_.Await(call, [this, call, question, done = std::move(done)](std::string_view why_not,
                                                                        const feed::Token&) {
    const std::string_view reason = why_not.empty() ? Answer(call, question) : why_not;
    v1::MayDisconnectResponse response;
    response.set_may_disconnect(reason == answer::kMayCut);
    response.set_reason(std::string(reason));
    done(response);
  });
}

std::string_view DisconnectCheck::Answer(const Call& call, DisconnectQuestion question) const {
  std::string_view reason;
  try {
    database_.Read(call.deadline, [&](db::Transaction& tx) { reason = Judge(tx, call, question); });
  } catch (const std::exception& thrown) {
    obs::Log(obs::Level::kError, "disconnect_check_failed",
             {{"what", std::string_view(thrown.what())}});
    return answer::kNotCaughtUp;
  }
  return reason;
}

std::string_view DisconnectCheck::Judge(db::Transaction& tx, const Call& call,
                                        DisconnectQuestion question) const {
  const std::optional<Disconnect> disconnect = FindOpenDisconnect(tx, question.account);
  if (!disconnect) return answer::kNoRequest;
  const std::optional<ShutoffPolicy> policy = PolicyInForce(tx, call.today);
  if (!policy) return reason::kPolicyNotLoaded.name;
  const Standing standing = LoadStanding(tx, question.account, call.today).value();
  return MayCut(*policy, calendar_, *disconnect, standing, calendar_.zone().At(call.now));
}

}  // namespace reeve::billing::collections
