// RecordingVfs: the file layer of SQLite with a memory. Everything goes through to the real files,
// and is written down in order, so that afterwards a power loss can be played at any moment: what
// was synced is there; of what came later each write is there, is not, or is there in part.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace reeve::fault {

// Everything that happened, in order. Thread-safe while it is recorded.
class Trace {
 public:
  void Write(const std::string& file, std::int64_t offset, std::string bytes);
  void Truncate(const std::string& file, std::int64_t size);
  void Sync(const std::string& file);
  void Delete(const std::string& file);
  // The caller of a write was told that it is durable.
  void Acknowledge(std::int64_t id);

  std::size_t size() const;

  // A moment of the trace, moved forward only.
  class Playback {
   public:
    explicit Playback(const Trace& trace) : trace_(trace) {}
    void AdvanceTo(std::size_t step);
    const std::set<std::int64_t>& acknowledged() const { return acknowledged_; }
    // Puts into `folder` what a disk might hold if the power failed now.
    void Materialize(const std::filesystem::path& folder, std::mt19937_64& chance) const;

   private:
    struct File {
      std::string synced;
      std::vector<std::size_t> unsynced;  // steps
      bool durable = false;               // its name has reached the disk
    };
    void ApplyTo(std::string& content, std::size_t step, std::size_t length_max) const;

    const Trace& trace_;
    std::size_t step_ = 0;
    std::map<std::string, File> files_;
    std::set<std::int64_t> acknowledged_;
  };

 private:
  struct Step {
    enum class Kind { kWrite, kTruncate, kSync, kDelete, kAcknowledge };
    Kind kind;
    std::string file;        // without its folder
    std::int64_t value = 0;  // offset, size, or what was acknowledged
    std::string bytes;
  };
  void Append(Step step);

  mutable std::mutex mutex_;
  std::vector<Step> steps_;
};

// From now on all connections of this process are recorded. Once per process.
void RecordAllFiles();
// Where to, while a test runs; null: nowhere.
void RecordTo(Trace* trace);

}  // namespace reeve::fault
