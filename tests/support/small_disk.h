#pragma once

#include <cstdint>
#include <filesystem>
#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace crowdflow::test {

// A real file system of 16 MiB, for tests of full and read-only disks. Only the thread that asks
// for the first one and the programs that it starts see it, and it ends with them, however they
// end. Threads: one.
class SmallDisk {
 public:
  enum class Kind : std::uint8_t { kMemory, kExt4, kExt4SmallBlocks };

  SmallDisk() = default;
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  // False: this machine does not let us, and why.
  [[nodiscard]] testing::AssertionResult mount(Kind kind);
  [[nodiscard]] std::filesystem::path path() const { return dir_.path() / "disk"; }

  // Leaves no room, beside whoever else writes there.
  void fill();
  // What fill() has taken.
  void make_room() const;
  [[nodiscard]] testing::AssertionResult make_read_only();

 private:
  const TempDir dir_;
  bool mounted_ = false;
  int fillings_ = 0;
};

}  // namespace crowdflow::test
