#include "shared/process/service.h"

#include <unistd.h>

#include <csignal>
#include <stdexcept>

#include "shared/obs/exposer.h"
#include "shared/obs/log.h"
#include "shared/process/applied_tokens.h"
#include "shared/process/faces.h"
#include "shared/process/feed_consumer.h"
#include "shared/process/feed_publisher.h"
#include "shared/process/identity_source.h"
#include "shared/process/system_seams.h"
#include "shared/rpc/client.h"
#include "shared/session/cached_gate.h"
#include "shared/session/redis_cache.h"

namespace reeve::process {
namespace {

constexpr Duration kStartTime = Duration::Seconds(30);
constexpr unsigned kStopSeconds = 30;  // a stop that hangs longer is ended by the kernel
constexpr int kHolidayYearFirst = 2000;
constexpr int kHolidayYearLast = 2100;

namespace reason {
constexpr Reason kStorageAway{"STORAGE_UNAVAILABLE"};
constexpr Reason kStorageBusy{"STORAGE_BUSY"};
constexpr Reason kOutcomeUnknown{"OUTCOME_UNKNOWN"};
constexpr Reason kDeadlinePassed = rpc::reason::kDeadlinePassed;
}  // namespace reason

// What a caller may know of a failure of the database.
std::optional<Error> Explain(const std::exception& thrown) {
  const auto* error = dynamic_cast<const db::DatabaseError*>(&thrown);
  if (error == nullptr) return std::nullopt;
  switch (error->kind()) {
    case db::DatabaseError::Kind::kUnavailable:
    case db::DatabaseError::Kind::kStorage:
      return Unavailable(reason::kStorageAway, "The database is away; nothing happened.");
    case db::DatabaseError::Kind::kSerialization:
      return Unavailable(reason::kStorageBusy, "The database is busy; nothing happened.");
    case db::DatabaseError::Kind::kOutcomeUnknown:
      return Unavailable(reason::kOutcomeUnknown,
                         "The outcome is unknown; ask again with the same request_id.");
    case db::DatabaseError::Kind::kExpired:
      return DeadlineExceeded(reason::kDeadlinePassed, "The deadline has passed.");
    case db::DatabaseError::Kind::kUniqueViolation:
    case db::DatabaseError::Kind::kConstraintViolation:
    case db::DatabaseError::Kind::kBroken:
      return std::nullopt;  // a defect
  }
  return std::nullopt;
}

TimeZone LoadZone(const std::string& name) {
  Result<TimeZone> zone = TimeZone::Load(name);
  if (!zone.ok()) throw std::runtime_error("unknown time zone " + name);
  return std::move(zone).value();
}

std::unique_ptr<session::SharedCache> OpenSharedCache(const std::string& address,
                                                      const Clock& machine_clock,
                                                      obs::Metrics& metrics) {
  if (address.empty()) return std::make_unique<session::NoSharedCache>();
  return std::make_unique<session::RedisCache>(address, machine_clock, metrics);
}

}  // namespace

struct Service::Parts {
  Parts(Settings given, const Seams& seams);

  const Settings settings;
  const Seams seams;
  obs::Metrics metrics;
  TimeZone zone;
  BusinessCalendar calendar;
  feed::Feed feed;
  command::Frame frame;
  AppliedTokens applied;
  std::unique_ptr<session::SharedCache> shared_cache;
  session::Source source;
  std::unique_ptr<session::CachedGate> own_gate;  // unless a gate was given
  std::unique_ptr<rpc::Server> server;
  std::unique_ptr<FeedPublisher> publisher;
  std::unique_ptr<FeedFace> feed_face;
  std::unique_ptr<VerifyFace> verify_face;
  std::vector<std::unique_ptr<FeedConsumer>> consumers;
  obs::Counter& applied_events;
  obs::Counter& apply_failures;
  obs::Counter& causes_given_up;
  std::unique_ptr<obs::Exposer> exposer;
  std::unique_ptr<ThreadPool> workers;  // last: their tasks use what is above
  std::unique_ptr<ThreadPool> background;

  session::Gate& gate() { return seams.gate != nullptr ? *seams.gate : *own_gate; }
  std::string SocketOf(const std::string& service) const {
    return "unix:" + settings.run_folder + "/" + service + ".sock";
  }
};

Service::Parts::Parts(Settings given, const Seams& given_seams)
    : settings(std::move(given)),
      seams(given_seams),
      metrics(settings.service),
      zone(LoadZone(settings.zone)),
      calendar(zone, {}, BusinessCalendar::UtahHolidays(kHolidayYearFirst, kHolidayYearLast)),
      feed(seams.database, settings.service, feed::Feed::kDefaultPartitions,
           seams.machine_clock.Now() + kStartTime),
      frame(seams.database, feed),
      applied(feed),
      shared_cache(OpenSharedCache(settings.redis_address, seams.machine_clock, metrics)),
      applied_events(metrics.NewCounter("feed_applied_events_total",
                                        "Events of neighbours that were applied.")),
      apply_failures(metrics.NewCounter(
          "feed_apply_failures_total", "Attempts to apply events that failed; they are repeated.")),
      causes_given_up(metrics.NewCounter(
          "feed_causes_given_up_total",
          "Times that events were applied before the events of others that led to them.")),
      workers(std::make_unique<ThreadPool>(settings.workers)),
      background(std::make_unique<ThreadPool>(settings.background)) {
  if (seams.gate == nullptr) {
    source = IdentitySource(
        settings.service,
        rpc::OpenChannel(SocketOf("identity"), {"reeve.identity.v1.SessionService"}));
    // Late-bound, because identity itself replaces the source.
    own_gate = std::make_unique<session::CachedGate>(
        session::Source{[this](const std::string& token) { return source.check(token); },
                        [this](std::int64_t number) { return source.revoked_after(number); }},
        *shared_cache, seams.machine_clock, *background, metrics);
  }
  rpc::ServerOptions options;
  options.service = settings.service;
  options.listen = settings.listen;
  options.reflection = settings.reflection;
  options.tls_cert = settings.tls_cert;
  options.tls_key = settings.tls_key;
  server = std::make_unique<rpc::Server>(options, seams.clock, zone, *workers, gate(), metrics);
  server->ExplainExceptions(Explain);
  server->SetApplied([this](const std::string& token) { return applied.Covers(token); });
  publisher = std::make_unique<FeedPublisher>(seams.database, feed, applied, seams.machine_clock,
                                              *background);
  feed_face = std::make_unique<FeedFace>(*server, seams.database, feed, *publisher);
  verify_face = std::make_unique<VerifyFace>(*server, seams.database);
  server->Register(*feed_face);
  server->Register(*verify_face);
}

Service::Service(Settings settings, const Seams& seams)
    : parts_(std::make_unique<Parts>(std::move(settings), seams)) {}

Service::~Service() { Stop(); }

const std::string& Service::name() const { return parts_->settings.service; }
bool Service::demo() const { return parts_->settings.demo; }
db::Database& Service::database() { return parts_->seams.database; }
command::Frame& Service::frame() { return parts_->frame; }
const feed::Feed& Service::feed() { return parts_->feed; }
const Clock& Service::clock() { return parts_->seams.clock; }
const Clock& Service::machine_clock() { return parts_->seams.machine_clock; }
const TimeZone& Service::zone() { return parts_->zone; }
const BusinessCalendar& Service::calendar() { return parts_->calendar; }
Random& Service::random() { return parts_->seams.random; }
Executor& Service::workers() { return *parts_->workers; }
Executor& Service::background() { return *parts_->background; }
rpc::Server& Service::server() { return *parts_->server; }
session::Gate& Service::sessions() { return parts_->gate(); }
obs::Metrics& Service::metrics() { return parts_->metrics; }

void Service::Register(grpc::Service& feature) { parts_->server->Register(feature); }

std::shared_ptr<grpc::Channel> Service::Channel(
    const std::string& service, const std::vector<std::string>& full_service_names) {
  return rpc::OpenChannel(parts_->SocketOf(service), full_service_names);
}

void Service::Consume(const std::string& producer, std::vector<std::string> types, Apply apply) {
  Parts& parts = *parts_;
  parts.feed.FollowNeighbours();
  parts.verify_face->AddProducer(producer);
  parts.consumers.push_back(std::make_unique<FeedConsumer>(
      FeedConsumer::Host{parts.settings.service, parts.seams.database, parts.frame, parts.applied,
                         parts.seams.clock, parts.seams.machine_clock, parts.zone,
                         *parts.background, parts.applied_events, parts.apply_failures,
                         parts.causes_given_up, [&parts] { parts.publisher->Hint(); }},
      producer, std::move(types), std::move(apply),
      Channel(producer, {"reeve.feed.v1.FeedService"})));
}

void Service::AddVerifier(Verifier verifier) { parts_->verify_face->Add(std::move(verifier)); }

void Service::AddCheck(std::function<std::vector<Finding>(db::Transaction&)> check) {
  AddVerifier([check = std::move(check)](db::Transaction& tx, const verify::v1::VerifyRequest&,
                                         verify::v1::VerifyResponse& response) {
    AddChecks(check(tx), response);
  });
}

void Service::UseSessionSource(session::Source source) { parts_->source = std::move(source); }

void Service::Start() {
  Parts& parts = *parts_;
  try {
    if (parts.own_gate) parts.own_gate->Start();
    parts.server->Start();
    if (!parts.settings.metrics_address.empty()) {
      parts.exposer = std::make_unique<obs::Exposer>(parts.settings.metrics_address, parts.metrics);
    }
  } catch (...) {
    Stop();  // before the features go, of which some may be serving already
    throw;
  }
  parts.publisher->Start();
  for (const auto& consumer : parts.consumers) consumer->Start();
}

void Service::Stop() {
  Parts& parts = *parts_;
  if (!parts.workers) return;
  parts.server->Drain();
  for (const auto& consumer : parts.consumers) consumer->Stop();
  parts.publisher->Stop();
  if (parts.own_gate) parts.own_gate->Stop();
  parts.workers.reset();
  parts.background.reset();
}

void Service::Serve() {
  Start();
  obs::Log(obs::Level::kInfo, "serving", {{"port", parts_->server->port()}});
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  int received = 0;
  sigwait(&signals, &received);  // Run has blocked them in every thread
  obs::Log(obs::Level::kInfo, "stopping", {{"signal", received}});
  alarm(kStopSeconds);
  Stop();
}

}  // namespace reeve::process
