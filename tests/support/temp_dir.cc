#include "support/temp_dir.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include <crowdflow/check.h>

namespace crowdflow::test {

TempDir::TempDir() {
  std::string name = (std::filesystem::temp_directory_path() / "crowdflow-test-XXXXXX").string();
  CROWDFLOW_CHECK(mkdtemp(name.data()) != nullptr, "no folder can be made for temporary files");
  path_ = name;
}

TempDir::~TempDir() {
  if (kept_) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TempDir::write(const std::filesystem::path& name,
                                     std::string_view content) const {
  std::filesystem::path file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  CROWDFLOW_CHECK(out.good(), "a temporary file cannot be written");
  return file;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace crowdflow::test
