#include "services/reevectl/connection/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace reeve::reevectl {
namespace {

[[noreturn]] void Fail(const std::string& path) {
  throw std::system_error(errno, std::generic_category(), path);
}

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : path_(path) {
    number_ = open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (number_ < 0) Fail(path);
  }
  ~Descriptor() { close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  std::string ReadAll() const {
    std::string bytes;
    char buffer[4096];
    for (ssize_t got; (got = read(number_, buffer, sizeof buffer)) != 0;) {
      if (got < 0) Fail(path_);
      bytes.append(buffer, static_cast<std::size_t>(got));
    }
    return bytes;
  }
  void WriteAll(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t put = write(number_, bytes.data(), bytes.size());
      if (put < 0) Fail(path_);
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    Sync();
  }
  // Looks at the file that is open: it cannot be another one a moment later.
  void CheckPrivate() const {
    struct stat status {};
    if (fstat(number_, &status) != 0) Fail(path_);
    if ((status.st_mode & 0077) == 0) return;
    throw std::runtime_error(path_ + " is open to others than its owner: set its mode to 0600");
  }
  void Sync() const {
    if (fsync(number_) != 0) Fail(path_);
  }

 private:
  std::string path_;
  int number_ = -1;
};

void MakePrivateFolders(const std::filesystem::path& folder) {
  if (folder.empty() || std::filesystem::exists(folder)) return;
  MakePrivateFolders(folder.parent_path());
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) Fail(folder);
}

}  // namespace

std::optional<std::string> ReadPrivateFile(const std::string& path) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  const Descriptor file(path, O_RDONLY);
  file.CheckPrivate();
  return file.ReadAll();
}

void WritePrivateFile(const std::string& path, std::string_view bytes) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  MakePrivateFolders(folder);
  const std::string beside = path + ".new";
  Descriptor(beside, O_WRONLY | O_CREAT | O_TRUNC).WriteAll(bytes);
  if (std::rename(beside.c_str(), path.c_str()) != 0) Fail(path);
  Descriptor(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY).Sync();
}

}  // namespace reeve::reevectl
