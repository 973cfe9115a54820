#include "services/billing/parcel/parcel_service.h"

#include <algorithm>
#include <limits>
#include <set>

#include "services/billing/audit_row.h"
#include "services/billing/cycle/cycle_service.h"
#include "services/billing/cycle/cycle_store.h"
#include "services/billing/cycle/parcel_difference_store.h"
#include "services/billing/derived_id.h"
#include "services/billing/file/file_part.h"
#include "services/billing/parcel/parcel_store.h"
#include "services/billing/rate/rate_store.h"
#include "shared/core/decimal.h"
#include "shared/rpc/paging.h"

namespace reeve::billing::parcel {
namespace {

constexpr std::int64_t kLinesMax = 1'000;  // of a part: each is a row to insert and one to look for
constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();

struct LoadPart {
  static constexpr std::string_view kMethod = "reeve.billing.v1.ParcelService/LoadParcels";
  std::string request_id;
  file::FilePart file;

  std::int64_t home() const { return 0; }
  Canonical canonical() const { return file.AddTo(Canonical(kMethod, 1)); }
};

v1::ParcelFile ToProto(const ParcelFile& file) {
  v1::ParcelFile message;
  message.set_file_id(file.file_id);
  message.set_complete_no(file.complete_no);
  message.set_file_name(file.file_name);
  message.set_next_line(file.next_line);
  message.set_place_count(file.place_count);
  message.set_loaded_date(file.loaded_date.ToString());
  message.set_loaded_by_person_id(file.loaded_by.value());
  return message;
}

v1::Parcel ToProto(const Parcel& parcel) {
  v1::Parcel message;
  message.set_premise_id(parcel.premise.value());
  message.set_parcel_number(parcel.parcel_number);
  message.set_land_use(parcel.land_use);
  message.set_city_limits(parcel.city_limits);
  if (parcel.dwelling_units) message.set_dwelling_units(std::to_string(*parcel.dwelling_units));
  if (parcel.esu_thousandths) message.set_esu(PrintDecimal(*parcel.esu_thousandths, 3, 0));
  if (parcel.cart_count) message.set_carts(std::to_string(*parcel.cart_count));
  for (const std::string& size : parcel.meter_sizes) message.add_meter_sizes(size);
  for (const std::string& carts : parcel.service_carts) message.add_service_carts(carts);
  for (const std::string& service : parcel.exempt_services) message.add_exempt_services(service);
  return message;
}

v1::ParcelDifference ToProto(const cycle::FoundDifference& found) {
  v1::ParcelDifference message;
  message.set_account_id(found.account.value());
  message.set_agreement_id(found.agreement_id);
  message.set_service(found.service);
  message.set_basis(std::string(cycle::BasisName(found.difference.basis)));
  message.set_expected(found.difference.expected);
  message.set_billed(found.difference.billed);
  message.set_at_stake_cents(found.difference.at_stake_cents.value_or(0));
  message.set_at_stake_known(found.difference.at_stake_cents.has_value());
  return message;
}

std::int64_t FileId(const LoadPart& part, Date day, int nth) {
  return DerivedId("parcels", part.file.file_sha256 + day.ToString() +
                                  (nth == 0 ? "" : "/" + std::to_string(nth)));
}

// Which file the part is of. One whose parts are missing goes on, also past midnight. One that is
// in force is the same file. Where another has come since, it is brought again, and becomes another
// one: what was in force before is so again.
std::int64_t FindFileOf(db::Transaction& tx, const LoadPart& part, Date today) {
  for (int nth = 0;; ++nth) {
    const std::optional<ParcelFile> file = FindFile(tx, FileId(part, today.PlusDays(-1), nth));
    if (!file) break;
    if (file->complete_no == 0) return file->file_id;
  }
  const std::int64_t in_force = CountComplete(tx);
  for (int nth = 0;; ++nth) {
    const std::int64_t file_id = FileId(part, today, nth);
    const std::optional<ParcelFile> file = FindFile(tx, file_id);
    if (!file || file->complete_no == 0 || file->complete_no == in_force) return file_id;
  }
}

void SortByLine(std::vector<Problem>& problems) {
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
}

// Names of schedules that are not loaded, by line.
std::vector<Problem> FindUnknown(db::Transaction& tx, const ParcelRows& rows) {
  std::set<std::string, std::less<>> codes;
  for (const LandUser& user : rows.users) {
    if (user.kind == UserKind::kSchedule) codes.insert(user.code);
  }
  if (codes.empty()) return {};
  const rate::Tariff tariff(rate::LoadSchedules(tx));
  std::erase_if(codes, [&](const std::string& code) { return tariff.Find(code) == nullptr; });
  return FindUnknown(rows, codes);
}

Result<v1::ParcelFile> Load(command::Change& change, const LoadPart& part, const ParcelRows& rows) {
  db::Transaction& tx = change.tx();
  ParcelFile added;
  added.file_name = part.file.name;
  added.loaded_date = change.call().today;
  added.loaded_by = change.call().caller.person;
  added.file_id = FindFileOf(tx, part, added.loaded_date);
  const bool is_new = !FindFile(tx, added.file_id);
  ParcelFile file = LockOrAddFile(tx, added);
  std::string before = is_new ? "" : RowText(kKeptFile, CellsOfFile(file));
  const auto save = [&](std::string_view action) {
    SaveFile(tx, file);
    AuditRow(change, kKeptFile, action, std::move(before), CellsOfFile(file));
    return ToProto(file);
  };
  REEVE_ASSIGN_OR_RETURN(
      const file::Arrival arrival,
      file::Arrive(part.file, FindPart(tx, file.file_id, part.file.first_line),
                   {file.next_line, file.complete_no > 0}, reason::kParcelsLoaded));
  if (arrival == file::Arrival::kRepeated) return save("repeat");
  std::vector<Problem> problems = rows.problems;
  for (Problem& unknown : FindUnknown(tx, rows)) problems.push_back(std::move(unknown));
  for (const std::int64_t line : LinesTwice(tx, file.file_id, rows)) {
    problems.push_back({line, "place", "is there twice"});
  }
  SortByLine(problems);
  Fields fields;
  file::RefuseProblems(fields, problems);
  if (!fields.ok()) return fields.error();
  // Whoever starts a run holds the tariff, too: it begins before the file is in force, or behind.
  if (part.file.last_part) rate::LockTariff(tx);
  if (part.file.last_part && IsRunCalculating(tx)) {
    return FailedPrecondition(reason::kRunCalculating,
                              "A run is being calculated, and is compared with one file.");
  }
  // After this point it must succeed.
  const PartDigests digests =
      InsertPart(tx, file.file_id, part.file.first_line, HexEncode(part.file.digest()), rows);
  change.Audit({std::string(kPartEntity),
                std::to_string(file.file_id) + "/" + std::to_string(part.file.first_line), "load",
                "", digests.Text()});
  file.next_line = part.file.next_line();
  file.place_count += static_cast<std::int64_t>(rows.places.size());
  if (part.file.last_part) file.complete_no = CountComplete(tx) + 1;
  return save("load");
}

}  // namespace

grpc::ServerUnaryReactor* ParcelService::CheckParcels(grpc::CallbackServerContext* context,
                                                      const v1::CheckParcelsRequest* request,
                                                      v1::CheckParcelsResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::CheckParcelsRequest& request) -> Result<v1::CheckParcelsResponse> {
        Fields fields;
        file::CheckLines(fields, request.first_line(), request.lines(), kLinesMax);
        if (!fields.ok()) return fields.error();
        const ParcelRows rows = ParseParcels(request.lines(), request.first_line());
        std::vector<Problem> problems;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          problems = rows.problems;
          for (Problem& unknown : FindUnknown(tx, rows)) problems.push_back(std::move(unknown));
        });
        SortByLine(problems);
        return file::AnswerProblems<v1::CheckParcelsResponse>(problems);
      });
}

grpc::ServerUnaryReactor* ParcelService::LoadParcels(grpc::CallbackServerContext* context,
                                                     const v1::LoadParcelsRequest* request,
                                                     v1::ParcelFile* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::LoadParcelsRequest& request) -> Result<v1::ParcelFile> {
        Fields fields;
        LoadPart part;
        part.request_id = fields.RequestId(request.request_id());
        part.file = file::ParsePart(fields, request, kLinesMax);
        if (!fields.ok()) return fields.error();
        const ParcelRows rows = ParseParcels(part.file.lines, part.file.first_line);
        return frame_.Write(call, part,
                            [&](command::Change& change) { return Load(change, part, rows); });
      });
}

grpc::ServerUnaryReactor* ParcelService::ListParcelFiles(grpc::CallbackServerContext* context,
                                                         const v1::ListParcelFilesRequest* request,
                                                         v1::ListParcelFilesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call,
             const v1::ListParcelFilesRequest& request) -> Result<v1::ListParcelFilesResponse> {
        Fields fields;
        const std::string query = "parcels";
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 1);
        if (!fields.ok()) return fields.error();
        v1::ListParcelFilesResponse answer;
        database_.Read(call.deadline, [&](db::Transaction& tx) {
          answer.Clear();
          const std::int64_t before = request.page_token().empty() ? kNewest : page.AfterInt(0);
          for (const ParcelFile& file : ListFiles(tx, before, page.size)) {
            *answer.add_files() = ToProto(file);
          }
        });
        if (answer.files_size() == page.size) {
          answer.set_next_page_token(rpc::NextPageToken(
              query, {std::to_string(answer.files(page.size - 1).complete_no())}));
        }
        return answer;
      });
}

grpc::ServerUnaryReactor* ParcelService::GetParcel(grpc::CallbackServerContext* context,
                                                   const v1::GetParcelRequest* request,
                                                   v1::Parcel* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::GetParcelRequest& request) -> Result<v1::Parcel> {
        Fields fields;
        const PremiseId premise(fields.Id("premise_id", request.premise_id()));
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(call.deadline, [&](db::Transaction& tx) -> Result<v1::Parcel> {
          const std::optional<Parcel> parcel = FindParcel(tx, premise);
          if (!parcel) {
            return NotFound(reason::kParcelUnknown, "The land records do not have the place.");
          }
          return ToProto(*parcel);
        });
      });
}

grpc::ServerUnaryReactor* ParcelService::ListParcelDifferences(
    grpc::CallbackServerContext* context, const v1::ListParcelDifferencesRequest* request,
    v1::ListParcelDifferencesResponse* response) {
  return server_.Handle(
      context, request, response,
      [this](const Call& call, const v1::ListParcelDifferencesRequest& request)
          -> Result<v1::ListParcelDifferencesResponse> {
        Fields fields;
        const std::int64_t cycle_id = fields.Id("cycle_id", request.cycle_id());
        const std::string query = "differences/" + std::to_string(cycle_id);
        const rpc::Page page =
            rpc::ParsePage(fields, request.page_size(), request.page_token(), query, 3);
        if (!fields.ok()) return fields.error();
        return database_.ReadResult(
            call.deadline, [&](db::Transaction& tx) -> Result<v1::ListParcelDifferencesResponse> {
              if (!cycle::FindRun(tx, cycle_id)) {
                return NotFound(cycle::reason::kCycleUnknown, "There is no such cycle run.");
              }
              v1::ListParcelDifferencesResponse answer;
              for (const cycle::FoundDifference& found : cycle::ListDifferences(
                       tx, cycle_id, AccountId(page.AfterInt(0)), page.AfterInt(1),
                       page.after.empty() ? "" : page.after[2], page.size)) {
                *answer.add_differences() = ToProto(found);
              }
              if (answer.differences_size() == page.size) {
                const v1::ParcelDifference& last = answer.differences(page.size - 1);
                answer.set_next_page_token(
                    rpc::NextPageToken(query, {std::to_string(last.account_id()),
                                               std::to_string(last.agreement_id()), last.basis()}));
              }
              return answer;
            });
      });
}

}  // namespace reeve::billing::parcel
