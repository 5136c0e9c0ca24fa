#include "processor/verification.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "wire/messages.h"

namespace crowdflow::processor {

Result<Verification> Verification::open(log::Log& log, const ProcessorOptions& options,
                                        const log::PartitionId& at,
                                        std::optional<WallTime> said_after, Look look) {
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
    if (*record == nullptr) return {};
    const Said said = look_((*record)->key, (*record)->value);
    if (!said.at) continue;
    said_after_ = said_after_ ? std::max(*said_after_, *said.at) : *said.at;
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
    const Said said = look_((*record)->key, (*record)->value);
    if (!said.wanted || too_old(said)) continue;
    return Held{.offset = (*record)->offset,
                .key = std::string((*record)->key),
                .value = std::string((*record)->value)};
  }
}

Result<void> Verification::expect(const OutRecord& record, std::int64_t journal_offset) {
  if (difference_) return {};
  const Said said = look_(record.key, record.value);
  if (!said.wanted) return {};
  if (too_old(said)) {
    ++expired_;
    return {};
  }
  const auto is_it = [&](const std::optional<Held>& held) {
    return held && held->key == record.key && held->value == record.value;
  };
  auto held = next(holds_all_until_);
  if (!held) return tl::unexpected(held.error());
  if (is_it(*held)) {
    ++same_;
    return {};
  }
  difference_ = Difference{.kind = Difference::Kind::kMissing,
                           .journal_offset = journal_offset,
                           .expected = record.value};
  if (!*held) return {};
  difference_->kind = Difference::Kind::kDiffers;
  difference_->offset = (*held)->offset;
  difference_->held = std::move((*held)->value);
  // One that somebody else wrote in between has the expected one behind it.
  auto after = next(holds_all_until_);
  if (!after) return tl::unexpected(after.error());
  if (is_it(*after)) {
    difference_->kind = Difference::Kind::kUnexplained;
    difference_->journal_offset = -1;
    difference_->expected.clear();
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
                           .held = std::move((*held)->value)};
  return {};
}

// A record is the venue's by its key or by what it says; one with the venue's key that cannot be
// read is compared, and found to be another.
Verification::Look look_for_states(std::string venue_id, EventRange range) {
  const auto batch = std::make_shared<v1::ZoneStateBatch>();
  return [=](std::string_view key, std::string_view value) -> Verification::Said {
    if (!wire::parse(value, *batch)) return {.at = {}, .wanted = key == venue_id};
    return {.at = wire::wall_time(batch->now()),
            .wanted = (key == venue_id || batch->venue_id() == venue_id) &&
                      range.holds(wire::event_time(batch->venue_time()))};
  };
}

Verification::Look look_for_alerts(std::string venue_id, EventRange range) {
  const auto alert = std::make_shared<v1::Alert>();
  return [=](std::string_view key, std::string_view value) -> Verification::Said {
    if (!wire::parse(value, *alert)) return {.at = {}, .wanted = key == venue_id};
    return {.at = wire::wall_time(alert->raised_at()),
            .wanted = (key == venue_id || alert->venue_id() == venue_id) &&
                      range.holds(wire::event_time(alert->event_time()))};
  };
}

}  // namespace crowdflow::processor
