#include "app/memory_check.h"

#include <cstdio>

#include <crowdflow/memory_need.h>

namespace crowdflow::app {
namespace {

std::string in_words(std::size_t bytes) {
  constexpr double kKibi = 1024;
  const auto size = static_cast<double>(bytes);
  const bool small = size < kKibi * kKibi;
  char text[32];
  std::snprintf(text, sizeof text, small ? "%.0f KiB" : "%.1f MiB",
                small ? size / kKibi : size / (kKibi * kKibi));
  return text;
}

}  // namespace

std::string memory_in_words(const Venue& venue) {
  const MemoryNeed need = memory_need(venue);
  std::string words = venue.id + " takes " + in_words(need.total()) + " (sensors " +
                      in_words(need.sensors) + ", zones " + in_words(need.zones) + ", openings " +
                      in_words(need.openings) + ", description " + in_words(need.description);
  if (need.first_anchor > 0) {
    words += "; " + in_words(need.first_anchor) + " more once every zone was counted by hand";
  }
  if (need.first_flood > 0) {
    words += "; " + in_words(need.first_flood) +
             " more once over 65,535 people passed an opening in a second";
  }
  return words + ")";
}

Result<void> check_memory(const std::vector<std::shared_ptr<const Venue>>& venues,
                          std::optional<std::int64_t> limit) {
  if (!limit) return {};
  std::size_t most = 0;
  std::string each;
  for (const auto& venue : venues) {
    const MemoryNeed need = memory_need(*venue);
    most += need.total() + need.first_anchor + need.first_flood;
    each += "\n  " + memory_in_words(*venue);
  }
  if (most <= static_cast<std::size_t>(*limit)) return {};
  return fail(ErrorCode::kInvalid,
              "the venues may take " + in_words(most) + ", the memory_limit is " +
                  in_words(static_cast<std::size_t>(*limit)) +
                  ": raise it, or keep less (revise_for, windows, a percentile)" + each);
}

}  // namespace crowdflow::app
