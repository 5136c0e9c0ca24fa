#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace crowdflow::test {

// A fresh folder of its own, removed with everything in it when this goes.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // Leaves it there.
  void keep() { kept_ = true; }

  // Writes a file (and the folders on the way) below this folder and says where it is.
  std::filesystem::path write(const std::filesystem::path& name, std::string_view content) const;

 private:
  std::filesystem::path path_;
  bool kept_ = false;
};

// The whole file; empty when it cannot be read.
[[nodiscard]] std::string read_text(const std::filesystem::path& path);

}  // namespace crowdflow::test
