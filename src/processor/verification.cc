#include "processor/verification.h"

#include <charconv>
#include <limits>
#include <memory>
#include <utility>

#include "wire/messages.h"
#include "wire/record_headers.h"

namespace crowdflow::processor {
namespace {

OutRecord copy_of(const log::Record& record) {
  OutRecord copy{.key = std::string(record.key),
                 .value = std::string(record.value),
                 .headers = {},
                 .has_key = record.has_key,
                 .has_value = record.has_value};
  copy.headers.reserve(record.headers.size());
  for (const log::Header& header : record.headers)
    copy.headers.push_back({std::string(header.name), std::string(header.value)});
  return copy;
}

std::optional<std::int64_t> number_in(const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

}  // namespace

Result<Verification> Verification::open(log::Log& log, const ProcessorOptions& options,
                                        const log::PartitionId& at,
                                        std::optional<std::int64_t> said_after, Look look) {
  const auto end = find_decided_end(log, options, at);
  if (!end) return tl::unexpected(end.error());
  const auto bounds = log.query_bounds(at);
  if (!bounds) return tl::unexpected(bounds.error());
  auto cursor = Cursor::open(log, options, at, bounds->low);
  if (!cursor) return tl::unexpected(cursor.error());
  Verification self(log, std::move(*cursor));
  self.at_ = at;
  self.look_ = std::move(look);
  self.said_after_ = said_after;
  self.must_follow_until_ = *end;
  if (auto done = self.skip_what_expires(log, options, *bounds); !done) {
    return tl::unexpected(done.error());
  }
  return self;
}

Result<void> Verification::skip_what_expires(log::Log& log, const ProcessorOptions& options,
                                             const log::OffsetBounds& bounds) {
  if (bounds.low == 0) return {};
  auto cursor = Cursor::open(log, options, at_, bounds.low);
  if (!cursor) return tl::unexpected(cursor.error());
  while (true) {
    const auto record = cursor->next(must_follow_until_);
    if (!record) return tl::unexpected(record.error());
    if (*record == nullptr) {
      // None is kept, and so nobody can tell whether one is missing.
      pass_over(std::numeric_limits<std::int64_t>::max());
      return {};
    }
    const Said said = look_(copy_of(**record));
    if (!said.at) continue;
    pass_over(*said.at);
    return {};
  }
}

Result<void> Verification::fix_end() {
  const auto bounds = log_->query_bounds(at_);
  if (!bounds) return tl::unexpected(bounds.error());
  holds_all_until_ = bounds->high;
  return {};
}

Result<std::optional<Verification::Held>> Verification::next(std::int64_t end) {
  while (true) {
    const auto record = cursor_.next(end);
    if (!record) return tl::unexpected(record.error());
    if (*record == nullptr) return std::nullopt;
    Held held{.offset = (*record)->offset, .record = copy_of(**record)};
    const Said said = look_(held.record);
    if (said.wanted && !too_old(said)) return held;
  }
}

Result<void> Verification::expect(const OutRecord& record, std::int64_t journal_offset) {
  if (difference_) return {};
  const Said said = look_(record);
  if (!said.wanted) return {};
  if (too_old(said)) {
    ++expired_;
    return {};
  }
  const auto is_it = [&](const std::optional<Held>& held) {
    return held && held->record == record;
  };
  auto held = next(holds_all_until_);
  if (!held) return tl::unexpected(held.error());
  if (is_it(*held)) {
    ++same_;
    return {};
  }
  difference_ = Difference{
      .kind = Difference::Kind::kMissing, .journal_offset = journal_offset, .expected = record};
  if (!*held) return {};
  difference_->kind = Difference::Kind::kDiffers;
  difference_->offset = (*held)->offset;
  difference_->held = std::move((*held)->record);
  // One that somebody else wrote in between has the expected one behind it.
  auto after = next(holds_all_until_);
  if (!after) return tl::unexpected(after.error());
  if (is_it(*after)) {
    difference_->kind = Difference::Kind::kUnexplained;
    difference_->journal_offset = -1;
    difference_->expected.reset();
  }
  return {};
}

Result<void> Verification::finish() {
  if (difference_) return {};
  auto held = next(must_follow_until_);
  if (!held) return tl::unexpected(held.error());
  if (!*held) return {};
  difference_ = Difference{.kind = Difference::Kind::kUnexplained,
                           .offset = (*held)->offset,
                           .held = std::move((*held)->record)};
  return {};
}

// A record is the venue's by its key or by what it says; one with the venue's key that cannot be
// read is compared, and found to be another.
Verification::Look look_for_states(std::string venue_id, EventRange range) {
  const auto batch = std::make_shared<v1::ZoneStateBatch>();
  return [=, venue_id = std::move(venue_id)](const OutRecord& record) -> Verification::Said {
    if (!wire::parse(record.value, *batch)) return {.at = {}, .wanted = record.key == venue_id};
    return {.at = place_of(wire::wall_time(batch->now())),
            .wanted = (record.key == venue_id || batch->venue_id() == venue_id) &&
                      range.holds(wire::event_time(batch->venue_time()))};
  };
}

Verification::Look look_for_alerts(std::string venue_id, EventRange range) {
  const auto alert = std::make_shared<v1::Alert>();
  return [=, venue_id = std::move(venue_id)](const OutRecord& record) -> Verification::Said {
    if (!wire::parse(record.value, *alert)) return {.at = {}, .wanted = record.key == venue_id};
    return {.at = place_of(wire::wall_time(alert->raised_at())),
            .wanted = (record.key == venue_id || alert->venue_id() == venue_id) &&
                      range.holds(wire::event_time(alert->event_time()))};
  };
}

std::int64_t place_of(WallTime said_at) { return said_at.time_since_epoch().count(); }

Verification::Look look_for_dead_letters(std::string readings, std::int32_t partition) {
  return [readings = std::move(readings),
          wanted = std::to_string(partition)](const OutRecord& letter) -> Verification::Said {
    std::optional<std::int64_t> offset;
    bool of_topic = false;
    bool of_partition = false;
    // Those that the letter's record came with are before ours: the last of a name counts.
    for (const wire::RecordHeader& header : letter.headers) {
      if (header.name == wire::kTopicHeader) of_topic = header.value == readings;
      if (header.name == wire::kPartitionHeader) of_partition = header.value == wanted;
      if (header.name == wire::kOffsetHeader) offset = number_in(header.value);
    }
    if (!of_topic || !of_partition) return {.at = {}, .wanted = false};
    return {.at = offset, .wanted = true};
  };
}

}  // namespace crowdflow::processor
