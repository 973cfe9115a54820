// rate price: what a file of rate schedules would bill, before it is loaded. No suite runs:
// billing's own program reads the schedules, prices and explains.
#include <fstream>
#include <sstream>

#include "reeve/billing/v1/rate_sheet.pb.h"
#include "services/reevectl/commands/flags.h"
#include "services/reevectl/commands/noun.h"
#include "services/reevectl/form/yaml.h"
#include "services/reevectl/screen/bill_screen.h"
#include "shared/process/child.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

namespace reason {
inline constexpr Reason kNotPriced{"NOT_PRICED"};
}  // namespace reason

// What was typed, by the field of the request that it went to.
const Verb kTyped{"price",
                  "",
                  "",
                  {{"--code", "schedule_code", ""},
                   {"--use", "usage", ""},
                   {"--quantity", "quantity", ""},
                   {"--size", "meter_size", ""},
                   {"--from", "from_date", ""},
                   {"--to", "to_date", ""},
                   {"--bill-date", "bill_date", ""},
                   {"--power-factor", "power_factor", ""},
                   {"--days", "day_count", ""},
                   {"--time", "times", ""},
                   {"--load", "loads", ""},
                   {"--earlier-load", "earlier_loads", ""}},
                  {}};

// A document of a file, and where it came from.
struct Place {
  std::string file;
  YamlDocument document;

  std::string Of(std::string_view field) const {
    return file + ":" + std::to_string(document.LineOf(field)) + ": " + std::string(field);
  }
};

struct Given {
  std::vector<std::string> paths;
  std::vector<std::string> times;
  std::vector<std::string> loads;
  std::string program;
  Language language = Language::kEnglish;
  pb::PriceSheetRequest request;
};

std::string TextOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// "on-peak=300", or a number alone.
void AddQuantity(const std::string& text, pb::SheetQuantity& quantity) {
  const std::size_t sign = text.rfind('=');
  if (sign != std::string::npos) quantity.set_name(text.substr(0, sign));
  quantity.set_quantity(sign == std::string::npos ? text : text.substr(sign + 1));
}

// Every fault of the files and of what billing says of them.
Error Refusal(const std::vector<Place>& places, const pb::PricedSheet& answer) {
  std::vector<FieldViolation> faults;
  for (const Place& place : places) {
    for (const YamlFault& fault : place.document.faults) {
      faults.push_back(
          {place.file + ":" + std::to_string(fault.line) + ": " + fault.field, fault.reason});
    }
  }
  for (const pb::SheetFault& fault : answer.faults()) {
    const auto no = static_cast<std::size_t>(fault.schedule_no());
    const bool of_file = fault.schedule_no() >= 0 && no < places.size();
    if (fault.field().empty()) {
      return FailedPrecondition(reason::kNotPriced, fault.reason());
    }
    faults.push_back({of_file ? places[no].Of(fault.field()) : fault.field(), fault.reason()});
  }
  return SayFlags(InvalidArgument(std::move(faults)), kTyped);
}

// What billing's program has written.
Result<pb::BillExplanation> Answer(const std::vector<Place>& places, const std::string& answer,
                                   const std::string& program) {
  pb::PricedSheet priced;
  const bool readable = priced.ParseFromString(answer);
  if (readable && !priced.faults().empty()) return Refusal(places, priced);
  if (readable && priced.has_explanation()) return priced.explanation();
  return FailedPrecondition(reason::kNotPriced,
                            program +
                                " answered what is no priced schedule: is it billing's "
                                "program, and of this version?")
      .With("byte_count", std::to_string(answer.size()));
}

Result<pb::BillExplanation> Price(Given& given) {
  std::vector<Place> places;
  bool readable = true;
  for (const std::string& path : given.paths) {
    for (YamlDocument& document : ReadYaml(TextOf(path), *pb::RateSchedule::descriptor())) {
      readable = readable && document.faults.empty();
      *given.request.add_schedules() = dynamic_cast<const pb::RateSchedule&>(*document.message);
      places.push_back({path.substr(path.rfind('/') + 1), std::move(document)});
    }
  }
  if (!readable) return Refusal(places, {});
  for (const std::string& time : given.times) AddQuantity(time, *given.request.add_times());
  for (const std::string& load : given.loads) AddQuantity(load, *given.request.add_loads());
  const std::string program =
      given.program.empty() ? process::SiblingProgram("reeve-billing") : given.program;
  REEVE_ASSIGN_OR_RETURN(const std::string answer,
                         process::RunChild(program, {"price"}, given.request.SerializeAsString()));
  return Answer(places, answer, program);
}

}  // namespace

void AddRatePrice(CLI::App& rates, Session& session) {
  auto given = std::make_shared<Given>();
  pb::PriceSheetRequest& request = given->request;
  auto* command = rates.add_subcommand(
      "price",
      "What a file of rate schedules would bill a customer, line by line. Nothing is sent.");
  command->add_option("files", given->paths, "YAML, riders too")
      ->required()
      ->check(CLI::ExistingFile);
  const auto add = [&](const char* flag, const char* help, std::string* field) {
    command->add_option(flag, *field, help);
  };
  add("--code", "Schedule, where the files have several", request.mutable_schedule_code());
  add("--use", "What the meter measured, e.g. 812", request.mutable_usage());
  add("--quantity", "The agreement's quantity: dwellings, ESU, contract kW, winter average",
      request.mutable_quantity());
  add("--size", "Size of the meter, e.g. 5/8", request.mutable_meter_size());
  add("--from", "Day of the read before; else the schedule's first day",
      request.mutable_from_date());
  add("--to", "Day of the read", request.mutable_to_date());
  add("--bill-date", "Day of the bill; else that of the read", request.mutable_bill_date());
  add("--power-factor", "Of the period, e.g. 0.85", request.mutable_power_factor());
  command->add_option_function<int>(
      "--days", [given](int days) { given->request.set_day_count(days); },
      "Days, without --to; else 30");
  command->add_option("--time", given->times, "Use in a time: on-peak=300");
  command->add_option("--load", given->loads, "Highest kW: 25, or of a time: on-peak=25");
  command->add_option_function<std::vector<std::string>>(
      "--earlier-load",
      [given](const std::vector<std::string>& loads) {
        given->request.mutable_earlier_loads()->Assign(loads.begin(), loads.end());
      },
      "kW of months before that a ratchet counts, newest first");
  command->add_option("--billing", given->program, "Billing's program; else reeve-billing beside")
      ->envname("REEVE_BILLING_PROGRAM");
  command->add_option("--language", given->language, "en or es")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Language>{{"en", Language::kEnglish}, {"es", Language::kSpanish}}));
  command->callback([&session, given] {
    session.desk().screen().Speak(given->language);
    Finish(session, Price(*given), As(ShowExplanation));
  });
}

}  // namespace reeve::reevectl
