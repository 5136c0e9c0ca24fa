#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "log/log.h"
#include "processor/partition_work.h"
#include "unit/engine/venue_builder.h"
#include "wire/readings_encoder.h"

// A hall and its readings, as they come from the log.
namespace crowdflow::processor {

using std::chrono_literals::operator""s;

inline constexpr std::int64_t kStart = 1'518'174'000;

inline WallTime wall(std::int64_t second) {
  return WallTime{start_of_second(second).time_since_epoch()};
}

// Records that own their values, as one take gives them.
class Records final : public log::Batch {
 public:
  explicit Records(std::int32_t partition) : partition_(partition) {}
  void add(std::int64_t offset, std::string value) {
    values_.push_back(std::move(value));
    records_.push_back({.topic = "readings",
                        .partition = partition_,
                        .offset = offset,
                        .value = values_.back(),
                        .has_value = true});
  }
  [[nodiscard]] std::span<const log::Record> records() const override { return records_; }
  [[nodiscard]] const std::optional<log::AssignmentChange>& assignment() const override {
    return assignment_;
  }

 private:
  const std::int32_t partition_;
  std::deque<std::string> values_;
  std::vector<log::Record> records_;
  std::optional<log::AssignmentChange> assignment_;
};

// The reading of one second: so many people have come in and left.
inline std::string reading_of(std::int64_t second, std::uint64_t entries = 1,
                              std::uint64_t exits = 0) {
  Reading reading;
  reading.venue_id = "hall";
  reading.sensor_id = "counter";
  reading.event_time = start_of_second(second);
  reading.interval = 1s;
  reading.statement = CountDelta{.entries = entries, .exits = exits};
  wire::ReadingsEncoder encoder;
  encoder.begin("hall");
  encoder.add(reading);
  return encoder.bytes();
}

// Records [first, first + count), one reading of one second each.
inline std::shared_ptr<const Records> run_of(std::int32_t partition, std::int64_t first,
                                             std::int64_t count, std::uint64_t entries = 1) {
  auto records = std::make_shared<Records>(partition);
  for (std::int64_t i = 0; i < count; ++i)
    records->add(first + i, reading_of(kStart + first + i, entries));
  return records;
}

// Ten people are too many.
inline std::shared_ptr<const Venue> hall() {
  return crowdflow::testing::one_hall()
      .rule({.id = "full", .when = RuleKind::kOccupancy, .zones = {0}, .over = 9.5})
      .build();
}

inline ProcessorOptions with_capacity(std::size_t tasks) {
  ProcessorOptions options;
  options.lane_capacity = tasks;
  return options;
}

// The partition's work from its beginning, with the hall in force.
inline std::unique_ptr<PartitionWork> work_of(std::int32_t partition) {
  auto work = std::make_unique<PartitionWork>(partition);
  work->start({});
  work->put_venue({.venue_id = "hall", .version = "1", .yaml = "", .utc_offsets = {}}, hall());
  work->tick({.now = wall(kStart)});
  static_cast<void>(work->hand_over({}));
  return work;
}

}  // namespace crowdflow::processor
