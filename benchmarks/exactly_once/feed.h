#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "exactly_once/measured.h"
#include "exactly_once/plain_client.h"
#include "exactly_once/venues.h"
#include "wire/readings_encoder.h"

namespace crowdflow::bench {

// What the sensors of some venues say, record by record, at the time that readings number
// `rate` a second: each sensor in turn, so that each speaks every sensors / rate seconds.
class RowReadings {
 public:
  // The reading number 0 is of `begin`.
  RowReadings(std::vector<Row> rows, int readings_per_second, int readings_per_record,
              EventTime begin);

  struct Record {
    std::size_t row = 0;
    std::string value;
    std::int64_t readings = 0;
    EventTime latest{};  // what its last reading speaks of: it can be sent from then on
  };
  // The next one; the same place is filled each time.
  [[nodiscard]] const Record& next();
  [[nodiscard]] const Row& row(std::size_t index) const { return rows_[index]; }
  [[nodiscard]] EventTime due() const { return time_of(said_); }

 private:
  [[nodiscard]] EventTime time_of(std::int64_t reading) const;

  const std::vector<Row> rows_;
  const std::int64_t rate_;
  const std::int64_t per_record_;
  const EventTime begin_;
  std::int64_t said_ = 0;
  std::uint64_t round_ = 1;
  std::size_t row_ = 0;
  int sensor_ = 0;
  wire::ReadingsEncoder encoder_;
  Record record_;
};

[[nodiscard]] EventTime event_time_now();

// Sends readings on a thread of its own, each when its time has come by the wall clock, whether
// what came before has been taken or not, until it goes.
class Feed {
 public:
  Feed(const std::string& brokers, const std::string& topic, std::vector<Row> rows,
       int readings_per_second, int readings_per_record);

 private:
  PlainProducer producer_;
  std::vector<Row> rows_;
  std::jthread thread_;  // last: it ends first
};

}  // namespace crowdflow::bench
