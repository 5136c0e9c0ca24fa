#include "config/text_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace crowdflow::config {
namespace {

tl::unexpected<ConfigError> refuse(const std::string& path, std::string why) {
  ConfigError error;
  error.file = path;
  error.expected = std::move(why);
  return tl::unexpected<ConfigError>(std::move(error));
}

}  // namespace

tl::expected<std::string, ConfigError> read_text_file(const std::string& path) {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) return refuse(path, "is a folder, not a file");
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  if (!file) {
    return refuse(path, "cannot be opened: " + std::generic_category().message(errno));
  }
  // Not by its size: the file may be a pipe.
  std::string bytes;
  constexpr std::size_t kStep = 65'536;
  while (file) {
    const std::size_t had = bytes.size();
    if (had > kMaxFileBytes) return refuse(path, "has more than 64 MiB");
    bytes.resize(had + kStep);
    file.read(bytes.data() + had, kStep);
    bytes.resize(had + static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) return refuse(path, "cannot be read: " + std::generic_category().message(errno));
  return bytes;
}

std::string_view without_byte_order_mark(std::string_view bytes) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  return bytes;
}

}  // namespace crowdflow::config
