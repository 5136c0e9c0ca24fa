#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <crowdflow/outcome.h>
#include <crowdflow/reading.h>
#include <crowdflow/result.h>

#include "wire/readings_file.h"

namespace crowdflow::app {

// Readings of several files in one stream, merged by event time (each file stays in its own order),
// with a look ahead at what comes.
//
// Threads: one.
class RecordedReadings {
 public:
  // How many readings it looks ahead.
  static constexpr std::size_t kAhead = 1000;

  // Where a reading stands, and its record as it is in the file.
  struct Source {
    std::string file;
    std::uint64_t line = 0;
    std::string raw;
    // Of a record that was refused as a whole.
    std::optional<Outcome> refusal;
    std::size_t refused_readings = 0;
    std::string message;
  };
  struct Item {
    std::shared_ptr<const Source> source;
    std::uint32_t index = 0;  // within the record
    Reading reading;          // its text lives in the fields below
    std::string venue_id;
    std::string sensor_id;
    std::string anchor_zone;
  };

  // Readings that name no venue are taken to be of `venue_id`.
  [[nodiscard]] static Result<RecordedReadings> open(const std::vector<std::string>& paths,
                                                     std::string venue_id);

  // The next reading or refused record; nullptr at the end. Lasts until the next call.
  [[nodiscard]] Result<const Item*> next();

  // Whether most of the readings that come next are more than a minute before `stamp`: then the
  // clock that wrote it was wrong.
  [[nodiscard]] bool most_ahead_are_before(EventTime stamp) const;

  // Bytes taken and bytes in all; nothing when a file has no size (standard input).
  [[nodiscard]] std::uint64_t bytes_read() const;
  [[nodiscard]] std::optional<std::uint64_t> bytes_in_all() const;

 private:
  struct Input {
    wire::ReadingsFile file;
    // Of the entry at hand.
    std::deque<std::unique_ptr<Item>> items;
    bool ended = false;
  };

  explicit RecordedReadings(std::string venue_id) : venue_id_(std::move(venue_id)) {}
  [[nodiscard]] Result<void> fill(Input& input);
  [[nodiscard]] Result<void> look_ahead();
  [[nodiscard]] std::unique_ptr<Item> copy(const Reading& reading, std::uint32_t index,
                                           std::shared_ptr<const Source> source) const;

  std::string venue_id_;
  std::vector<Input> inputs_;
  std::deque<std::unique_ptr<Item>> ahead_;
  std::unique_ptr<Item> current_;
};

}  // namespace crowdflow::app
