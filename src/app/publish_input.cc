#include "app/publish_input.h"

#include <algorithm>
#include <array>
#include <utility>

#include <crowdflow/check.h>

#include "config/time_zone.h"
#include "config/values.h"

namespace crowdflow::app {
namespace {

using wire::CsvColumn;
using Field = CsvColumn::Field;
using Kind = wire::CsvLayout::Kind;

bool is_table(const PublishOptions& options) {
  return options.csv || options.file.ends_with(".csv") || options.file.ends_with(".csv.gz") ||
         options.file.ends_with(".tsv");
}

tl::unexpected<Error> wrong(std::string message) {
  return fail(ErrorCode::kInvalid, std::move(message));
}

Result<Kind> read_kind(const PublishOptions& options, const std::vector<CsvColumn>& columns) {
  using Named = std::pair<std::string_view, Kind>;
  constexpr std::array kKinds{Named{"delta", Kind::kDelta}, Named{"total", Kind::kTotal},
                              Named{"occupancy", Kind::kOccupancy}, Named{"anchor", Kind::kAnchor}};
  const auto has = [&](Field field) {
    return std::ranges::find(columns, field, &CsvColumn::field) != columns.end();
  };
  Kind kind = has(Field::kPeople) ? Kind::kOccupancy : Kind::kDelta;
  if (!options.counts.empty()) {
    const auto* known = std::ranges::find(kKinds, options.counts, &Named::first);
    if (known == kKinds.end()) {
      return wrong("--counts: found \"" + options.counts +
                   "\", expected delta, total, occupancy or anchor");
    }
    kind = known->second;
  }
  const bool crossings = kind == Kind::kDelta || kind == Kind::kTotal;
  if (!has(Field::kEventTime)) return wrong("--columns: expected event_time=COLUMN among them");
  if (crossings ? !has(Field::kEntries) && !has(Field::kExits) : !has(Field::kPeople)) {
    return wrong(crossings ? "--columns: expected entries=COLUMN or exits=COLUMN among them"
                           : "--columns: expected people=COLUMN among them");
  }
  if (!has(Field::kSensorId) && options.sensor.empty() && kind != Kind::kAnchor) {
    return wrong("which sensor counted? Say --sensor ID, or sensor_id=COLUMN in --columns");
  }
  if (kind == Kind::kDelta && !has(Field::kInterval) && options.interval.empty()) {
    return wrong(
        "how long does each row speak of? Say --interval 15m (0s: of one moment), or "
        "interval=COLUMN (in seconds) in --columns");
  }
  return kind;
}

Result<std::map<std::string, std::string, std::less<>>> read_sensors(std::string_view text) {
  std::map<std::string, std::string, std::less<>> sensors;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(item.size() + 1, text.size()));
    const std::size_t equals = item.rfind('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == item.size()) {
      return wrong("--sensors: found \"" + std::string(item) +
                   "\", expected NAME=ID, such as \"Main door=door-1\"");
    }
    sensors.emplace(item.substr(0, equals), item.substr(equals + 1));
  }
  return sensors;
}

Result<std::optional<std::vector<UtcOffset>>> read_zone(const PublishOptions& options,
                                                        const Venue* venue) {
  if (options.time_zone.empty()) {
    if (venue == nullptr) return std::nullopt;
    return std::optional{venue->utc_offsets};
  }
  auto offsets = config::utc_offsets(options.time_zone);
  if (offsets) return offsets;
  const std::string hint = config::time_zone_hint(options.time_zone);
  return wrong("--time-zone: found \"" + options.time_zone +
               "\", expected an IANA time zone such as Europe/London" +
               (hint.empty() ? "" : "; " + hint));
}

Result<std::optional<char>> read_delimiter(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (text == "tab" || text == "\\t") return std::optional{'\t'};
  if (text.size() == 1 && text != "\"") return std::optional{text.front()};
  return wrong("--delimiter: found \"" + text + "\", expected one character, or tab");
}

Result<wire::CsvLayout> read_layout(const PublishOptions& options, const Venue* venue) {
  auto columns = wire::csv_columns_from(options.columns.empty()
                                            ? "event_time=event_time,entries=entries,exits=exits"
                                            : options.columns);
  if (!columns) return wrong("--columns: " + columns.error().message);
  const auto kind = read_kind(options, *columns);
  if (!kind) return tl::unexpected(kind.error());
  auto sensors = read_sensors(options.sensors);
  if (!sensors) return tl::unexpected(sensors.error());
  auto zone = read_zone(options, venue);
  if (!zone) return tl::unexpected(zone.error());
  const auto delimiter = read_delimiter(options.delimiter);
  if (!delimiter) return tl::unexpected(delimiter.error());
  auto times = wire::TimeReader::make(options.time_format, std::move(*zone));
  if (!times) return wrong("--time-format: " + times.error().message);
  Span interval{0};
  if (!options.interval.empty()) {
    const auto given = config::parse_duration(options.interval);
    if (!given || *given > std::chrono::hours{24}) {
      return wrong("--interval: found \"" + options.interval +
                   "\", expected a duration from 0s to 24h, such as 15m");
    }
    interval = *given;
  }
  if (options.stamped != "end" && options.stamped != "start") {
    return wrong("--stamped: found \"" + options.stamped + "\", expected start or end");
  }
  return wire::CsvLayout{.columns = std::move(*columns),
                         .kind = *kind,
                         .delimiter = *delimiter,
                         .venue_id = {},
                         .sensor_id = options.sensor,
                         .sensors = std::move(*sensors),
                         .interval = interval,
                         .stamped_at_start = options.stamped == "start",
                         .times = std::move(*times)};
}

}  // namespace

Result<PublishInput> PublishInput::open(const PublishOptions& options, const Venue* venue) {
  PublishInput input;
  if (is_table(options)) {
    auto layout = read_layout(options, venue);
    if (!layout) return tl::unexpected(layout.error());
    auto table = wire::ReadingsCsv::open(options.file, std::move(*layout));
    if (!table) return tl::unexpected(table.error());
    input.table_ = std::make_unique<wire::ReadingsCsv>(std::move(*table));
  } else {
    auto json = wire::ReadingsFile::open(options.file);
    if (!json) return tl::unexpected(json.error());
    input.json_ = std::make_unique<wire::ReadingsFile>(std::move(*json));
  }
  return input;
}

Result<std::optional<wire::ReadingsFile::Entry>> PublishInput::next() {
  return table_ ? table_->next() : json_->next();
}

wire::Excerpt PublishInput::excerpt(std::span<const std::uint32_t> indices,
                                    std::string_view venue_id) const {
  CROWDFLOW_CHECK(json_ != nullptr, "a table has no excerpts");
  return json_->excerpt(indices, venue_id);
}

std::uint64_t PublishInput::bytes_read() const {
  return table_ ? table_->bytes_read() : json_->bytes_read();
}
std::optional<std::uint64_t> PublishInput::size() const {
  return table_ ? table_->size() : json_->size();
}

}  // namespace crowdflow::app
