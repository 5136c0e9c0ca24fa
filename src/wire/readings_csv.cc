#include "wire/readings_csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "wire/csv_rows.h"
#include "wire/utf8.h"

namespace crowdflow::wire {
namespace {

using Field = CsvColumn::Field;

constexpr std::array<std::pair<std::string_view, Field>, 8> kFields{
    {{"event_time", Field::kEventTime},
     {"sensor_id", Field::kSensorId},
     {"sequence", Field::kSequence},
     {"interval", Field::kInterval},
     {"entries", Field::kEntries},
     {"exits", Field::kExits},
     {"people", Field::kPeople},
     {"zone_id", Field::kZoneId}}};

std::string_view name_of(Field field) {
  return std::ranges::find(kFields, field, &std::pair<std::string_view, Field>::second)->first;
}

std::string quote(std::string_view text) {
  if (text.empty()) return "nothing";
  return '"' + std::string(text.substr(0, 80)) + '"';
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::optional<std::uint64_t> whole(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<std::vector<CsvColumn>> csv_columns_from(std::string_view text) {
  std::vector<CsvColumn> columns;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t equals = std::min(item.find('='), item.size());
    const auto* known = std::ranges::find(kFields, item.substr(0, equals),
                                          &std::pair<std::string_view, Field>::first);
    if (known == kFields.end() || equals + 1 >= item.size()) {
      return fail(ErrorCode::kInvalid,
                  "found " + quote(item) +
                      ", expected FIELD=COLUMN with a field of event_time, sensor_id, sequence, "
                      "interval, entries, exits, people, zone_id");
    }
    if (std::ranges::find(columns, known->second, &CsvColumn::field) != columns.end()) {
      return fail(ErrorCode::kInvalid,
                  "found " + std::string(known->first) + " twice, expected each field once");
    }
    columns.push_back({.field = known->second, .name = std::string(item.substr(equals + 1))});
  }
  return columns;
}

class ReadingsCsv::Impl {
 public:
  Impl(CsvRows rows, CsvLayout layout) : rows_(std::move(rows)), layout_(std::move(layout)) {}

  // Finds the columns in the first row.
  Result<void> begin() {
    const auto row = rows_.next();
    if (!row) return tl::unexpected(row.error());
    const std::string& path = rows_.source().path();
    if (!*row) return fail(ErrorCode::kInvalid, path + " is empty, expected a row of column names");
    if (!(*row)->problem.empty()) {
      return fail(ErrorCode::kInvalid,
                  path + ':' + std::to_string((*row)->line) + ": " + (*row)->problem);
    }
    width_ = (*row)->cells.size();
    for (const CsvColumn& column : layout_.columns) {
      auto places = places_of(column.name, (*row)->cells);
      if (places.empty()) {
        std::string names;
        for (const std::string_view cell : (*row)->cells)
          names += (names.empty() ? "" : ", ") + quote(cell);
        return fail(ErrorCode::kInvalid, path + ':' + std::to_string((*row)->line) +
                                             ": found the columns " + names + ", expected " +
                                             quote(column.name) + " for " +
                                             std::string(name_of(column.field)));
      }
      columns_.push_back({.field = column.field, .name = column.name, .places = places});
    }
    return {};
  }

  Result<std::optional<ReadingsFile::Entry>> next() {
    const auto row = rows_.next();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return std::nullopt;
    std::string problem = (*row)->problem;
    if (problem.empty() && find_invalid_utf8((*row)->raw) != std::string_view::npos) {
      problem = "found bytes that are no UTF-8, expected text in UTF-8";
    }
    if (problem.empty()) problem = read((*row)->cells);
    if (problem.empty()) {
      return ReadingsFile::Entry{(*row)->line, (*row)->raw, std::span<const Reading>{&reading_, 1}};
    }
    return ReadingsFile::Entry{(*row)->line, (*row)->raw,
                               tl::unexpected(Refusal{Outcome::kMalformed, 1, std::move(problem)})};
  }

  [[nodiscard]] const TextSource& source() const { return rows_.source(); }

 private:
  struct Column {
    Field field{};
    std::string name;
    std::vector<std::size_t> places;
  };

  // Where the columns stand that `name` names; none: one of them is not there.
  static std::vector<std::size_t> places_of(std::string_view name,
                                            std::span<const std::string_view> cells) {
    const auto place_of = [&](std::string_view wanted) -> std::optional<std::size_t> {
      const auto found = std::ranges::find_if(
          cells, [&](std::string_view cell) { return equal_ignoring_case(cell, wanted); });
      if (found != cells.end()) return static_cast<std::size_t>(found - cells.begin());
      const auto number = wanted.starts_with('#') ? whole(wanted.substr(1)) : std::nullopt;
      if (number && *number >= 1 && *number <= cells.size()) return *number - 1;
      return std::nullopt;
    };
    if (const auto place = place_of(name)) return {*place};
    std::vector<std::size_t> places;
    while (!name.empty()) {
      const std::size_t plus = std::min(name.find('+'), name.size());
      const auto place = place_of(name.substr(0, plus));
      if (!place) return {};
      places.push_back(*place);
      name.remove_prefix(std::min(plus + 1, name.size()));
    }
    return places;
  }

  // Fills reading_; says what is wrong, if anything is.
  std::string read(std::span<const std::string_view> cells) {
    if (cells.size() != width_) {
      return "found " + std::to_string(cells.size()) + " cells, expected " +
             std::to_string(width_) + " as in the first row";
    }
    reading_ = {
        .venue_id = layout_.venue_id, .sensor_id = layout_.sensor_id, .interval = layout_.interval};
    Numbers numbers;
    std::optional<TimeReader::Times> times;
    for (const Column& column : columns_) {
      std::string problem = read_cell(column, text_of(column, cells), numbers, times);
      if (!problem.empty()) return "column " + quote(column.name) + ": " + problem;
    }
    reading_.sequence = numbers.sequence;
    set_statement(numbers);
    return times ? place_in_time(*times) : "";
  }

  struct Numbers {
    std::uint64_t sequence = 0;
    std::uint64_t interval = 0;
    std::uint64_t entries = 0;
    std::uint64_t exits = 0;
    std::uint64_t people = 0;
    std::string_view zone_id;
  };

  std::string_view text_of(const Column& column, std::span<const std::string_view> cells) {
    if (column.places.size() == 1) return cells[column.places.front()];
    joined_.clear();
    for (const std::size_t place : column.places) {
      if (!joined_.empty()) joined_ += ' ';
      joined_ += cells[place];
    }
    return joined_;
  }

  std::string read_cell(const Column& column, std::string_view text, Numbers& numbers,
                        std::optional<TimeReader::Times>& times) {
    const auto number = [&](std::uint64_t& out) {
      const auto value = whole(text);
      if (!value) return "found " + quote(text) + ", expected a whole number, 0 or more";
      out = *value;
      return std::string();
    };
    switch (column.field) {
      case Field::kEventTime: {
        const auto read = layout_.times.read(text);
        if (!read) return "found " + quote(text) + ", expected " + read.error();
        times = *read;
        return {};
      }
      case Field::kSensorId: {
        const auto renamed = layout_.sensors.find(text);
        reading_.sensor_id = renamed == layout_.sensors.end() ? text : renamed->second;
        return text.empty() ? "found nothing, expected the name of a sensor" : "";
      }
      case Field::kZoneId:
        numbers.zone_id = text;
        return {};
      case Field::kSequence:
        return number(numbers.sequence);
      case Field::kInterval: {
        constexpr std::uint64_t kMost = 86'400;
        auto problem = number(numbers.interval);
        if (problem.empty() && numbers.interval > kMost) {
          problem = "found " + quote(text) + ", expected at most 86400 seconds";
        }
        reading_.interval = std::chrono::seconds{std::min(numbers.interval, kMost)};
        return problem;
      }
      case Field::kEntries:
        return number(numbers.entries);
      case Field::kExits:
        return number(numbers.exits);
      case Field::kPeople:
        return number(numbers.people);
    }
    return {};
  }

  void set_statement(const Numbers& numbers) {
    switch (layout_.kind) {
      case CsvLayout::Kind::kDelta:
        reading_.statement = CountDelta{.entries = numbers.entries, .exits = numbers.exits};
        return;
      case CsvLayout::Kind::kTotal:
        reading_.statement = CountTotal{.entries = numbers.entries, .exits = numbers.exits};
        return;
      case CsvLayout::Kind::kOccupancy:
        reading_.statement = Occupancy{.people = numbers.people};
        return;
      case CsvLayout::Kind::kAnchor:
        reading_.statement = Anchor{.zone_id = numbers.zone_id, .people = numbers.people};
        return;
    }
  }

  std::string place_in_time(const TimeReader::Times& times) {
    auto& latest =
        latest_.try_emplace(std::string(reading_.sensor_id), EventTime::min()).first->second;
    EventTime stamp = times.time;
    if (times.again && stamp <= latest) {
      stamp = *times.again;
      // Taken for the other of the two it would replace what that one said.
      if (stamp <= latest) {
        return "found a local time that comes twice, when clocks are set back, expected rows in "
               "the "
               "order of time, or times with their zone";
      }
    }
    latest = stamp;
    reading_.event_time = layout_.stamped_at_start ? stamp + reading_.interval : stamp;
    return {};
  }

  CsvRows rows_;
  const CsvLayout layout_;
  std::size_t width_ = 0;
  std::vector<Column> columns_;
  Reading reading_;
  std::string joined_;
  std::map<std::string, EventTime, std::less<>> latest_;  // stamp of each sensor
};

ReadingsCsv::ReadingsCsv(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ReadingsCsv::~ReadingsCsv() = default;
ReadingsCsv::ReadingsCsv(ReadingsCsv&&) noexcept = default;
ReadingsCsv& ReadingsCsv::operator=(ReadingsCsv&&) noexcept = default;

Result<ReadingsCsv> ReadingsCsv::open(const std::string& path, CsvLayout layout) {
  auto rows = CsvRows::open(path, layout.delimiter);
  if (!rows) return tl::unexpected(rows.error());
  auto impl = std::make_unique<Impl>(std::move(*rows), std::move(layout));
  if (auto begun = impl->begin(); !begun) return tl::unexpected(begun.error());
  return ReadingsCsv{std::move(impl)};
}

Result<std::optional<ReadingsFile::Entry>> ReadingsCsv::next() { return impl_->next(); }
std::uint64_t ReadingsCsv::bytes_read() const { return impl_->source().bytes_read(); }
std::optional<std::uint64_t> ReadingsCsv::size() const { return impl_->source().size(); }

}  // namespace crowdflow::wire
