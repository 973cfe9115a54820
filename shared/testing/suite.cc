#include "shared/testing/suite.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <utility>

#include "reeve/identity/v1/session_service.grpc.pb.h"
#include "shared/process/system_seams.h"

namespace reeve::testing {
namespace {

constexpr int kFirstPort = 20'000;
constexpr int kPorts = 12'000;
constexpr auto kStartTimeout = std::chrono::seconds(60);

std::string TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "reeve-suite-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  return pattern;
}

// The end of a log, for a message about what did not start.
std::string TailOf(const std::string& path) {
  constexpr std::size_t kLength = 2'000;
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return text.size() > kLength ? text.substr(text.size() - kLength) : text;
}

}  // namespace

int FreePort() {
  // Below the range from which the kernel takes ports for connections: one of those might sit on
  // the port of a service that a test has killed and starts again. Never the same one twice.
  static std::atomic<int> next = static_cast<int>(std::random_device()() % kPorts);
  for (int attempt = 0; attempt < kPorts; ++attempt) {
    const int port = kFirstPort + next++ % kPorts;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const bool bound = bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(listener);
    if (bound) return port;
  }
  throw std::runtime_error("no free port on 127.0.0.1");
}

Process::Process(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) throw std::runtime_error("cannot write " + log);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    // The child must not outlive a test that was killed.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(output);
  if (pid_ < 0) throw std::runtime_error("fork failed");
}

Process::Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  return *this;
}

Process::~Process() {
  if (pid_ > 0) End(SIGKILL);
}

bool Process::running() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  pid_ = -1;
  return false;
}

void Process::Signal(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

int Process::End(int signal) {
  if (pid_ <= 0) return 0;
  kill(pid_, signal);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return status;
}

std::int64_t Process::ResidentBytes() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  file >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

int Process::Threads() const {
  int threads = 0;
  for ([[maybe_unused]] const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid_) + "/task")) {
    ++threads;
  }
  return threads;
}

Suite::Suite(SuiteOptions options)
    : options_(std::move(options)),
      folder_(TemporaryFolder()),
      clock_(std::make_unique<process::SystemClock>()) {
  for (const std::string& service : options_.services) {
    if (options_.engine == db::Engine::kPostgres && options_.conninfo.empty()) {
      databases_.emplace(service, TemporaryDatabase::Create(options_.engine, {}, *clock_));
    }
    running_[{service, 0}].port = FreePort();
  }
}

Suite::~Suite() {
  running_.clear();
  redis_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Suite::Start() {
  if (options_.redis) StartRedis();
  // Identity first, so that the others' first question about a session finds it.
  for (const std::string& service : options_.services) {
    Start(service);
    if (service == "identity") WaitReady(service);
  }
  for (const std::string& service : options_.services) WaitReady(service);
}

void Suite::StartRedis() {
  redis_.emplace(
      std::vector<std::string>{"/usr/bin/redis-server", "--port", "0", "--unixsocket",
                               redis_socket(), "--dir", folder_, "--save", "", "--daemonize", "no"},
      folder_ + "/redis.log");
}

void Suite::Start(const std::string& service, int replica) {
  Running& running = running_[{service, replica}];
  if (running.port == 0) running.port = FreePort();
  const bool serves_metrics = options_.metrics && replica == 0;
  if (serves_metrics && running.metrics_port == 0) running.metrics_port = FreePort();
  // Replicas beyond the first serve people only: the suite's sockets belong to the first.
  const std::string run =
      replica == 0 ? folder_ : folder_ + "/" + service + "-" + std::to_string(replica);
  if (replica != 0) {
    std::filesystem::create_directories(run);
    for (const std::string& other : options_.services) {
      const std::string socket = run + "/" + other + ".sock";
      std::error_code ignored;
      if (other != service) {
        std::filesystem::create_symlink(folder_ + "/" + other + ".sock", socket, ignored);
      }
    }
  }
  std::vector<std::string> arguments = {
      options_.binaries + "/reeve-" + service,
      "--run=" + run,
      "--data=" + folder_,
      "--listen=127.0.0.1:" + std::to_string(running.port),
      "--metrics=" + (serves_metrics ? metrics_address(service) : "none"),
      "--redis=" + (options_.redis ? "unix:" + redis_socket() : std::string()),
      "--engine=" + std::string(options_.engine == db::Engine::kSqlite ? "sqlite" : "postgres"),
      "--demo"};
  if (options_.engine == db::Engine::kPostgres) {
    arguments.push_back("--conninfo=" + DatabaseLocation(service));
  }
  if (service == "identity") arguments.push_back("--bootstrap=" + options_.bootstrap);
  for (const std::string& flag : options_.flags[service]) arguments.push_back(flag);
  running.process.emplace(arguments, LogOf(service));
}

std::string Suite::LogOf(const std::string& service) const {
  return folder_ + "/" + service + ".log";
}

void Suite::WaitReady(const std::string& service, int replica) {
  const auto channel = Channel(service, replica);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + kStartTimeout)) {
    throw std::runtime_error(service + " does not answer:\n" + TailOf(LogOf(service)));
  }
}

Process& Suite::process(const std::string& service, int replica) {
  return *running_.at({service, replica}).process;
}

void Suite::Kill(const std::string& service, int replica) {
  process(service, replica).End(SIGKILL);
}

std::string Suite::address(const std::string& service, int replica) const {
  return "127.0.0.1:" + std::to_string(running_.at({service, replica}).port);
}

std::string Suite::metrics_address(const std::string& service) const {
  return "127.0.0.1:" + std::to_string(running_.at({service, 0}).metrics_port);
}

std::shared_ptr<grpc::Channel> Suite::Channel(const std::string& service, int replica) const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  // How long an attempt to connect may take: on a loaded machine longer than the pause behind it.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  return grpc::CreateCustomChannel(address(service, replica), grpc::InsecureChannelCredentials(),
                                   arguments);
}

std::unique_ptr<grpc::ClientContext> Suite::Context(const std::string& token, int deadline_ms) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(deadline_ms));
  if (!token.empty()) context->AddMetadata("authorization", "Bearer " + token);
  return context;
}

std::string Suite::SignIn(const std::string& login, const std::string& password) const {
  const auto stub = identity::v1::SessionService::NewStub(Channel("identity"));
  identity::v1::SignInRequest request;
  request.set_login(login);
  request.set_password(password);
  identity::v1::SignInResponse response;
  const auto context = Context("");
  context->set_wait_for_ready(true);
  const grpc::Status status = stub->SignIn(context.get(), request, &response);
  if (!status.ok()) throw std::runtime_error("sign-in of " + login + ": " + status.error_message());
  return response.session_token();
}

std::string Suite::DatabaseLocation(const std::string& service) const {
  if (options_.engine == db::Engine::kSqlite) return folder_ + "/" + service + ".db";
  if (!options_.conninfo.empty()) return options_.conninfo + " dbname=reeve_" + service;
  return databases_.at(service).location();
}

}  // namespace reeve::testing
