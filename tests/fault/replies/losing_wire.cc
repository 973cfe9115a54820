#include "tests/fault/replies/losing_wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace reeve::fault {
namespace {

constexpr int kPollMillis = 50;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

bool WriteAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::uint32_t BigEndian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// What the service sends: frames of the connection pass, frames of an answer are kept until the
// answer is whole (RFC 9113, section 4.1: length 24 bits, type 8, flags 8, stream 32).
class AnswerSide {
 public:
  // Takes what came; answers what may pass.
  std::string Take(std::string_view bytes) {
    constexpr std::size_t kHeader = 9;
    constexpr char kData = 0;
    constexpr char kHeaders = 1;
    constexpr char kContinuation = 9;
    constexpr unsigned char kEndStream = 1;
    pending_.append(bytes);
    std::string passes;
    while (pending_.size() >= kHeader) {
      const std::size_t length = kHeader + BigEndian(std::string_view(pending_).substr(0, 3));
      if (pending_.size() < length) break;
      const std::string frame = pending_.substr(0, length);
      pending_.erase(0, length);
      const char type = frame[3];
      if (type == kData) message_ += frame.substr(kHeader);
      if (type != kData && type != kHeaders && type != kContinuation) passes += frame;
      const bool ends = (static_cast<unsigned char>(frame[4]) & kEndStream) != 0;
      if (ends && (type == kData || type == kHeaders)) whole_ = true;
    }
    return passes;
  }
  bool whole() const { return whole_; }
  // Without gRPC's prefix (compressed or not, length); nothing in a refusal.
  std::optional<std::string> message() const {
    constexpr std::size_t kPrefix = 5;
    if (message_.size() < kPrefix) return std::nullopt;
    return message_.substr(kPrefix);
  }

 private:
  std::string pending_;
  std::string message_;
  bool whole_ = false;
};

}  // namespace

LosingWire::LosingWire(int service_port) : service_port_(service_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t length = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      listen(listener_, SOMAXCONN) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    close(listener_);
    throw std::runtime_error("no free port on 127.0.0.1");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

LosingWire::~LosingWire() {
  stopping_ = true;
  acceptor_.join();
  for (std::thread& carrier : carriers_) carrier.join();
  close(listener_);
}

std::shared_ptr<grpc::Channel> LosingWire::Open() {
  {
    const std::lock_guard lock(mutex_);
    lost_.reset();
  }
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port_),
                                   grpc::InsecureChannelCredentials(), arguments);
}

std::optional<std::string> LosingWire::Lost() {
  const std::lock_guard lock(mutex_);
  return lost_;
}

void LosingWire::Accept() {
  while (!stopping_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, kPollMillis) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) carriers_.emplace_back([this, client] { Carry(client); });
  }
}

void LosingWire::Carry(int client) {
  const int service = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(service_port_);
  AnswerSide answer;
  bool open = connect(service, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  while (open && !stopping_) {
    pollfd sides[] = {{client, POLLIN, 0}, {service, POLLIN, 0}};
    if (poll(sides, 2, kPollMillis) <= 0) continue;
    char bytes[16'384];
    if (sides[0].revents != 0) {
      const ssize_t length = recv(client, bytes, sizeof bytes, 0);
      open = length > 0 && WriteAll(service, {bytes, static_cast<std::size_t>(length)});
    }
    if (open && sides[1].revents != 0) {
      const ssize_t length = recv(service, bytes, sizeof bytes, 0);
      open = length > 0 && WriteAll(client, answer.Take({bytes, static_cast<std::size_t>(length)}));
      if (answer.whole()) {
        const std::lock_guard lock(mutex_);
        lost_ = answer.message();
        open = false;
      }
    }
  }
  close(client);
  close(service);
}

}  // namespace reeve::fault
