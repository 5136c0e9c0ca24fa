#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>
#include <vector>

#include <crowdflow/result.h>

#include "log/log.h"
#include "processor/options.h"
#include "processor/partition_work.h"
#include "processor/report.h"

namespace crowdflow::processor {

// One life of the engine: connect, restore, then take, apply and commit until told to stop or until
// something goes wrong. Whatever was not committed is forgotten with it; the next life reads it
// again.
//
// Threads: one.
class Session {
 public:
  Session(log::Log& log, const ProcessorOptions& options, Report& report);

  // Returns when asked to stop, with everything committed, or with the error that ended it.
  [[nodiscard]] Result<void> run(std::stop_token stop);

 private:
  using Clock = std::chrono::steady_clock;

  struct Owned {
    std::unique_ptr<PartitionWork> work;
    // What the partition held at the tick before.
    std::int64_t held_at_tick = 0;
    bool held_known = false;
  };

  [[nodiscard]] Result<void> open();
  [[nodiscard]] Result<void> check_topics();
  [[nodiscard]] Result<void> own(const std::vector<log::PartitionId>& partitions);
  [[nodiscard]] Result<void> take(std::chrono::milliseconds wait);
  void tick();
  [[nodiscard]] bool proven(const Owned& owned) const;
  [[nodiscard]] bool commit_due() const;
  [[nodiscard]] Result<void> commit();
  [[nodiscard]] Result<void> forward();
  [[nodiscard]] Result<void> append_outputs(PartitionWork& work);
  [[nodiscard]] Result<void> append(const std::string& topic, std::int32_t partition,
                                    const OutRecord& record);
  void report_progress();

  log::Log& log_;
  const ProcessorOptions& options_;
  Report& report_;

  std::unique_ptr<log::Reader> reader_;
  std::unique_ptr<log::Writer> writer_;
  std::unique_ptr<log::Appender> appender_;
  std::int32_t partition_count_ = 0;
  std::int32_t alerts_current_count_ = 0;
  std::int32_t dead_letters_count_ = 0;
  VenueHomes homes_;
  std::map<std::int32_t, Owned> owned_;

  Clock::time_point last_tick_{};
  Clock::time_point last_commit_{};
  Clock::time_point last_report_{};
  bool took_records_ = false;
  bool reachable_at_tick_ = false;
};

}  // namespace crowdflow::processor
