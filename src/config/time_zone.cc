#include "config/time_zone.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <vector>

#include "config/report.h"

namespace crowdflow::config {
namespace {

namespace fs = std::filesystem;

// Area/Place: words of letters, digits, "_", "+" and "-", with "/" between them.
bool has_the_form(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (name.empty() || name.size() > 64 || !is_letter(name.front()) || name.back() == '/') {
    return false;
  }
  if (name.find("//") != std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-' || c == '/';
  });
}

bool is_zone_file(const fs::path& path) {
  std::error_code failure;
  if (!fs::is_regular_file(path, failure)) return false;
  std::string magic(4, '\0');
  std::ifstream file{path, std::ios::binary};
  file.read(magic.data(), 4);
  return magic == "TZif";
}

}  // namespace

bool is_time_zone(std::string_view name, std::string_view zone_info) {
  if (!has_the_form(name)) return false;
  const fs::path root{zone_info};
  // UTC is in every tzdata: without it there is none to ask.
  if (!is_zone_file(root / "UTC")) return true;
  return is_zone_file(root / name);
}

std::string time_zone_hint(std::string_view name, std::string_view zone_info) {
  const fs::path root{zone_info};
  std::set<std::string> names;
  std::error_code failure;
  for (fs::recursive_directory_iterator entry{root, failure}, end; !failure && entry != end;
       entry.increment(failure)) {
    const std::string zone = entry->path().lexically_relative(root).string();
    if (zone.starts_with("posix/") || zone.starts_with("right/") || !has_the_form(zone)) continue;
    if (is_zone_file(entry->path())) names.insert(zone);
  }
  return nearest_hint(name, std::vector<std::string_view>{names.begin(), names.end()});
}

}  // namespace crowdflow::config
