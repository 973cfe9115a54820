// verify: every service proves its own books, then what two of them say about the same money is
// compared, and the heads of the audit chains are anchored outside the databases.
#include <optional>
#include <set>

#include "reeve/feed/v1/feed_service.pb.h"
#include "reeve/verify/v1/verify_service.pb.h"
#include "services/reevectl/anchor/anchor.h"
#include "services/reevectl/commands/noun.h"
#include "services/reevectl/connection/private_file.h"
#include "shared/feed/feed.h"

namespace reeve::reevectl {
namespace {

namespace pb = verify::v1;

constexpr char kMethod[] = "reeve.verify.v1.VerifyService/Verify";

// Two figures that must be the same when the producer counts up to what the consumer has applied.
struct Agreement {
  std::string consumer, consumer_total;
  std::string producer, producer_total;
};
const Agreement kClearing{"billing", "clearing-debits-cents", "payment", "clearing-credits-cents"};

// Consumers before producers, so that no consumer has applied what its producer had not yet
// counted.
const std::vector<std::string>& Order() {
  static const std::vector<std::string> order{"case311", "work_order", "account",
                                              "billing", "payment",    "identity"};
  return order;
}

std::optional<std::int64_t> Total(const pb::VerifyResponse& response, const std::string& name) {
  for (const pb::ControlTotal& total : response.totals()) {
    if (total.name() == name) return total.value();
  }
  return std::nullopt;
}

class Proof {
 public:
  Proof(Desk& desk, Anchors anchors) : desk_(desk), anchors_(std::move(anchors)) {}

  Result<> Ask(const std::string& service) {
    pb::VerifyRequest request;
    if (service == kClearing.producer) {
      request.set_up_to_token(answers_.at(kClearing.consumer).applied_token());
    }
    for (const auto& [name, head] : anchors_) {
      if (name.first != service) continue;
      pb::ChainHead& anchored = *request.add_anchored_heads();
      anchored.set_chain(name.second);
      anchored.set_length(head.length);
      anchored.set_hash(head.hash);
    }
    REEVE_ASSIGN_OR_RETURN(const auto answer,
                           desk_.Send<pb::VerifyResponse>(kMethod, request, service));
    NoteViolations(service, answer);
    answers_.emplace(service, answer);
    return Ok();
  }

  // One line a service: what held, with the names of its own checks; those that every service runs
  // (requests, audit trail, feed) are named once.
  void ReportHolding() const {
    std::map<std::string, std::set<std::string>> services;  // in which a check holds
    for (const auto& [service, answer] : answers_) {
      for (const pb::Check& check : answer.checks()) {
        if (check.violation().empty()) services[check.name()].insert(service);
      }
    }
    const auto is_shared = [&](const pb::Check& check) {
      return services.at(check.name()).size() == answers_.size();
    };
    for (const std::string& service : Order()) {
      const pb::VerifyResponse& answer = answers_.at(service);
      std::int64_t examined = 0;
      int holding = 0;
      std::string own;
      for (const pb::Check& check : answer.checks()) {
        examined += check.examined();
        if (!check.violation().empty()) continue;
        ++holding;
        if (!is_shared(check)) own += (own.empty() ? ": " : ", ") + check.name();
      }
      desk_.screen().Pair(service, std::to_string(holding) + " of " +
                                       std::to_string(answer.checks_size()) + " checks hold, " +
                                       std::to_string(examined) + " rows examined" + own);
    }
    std::string shared;
    for (const auto& [check, of] : services) {
      if (of.size() == answers_.size()) shared += (shared.empty() ? "" : ", ") + check;
    }
    desk_.screen().Pair("every service", shared);
  }

  void CompareClearing() {
    const auto applied = Total(answers_.at(kClearing.consumer), kClearing.consumer_total);
    const auto taken = Total(answers_.at(kClearing.producer), kClearing.producer_total);
    if (!applied || !taken) {
      return Violation("suite", "clearing", "one of the two services does not state its total");
    }
    desk_.screen().Pair("suite", "payments in payment " + Dollars(*taken) +
                                     ", credits in billing " + Dollars(*applied));
    if (*applied != *taken) {
      Violation("suite", "clearing", "differs by " + Dollars(*taken - *applied));
    }
  }

  // What the producer has told and the consumer has not applied yet is no violation: it is in
  // flight.
  Result<> ReportInFlight() {
    feed::v1::GetHeadRequest request;
    REEVE_ASSIGN_OR_RETURN(const auto answer,
                           desk_.Send<feed::v1::GetHeadResponse>(
                               "reeve.feed.v1.FeedService/GetHead", request, kClearing.producer));
    REEVE_ASSIGN_OR_RETURN(const feed::Token head, feed::Token::Decode(answer.token()));
    REEVE_ASSIGN_OR_RETURN(const feed::Token applied,
                           feed::Token::Decode(answers_.at(kClearing.consumer).applied_token()));
    desk_.screen().Pair("", applied.Covers(head, kClearing.producer)
                                ? "nothing in flight between them"
                                : "the payments that billing has not read yet are in flight");
    return Ok();
  }

  // The heads to anchor from now on.
  Anchors Heads() const {
    Anchors heads;
    for (const auto& [service, answer] : answers_) {
      for (const pb::ChainHead& head : answer.heads()) {
        if (head.length() == 0) continue;
        heads[{service, head.chain()}] = {head.length(), head.hash()};
      }
    }
    return heads;
  }

  const std::string& first_violation() const { return first_violation_; }

 private:
  void NoteViolations(const std::string& service, const pb::VerifyResponse& answer) {
    for (const pb::Check& check : answer.checks()) {
      if (!check.violation().empty()) Violation(service, check.name(), check.violation());
    }
    if (answer.checks().empty()) Violation(service, "checks", "none was run");
  }

  void Violation(const std::string& service, const std::string& check, const std::string& what) {
    const std::string text = service + ", " + check + ": " + what;
    desk_.screen().Line("DOES NOT HOLD  " + text);
    if (first_violation_.empty()) first_violation_ = text;
  }

  Desk& desk_;
  Anchors anchors_;
  std::map<std::string, pb::VerifyResponse> answers_;
  std::string first_violation_;
};

AnchorKey KeyOf(Desk& desk) {
  const std::string path = desk.AnchorKeyPath();
  auto seed = ReadPrivateFile(path);
  if (!seed) {
    seed = AnchorKey::NewSeed(desk.random());
    WritePrivateFile(path, *seed);
  }
  return AnchorKey(*seed);
}

Result<std::string> Verify(Desk& desk) {
  const AnchorKey key = KeyOf(desk);
  Anchors anchors;
  if (const auto text = ReadPrivateFile(desk.AnchorsPath())) {
    REEVE_ASSIGN_OR_RETURN(anchors, Read(*text, key));
  }
  Proof proof(desk, anchors);
  for (const std::string& service : Order()) REEVE_RETURN_IF_ERROR(proof.Ask(service));
  proof.ReportHolding();
  proof.CompareClearing();
  REEVE_RETURN_IF_ERROR(proof.ReportInFlight());
  if (proof.first_violation().empty()) {
    const Anchors heads = proof.Heads();
    WritePrivateFile(desk.AnchorsPath(), Write(heads, key));
    desk.screen().Pair("anchors", std::to_string(heads.size()) + " chain heads signed, " +
                                      std::to_string(anchors.size()) + " earlier ones still stand");
  }
  return proof.first_violation();
}

}  // namespace

void AddVerify(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("verify", "Proves the books of all services.");
  command->callback([&session] {
    Desk& desk = session.desk();
    const auto violation = Verify(desk);
    if (!violation.ok()) {
      desk.screen().Refusal(violation.error());
    } else if (violation->empty()) {
      desk.screen().Line("Everything holds.");
      return;
    } else {
      desk.screen().Line("The first thing that does not hold: " + *violation);
    }
    session.code = kRefused;
  });
}

}  // namespace reeve::reevectl
