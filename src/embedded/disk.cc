#include "embedded/disk.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace crowdflow::embedded {
namespace {

// SQLite's files take no more than 128 KiB less one byte at once.
constexpr sqlite3_int64 kPiece = 64 << 10;
// Of the index of a write-ahead log: what SQLite makes sure of at once, and a few more.
constexpr unsigned long kReservedPage = 4096;
constexpr unsigned long kIndexBytes = 128 << 10;

// SQLite's own way to a file, so that whatever stands below SQLite sees these writes too.
class WalFile {
 public:
  explicit WalFile(sqlite3_vfs& vfs) : memory_(static_cast<std::size_t>(vfs.szOsFile)) {}
  ~WalFile() {
    if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
  }
  WalFile(const WalFile&) = delete;
  WalFile& operator=(const WalFile&) = delete;

  [[nodiscard]] sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }

  [[nodiscard]] int write_again() {
    const auto& methods = *file()->pMethods;
    sqlite3_int64 size = 0;
    if (const int code = methods.xFileSize(file(), &size); code != SQLITE_OK) return code;
    if (size == 0) return SQLITE_OK;
    std::vector<char> piece;
    for (sqlite3_int64 at = 0; at < size; at += kPiece) {
      const int count = static_cast<int>(std::min(kPiece, size - at));
      piece.resize(static_cast<std::size_t>(count));
      if (int code = methods.xRead(file(), piece.data(), count, at); code != SQLITE_OK) return code;
      if (int code = methods.xWrite(file(), piece.data(), count, at); code != SQLITE_OK)
        return code;
    }
    return methods.xSync(file(), SQLITE_SYNC_NORMAL);
  }

 private:
  std::vector<char> memory_;  // as the vfs says; new char[] is aligned for anything
};

}  // namespace

Result<void> sync_folder(const std::filesystem::path& folder) {
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool done = handle >= 0 && ::fsync(handle) == 0;
  const int error = errno;
  if (handle >= 0) ::close(handle);
  if (done) return {};
  return fail(ErrorCode::kIo,
              "folder " + folder.string() + ": " + std::generic_category().message(error));
}

Result<void> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(ErrorCode::kIo, "making the folder " + folder.string() + ": " + error.message());
  }
  if (!made) return {};
  const auto whole = std::filesystem::absolute(folder).lexically_normal();
  return sync_folder(whole.has_filename() ? whole.parent_path()
                                          : whole.parent_path().parent_path());
}

Result<void> check_room_for_index(const Place& place) {
  struct statvfs disk{};
  const auto folder = place.file.parent_path();
  if (::statvfs(folder.c_str(), &disk) != 0) return {};  // whatever it is, SQLite will tell
  const bool whole = disk.f_frsize >= kReservedPage;
  if (whole || disk.f_bavail * disk.f_frsize >= kIndexBytes) return {};
  return fail(ErrorCode::kUnavailable, "the index of " + place.file.string() +
                                           ": the disk is full, and its blocks are smaller than "
                                           "4 KiB");
}

Result<void> make_wal_last(const Place& place) {
  sqlite3_vfs* vfs = sqlite3_vfs_find(place.vfs.empty() ? nullptr : place.vfs.c_str());
  if (vfs == nullptr) return fail(ErrorCode::kInvalid, "SQLite knows no vfs " + place.vfs);
  const std::string wal = place.file.string() + "-wal";
  int there = 0;
  if (vfs->xAccess(vfs, wal.c_str(), SQLITE_ACCESS_EXISTS, &there) != SQLITE_OK || there == 0) {
    return {};
  }
  struct Freed {
    void operator()(const char* name) const { sqlite3_free_filename(const_cast<char*>(name)); }
  };
  const std::unique_ptr<const char, Freed> name(
      sqlite3_create_filename(place.file.c_str(), "", wal.c_str(), 0, nullptr));
  if (!name) return fail(ErrorCode::kUnavailable, "no memory");
  WalFile opened(*vfs);
  int code = vfs->xOpen(vfs, sqlite3_filename_wal(name.get()), opened.file(),
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, nullptr);
  if (code == SQLITE_OK) code = opened.write_again();
  if (code == SQLITE_OK) return {};
  return tl::unexpected(sqlite_error("writing " + wal + " again", code, sqlite3_errstr(code)));
}

}  // namespace crowdflow::embedded
