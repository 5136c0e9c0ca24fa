#include "config/time_zone.h"

#include <absl/time/time.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <vector>

#include "config/report.h"

namespace crowdflow::config {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUtc = "UTC";
constexpr std::int64_t kFirstSecond = 946'684'800;  // 2000-01-01T00:00:00Z
constexpr std::int64_t kEndSecond = 4'102'444'800;  // 2100-01-01T00:00:00Z

bool is_zone_file(const fs::path& path) {
  std::error_code failure;
  if (!fs::is_regular_file(path, failure)) return false;
  std::string magic(4, '\0');
  std::ifstream file{path, std::ios::binary};
  file.read(magic.data(), 4);
  return magic == "TZif";
}

// The same zones again, without and with leap seconds, are in folders of their own.
bool is_zone_name(std::string_view name) {
  return has_time_zone_form(name) && !name.starts_with("posix/") && !name.starts_with("right/");
}

std::vector<UtcOffset> offsets_of(const absl::TimeZone& zone) {
  const auto offset_from = [&zone](absl::Time at) {
    return UtcOffset{.from = EventTime{std::chrono::seconds{absl::ToUnixSeconds(at)}},
                     .seconds = std::chrono::seconds{zone.At(at).offset}};
  };
  absl::Time at = absl::FromUnixSeconds(kFirstSecond);
  std::vector<UtcOffset> offsets{offset_from(at)};
  absl::TimeZone::CivilTransition change;
  while (zone.NextTransition(at, &change)) {
    at = zone.At(change.to).trans;
    if (at >= absl::FromUnixSeconds(kEndSecond)) break;
    // A change may be of the zone's abbreviation only.
    if (zone.At(at).offset != offsets.back().seconds.count()) offsets.push_back(offset_from(at));
  }
  if (offsets == std::vector{UtcOffset{.from = offsets.front().from}}) offsets.clear();  // UTC
  return offsets;
}

}  // namespace

// Area/Place: words of letters, digits, "_", "+" and "-", with "/" between them.
bool has_time_zone_form(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (name.empty() || name.size() > 64 || !is_letter(name.front()) || name.back() == '/') {
    return false;
  }
  if (name.find("//") != std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-' || c == '/';
  });
}

bool has_time_zones(std::string_view zone_info) {
  // UTC is in every tzdata.
  return is_zone_file(fs::path{zone_info} / kUtc);
}

std::optional<std::vector<UtcOffset>> utc_offsets(std::string_view name,
                                                  std::string_view zone_info) {
  if (name == kUtc) return std::vector<UtcOffset>{};
  if (!is_zone_name(name)) return std::nullopt;
  const fs::path path = fs::path{zone_info} / name;
  absl::TimeZone zone;
  // By its path, so that nothing but the folder decides.
  if (!is_zone_file(path) || !absl::LoadTimeZone(path.string(), &zone)) return std::nullopt;
  return offsets_of(zone);
}

std::string machine_time_zone(std::string_view zone_info, std::string_view etc) {
  std::vector<std::string> names;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets any
  if (const char* tz = std::getenv("TZ")) names.emplace_back(*tz == ':' ? tz + 1 : tz);
  std::error_code failure;
  const fs::path local = fs::read_symlink(fs::path{etc} / "localtime", failure);
  if (!failure) {
    const fs::path target = local.is_absolute() ? local : fs::path{etc} / local;
    names.push_back(target.lexically_normal().lexically_relative(fs::path{zone_info}).string());
  }
  std::string line;
  if (std::ifstream file{fs::path{etc} / "timezone"}; std::getline(file, line)) {
    names.push_back(line);
  }
  for (const std::string& name : names) {
    if (is_zone_name(name) && is_zone_file(fs::path{zone_info} / name)) return name;
  }
  return std::string{kUtc};
}

std::string time_zone_hint(std::string_view name, std::string_view zone_info) {
  const fs::path root{zone_info};
  std::set<std::string> names;
  std::error_code failure;
  for (fs::recursive_directory_iterator entry{root, failure}, end; !failure && entry != end;
       entry.increment(failure)) {
    const std::string zone = entry->path().lexically_relative(root).string();
    if (is_zone_name(zone) && is_zone_file(entry->path())) names.insert(zone);
  }
  return nearest_hint(name, std::vector<std::string_view>{names.begin(), names.end()});
}

}  // namespace crowdflow::config
