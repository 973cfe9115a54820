#include "reeve/billing/v1/meter_service.pb.h"
#include "services/reevectl/commands/noun.h"

namespace reeve::reevectl {
namespace {

namespace pb = billing::v1;

void ShowInstallation(Screen& screen, const pb::MeterInstallation& installation) {
  const pb::Meter& meter = installation.meter();
  std::string line = "  " + std::to_string(installation.installation_no()) + "  " +
                     meter.meter_number() + ", " + std::to_string(meter.register_digits()) +
                     " digits x " + Decimal(meter.multiplier_thousandths()) + " " + meter.unit();
  if (!meter.meter_size().empty()) line += ", size " + meter.meter_size();
  if (!installation.from_date().empty()) line += ", from " + installation.from_date();
  if (installation.reversed()) {
    line += ", reversed";
  } else {
    line += installation.to_date().empty() ? ", in place" : ", to " + installation.to_date();
  }
  screen.Line(line);
}

void ShowInstallations(Screen& screen, const pb::ListInstallationsResponse& answer) {
  for (const pb::MeterInstallation& one : answer.installations()) ShowInstallation(screen, one);
}

}  // namespace

Noun Meters() {
  const Option account{"--account", "account_id", "The account", kRequired};
  const Option agreement{"--agreement", "agreement_id", "The agreement", kRequired};
  return {"meter",
          "Meters at agreements.",
          {{"exchange",
            "Records that a meter was taken out and another one put in.",
            "reeve.billing.v1.MeterService/ExchangeMeter",
            {account,
             agreement,
             {"--date", "exchange_date", "Day of the exchange", kRequired},
             {"--old", "old_meter_number", "Number on the old meter", kRequired},
             {"--out-read", "out_read_thousandths", "Register of the old meter", kRequired},
             {"--meter", "meter",
              "meter_number=E1,meter_size=5/8,unit=kWh,register_digits=5,multiplier=1", kRequired},
             {"--in-read", "in_read_thousandths", "Register of the new meter", kRequired},
             {"--checked", "differences_checked",
              "true: somebody looked at the new register, where it is not as the old one"},
             {"--reason", "reason", "Why", kRequired}},
            As(ShowInstallation)},
           {"reverse-exchange",
            "Takes an exchange back that never was: the old meter is in place again.",
            "reeve.billing.v1.MeterService/ReverseExchange",
            {account,
             agreement,
             {"--meter", "meter_number", "Number on the meter that was put in", kRequired},
             {"--reason", "reason", "Why", kRequired}},
            As(ShowInstallation)},
           {"list",
            "The meters of an agreement, oldest first.",
            "reeve.billing.v1.MeterService/ListInstallations",
            {account, agreement},
            As(ShowInstallations)}}};
}

}  // namespace reeve::reevectl
