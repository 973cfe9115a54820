#include "shared/rpc/runtime.h"

#include <google/protobuf/stubs/logging.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_initializer.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <fstream>
#include <mutex>
#include <sstream>
#include <stdexcept>

#include "shared/obs/log.h"
#include "shared/rpc/decoding.h"
#include "shared/rpc/error.h"
#include "shared/rpc/metadata.h"
#include "shared/rpc/reasons.h"

namespace reeve::rpc {
namespace {

using google::protobuf::DescriptorPool;

constexpr Duration kDrainTime = Duration::Seconds(20);
constexpr Duration kAppliedPoll = Duration::Millis(5);
constexpr Duration kSessionsOfStreamsPoll = Duration::Millis(500);
constexpr std::size_t kTraceMax = 64;
constexpr char kUnixPrefix[] = "unix:";

// Deadlines are the machine's business, also where the city's clock is moved.
Instant MachineNow() {
  return Instant::FromMicros(std::chrono::duration_cast<std::chrono::microseconds>(
                                 std::chrono::system_clock::now().time_since_epoch())
                                 .count());
}

std::string_view Metadata(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

bool IsTraceId(std::string_view text) {
  return !text.empty() && text.size() <= kTraceMax && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
  });
}

bool IsUnix(std::string_view address) { return address.starts_with(kUnixPrefix); }

bool IsLoopback(std::string_view address) {
  return address.starts_with("127.") || address.starts_with("[::1]:") ||
         address.starts_with("localhost:");
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Asks gRPC for the names of the services that were registered, before the first call can come in;
// grpc::Service itself tells nobody. And keeps reflection out of a server that does not want it:
// the library adds it to every server of a process that is linked with it.
class ServiceNames final : public grpc::ServerBuilderOption {
 public:
  using Tell = std::function<void(const std::vector<std::string>&)>;
  ServiceNames(Tell tell, bool reflection) : tell_(std::move(tell)), reflection_(reflection) {}
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    if (!reflection_) {
      std::erase_if(*plugins, [](const auto& p) { return p->name() == "proto_server_reflection"; });
    }
    plugins->push_back(std::make_unique<Plugin>(tell_));
  }

 private:
  class Plugin final : public grpc::ServerBuilderPlugin {
   public:
    explicit Plugin(Tell tell) : tell_(std::move(tell)) {}
    std::string name() override { return "reeve_service_names"; }
    // The services are registered and the server has not started.
    void InitServer(grpc::ServerInitializer* initializer) override {
      tell_(*initializer->GetServiceList());
    }
    void Finish(grpc::ServerInitializer*) override {}
    void ChangeArguments(const std::string&, void*) override {}

   private:
    const Tell tell_;
  };
  const Tell tell_;
  const bool reflection_;
};

}  // namespace

Runtime::Runtime(ServerOptions options, const Clock& clock, const TimeZone& zone, Executor& workers,
                 session::Gate& sessions, obs::Metrics& metrics)
    : options(std::move(options)),
      domain("reeve." + this->options.service),
      clock_(clock),
      zone_(zone),
      workers_(workers),
      sessions_(sessions),
      registry_(metrics),
      metrics_(metrics),
      trace_nonce_(static_cast<std::uint64_t>(MachineNow().micros()) * 0x9E3779B97F4A7C15u) {
  undeclared_.policy.method = "undeclared";
  undeclared_.codes = std::make_unique<CodeCounters>(metrics, undeclared_.policy.method);
}

void Runtime::Declare(const google::protobuf::ServiceDescriptor& service) {
  for (int i = 0; i < service.method_count(); ++i) {
    const google::protobuf::MethodDescriptor& declared = *service.method(i);
    auto method = std::make_unique<Method>();
    method->policy = PolicyOf(declared);
    method->at_least = declared.input_type()->FindFieldByName("at_least");
    method->codes = std::make_unique<CodeCounters>(registry_, method->policy.method);
    if (!methods_.emplace(declared.input_type(), std::move(method)).second) {
      throw std::logic_error("policy of " + service.full_name() + "/" + declared.name() +
                             ": shares its request type with another method");
    }
  }
}

void Runtime::BindAndStart() {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
    google::protobuf::SetLogHandler(
        [](google::protobuf::LogLevel, const char*, int, const std::string& what) {
          obs::Log(obs::Level::kInfo, "protobuf", {{"what", std::string_view(what)}});
        });
  });
  if (options.reflection) grpc::reflection::InitProtoReflectionServerBuilderPlugin();

  // No call may find its method undeclared, so the policies are read before the server starts; what
  // is wrong with them is thrown behind gRPC's code.
  std::exception_ptr contradiction;
  const auto declare_all = [&](const std::vector<std::string>& names) {
    try {
      for (const std::string& name : names) {
        if (name.starts_with("grpc.")) continue;  // health and reflection are gRPC's own
        Declare(*DescriptorPool::generated_pool()->FindServiceByName(name));
      }
    } catch (...) {
      contradiction = std::current_exception();
    }
  };
  grpc::ServerBuilder builder;
  builder.SetOption(std::make_unique<ServiceNames>(declare_all, options.reflection));
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);

  std::shared_ptr<grpc::ServerCredentials> clear = grpc::InsecureServerCredentials();
  std::shared_ptr<grpc::ServerCredentials> tls;
  if (!options.tls_cert.empty()) {
    grpc::SslServerCredentialsOptions keys;
    keys.pem_key_cert_pairs.push_back({ReadFile(options.tls_key), ReadFile(options.tls_cert)});
    tls = grpc::SslServerCredentials(keys);
  }
  std::vector<int> ports(options.listen.size(), 0);
  for (std::size_t i = 0; i < options.listen.size(); ++i) {
    const std::string& address = options.listen[i];
    if (!IsUnix(address) && !IsLoopback(address) && !tls) {
      throw std::runtime_error(address + " is not loopback: TLS is required");
    }
    builder.AddListeningPort(address, !IsUnix(address) && tls ? tls : clear, &ports[i]);
  }
  for (grpc::Service* service : services) {
    WatchDecoding(*service, [this](const auto& method, std::string_view bytes) {
      return RefuseUndecodable(method, bytes);
    });
    builder.RegisterService(service);
  }
  server_ = builder.BuildAndStart();
  if (!server_) throw std::runtime_error("cannot listen on " + options.listen.front());
  try {
    for (std::size_t i = 0; i < options.listen.size(); ++i) {
      if (ports[i] == 0) throw std::runtime_error("cannot listen on " + options.listen[i]);
      if (IsUnix(options.listen[i])) {  // only the suite's own user may claim to be a service
        ::chmod(options.listen[i].c_str() + sizeof(kUnixPrefix) - 1, S_IRUSR | S_IWUSR);
      } else if (port == 0) {
        port = ports[i];
      }
    }
    if (contradiction) std::rethrow_exception(contradiction);
  } catch (...) {
    server_->Shutdown();
    throw;
  }
  server_->GetHealthCheckService()->SetServingStatus(true);
  FollowSessions();
}

std::shared_ptr<Exchange> Runtime::Open(grpc::CallbackServerContext* context,
                                        const google::protobuf::Descriptor* request_type,
                                        Exchange::Finish finish) {
  const auto found = methods_.find(request_type);
  Method& method = found == methods_.end() ? undeclared_ : *found->second;
  return std::make_shared<Exchange>(*this, method, context, std::move(finish));
}

void Runtime::Proceed(const std::shared_ptr<Exchange>& exchange,
                      const google::protobuf::Message& request, bool here, Run run) {
  const Method& method = exchange->method_;
  if (const Result<> arrived = Arrive(*exchange); !arrived.ok()) return exchange->End(arrived);
  std::string at_least;
  if (method.at_least != nullptr) {
    at_least = request.GetReflection()->GetString(request, method.at_least);
  }
  const std::string& token = exchange->call_.session_token;
  if (token.empty()) return Admitted(exchange, at_least, here, std::move(run));
  if (auto facts = sessions_.Peek(token)) {
    exchange->session_ = std::move(facts);
    return Admitted(exchange, at_least, here, std::move(run));
  }
  workers_.Post([this, exchange, at_least = std::move(at_least), run = std::move(run)]() mutable {
    Result<session::Facts> facts = sessions_.Check(exchange->call_.session_token);
    if (!facts.ok()) return exchange->End(std::move(facts).error());
    exchange->session_ = std::make_shared<const session::Facts>(std::move(facts).value());
    Admitted(exchange, at_least, /*here=*/true, std::move(run));
  });
}

// Trace, deadline, admission, and who the caller claims to be.
Result<> Runtime::Arrive(Exchange& exchange) {
  const MethodPolicy& policy = exchange.method_.policy;
  const grpc::CallbackServerContext& context = *exchange.context_;
  Call& call = exchange.call_;
  static const auto kNoPermissions = std::make_shared<const std::set<std::string, std::less<>>>();
  call.permissions = kNoPermissions;

  const std::string_view trace = Metadata(context, kTraceKey);
  call.trace_id = IsTraceId(trace) ? std::string(trace) : NewTraceId();
  call.now = clock_.Now();
  call.today = zone_.DateAt(call.now);
  if (&exchange.method_ == &undeclared_) {
    return Error(Code::kInternal, reason::kInternal, "The method is not declared.");
  }
  if (draining_) return Unavailable(reason::kDraining, "The service is stopping.");

  const Instant now = MachineNow();
  const auto asked = context.deadline();
  call.deadline = now + policy.deadline;
  if (!exchange.method_.is_stream() && asked != std::chrono::system_clock::time_point::max()) {
    call.deadline = Instant::FromMicros(
        std::chrono::duration_cast<std::chrono::microseconds>(asked.time_since_epoch()).count());
  }
  if (call.deadline <= now) {
    metrics_.expired.Add();
    return DeadlineExceeded(reason::kDeadlinePassed, "The deadline has passed.");
  }

  if (!exchange.method_.is_stream()) {
    exchange.holds_slot_ = true;
    metrics_.in_progress.Add(1);
    if (in_progress_.fetch_add(1) >= CallsMax(policy.priority)) {
      metrics_.Shed(policy.priority).Add();
      return ResourceExhausted(reason::kOverloaded, "Too many calls; try again in a moment.");
    }
  }

  if (const std::string_view service = Metadata(context, kServiceKey); !service.empty()) {
    if (!IsUnix(context.peer())) {
      return Unauthenticated(reason::kServiceClaim, "A service proves itself by its socket.");
    }
    call.caller.kind = CallerKind::kService;
    call.caller.service = service;
  }
  if (policy.MayUseSession()) {
    const std::string_view authorization = Metadata(context, kAuthorizationKey);
    if (authorization.starts_with(kBearer)) {
      call.session_token = authorization.substr(sizeof(kBearer) - 1);
    }
  }
  return Ok();
}

void Runtime::Admitted(const std::shared_ptr<Exchange>& exchange, const std::string& at_least,
                       bool here, Run run) {
  if (const auto& facts = exchange->session_) {
    Call& call = exchange->call_;
    call.caller = {CallerKind::kPerson, facts->person, {}};
    call.display_name = facts->display_name;
    call.permissions = facts->permissions;
  }
  if (const Result<> may = Admit(exchange->method_.policy, exchange->call_); !may.ok()) {
    return exchange->End(may);
  }
  if (exchange->method_.is_stream()) {
    const std::lock_guard lock(streams_mutex_);
    if (!exchange->ended_) streams_.emplace(exchange.get(), exchange);
    metrics_.streams_open.Set(static_cast<double>(streams_.size()));
  }
  const Result<bool> there = at_least.empty() || !applied ? true : applied(at_least);
  if (!there.ok()) return exchange->End(there.error());
  if (!*there) {
    const Instant now = MachineNow();
    const Duration half = Duration::Micros((exchange->call_.deadline - now).micros() / 2);
    return WaitApplied(exchange, at_least, now + half, std::move(run));
  }
  if (here) return RunBody(exchange, run);
  workers_.Post([this, exchange, run = std::move(run)] { RunBody(exchange, run); });
}

void Runtime::WaitApplied(const std::shared_ptr<Exchange>& exchange, const std::string& at_least,
                          Instant give_up, Run run) {
  workers_.PostAfter(kAppliedPoll, [this, exchange, at_least, give_up, run = std::move(run)] {
    const Result<bool> there = applied(at_least);
    if (!there.ok()) return exchange->End(there.error());
    if (*there) return RunBody(exchange, run);
    if (MachineNow() < give_up && !draining_) {
      return WaitApplied(exchange, at_least, give_up, run);
    }
    exchange->End(Unavailable(reason::kNotCaughtUp,
                              "What you refer to has not arrived here yet; try again."));
  });
}

void Runtime::RunBody(const std::shared_ptr<Exchange>& exchange, const Run& run) {
  if (exchange->ended_) return;  // the reader of a stream went away
  if (exchange->call_.deadline <= MachineNow()) {
    metrics_.expired.Add();
    return exchange->End(DeadlineExceeded(reason::kDeadlinePassed, "The deadline has passed."));
  }
  if (!exchange->method_.is_stream() && exchange->context_->IsCancelled()) {
    return exchange->End(Error(Code::kCancelled, reason::kCallerGone, "The caller went away."));
  }
  try {
    run(exchange);
  } catch (const std::exception& thrown) {
    exchange->Fail(thrown);
  }
}

grpc::Status Runtime::RefuseUndecodable(const google::protobuf::MethodDescriptor& method,
                                        std::string_view bytes) {
  const auto found = methods_.find(method.input_type());
  const Method& declared = found == methods_.end() ? undeclared_ : *found->second;
  declared.codes->Count(grpc::INVALID_ARGUMENT);
  obs::Log(
      obs::Level::kInfo, "undecodable",
      {{"method", declared.policy.method}, {"bytes", static_cast<std::int64_t>(bytes.size())}});
  return ToStatus(ExplainUndecodable(*method.input_type(), bytes), domain);
}

void Runtime::Ended(Exchange& exchange, const Result<>& end, grpc::StatusCode code) {
  const MethodPolicy& policy = exchange.method_.policy;
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(
                          std::chrono::steady_clock::now() - exchange.start_)
                          .count();
  if (exchange.holds_slot_) {
    in_progress_.fetch_sub(1);
    metrics_.in_progress.Add(-1);
  }
  if (exchange.method_.is_stream()) {
    const std::lock_guard lock(streams_mutex_);
    streams_.erase(&exchange);
    metrics_.streams_open.Set(static_cast<double>(streams_.size()));
  }
  exchange.method_.codes->Count(code);
  metrics_.Seconds(policy.method_class).Observe(static_cast<double>(micros) / 1e6);
  obs::Log(code == grpc::INTERNAL ? obs::Level::kError : obs::Level::kInfo, "call",
           {{"method", policy.method},
            {"code", CodeName(code)},
            {"reason", end.ok() ? std::string_view() : std::string_view(end.error().reason())},
            {"caller", exchange.call_.caller.ToString()},
            {"trace", exchange.call_.trace_id},
            {"micros", micros}});
}

Error Runtime::Explain(const Exchange& exchange, const std::exception& thrown) const {
  obs::Log(obs::Level::kError, "body_threw",
           {{"method", exchange.method_.policy.method},
            {"trace", exchange.call_.trace_id},
            {"what", std::string_view(thrown.what())}});
  if (explain) {
    if (std::optional<Error> known = explain(thrown)) return *std::move(known);
  }
  return Error(Code::kInternal, reason::kInternal, "Internal error; quote the request id.")
      .With("request_id", exchange.call_.trace_id);
}

int Runtime::CallsMax(v1::Priority priority) const {
  switch (priority) {
    case v1::PRIORITY_MONEY:
      return options.calls_max;
    case v1::PRIORITY_REPORT:
      return options.calls_max / 2;
    default:
      return options.calls_max / 5 * 4;
  }
}

std::string Runtime::NewTraceId() {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string id(32, '0');
  const std::uint64_t words[] = {trace_nonce_, traces_.fetch_add(1) + 1};
  for (std::size_t i = 0; i < id.size(); ++i) {
    id[i] = kDigits[(words[i / 16] >> (60 - 4 * (i % 16))) & 0xF];
  }
  return id;
}

std::vector<std::shared_ptr<Exchange>> Runtime::Streams() {
  const std::lock_guard lock(streams_mutex_);
  std::vector<std::shared_ptr<Exchange>> streams;
  streams.reserve(streams_.size());
  for (const auto& [address, weak] : streams_) {
    if (auto stream = weak.lock()) streams.push_back(std::move(stream));
  }
  return streams;
}

void Runtime::FollowSessions() {
  workers_.PostAfter(kSessionsOfStreamsPoll, [weak = weak_from_this()] {
    const std::shared_ptr<Runtime> self = weak.lock();
    if (!self || self->draining_) return;
    self->CheckSessionsOfStreams();
    self->FollowSessions();
  });
}

// A stream outlives the check of its session by hours: it ends when the session does.
void Runtime::CheckSessionsOfStreams() {
  for (const std::shared_ptr<Exchange>& stream : Streams()) {
    std::shared_ptr<const session::Facts> facts;
    {
      const std::lock_guard lock(streams_mutex_);
      facts = stream->session_;
    }
    if (facts && !sessions_.Current(*facts)) CheckSession(stream);
  }
}

void Runtime::CheckSession(const std::shared_ptr<Exchange>& stream) {
  const Result<session::Facts> facts = sessions_.Check(stream->call_.session_token);
  if (!facts.ok()) {  // while nobody can tell, nobody can have revoked it either
    if (facts.error().code() != Code::kUnavailable) stream->End(facts.error());
    return;
  }
  const MethodPolicy& policy = stream->method_.policy;
  if (!policy.permission.empty() && !facts->permissions->contains(policy.permission)) {
    return stream->End(PermissionDenied(reason::kPermissionMissing, "You may no longer do this.")
                           .With("permission", policy.permission));
  }
  const std::lock_guard lock(streams_mutex_);
  stream->session_ = std::make_shared<const session::Facts>(*facts);
}

void Runtime::Drain() {
  if (draining_.exchange(true) || !server_) return;
  server_->GetHealthCheckService()->SetServingStatus(false);
  for (const std::shared_ptr<Exchange>& stream : Streams()) {
    stream->End(Unavailable(reason::kDraining, "The service is stopping; resume with the token."));
  }
  server_->Shutdown(std::chrono::system_clock::now() +
                    std::chrono::microseconds(kDrainTime.micros()));
}

}  // namespace reeve::rpc
