#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace crowdflow::kafka {

// Passes on what librdkafka logs, but lines of one kind at most once in `interval`: a broker that
// is away makes each client say so several times a second.
//
// Threads: any; librdkafka's own call it. Limits: remembers one line's time for each kind, of which
// librdkafka has some dozens.
class QuietLog {
 public:
  static constexpr std::chrono::seconds kInterval{10};

  // `level` as syslog has it (0 emergency to 7 debug), `kind` as librdkafka calls it ("FAIL").
  void write(int level, std::string_view client, std::string_view kind, std::string_view text);

 private:
  struct Kind {
    std::chrono::steady_clock::time_point last{};
    std::uint64_t held_back = 0;
  };

  std::mutex mutex_;
  std::map<std::string, Kind, std::less<>> kinds_;
};

}  // namespace crowdflow::kafka
