#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/outcome.h>
#include <crowdflow/result.h>
#include <crowdflow/shard.h>

#include "wire/outputs.h"

namespace crowdflow::app {

// What a replay counted, for summary.json.
struct ReplaySummary {
  struct Sensor {
    std::string id;
    SensorTotals totals;
    // What became of its readings beside applied.
    std::map<std::string, std::uint64_t> outcomes;
  };

  std::string venue_id;
  std::string venue_version;
  Accounting accounting;
  std::vector<Sensor> sensors;
  // Of the readings that were not rejected.
  EventTime first = EventTime::max();
  EventTime last = EventTime::min();

  void take(EventTime event_time) {
    first = std::min(first, event_time);
    last = std::max(last, event_time);
  }
};

// The files that a replay writes into a folder: zone_states.ndjson, alerts.ndjson, rejected.ndjson
// and summary.json. Errors show in close(). Threads: one.
class ReplayFiles {
 public:
  explicit ReplayFiles(const std::filesystem::path& out);

  void add_states(const Outputs& outputs, const Outputs::Second& second);
  void add_alert(const Venue& venue, const Alert& alert);

  struct Rejected {
    Outcome reason = Outcome::kMalformed;
    std::string_view message;  // empty: what the reason says by itself
    std::string place;         // the members that say where, as JSON: "file":"a.ndjson","line":1
    std::uint32_t index = 0;   // of the reading within its record
    std::string_view raw;
  };
  void add_rejected(const Rejected& rejected);
  void write(const ReplaySummary& summary);
  [[nodiscard]] Result<void> close();

  [[nodiscard]] std::uint64_t states() const { return states_said_; }
  [[nodiscard]] std::uint64_t alerts() const { return alerts_said_; }

 private:
  class Lines {
   public:
    explicit Lines(const std::filesystem::path& path);
    std::string& buffer() { return buffer_; }
    void end_line();
    [[nodiscard]] Result<void> close();

   private:
    void flush();

    std::filesystem::path path_;
    std::ofstream file_;
    std::string buffer_;
  };

  Lines states_;
  Lines alerts_;
  Lines rejects_;
  Lines summary_;
  wire::OutputEncoder encoder_;
  std::uint64_t states_said_ = 0;
  std::uint64_t alerts_said_ = 0;
};

}  // namespace crowdflow::app
