#include "kafka/quiet_log.h"

#include <spdlog/spdlog.h>

namespace crowdflow::kafka {
namespace {

spdlog::level::level_enum as_ours(int syslog_level, std::string_view kind) {
  // Said of every property that belongs to the other kind of client, and about our own defaults;
  // and of every broker that is not asked to make topics.
  if (kind == "CONFWARN" || kind == "AUTOCREATE") return spdlog::level::debug;
  if (syslog_level <= 2) return spdlog::level::critical;
  if (syslog_level == 3) return spdlog::level::err;
  if (syslog_level == 4) return spdlog::level::warn;
  if (syslog_level <= 6) return spdlog::level::info;
  return spdlog::level::debug;
}

}  // namespace

void QuietLog::write(int level, std::string_view client, std::string_view kind,
                     std::string_view text) {
  const auto now = std::chrono::steady_clock::now();
  std::uint64_t held_back = 0;
  {
    const std::lock_guard lock(mutex_);
    auto found = kinds_.find(kind);
    if (found == kinds_.end()) {
      found = kinds_.emplace(std::string(kind), Kind{}).first;
    } else if (now - found->second.last < kInterval) {
      ++found->second.held_back;
      return;
    }
    held_back = std::exchange(found->second.held_back, 0);
    found->second.last = now;
  }
  if (held_back == 0) {
    spdlog::log(as_ours(level, kind), "kafka {} {}: {}", client, kind, text);
  } else {
    spdlog::log(as_ours(level, kind), "kafka {} {}: {} ({} more lines of this kind before it)",
                client, kind, text, held_back);
  }
}

}  // namespace crowdflow::kafka
