#include "shared/process/child.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <system_error>

extern char** environ;

namespace reeve::process {
namespace {

namespace reason {
inline constexpr Reason kNoProgram{"NO_PROGRAM"};
}  // namespace reason

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    Close(read_end);
    Close(write_end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  static void Close(int& end) {
    if (end >= 0) close(end);
    end = -1;
  }
};

void WriteAll(int end, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(end, text.data(), text.size());
    if (written <= 0) return;  // it reads no more: its exit code says why
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string ReadAll(int end) {
  std::string text;
  std::array<char, 65'536> part{};
  for (ssize_t count = 0; (count = read(end, part.data(), part.size())) > 0;) {
    text.append(part.data(), static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

std::string SiblingProgram(std::string_view name) {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return (error ? std::filesystem::path(name) : self.parent_path() / name).string();
}

Result<std::string> RunChild(const std::string& program, const std::vector<std::string>& arguments,
                             const std::string& input) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe to_child;
  Pipe from_child;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to_child.read_end, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from_child.write_end, STDOUT_FILENO);
  for (const int end :
       {to_child.read_end, to_child.write_end, from_child.read_end, from_child.write_end}) {
    posix_spawn_file_actions_addclose(&actions, end);
  }
  std::vector<char*> words = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  pid_t child = 0;
  const int failed = posix_spawn(&child, program.c_str(), &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return Unavailable(reason::kNoProgram, program + " cannot be started.");
  Pipe::Close(to_child.read_end);
  Pipe::Close(from_child.write_end);
  WriteAll(to_child.write_end, input);
  Pipe::Close(to_child.write_end);
  std::string answer = ReadAll(from_child.read_end);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return answer;
  return Unavailable(reason::kNoProgram, program + " has not answered.");
}

}  // namespace reeve::process
