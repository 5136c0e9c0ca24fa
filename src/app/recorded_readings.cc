#include "app/recorded_readings.h"

#include <algorithm>
#include <utility>

namespace crowdflow::app {
namespace {

constexpr Span kFuture = std::chrono::seconds{60};

}  // namespace

Result<RecordedReadings> RecordedReadings::open(const std::vector<std::string>& paths,
                                                std::string venue_id) {
  RecordedReadings readings(std::move(venue_id));
  for (const std::string& path : paths) {
    auto file = wire::ReadingsFile::open(path);
    if (!file) return tl::unexpected(file.error());
    readings.inputs_.push_back({.file = std::move(*file), .items = {}});
  }
  return readings;
}

std::unique_ptr<RecordedReadings::Item> RecordedReadings::copy(
    const Reading& reading, std::uint32_t index, std::shared_ptr<const Source> source) const {
  auto item = std::make_unique<Item>();
  item->source = std::move(source);
  item->index = index;
  item->reading = reading;
  item->venue_id = reading.venue_id.empty() ? venue_id_ : std::string(reading.venue_id);
  item->sensor_id = reading.sensor_id;
  item->reading.venue_id = item->venue_id;
  item->reading.sensor_id = item->sensor_id;
  if (auto* anchor = std::get_if<Anchor>(&item->reading.statement)) {
    item->anchor_zone = anchor->zone_id;
    anchor->zone_id = item->anchor_zone;
  }
  return item;
}

Result<void> RecordedReadings::fill(Input& input) {
  while (input.items.empty() && !input.ended) {
    auto next = input.file.next();
    if (!next) return tl::unexpected(next.error());
    const auto& entry = *next;
    if (!entry) {
      input.ended = true;
      break;
    }
    auto source = std::make_shared<Source>();
    source->file = input.file.path();
    source->line = entry->line;
    source->raw = entry->raw;
    if (!entry->readings) {
      const wire::Refusal& refusal = entry->readings.error();
      source->refusal = refusal.reason;
      source->refused_readings = refusal.readings;
      source->message = refusal.message;
      input.items.push_back(std::make_unique<Item>());
      input.items.back()->source = std::move(source);
      continue;
    }
    std::uint32_t index = 0;
    for (const Reading& reading : *entry->readings) {
      input.items.push_back(copy(reading, index++, source));
    }
  }
  return {};
}

Result<void> RecordedReadings::look_ahead() {
  while (ahead_.size() <= kAhead) {
    Input* earliest = nullptr;
    for (Input& input : inputs_) {
      if (auto filled = fill(input); !filled) return filled;
      if (input.items.empty()) continue;
      if (earliest == nullptr ||
          input.items.front()->reading.event_time < earliest->items.front()->reading.event_time) {
        earliest = &input;
      }
    }
    if (earliest == nullptr) return {};
    ahead_.push_back(std::move(earliest->items.front()));
    earliest->items.pop_front();
  }
  return {};
}

Result<const RecordedReadings::Item*> RecordedReadings::next() {
  if (auto looked = look_ahead(); !looked) return tl::unexpected(looked.error());
  if (ahead_.empty()) return nullptr;
  current_ = std::move(ahead_.front());
  ahead_.pop_front();
  return current_.get();
}

bool RecordedReadings::most_ahead_are_before(EventTime stamp) const {
  const auto before = std::ranges::count_if(ahead_, [&](const auto& item) {
    return !item->source->refusal && item->reading.event_time < stamp - kFuture;
  });
  return static_cast<std::size_t>(before) * 2 > ahead_.size();
}

std::uint64_t RecordedReadings::bytes_read() const {
  std::uint64_t bytes = 0;
  for (const Input& input : inputs_)
    bytes += input.file.bytes_read();
  return bytes;
}

std::optional<std::uint64_t> RecordedReadings::bytes_in_all() const {
  std::uint64_t bytes = 0;
  for (const Input& input : inputs_) {
    const auto size = input.file.size();
    if (!size) return std::nullopt;
    bytes += *size;
  }
  return bytes;
}

}  // namespace crowdflow::app
