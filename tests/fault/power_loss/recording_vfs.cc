#include "tests/fault/power_loss/recording_vfs.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <limits>
#include <new>

namespace reeve::fault {

void Trace::Append(Step step) {
  step.file = std::filesystem::path(step.file).filename().string();
  const std::lock_guard lock(mutex_);
  steps_.push_back(std::move(step));
}

void Trace::Write(const std::string& file, std::int64_t offset, std::string bytes) {
  Append({Step::Kind::kWrite, file, offset, std::move(bytes)});
}
void Trace::Truncate(const std::string& file, std::int64_t size) {
  Append({Step::Kind::kTruncate, file, size, {}});
}
void Trace::Sync(const std::string& file) { Append({Step::Kind::kSync, file, 0, {}}); }
void Trace::Delete(const std::string& file) { Append({Step::Kind::kDelete, file, 0, {}}); }
void Trace::Acknowledge(std::int64_t id) { Append({Step::Kind::kAcknowledge, {}, id, {}}); }

std::size_t Trace::size() const {
  const std::lock_guard lock(mutex_);
  return steps_.size();
}

void Trace::Playback::AdvanceTo(std::size_t step) {
  constexpr std::size_t kWhole = std::numeric_limits<std::size_t>::max();
  for (; step_ < step; ++step_) {
    const Step& now = trace_.steps_[step_];
    switch (now.kind) {
      case Step::Kind::kWrite:
      case Step::Kind::kTruncate:
        files_[now.file].unsynced.push_back(step_);
        break;
      case Step::Kind::kSync: {
        File& file = files_[now.file];
        for (const std::size_t unsynced : file.unsynced) ApplyTo(file.synced, unsynced, kWhole);
        file.unsynced.clear();
        file.durable = true;
        break;
      }
      case Step::Kind::kDelete:
        files_.erase(now.file);
        break;
      case Step::Kind::kAcknowledge:
        acknowledged_.insert(now.value);
        break;
    }
  }
}

void Trace::Playback::ApplyTo(std::string& content, std::size_t step,
                              std::size_t length_max) const {
  const Step& change = trace_.steps_[step];
  const auto at = static_cast<std::size_t>(change.value);
  if (change.kind == Step::Kind::kTruncate) {
    content.resize(at);
    return;
  }
  const std::size_t length = std::min(change.bytes.size(), length_max);
  content.resize(std::max(content.size(), at + length));
  content.replace(at, length, change.bytes, 0, length);
}

void Trace::Playback::Materialize(const std::filesystem::path& folder,
                                  std::mt19937_64& chance) const {
  constexpr std::size_t kSector = 512;
  for (const auto& [name, file] : files_) {
    if (!file.durable && chance() % 2 == 0) continue;
    std::string content = file.synced;
    for (const std::size_t step : file.unsynced) {
      const std::size_t sectors = trace_.steps_[step].bytes.size() / kSector + 1;
      switch (chance() % 3) {
        case 0:
          ApplyTo(content, step, std::numeric_limits<std::size_t>::max());
          break;
        case 1:
          ApplyTo(content, step, chance() % sectors * kSector);
          break;
        default:
          break;
      }
    }
    std::ofstream(folder / name, std::ios::binary) << content;
  }
}

namespace {

std::atomic<Trace*> current_trace = nullptr;

// SQLite allocates this, with the real file behind it.
struct RecordedFile {
  sqlite3_file base;
  std::string* path;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_vfs* RealVfs(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }
RecordedFile* Recorded(sqlite3_file* file) { return reinterpret_cast<RecordedFile*>(file); }
sqlite3_file* Real(sqlite3_file* file) { return Recorded(file)->real(); }

// Runs `record` if the operation succeeded and somebody listens.
template <class Record>
int Recording(int code, sqlite3_file* file, const Record& record) {
  Trace* const trace = current_trace;
  if (code == SQLITE_OK && trace != nullptr) record(*trace, *Recorded(file)->path);
  return code;
}

int Close(sqlite3_file* file) {
  const int code = Real(file)->pMethods->xClose(Real(file));
  delete Recorded(file)->path;
  return code;
}
int Read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  return Real(file)->pMethods->xRead(Real(file), bytes, size, offset);
}
int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  return Recording(Real(file)->pMethods->xWrite(Real(file), bytes, size, offset), file,
                   [&](Trace& trace, const std::string& path) {
                     const auto* begin = static_cast<const char*>(bytes);
                     trace.Write(path, offset, std::string(begin, begin + size));
                   });
}
int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  return Recording(Real(file)->pMethods->xTruncate(Real(file), size), file,
                   [&](Trace& trace, const std::string& path) { trace.Truncate(path, size); });
}
int Sync(sqlite3_file* file, int flags) {
  return Recording(Real(file)->pMethods->xSync(Real(file), flags), file,
                   [](Trace& trace, const std::string& path) { trace.Sync(path); });
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Real(file)->pMethods->xFileSize(Real(file), size);
}
int Lock(sqlite3_file* file, int level) { return Real(file)->pMethods->xLock(Real(file), level); }
int Unlock(sqlite3_file* file, int level) {
  return Real(file)->pMethods->xUnlock(Real(file), level);
}
int CheckReservedLock(sqlite3_file* file, int* held) {
  return Real(file)->pMethods->xCheckReservedLock(Real(file), held);
}
int FileControl(sqlite3_file* file, int operation, void* argument) {
  return Real(file)->pMethods->xFileControl(Real(file), operation, argument);
}
int SectorSize(sqlite3_file* file) { return Real(file)->pMethods->xSectorSize(Real(file)); }
int DeviceCharacteristics(sqlite3_file* file) {
  return Real(file)->pMethods->xDeviceCharacteristics(Real(file));
}
int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  return Real(file)->pMethods->xShmMap(Real(file), page, size, extend, memory);
}
int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return Real(file)->pMethods->xShmLock(Real(file), offset, count, flags);
}
void ShmBarrier(sqlite3_file* file) { Real(file)->pMethods->xShmBarrier(Real(file)); }
int ShmUnmap(sqlite3_file* file, int remove) {
  return Real(file)->pMethods->xShmUnmap(Real(file), remove);
}

// Version 2: shared memory for the WAL, but no memory mapping, which could not be recorded.
constexpr sqlite3_io_methods kMethods = {2,
                                         Close,
                                         Read,
                                         Write,
                                         Truncate,
                                         Sync,
                                         FileSize,
                                         Lock,
                                         Unlock,
                                         CheckReservedLock,
                                         FileControl,
                                         SectorSize,
                                         DeviceCharacteristics,
                                         ShmMap,
                                         ShmLock,
                                         ShmBarrier,
                                         ShmUnmap};

int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  RecordedFile* const recorded = Recorded(file);
  recorded->base.pMethods = nullptr;
  const int code = RealVfs(vfs)->xOpen(RealVfs(vfs), path, recorded->real(), flags, flags_out);
  if (code != SQLITE_OK) return code;
  recorded->base.pMethods = &kMethods;
  recorded->path = new std::string(path == nullptr ? "" : path);
  return SQLITE_OK;
}

int Delete(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  const int code = RealVfs(vfs)->xDelete(RealVfs(vfs), path, sync_folder);
  Trace* const trace = current_trace;
  if (code == SQLITE_OK && trace != nullptr) trace->Delete(path);
  return code;
}

}  // namespace

void RecordAllFiles() {
  sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
  static sqlite3_vfs recording = *real;
  recording.szOsFile = static_cast<int>(sizeof(RecordedFile)) + real->szOsFile;
  recording.zName = "recording";
  recording.pAppData = real;
  recording.xOpen = Open;
  recording.xDelete = Delete;
  sqlite3_vfs_register(&recording, /*makeDflt=*/1);
}

void RecordTo(Trace* trace) { current_trace = trace; }

}  // namespace reeve::fault
