#pragma once

#include <string>
#include <string_view>

namespace crowdflow::config {

// Where Debian's tzdata keeps the time zones.
inline constexpr std::string_view kZoneInfo = "/usr/share/zoneinfo";

// Whether `name` is an IANA time zone such as Asia/Seoul: by its form, and, on a machine that has
// them, by the files in `zone_info`.
[[nodiscard]] bool is_time_zone(std::string_view name, std::string_view zone_info = kZoneInfo);

// `did you mean "Asia/Seoul"?`, as far as the files tell; else empty.
[[nodiscard]] std::string time_zone_hint(std::string_view name,
                                         std::string_view zone_info = kZoneInfo);

}  // namespace crowdflow::config
