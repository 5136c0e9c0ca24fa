#include "embedded/fault_disk.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <new>
#include <random>

namespace crowdflow::test {
namespace {

constexpr std::int64_t kSector = 512;

bool is_shared_memory(const std::string& path) { return path.ends_with("-shm"); }

}  // namespace

// SQLite's side of it.
struct FaultDiskCalls {
  struct File {
    sqlite3_file base{};
    FaultDisk* disk = nullptr;
    std::string* path = nullptr;
    [[nodiscard]] sqlite3_file* below() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  static FaultDisk& of(sqlite3_vfs* vfs) { return *static_cast<FaultDisk*>(vfs->pAppData); }

  template <typename Call, typename... Arguments>
  static int pass(sqlite3_file* file, Call call, Arguments... arguments) {
    auto* below = of(file).below();
    return (below->pMethods->*call)(below, arguments...);
  }

  static int close(sqlite3_file* file) {
    File& own = of(file);
    const int code = own.below()->pMethods->xClose(own.below());
    delete own.path;
    return code;
  }
  static int read(sqlite3_file* file, void* bytes, int count, sqlite3_int64 at) {
    return pass(file, &sqlite3_io_methods::xRead, bytes, count, at);
  }
  static int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    File& own = of(file);
    const std::lock_guard guard(own.disk->mutex_);
    int code = SQLITE_OK;
    const auto verdict = own.disk->next(true, &code);
    if (verdict == FaultDisk::Verdict::kFail) return code;
    if (verdict == FaultDisk::Verdict::kFailHalfDone) count /= 2;
    FaultDisk::Change change{.at = at, .bytes = {}, .truncates = false};
    change.bytes.assign(static_cast<const char*>(bytes), static_cast<std::size_t>(count));
    own.disk->files_[*own.path].since.push_back(std::move(change));
    const int done = pass(file, &sqlite3_io_methods::xWrite, bytes, count, at);
    return code == SQLITE_OK ? done : code;
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    File& own = of(file);
    const std::lock_guard guard(own.disk->mutex_);
    int code = SQLITE_OK;
    if (own.disk->next(false, &code) != FaultDisk::Verdict::kDo) return code;
    own.disk->files_[*own.path].since.push_back({.at = size, .bytes = {}, .truncates = true});
    return pass(file, &sqlite3_io_methods::xTruncate, size);
  }
  // The real disk need not be bothered.
  static int sync(sqlite3_file* file, int /*flags*/) {
    File& own = of(file);
    const std::lock_guard guard(own.disk->mutex_);
    FaultDisk::File& known = own.disk->files_[*own.path];
    int code = SQLITE_OK;
    if (own.disk->next(false, &code) != FaultDisk::Verdict::kDo) {
      // The power goes before the disk has done it; otherwise what it could not do is forgotten.
      if (own.disk->fault_ == FaultDisk::Fault::kIoError) known.since.clear();
      return SQLITE_IOERR_FSYNC;
    }
    for (const auto& change : known.since)
      FaultDisk::apply(change, known.bytes);
    known.since.clear();
    if (!known.lasts) own.disk->names_last();
    return SQLITE_OK;
  }
  static int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return pass(file, &sqlite3_io_methods::xFileSize, size);
  }
  static int lock(sqlite3_file* file, int kind) {
    return pass(file, &sqlite3_io_methods::xLock, kind);
  }
  static int unlock(sqlite3_file* file, int kind) {
    return pass(file, &sqlite3_io_methods::xUnlock, kind);
  }
  static int check_lock(sqlite3_file* file, int* locked) {
    return pass(file, &sqlite3_io_methods::xCheckReservedLock, locked);
  }
  static int control(sqlite3_file* file, int what, void* argument) {
    return pass(file, &sqlite3_io_methods::xFileControl, what, argument);
  }
  static int sector_size(sqlite3_file* file) {
    return pass(file, &sqlite3_io_methods::xSectorSize);
  }
  static int characteristics(sqlite3_file* file) {
    return pass(file, &sqlite3_io_methods::xDeviceCharacteristics);
  }
  static int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
    return pass(file, &sqlite3_io_methods::xShmMap, page, size, extend, memory);
  }
  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return pass(file, &sqlite3_io_methods::xShmLock, offset, count, flags);
  }
  static void shm_barrier(sqlite3_file* file) {
    auto* below = of(file).below();
    below->pMethods->xShmBarrier(below);
  }
  static int shm_unmap(sqlite3_file* file, int remove) {
    return pass(file, &sqlite3_io_methods::xShmUnmap, remove);
  }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags,
                  int* out_flags) {
    FaultDisk& disk = of(vfs);
    auto* own = new (file) File;
    const int code = disk.below_->xOpen(disk.below_, path, own->below(), flags, out_flags);
    if (code != SQLITE_OK) return code;
    own->disk = &disk;
    own->path = new std::string(path == nullptr ? "" : path);
    own->base.pMethods = &kMethods;
    const std::lock_guard guard(disk.mutex_);
    disk.files_[*own->path].exists = true;
    return SQLITE_OK;
  }
  static int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
    FaultDisk& disk = of(vfs);
    const std::lock_guard guard(disk.mutex_);
    int code = SQLITE_OK;
    if (!is_shared_memory(path) && disk.next(false, &code) != FaultDisk::Verdict::kDo) return code;
    disk.files_[path].exists = false;
    if (sync_folder != 0) disk.names_last();
    return disk.below_->xDelete(disk.below_, path, 0);
  }
  static int access(sqlite3_vfs* vfs, const char* path, int flags, int* result) {
    auto* below = of(vfs).below_;
    return below->xAccess(below, path, flags, result);
  }
  static int full_path(sqlite3_vfs* vfs, const char* path, int size, char* out) {
    auto* below = of(vfs).below_;
    return below->xFullPathname(below, path, size, out);
  }

  static const sqlite3_io_methods kMethods;
};

const sqlite3_io_methods FaultDiskCalls::kMethods{
    .iVersion = 2,
    .xClose = close,
    .xRead = read,
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = file_size,
    .xLock = lock,
    .xUnlock = unlock,
    .xCheckReservedLock = check_lock,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

FaultDisk::FaultDisk() : below_(sqlite3_vfs_find(nullptr)) {
  static int count = 0;
  name_ = "fault-disk-" + std::to_string(++count);
  vfs_ = *below_;
  vfs_.szOsFile = static_cast<int>(sizeof(FaultDiskCalls::File)) + below_->szOsFile;
  vfs_.pNext = nullptr;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = FaultDiskCalls::open;
  vfs_.xDelete = FaultDiskCalls::remove;
  vfs_.xAccess = FaultDiskCalls::access;
  vfs_.xFullPathname = FaultDiskCalls::full_path;
  sqlite3_vfs_register(&vfs_, 0);
}

FaultDisk::~FaultDisk() { sqlite3_vfs_unregister(&vfs_); }

void FaultDisk::plan(Fault fault, std::int64_t first, std::int64_t count) {
  const std::lock_guard guard(mutex_);
  fault_ = fault;
  operations_ = struck_ = 0;
  first_ = first;
  last_ = fault == Fault::kPowerCut ? std::numeric_limits<std::int64_t>::max() : first + count - 1;
}

void FaultDisk::heal() {
  const std::lock_guard guard(mutex_);
  first_ = last_ = -1;
}

std::int64_t FaultDisk::operations() {
  const std::lock_guard guard(mutex_);
  return operations_;
}

std::int64_t FaultDisk::struck() {
  const std::lock_guard guard(mutex_);
  return struck_;
}

// At its own moment, a power cut or an error may have let the half of a write through.
FaultDisk::Verdict FaultDisk::next(bool writes, int* code) {
  ++operations_;
  if (first_ < 0 || operations_ < first_ || operations_ > last_) return Verdict::kDo;
  if (fault_ == Fault::kFull) {
    if (!writes) return Verdict::kDo;
    ++struck_;
    *code = SQLITE_FULL;
    return operations_ % 2 == 0 ? Verdict::kFailHalfDone : Verdict::kFail;
  }
  ++struck_;
  *code = writes ? SQLITE_IOERR_WRITE : SQLITE_IOERR;
  const bool now = operations_ == first_ || fault_ == Fault::kIoError;
  return writes && now && operations_ % 2 == 0 ? Verdict::kFailHalfDone : Verdict::kFail;
}

// SQLite syncs the folder, too, with the first sync of a file that it has made.
void FaultDisk::names_last() {
  for (auto& [path, file] : files_) {
    if (file.exists) {
      file.lasts = true;
    } else {
      file = {};
    }
  }
}

void FaultDisk::apply(const Change& change, std::string& bytes) {
  const auto at = static_cast<std::size_t>(change.at);
  if (change.truncates) {
    bytes.resize(at);
    return;
  }
  if (bytes.size() < at + change.bytes.size()) bytes.resize(at + change.bytes.size());
  bytes.replace(at, change.bytes.size(), change.bytes);
}

// The operating system writes its pages when it likes, but never an older content over a newer one:
// of what was done to a sector, some first steps are there.
void FaultDisk::lasting_image(const std::filesystem::path& folder, std::uint64_t seed) {
  const std::lock_guard guard(mutex_);
  std::mt19937_64 chance(seed);
  // All, none, or half of what is open.
  const auto kind = seed % 4;
  const auto happens = [&] { return kind == 0 ? false : kind == 1 || chance() % 2 == 0; };
  for (const auto& [path, file] : files_) {
    if (is_shared_memory(path) || path.empty()) continue;
    if (!file.lasts && (!file.exists || !happens())) continue;
    if (file.lasts && !file.exists && happens()) continue;  // its removal lasts
    std::string bytes = file.bytes;
    std::map<std::int64_t, bool> over;  // sectors of which nothing later is there
    for (const Change& change : file.since) {
      if (change.truncates) {
        if (happens()) apply(change, bytes);
        continue;
      }
      const auto size = static_cast<std::int64_t>(change.bytes.size());
      for (auto at = change.at; at < change.at + size;) {
        const auto sector = at / kSector;
        const auto end = std::min((sector + 1) * kSector, change.at + size);
        bool& stopped = over[sector];
        if (!stopped && !happens()) stopped = true;
        if (!stopped) {
          apply({.at = at,
                 .bytes = change.bytes.substr(static_cast<std::size_t>(at - change.at),
                                              static_cast<std::size_t>(end - at)),
                 .truncates = false},
                bytes);
        }
        at = end;
      }
    }
    std::ofstream out(folder / std::filesystem::path(path).filename(), std::ios::binary);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
}

}  // namespace crowdflow::test
