#include "services/account/premise/premise_service.h"

#include <map>
#include <utility>

#include "services/account/ids.h"
#include "services/account/premise/premise_store.h"
#include "services/account/wire.h"
#include "shared/rpc/paging.h"

namespace reeve::account {
namespace {

constexpr int kRowsMax = 200;

struct CreatePremise {
  static constexpr std::string_view kMethod = "reeve.account.v1.PremiseService/CreatePremise";
  std::string request_id;
  Premise premise;
  std::int64_t home() const { return premise.id.value(); }
  Canonical canonical() const {
    return Canonical("CreatePremise", 1)
        .Add("premise_id", premise.id.value())
        .Add("premise", ToAuditText(premise));
  }
};

struct PremiseRow {
  int line = 0;
  Premise premise;
};

struct ImportPremises {
  static constexpr std::string_view kMethod = "reeve.account.v1.PremiseService/ImportPremises";
  std::string request_id;
  std::vector<PremiseRow> rows;
  std::int64_t home() const { return rows.front().premise.id.value(); }
  Canonical canonical() const {
    Canonical canonical("ImportPremises", 1);
    canonical.List("rows", rows.size());
    for (const PremiseRow& row : rows) {
      canonical.Add("line", row.line)
          .Add("premise_id", row.premise.id.value())
          .Add("premise", ToAuditText(row.premise));
    }
    return canonical;
  }
};

Premise FromProto(Fields& fields, const std::string& path, const v1::Premise& message) {
  Premise premise{.id = PremiseId(message.premise_id()),
                  .address = account::FromProto(message.address()),
                  .customer_class = FromProto(fields, path + ".customer_class",
                                              message.customer_class(), kCustomerClassName),
                  .cycle = message.cycle()};
  for (int i = 0; i < message.service_points_size(); ++i) {
    const v1::ServicePoint& point = message.service_points(i);
    premise.points.push_back(
        {.no = point.service_point_no(),
         .service = point.service(),
         .schedule_code = point.schedule_code(),
         .quantity_thousandths = point.quantity_thousandths(),
         .meter_number = point.meter_number(),
         .register_digits = point.register_digits(),
         .multiplier_thousandths = point.multiplier_thousandths(),
         .unit = point.unit(),
         .meter_size = point.meter_size(),
         .supply = FromProto(fields, path + "." + At("service_points", i) + ".supply",
                             point.supply(), kSupplyName)});
  }
  return CheckPremise(fields, path, std::move(premise));
}

Result<CreatePremise> Parse(const Call& call, const v1::CreatePremiseRequest& request) {
  Fields fields;
  CreatePremise command{.request_id = fields.RequestId(request.request_id()),
                        .premise = FromProto(fields, "premise", request.premise())};
  if (!command.premise.id.is_set()) {
    fields.Range("premise.premise_id", command.premise.id.value(), 0, 0);
    command.premise.id = PremiseId(CreatedId("premise", call.caller, command.request_id));
  }
  if (!fields.ok()) return fields.error();
  return command;
}

Result<ImportPremises> Parse(const v1::ImportPremisesRequest& request) {
  Fields fields;
  ImportPremises command{.request_id = fields.RequestId(request.request_id())};
  if (request.rows().empty() || request.rows_size() > kRowsMax)
    fields.Refuse("rows", "has not 1 to " + std::to_string(kRowsMax) + " elements");
  for (int i = 0; i < request.rows_size() && i < kRowsMax; ++i) {
    const v1::PremiseRow& row = request.rows(i);
    Fields of_row;
    const std::string path = At("rows", i);
    of_row.Range(path + ".line", row.line(), 1, 1'000'000'000);
    of_row.Id(path + ".premise.premise_id", row.premise().premise_id());
    command.rows.push_back({row.line(), FromProto(of_row, path + ".premise", row.premise())});
    RefuseLine(fields, row.line(), of_row);
  }
  if (!fields.ok()) return fields.error();
  return command;
}

Error PremiseExists(PremiseId id) {
  return AlreadyExists(reason::kPremiseExists, "There is a location file under this number.")
      .With("premise_id", id.value());
}

// The first of the premise's meters that stands elsewhere, and where.
std::optional<std::pair<std::string, PremiseId>> MeterElsewhere(db::Transaction& tx,
                                                                const Premise& premise) {
  std::vector<std::string> meters;
  for (const ServicePoint& point : premise.points) {
    if (point.metered()) meters.push_back(point.meter_number);
  }
  const std::vector<PremiseId> found = FindMeters(tx, meters);
  for (std::size_t i = 0; i < meters.size(); ++i) {
    if (found[i].is_set() && found[i] != premise.id) return std::pair(meters[i], found[i]);
  }
  return std::nullopt;
}

void Add(command::Change& change, std::span<const Premise> premises) {
  InsertPremises(change.tx(), premises);
  for (const Premise& premise : premises) {
    change.Audit({.entity = "premise",
                  .entity_id = premise.id.ToString(),
                  .action = "create",
                  .before = "",
                  .after = ToAuditText(premise)});
  }
}

// What of the chunk is new; refuses what contradicts the files or another row.
std::vector<Premise> CheckRows(db::Transaction& tx, std::span<const PremiseRow> rows,
                               Fields& fields) {
  std::vector<PremiseId> ids;
  for (const PremiseRow& row : rows) ids.push_back(row.premise.id);
  const std::vector<std::optional<Premise>> on_file = FindPremises(tx, ids);
  std::map<PremiseId, int> lines;
  std::map<std::string, int> meter_lines;
  std::vector<Premise> fresh;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& [line, premise] = rows[i];
    const std::string path = At("rows", i) + ".premise";
    Fields of_row;
    if (const auto [twin, first] = lines.emplace(premise.id, line); !first)
      of_row.Refuse(path + ".premise_id", "is on line " + std::to_string(twin->second) + " too");
    for (const ServicePoint& point : premise.points) {
      if (!point.metered()) continue;
      if (const auto [twin, first] = meter_lines.emplace(point.meter_number, line); !first)
        of_row.Refuse(path, "meter " + point.meter_number + " is on line " +
                                std::to_string(twin->second) + " too");
    }
    if (const auto elsewhere = MeterElsewhere(tx, premise)) {
      of_row.Refuse(
          path, "meter " + elsewhere->first + " stands at premise " + elsewhere->second.ToString());
    }
    if (on_file[i] && !SamePlace(*on_file[i], premise))
      of_row.Refuse(path + ".premise_id", "is on file with other contents");
    RefuseLine(fields, line, of_row);
    if (!on_file[i]) fresh.push_back(premise);
  }
  return fresh;
}

}  // namespace

Error UnknownPremise(PremiseId id) {
  return NotFound(reason::kPremiseUnknown, "There is no such place.")
      .With("premise_id", id.value());
}

v1::Premise ToProto(const Premise& premise) {
  v1::Premise message;
  message.set_premise_id(premise.id.value());
  *message.mutable_address() = ToProto(premise.address);
  message.set_customer_class(ToProto<v1::CustomerClass>(premise.customer_class));
  message.set_cycle(premise.cycle);
  for (const ServicePoint& from : premise.points) {
    v1::ServicePoint& point = *message.add_service_points();
    point.set_service_point_no(from.no);
    point.set_service(from.service);
    point.set_schedule_code(from.schedule_code);
    point.set_quantity_thousandths(from.quantity_thousandths);
    point.set_meter_number(from.meter_number);
    point.set_register_digits(from.register_digits);
    point.set_multiplier_thousandths(from.multiplier_thousandths);
    point.set_unit(from.unit);
    point.set_meter_size(from.meter_size);
    point.set_supply(ToProto<v1::Supply>(from.supply));
  }
  return message;
}

PremiseService::PremiseService(rpc::Server& server, command::Frame& frame, db::Database& database,
                               obs::Metrics& metrics)
    : server_(server),
      frame_(frame),
      database_(database),
      imported_(metrics.NewCounter("premises_imported_total", "Places taken over from files.")) {}

grpc::ServerUnaryReactor* PremiseService::CreatePremise(grpc::CallbackServerContext* context,
                                                        const v1::CreatePremiseRequest* request,
                                                        v1::Premise* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::CreatePremiseRequest& request) -> Result<v1::Premise> {
        REEVE_ASSIGN_OR_RETURN(const account::CreatePremise command, Parse(call, request));
        return frame_.Write(call, command, [&](command::Change& change) -> Result<v1::Premise> {
          const Premise& premise = command.premise;
          if (FindPremise(change.tx(), premise.id)) return PremiseExists(premise.id);
          if (const auto elsewhere = MeterElsewhere(change.tx(), premise)) {
            return AlreadyExists(reason::kMeterElsewhere, "A meter stands at another place.")
                .With("meter_number", elsewhere->first)
                .With("premise_id", elsewhere->second.value());
          }
          Add(change, std::span(&premise, 1));
          return ToProto(premise);
        });
      });
}

grpc::ServerUnaryReactor* PremiseService::ImportPremises(grpc::CallbackServerContext* context,
                                                         const v1::ImportPremisesRequest* request,
                                                         v1::ImportPremisesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ImportPremisesRequest& request) -> Result<v1::ImportPremisesResponse> {
        REEVE_ASSIGN_OR_RETURN(const account::ImportPremises command, Parse(request));
        return frame_.Write(
            call, command, [&](command::Change& change) -> Result<v1::ImportPremisesResponse> {
              Fields fields;
              const std::vector<Premise> fresh = CheckRows(change.tx(), command.rows, fields);
              if (!fields.ok()) return fields.error();
              Add(change, fresh);
              if (fresh.empty()) {
                change.Audit({.entity = "premise-file",
                              .entity_id = command.rows.front().premise.id.ToString(),
                              .action = "repeat",
                              .before = "",
                              .after = "rows=" + std::to_string(command.rows.size())});
              }
              change.AfterCommit([this, count = fresh.size()] { imported_.Add(count); });
              v1::ImportPremisesResponse answer;
              answer.set_imported(static_cast<int>(fresh.size()));
              answer.set_unchanged(static_cast<int>(command.rows.size() - fresh.size()));
              return answer;
            });
      });
}

grpc::ServerUnaryReactor* PremiseService::GetPremise(grpc::CallbackServerContext* context,
                                                     const v1::GetPremiseRequest* request,
                                                     v1::Premise* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetPremiseRequest& request) -> Result<v1::Premise> {
        Fields fields;
        const PremiseId id(fields.Id("premise_id", request.premise_id()));
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline, [&](db::Transaction& tx) -> Result<v1::Premise> {
          const std::optional<Premise> premise = FindPremise(tx, id);
          if (!premise) return UnknownPremise(id);
          return ToProto(*premise);
        });
      });
}

grpc::ServerUnaryReactor* PremiseService::SearchPremises(grpc::CallbackServerContext* context,
                                                         const v1::SearchPremisesRequest* request,
                                                         v1::SearchPremisesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::SearchPremisesRequest& request) -> Result<v1::SearchPremisesResponse> {
        Fields fields;
        const std::string key = AddressKey(fields.Text("address", request.address(), 0, 110));
        const std::string meter = request.meter_number();
        if (key.empty() == meter.empty()) {
          fields.Refuse("address", "exactly one of address and meter_number is required");
        } else if (!key.empty() && key.size() < 3) {
          fields.Refuse("address", "has fewer than 3 letters and digits");
        }
        if (!meter.empty() && !IsCode(meter)) {
          fields.Refuse("meter_number", "is not 1 to 20 characters of A-Z, 0-9 and -");
        }
        const std::string query = "SearchPremises/" + key + "/" + meter;
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 2);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::SearchPremisesResponse> {
              std::vector<PremiseId> ids;
              if (meter.empty()) {
                ids = SearchByAddress(tx, key, page.after.empty() ? "" : page.after[0],
                                      PremiseId(page.AfterInt(1)), page.size + 1);
              } else if (const PremiseId found = FindMeters(tx, std::span(&meter, 1)).front();
                         found.is_set()) {
                ids.push_back(found);
              }
              const bool more = ids.size() > static_cast<std::size_t>(page.size);
              if (more) ids.pop_back();
              v1::SearchPremisesResponse answer;
              for (const std::optional<Premise>& premise : FindPremises(tx, ids)) {
                *answer.add_premises() = ToProto(*premise);
                if (more && premise->id == ids.back()) {
                  answer.set_next_page_token(rpc::NextPageToken(
                      query, {AddressKey(premise->address), premise->id.ToString()}));
                }
              }
              return answer;
            });
      });
}

}  // namespace reeve::account
