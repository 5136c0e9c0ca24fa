#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/venue.h>

namespace crowdflow::config {

// Where Debian's tzdata keeps the time zones.
inline constexpr std::string_view kZoneInfo = "/usr/share/zoneinfo";

// Whether `name` is formed like an IANA time zone, such as Asia/Seoul.
[[nodiscard]] bool has_time_zone_form(std::string_view name);

// Whether the machine knows time zones at all.
[[nodiscard]] bool has_time_zones(std::string_view zone_info = kZoneInfo);

// What the time zone means in the years 2000 to 2100, as Venue::utc_offsets has it; nothing when
// there is none of this name. UTC is known everywhere. Any thread.
[[nodiscard]] std::optional<std::vector<UtcOffset>> utc_offsets(
    std::string_view name, std::string_view zone_info = kZoneInfo);

// The time zone that this machine is set to: of the environment's TZ, else of `etc`/localtime (a
// link into `zone_info`) or `etc`/timezone; UTC when none of them says one that is known.
[[nodiscard]] std::string machine_time_zone(std::string_view zone_info = kZoneInfo,
                                            std::string_view etc = "/etc");

// `did you mean "Asia/Seoul"?`, as far as the files tell; else empty.
[[nodiscard]] std::string time_zone_hint(std::string_view name,
                                         std::string_view zone_info = kZoneInfo);

}  // namespace crowdflow::config
