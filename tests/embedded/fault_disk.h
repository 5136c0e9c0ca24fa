#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <sqlite3.h>
#include <string>
#include <vector>

namespace crowdflow::test {

// A disk that fails when it is told to, as a VFS between SQLite and the real files. It counts every
// operation that changes something, and knows what of it lasts: what was written before an fsync
// that succeeded. What an fsync that failed should have made last, never will unless it is written
// again, as on Linux.
// Threads: any.
class FaultDisk {
 public:
  enum class Fault : std::uint8_t {
    kPowerCut,  // this operation and all after it fail; what lasts is written by lasting_image()
    kFull,      // writes fail that make no file longer than it is, but may leave a part
    kIoError,   // the operation fails, and may have been done or not
  };

  FaultDisk();
  ~FaultDisk();
  FaultDisk(const FaultDisk&) = delete;
  FaultDisk& operator=(const FaultDisk&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

  // From the `first` operation from now on (1: the next one), `count` operations fail.
  void plan(Fault fault, std::int64_t first, std::int64_t count = 1);
  void heal();
  // Operations since the last plan() or the beginning.
  [[nodiscard]] std::int64_t operations();
  // How many of them failed.
  [[nodiscard]] std::int64_t struck();

  // Writes to `folder` what may be there after the power was cut: all that lasts, and of what was
  // written since, each sector (512 bytes) as chance will have it.
  void lasting_image(const std::filesystem::path& folder, std::uint64_t seed);

 private:
  friend struct FaultDiskCalls;

  struct Change {
    std::int64_t at = 0;
    std::string bytes;
    bool truncates = false;  // to `at`
  };
  struct File {
    bool exists = false;
    bool lasts = false;  // its name
    std::string bytes;   // that last
    std::vector<Change> since;
  };
  enum class Verdict : std::uint8_t { kDo, kFail, kFailHalfDone };

  // What happens to the next operation.
  [[nodiscard]] Verdict next(bool writes, int* code);
  void names_last();
  static void apply(const Change& change, std::string& bytes);

  std::string name_;
  sqlite3_vfs vfs_{};
  sqlite3_vfs* below_ = nullptr;

  std::mutex mutex_;
  std::int64_t operations_ = 0;
  std::int64_t struck_ = 0;
  Fault fault_ = Fault::kPowerCut;
  std::int64_t first_ = -1;
  std::int64_t last_ = -1;
  std::map<std::string, File> files_;
};

}  // namespace crowdflow::test
