#include "exactly_once/feed.h"

#include <algorithm>
#include <utility>

namespace crowdflow::bench {

RowReadings::RowReadings(std::vector<Row> rows, int readings_per_second, int readings_per_record,
                         EventTime begin)
    : rows_(std::move(rows)),
      rate_(readings_per_second),
      per_record_(readings_per_record),
      begin_(begin) {}

EventTime RowReadings::time_of(std::int64_t reading) const {
  return begin_ + Span{std::chrono::seconds{1}} * reading / rate_;
}

const RowReadings::Record& RowReadings::next() {
  const Row& row = rows_[row_];
  record_.row = row_;
  record_.readings = std::min<std::int64_t>(per_record_, row.sensors() - sensor_);
  encoder_.begin(row.id);
  for (std::int64_t i = 0; i < record_.readings; ++i) {
    const std::string id = sensor_id(sensor_++);
    Reading reading;
    reading.venue_id = row.id;
    reading.sensor_id = id;
    reading.sequence = round_;
    reading.event_time = time_of(said_++);
    reading.interval = std::chrono::seconds{1};
    reading.statement = CountDelta{.entries = 1, .exits = 1};
    encoder_.add(reading);
    record_.latest = reading.event_time;
  }
  record_.value = encoder_.bytes();
  if (sensor_ == row.sensors()) {
    sensor_ = 0;
    row_ = (row_ + 1) % rows_.size();
    if (row_ == 0) ++round_;
  }
  return record_;
}

EventTime event_time_now() {
  return EventTime{std::chrono::floor<Span>(std::chrono::system_clock::now().time_since_epoch())};
}

Feed::Feed(const std::string& brokers, const std::string& topic, std::vector<Row> rows,
           int readings_per_second, int readings_per_record)
    : producer_(brokers, {topic}, {{"linger.ms", "5"}}),
      rows_(std::move(rows)),
      thread_([this, readings_per_second, readings_per_record](std::stop_token stop) {
        RowReadings readings(rows_, readings_per_second, readings_per_record, event_time_now());
        const RowReadings::Record* waiting = &readings.next();
        while (!stop.stop_requested()) {
          const EventTime now = event_time_now();
          while (waiting->latest <= now) {
            const Row& row = readings.row(waiting->row);
            producer_.send(0, row.partition, row.id, waiting->value);
            waiting = &readings.next();
          }
          producer_.serve();
          std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
      }) {}

}  // namespace crowdflow::bench
