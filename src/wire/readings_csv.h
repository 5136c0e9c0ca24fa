#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/result.h>
#include <crowdflow/time.h>

#include "wire/readings_file.h"
#include "wire/time_reader.h"

namespace crowdflow::wire {

// Which column of a table says what.
struct CsvColumn {
  enum class Field {
    kEventTime,
    kSensorId,
    kSequence,
    kInterval,
    kEntries,
    kExits,
    kPeople,
    kZoneId
  };

  Field field{};
  // As the table's first row has it, whatever the case, or "#3" for the third one; several with '+'
  // between them are joined with a space: "Date+Time".
  std::string name;
};

// "event_time=Time,entries=In,exits=Out". kInvalid: what is wrong, and what was expected.
[[nodiscard]] Result<std::vector<CsvColumn>> csv_columns_from(std::string_view text);

// What a table's rows mean: one reading each.
struct CsvLayout {
  // What the numbers are: entries and exits of a delta or a total, people otherwise.
  enum class Kind { kDelta, kTotal, kOccupancy, kAnchor };

  std::vector<CsvColumn> columns;
  Kind kind = Kind::kDelta;
  std::optional<char> delimiter;  // nothing: found out
  std::string venue_id;
  std::string sensor_id;  // when no column says it
  // What the table calls the sensors that have another id. Others are called by their id.
  std::map<std::string, std::string, std::less<>> sensors;
  Span interval{0};               // when no column (in seconds) says it
  bool stamped_at_start = false;  // the table's times are the beginnings of its intervals
  TimeReader times;
};

// Reads readings from a table as a spreadsheet exports it. A row that is no reading is an entry
// like any other, with its refusal. Where clocks were set back, a sensor's rows must be in order.
// Memory grows with the number of sensors only. Threads: one at a time.
class ReadingsCsv {
 public:
  // `path`: "-" is standard input. kNotFound, kIo; kInvalid: the table has not these columns.
  [[nodiscard]] static Result<ReadingsCsv> open(const std::string& path, CsvLayout layout);
  ~ReadingsCsv();
  ReadingsCsv(ReadingsCsv&&) noexcept;
  ReadingsCsv& operator=(ReadingsCsv&&) noexcept;

  // As ReadingsFile::next(); each entry has one reading.
  [[nodiscard]] Result<std::optional<ReadingsFile::Entry>> next();

  // For a progress bar, as ReadingsFile has them.
  [[nodiscard]] std::uint64_t bytes_read() const;
  [[nodiscard]] std::optional<std::uint64_t> size() const;

 private:
  class Impl;
  explicit ReadingsCsv(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace crowdflow::wire
