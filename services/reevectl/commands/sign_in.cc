// sign-in, sign-out, whoami.
#include <fstream>
#include <iostream>

#include "reeve/identity/v1/session_service.pb.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = identity::v1;

struct Arguments {
  std::string login;
  std::string password_file = "-";
};

// The first line of the file; "-" is standard input.
std::string ReadPassword(const std::string& path) {
  std::string password;
  if (path == "-") {
    std::getline(std::cin, password);
  } else {
    std::ifstream file(path);
    std::getline(file, password);
  }
  return password;
}

void ShowSession(Screen& screen, const pb::Session& session) {
  screen.Line("Signed in as " + session.display_name() + ", person " +
              std::to_string(session.person_id()) + ", with " +
              std::to_string(session.permissions_size()) + " permissions until " +
              screen.Time(session.absolute_end_time_micros()));
}

// The session, without its token: that goes into the desk's own file and nowhere else.
Result<pb::Session> SignIn(Desk& desk, const Arguments& arguments) {
  pb::SignInRequest request;
  request.set_login(arguments.login);
  request.set_password(ReadPassword(arguments.password_file));
  const auto& method = *FindMethod("reeve.identity.v1.SessionService/SignIn");
  REEVE_ASSIGN_OR_RETURN(const auto answer,
                         desk.connection().Call("identity", method, request, {}));
  const auto& signed_in = dynamic_cast<const pb::SignInResponse&>(*answer);
  desk.SaveSession(arguments.login, signed_in.session_token());
  desk.Remember(signed_in.session());
  return signed_in.session();
}

Result<pb::SignOutResponse> SignOut(Desk& desk) {
  pb::SignOutRequest request;
  REEVE_ASSIGN_OR_RETURN(
      const auto answer,
      desk.Send<pb::SignOutResponse>("reeve.identity.v1.SessionService/SignOut", request));
  desk.ForgetSession();
  return answer;
}

}  // namespace

void AddSignIn(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  auto* sign_in = app.add_subcommand("sign-in", "Starts a session.");
  sign_in->add_option("login", arguments->login, "Who")->required();
  sign_in
      ->add_option("--password-file", arguments->password_file,
                   "File whose first line is the password; - is standard input")
      ->capture_default_str();
  sign_in->callback([&session, arguments] {
    Finish(session, SignIn(session.desk(), *arguments), As(ShowSession));
  });

  auto* sign_out = app.add_subcommand("sign-out", "Ends the session.");
  sign_out->callback([&session] {
    Finish(session, SignOut(session.desk()),
           [](Screen& screen, const Message&) { screen.Line("Signed out."); });
  });

  auto* who = app.add_subcommand("whoami", "Whose session it is.");
  who->callback([&session] {
    pb::WhoAmIRequest request;
    Finish(session,
           session.desk().Send<pb::Session>("reeve.identity.v1.SessionService/WhoAmI", request),
           As(ShowSession));
  });
}

}  // namespace reeve::reevectl
