#include "processor/partition_work.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "wire/record_headers.h"
#include "wire/snapshot.h"

namespace crowdflow::processor {
namespace {

template <typename Number>
bool parse_number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && out >= 0;
}

// A forward is sent as it is, uncompressed, to a topic that takes 1 MiB; some of that are headers.
constexpr std::size_t kMaxForward = 1'000'000;
constexpr std::string_view kTooLarge =
    "not on its venue's partition, and larger than the 1,000,000 bytes that are forwarded there";

std::size_t size_of(const log::Record& record) {
  std::size_t size = record.key.size() + record.value.size();
  for (const log::Header& header : record.headers)
    size += header.name.size() + header.value.size();
  return size;
}

std::vector<wire::RecordHeader> copy_headers(const log::Record& record) {
  std::vector<wire::RecordHeader> copy;
  copy.reserve(record.headers.size() + 8);
  for (const log::Header& header : record.headers) {
    copy.push_back({std::string(header.name), std::string(header.value)});
  }
  return copy;
}

}  // namespace

std::string_view header(const log::Record& record, std::string_view name) {
  for (const log::Header& header : record.headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

PartitionWork::PartitionWork(std::int32_t partition) : partition_(partition) {}

std::int32_t PartitionWork::home_of(std::string_view venue_id) const {
  if (!configured_ || configured_->partitions < 1) return -1;
  if (!std::ranges::binary_search(configured_->venue_ids, venue_id)) return -1;
  return log::home_partition(venue_id, configured_->partitions);
}

std::optional<EventTime> PartitionWork::venue_time(std::string_view venue_id) const {
  for (const VenueProgress& progress : shard_.progress()) {
    if (progress.venue->id == venue_id && progress.started) return progress.venue_time;
  }
  return std::nullopt;
}

void PartitionWork::start(const wire::ShardStart& start) {
  pending_.entries.emplace_back(start);
  redo(start);
}

void PartitionWork::redo(const wire::ShardStart& start) {
  shard_ = Shard();
  configured_.reset();
  in_force_.clear();
  forwarded_until_.clear();
  if (start.history_missing) shard_.forget_levels();
}

void PartitionWork::configure(std::shared_ptr<const wire::ConfiguredVenues> venues) {
  if (!configured_ || *configured_ != *venues) pending_.entries.emplace_back(*venues);
  configured_ = std::move(venues);
}

void PartitionWork::redo(const wire::ConfiguredVenues& venues) {
  configured_ = std::make_shared<const wire::ConfiguredVenues>(venues);
}

void PartitionWork::put_venue(const wire::VenueFile& file, std::shared_ptr<const Venue> venue) {
  pending_.entries.emplace_back(file);
  note_in_force(file, venue);
  shard_.put_venue(std::move(venue), pending_.outputs);
}

void PartitionWork::redo(const wire::VenueFile& file, std::shared_ptr<const Venue> venue) {
  note_in_force(file, venue);
  shard_.put_venue(std::move(venue), unsaid_);
  unsaid_.clear();
}

void PartitionWork::note_in_force(const wire::VenueFile& file, std::shared_ptr<const Venue> venue) {
  std::erase_if(in_force_, [&](const InForce& known) { return known.venue->id == venue->id; });
  in_force_.push_back({std::make_shared<const wire::VenueFile>(file), std::move(venue)});
}

void PartitionWork::adopt(PartitionWork& from, std::span<const std::string> venue_ids) {
  shard_.adopt(from.shard_, venue_ids);
  for (const std::string& id : venue_ids) {
    const auto at =
        std::ranges::find(from.in_force_, id, [](const InForce& known) { return known.venue->id; });
    if (at == from.in_force_.end()) continue;
    in_force_.push_back(std::move(*at));
    from.in_force_.erase(at);
  }
}

Snapshot& PartitionWork::cut(std::uint64_t generation) {
  pending_.entries.emplace_back(wire::SnapshotCut{generation});
  wire::SnapshotHeader header{.partition = partition_,
                              .generation = generation,
                              .next_offset = position_,
                              .forwarded_until = forwarded_until_};
  for (const InForce& venue : in_force_)
    header.venue_files.push_back(*venue.file);
  if (configured_) header.configured = *configured_;
  Snapshot& snapshot = pending_.snapshot.emplace();
  snapshot.generation = generation;
  wire::append_header(header, snapshot.bytes);
  shard_.save(snapshot.bytes);
  return snapshot;
}

Result<std::unique_ptr<PartitionWork>> PartitionWork::load(std::int32_t partition,
                                                           std::string_view bytes,
                                                           const ParseVenue& parse_venue) {
  auto parts = wire::parse_snapshot(bytes);
  if (!parts) return tl::unexpected(parts.error());
  if (parts->header.partition != partition) {
    return fail(ErrorCode::kInvalid, "a snapshot of partition " +
                                         std::to_string(parts->header.partition) + ", expected " +
                                         std::to_string(partition));
  }
  auto work = std::make_unique<PartitionWork>(partition);
  std::vector<std::shared_ptr<const Venue>> venues;
  for (const wire::VenueFile& file : parts->header.venue_files) {
    auto venue = parse_venue(file);
    if (!venue) return tl::unexpected(venue.error());
    venues.push_back(*venue);
    work->note_in_force(file, std::move(*venue));
  }
  auto shard = Shard::load(parts->shard, venues);
  if (!shard) return tl::unexpected(shard.error());
  work->shard_ = std::move(*shard);
  work->position_ = parts->header.next_offset;
  work->forwarded_until_ = std::move(parts->header.forwarded_until);
  if (parts->header.configured) work->redo(*parts->header.configured);
  return work;
}

void PartitionWork::tick(const Tick& tick) {
  pending_.entries.emplace_back(tick);
  shard_.tick(tick, pending_.outputs);
}

void PartitionWork::redo(const Tick& tick) {
  shard_.tick(tick, unsaid_);
  unsaid_.clear();
}

void PartitionWork::take(const log::Record& record) {
  auto& entries = pending_.entries;
  auto* range = entries.empty() ? nullptr : std::get_if<wire::OffsetRange>(&entries.back());
  if (range == nullptr) {
    entries.emplace_back(wire::OffsetRange{.first = record.offset, .end = record.offset + 1});
  } else {
    range->end = record.offset + 1;
  }
  apply(record, false);
  position_ = record.offset + 1;
}

void PartitionWork::redo(const log::Record& record) {
  apply(record, true);
  unsaid_.clear();
  position_ = record.offset + 1;
}

bool PartitionWork::forwarded_before(const log::Record& record, bool& forwarded) {
  std::string_view origin_text;
  std::string_view offset_text;
  for (const log::Header& header : record.headers) {
    if (header.name == wire::kForwardedPartitionHeader) origin_text = header.value;
    if (header.name == wire::kForwardedOffsetHeader) offset_text = header.value;
    // A dead letter that was published again: how it came before does not count.
    if (header.name == wire::kReasonHeader) origin_text = offset_text = {};
  }
  std::int32_t origin = 0;
  std::int64_t offset = 0;
  forwarded =
      parse_number(origin_text, origin) && parse_number(offset_text, offset) && may_forward(origin);
  if (!forwarded) return false;
  const auto [known, first] = forwarded_until_.try_emplace(origin, offset);
  if (first) return false;
  if (offset <= known->second) return true;
  known->second = offset;
  return false;
}

// Anybody can write such headers.
bool PartitionWork::may_forward(std::int32_t origin) const {
  return !configured_ || (origin != partition_ && origin < configured_->partitions);
}

void PartitionWork::apply(const log::Record& record, bool muted) {
  Accounting uncounted;
  Accounting& accounting = muted ? uncounted : pending_.accounting;
  outcomes_.clear();
  rejected_.clear();
  elsewhere_.clear();

  const bool too_large = size_of(record) > kMaxForward;
  bool forwarded = false;
  const bool repeated = forwarded_before(record, forwarded);
  const auto readings = decoder_.decode(record.has_value ? record.value : std::string_view{},
                                        header(record, wire::kContentTypeHeader));
  if (!readings) {
    const wire::Refusal& refusal = readings.error();
    accounting.consumed += refusal.readings;
    for (std::size_t i = 0; i < refusal.readings; ++i)
      accounting.count(refusal.reason);
    rejected_.push_back({.index = 0, .reason = refusal.reason, .message = refusal.message});
    if (!muted) reject(record, refusal.message);
    return;
  }

  EventTime latest = kEarliestEvent;
  Outputs& out = muted ? unsaid_ : pending_.outputs;
  accounting.consumed += readings->size();
  outcomes_.assign(readings->size(), Outcome::kDuplicate);
  if (!repeated) shard_.apply(*readings, outcomes_, out);
  for (std::uint32_t i = 0; i < readings->size(); ++i) {
    Outcome& outcome = outcomes_[i];
    if (outcome == Outcome::kUnknownVenue) {
      outcome = route((*readings)[i], i, forwarded || too_large);
    }
    accounting.count(outcome);
    if (is_rejection(outcome)) {
      const bool not_sent_on = outcome == Outcome::kMisdirected && !forwarded;
      rejected_.push_back(
          {.index = i, .reason = outcome, .message = not_sent_on ? kTooLarge : std::string_view()});
    } else {
      latest = std::max(latest, (*readings)[i].event_time);
    }
  }
  if (muted) return;
  if (latest > kEarliestEvent) pending_.event_times.push_back(latest);
  if (!elsewhere_.empty()) forward_elsewhere(record);
  if (!rejected_.empty()) reject(record, {});
}

// A reading of a venue that is not here; `stays`: it cannot be sent on.
Outcome PartitionWork::route(const Reading& reading, std::uint32_t index, bool stays) {
  const std::int32_t home = home_of(reading.venue_id);
  if (home < 0 || home == partition_) return Outcome::kUnknownVenue;
  if (stays) return Outcome::kMisdirected;
  elsewhere_[home].push_back(index);
  return Outcome::kForwarded;
}

void PartitionWork::forward_elsewhere(const log::Record& record) {
  for (const auto& [home, indices] : elsewhere_) {
    wire::Excerpt excerpt = decoder_.excerpt(indices);
    OutRecord copy;
    copy.has_key = record.has_key;
    copy.key = std::string(record.key);
    copy.value = std::move(excerpt.value);
    for (const log::Header& header : record.headers) {
      if (header.name != wire::kContentTypeHeader) {
        copy.headers.push_back({std::string(header.name), std::string(header.value)});
      }
    }
    copy.headers.push_back(
        {std::string(wire::kContentTypeHeader), std::string(excerpt.content_type)});
    copy.headers.push_back(
        {std::string(wire::kForwardedPartitionHeader), std::to_string(partition_)});
    copy.headers.push_back(
        {std::string(wire::kForwardedOffsetHeader), std::to_string(record.offset)});
    pending_.forwards.push_back({.home = home, .record = std::move(copy)});
  }
}

void PartitionWork::reject(const log::Record& record, std::string_view message) {
  if (!message.empty()) rejected_.front().message = message;
  const wire::RecordPlace place{.topic = record.topic,
                                .partition = record.partition,
                                .offset = record.offset,
                                .timestamp = record.timestamp};
  OutRecord letter;
  letter.has_value = record.has_value;
  const std::size_t size = size_of(record);
  if (size > wire::kMaxDeadLetter) {
    letter.has_key = false;
    letter.value = std::string(record.value.substr(0, wire::kMaxDeadLetter));
    letter.headers.push_back({std::string(wire::kCutHeader), std::to_string(size)});
  } else {
    letter.has_key = record.has_key;
    letter.key = std::string(record.key);
    letter.value = std::string(record.value);
    letter.headers = copy_headers(record);
  }
  for (wire::RecordHeader& header : wire::dead_letter_headers(place, rejected_)) {
    letter.headers.push_back(std::move(header));
  }
  pending_.dead_letters.push_back(std::move(letter));
}

PartitionWork::Pending PartitionWork::hand_over(Pending emptied) {
  emptied.clear();
  return std::exchange(pending_, std::move(emptied));
}

void PartitionWork::Pending::clear() {
  entries.clear();
  outputs.clear();
  dead_letters.clear();
  forwards.clear();
  accounting = {};
  event_times.clear();
  snapshot.reset();
}

}  // namespace crowdflow::processor
