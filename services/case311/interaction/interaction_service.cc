#include "services/case311/interaction/interaction_service.h"

#include <limits>

#include "reeve/case311/v1/events.pb.h"
#include "services/case311/interaction/interaction.h"
#include "services/case311/interaction/interaction_store.h"
#include "services/case311/wire.h"
#include "shared/core/fields.h"
#include "shared/rpc/paging.h"

namespace reeve::case311 {
namespace {

Result<LogInteraction> Parse(const Call& call, const v1::LogInteractionRequest& request) {
  Fields fields;
  LogInteraction command{.request_id = fields.RequestId(request.request_id())};
  command.interaction = {
      .id = InteractionOf(call.caller, command.request_id),
      .channel = FromProto<Channel>(fields, "channel", request.channel(), kChannels.size()),
      .language = request.language(),
      .topic = fields.Text("topic", request.topic(), 1, 200),
      .note = fields.Text("note", request.note(), 0, 4'000),
      .contact_name = fields.Text("contact_name", request.contact_name(), 0, 100),
      .contact_address = fields.Text("contact_address", request.contact_address(), 0, 200),
      .account = AccountId(fields.Range("account_id", request.account_id(), 0,
                                        std::numeric_limits<std::int64_t>::max())),
      .person = call.caller.person,
      .logged_time = call.now,
  };
  if (!IsLanguage(command.interaction.language))
    fields.Refuse("language", "is not a code of two or three small letters");
  if (!fields.ok()) return fields.error();
  return command;
}

v1::Interaction ToProto(const Interaction& interaction) {
  v1::Interaction message;
  message.set_interaction_id(interaction.id.value());
  message.set_channel(ToProto<v1::Channel>(interaction.channel));
  message.set_language(interaction.language);
  message.set_topic(interaction.topic);
  message.set_note(interaction.note);
  message.set_contact_name(interaction.contact_name);
  message.set_contact_address(interaction.contact_address);
  message.set_account_id(interaction.account.value());
  message.set_person_id(interaction.person.value());
  message.set_logged_time_micros(interaction.logged_time.micros());
  return message;
}

void EmitLogged(command::Change& change, const Interaction& interaction) {
  v1::InteractionLogged event;
  event.set_interaction_id(interaction.id.value());
  event.set_channel(ToProto<v1::Channel>(interaction.channel));
  event.set_language(interaction.language);
  event.set_account_id(interaction.account.value());
  command::Emit(change, interaction.id.value(), event);
}

}  // namespace

InteractionService::InteractionService(rpc::Server& server, command::Frame& frame,
                                       db::Database& database, obs::Metrics& metrics)
    : server_(server),
      frame_(frame),
      database_(database),
      by_channel_(metrics.NewCounterByLabel("interactions_total", "Contacts logged, by channel.",
                                            "channel", kChannels.names())),
      by_language_(metrics.NewCounterByLabel("interaction_languages_total",
                                             "Contacts logged, by language.", "language",
                                             {"en", "es"})) {}

grpc::ServerUnaryReactor* InteractionService::LogInteraction(
    grpc::CallbackServerContext* context, const v1::LogInteractionRequest* request,
    v1::Interaction* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::LogInteractionRequest& request) -> Result<v1::Interaction> {
        REEVE_ASSIGN_OR_RETURN(const case311::LogInteraction command, Parse(call, request));
        const Interaction& interaction = command.interaction;
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Interaction> {
          InsertInteraction(change.tx(), interaction);
          change.Audit({.entity = "interaction",
                        .entity_id = interaction.id.ToString(),
                        .action = "log",
                        .before = "",
                        .after = "digest=" + Digest(interaction)});
          EmitLogged(change, interaction);
          change.AfterCommit(
              [this, channel = interaction.channel, language = interaction.language] {
                by_channel_.For(kChannels(channel)).Add();
                by_language_.For(language).Add();
              });
          return ToProto(interaction);
        });
      });
}

grpc::ServerUnaryReactor* InteractionService::GetInteraction(
    grpc::CallbackServerContext* context, const v1::GetInteractionRequest* request,
    v1::Interaction* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::GetInteractionRequest& request) -> Result<v1::Interaction> {
        Fields fields;
        const InteractionId id(fields.Id("interaction_id", request.interaction_id()));
        if (!fields.ok()) return fields.error();
        REEVE_ASSIGN_OR_RETURN(const Interaction interaction,
                               database_.ReadResult(call.deadline, [&](db::Transaction& tx) {
                                 return FindInteraction(tx, id);
                               }));
        return ToProto(interaction);
      });
}

grpc::ServerUnaryReactor* InteractionService::ListInteractions(
    grpc::CallbackServerContext* context, const v1::ListInteractionsRequest* request,
    v1::ListInteractionsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListInteractionsRequest& request) -> Result<v1::ListInteractionsResponse> {
        constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
        Fields fields;
        const AccountId account(fields.Range("account_id", request.account_id(), 0, kLast));
        const std::string query = "ListInteractions/" + account.ToString();
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        const InteractionKey after{Instant::FromMicros(page.AfterInt(0, kLast)),
                                   InteractionId(page.AfterInt(1, kLast))};
        std::vector<Interaction> found;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          found = case311::ListInteractions(tx, account, after, page.size + 1);
        });
        v1::ListInteractionsResponse answer;
        if (found.size() > static_cast<std::size_t>(page.size)) {
          found.pop_back();
          const Interaction& last = found.back();
          answer.set_next_page_token(rpc::NextPageToken(
              query, {std::to_string(last.logged_time.micros()), last.id.ToString()}));
        }
        for (const Interaction& interaction : found)
          *answer.add_interactions() = ToProto(interaction);
        return answer;
      });
}

}  // namespace reeve::case311
