#include "services/reevectl/commands/noun.h"

#include <google/protobuf/descriptor.h>

#include <map>
#include <stdexcept>

#include "services/reevectl/commands/flags.h"
#include "services/reevectl/form/form.h"

namespace reeve::reevectl {
namespace {

void Run(Session& session, const Verb& verb, const MethodDescriptor& method, Message& request) {
  Desk& desk = session.desk();
  const auto answer = desk.Send(method, request);
  if (answer.ok()) {
    desk.Print(**answer, verb.show);
  } else {
    desk.screen().Refusal(SayFlags(answer.error(), verb));
    session.code = kRefused;
  }
}

void AddVerb(CLI::App& noun, Session& session, const Verb& verb) {
  const MethodDescriptor* method = FindMethod(verb.method);
  if (method == nullptr) throw std::logic_error("no method " + verb.method);
  CLI::App* command = noun.add_subcommand(verb.name, verb.help);
  const std::shared_ptr<Message> request = NewMessage(*method->input_type());
  for (const Option& option : verb.options) {
    if (FindField(*method->input_type(), option.path) == nullptr) {
      throw std::logic_error(verb.method + " takes no " + option.path);
    }
    command
        ->add_option_function<std::vector<std::string>>(
            option.flag,
            [request, path = option.path](const std::vector<std::string>& texts) {
              for (const std::string& text : texts) {
                const auto set = SetField(*request, path, text);
                if (!set.ok()) throw CLI::ValidationError(set.error().message());
              }
            },
            option.help)
        ->required(option.required);
  }
  const auto language = std::make_shared<Language>(Language::kEnglish);
  if (verb.speaks) {
    command->add_option("--language", *language, "en or es")
        ->transform(CLI::CheckedTransformer(std::map<std::string, Language>{
            {"en", Language::kEnglish}, {"es", Language::kSpanish}}))
        ->envname("REEVE_LANGUAGE");
  }
  command->callback([&session, verb, method, request, language] {
    session.desk().screen().Speak(*language);
    Run(session, verb, *method, *request);
  });
}

}  // namespace

CLI::App& AddNoun(CLI::App& app, Session& session, const Noun& noun) {
  CLI::App* group = app.add_subcommand(noun.name, noun.help);
  group->require_subcommand(1);
  for (const Verb& verb : noun.verbs) AddVerb(*group, session, verb);
  return *group;
}

}  // namespace reeve::reevectl
