#include "simulation/partition_audit.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "simulation/retention.h"
#include "wire/record_headers.h"

namespace crowdflow::simulation {
namespace {

// As the engine has it.
constexpr std::chrono::seconds kBelievedAhead{2};

std::string header(const Stored& stored, std::string_view name) {
  for (const auto& [known, value] : stored.headers) {
    if (known == name) return value;
  }
  return "";
}

std::int64_t number(const std::string& text) {
  std::int64_t value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string keyed(const std::optional<std::string>& key, const std::optional<std::string>& value) {
  return key.value_or("(none)") + "|" + value.value_or("(none)");
}

std::string whole(const Stored& stored) {
  std::string text = keyed(stored.key, stored.value);
  for (const auto& [name, value] : stored.headers)
    text += "|" + name + "=" + value;
  return text;
}

}  // namespace

PartitionAudit::PartitionAudit(Auditor& auditor, std::int32_t partition)
    : auditor_(auditor), partition_(partition), readings_{auditor.topics_.readings, partition} {}

void PartitionAudit::problem(const std::string& what) {
  auditor_.problem("partition " + std::to_string(partition_) + ": " + what);
}

void PartitionAudit::run() {
  const log::PartitionId journal{auditor_.topics_.journal, partition_};
  for (const std::int64_t offset : auditor_.shown(journal)) {
    const auto parsed =
        wire::parse_journal(auditor_.broker_.partition(journal).at(offset).value.value_or(""));
    if (!parsed) return problem(parsed.error().message);
    page(offset, *parsed);
  }
  for (const std::int64_t offset : auditor_.shown(readings_)) {
    if (offset >= next_) problem("no journal takes offset " + std::to_string(offset));
  }
  const std::int64_t committed =
      auditor_.broker_.group(auditor_.group_).committed(readings_).offset;
  if (committed != position_) {
    problem("committed is " + std::to_string(committed) + ", the journal's last position " +
            std::to_string(position_));
  }
  auditor_.compare(auditor_.topics_.zone_states, states_, written(auditor_.topics_.zone_states));
  auditor_.compare(auditor_.topics_.alerts, alerts_, written(auditor_.topics_.alerts));
  auditor_.compare(auditor_.topics_.dead_letters, dead_letters_, dead_letters());
}

// A life ends without a word. Another follows it only where nobody could go on with it.
void PartitionAudit::start(std::int64_t page, const wire::ShardStart& start) {
  if (begun_ && !start.history_missing) problem("a shard's life begins twice");
  if (start.first_offset != next_) {
    problem("a life begins at offset " + std::to_string(start.first_offset) + ", expected " +
            std::to_string(next_));
  }
  begun_ = true;
  shard_ = Shard();
  last_tick_.reset();
  homes_.reset();
  came_in_this_life_.clear();
  if (!start.history_missing) return;
  if (reaches_back(auditor_.broker_, auditor_.topics_, partition_, page)) {
    problem("history is missing that is there");
  }
  ++auditor_.lives_without_history_;
  shard_.forget_levels();
}

void PartitionAudit::page(std::int64_t at, const wire::Journal& journal) {
  ++auditor_.pages_;
  page_accounting_ = {};
  for (const wire::JournalEntry& entry : journal.entries) {
    if (const auto* start = std::get_if<wire::ShardStart>(&entry)) {
      this->start(at, *start);
    } else if (const auto* file = std::get_if<wire::VenueFile>(&entry)) {
      const auto venue = auditor_.town_.parse(*file);
      if (!venue) return problem(venue.error().message);
      shard_.put_venue(*venue, outputs_);
    } else if (const auto* venues = std::get_if<wire::ConfiguredVenues>(&entry)) {
      homes_.emplace();
      for (const std::string& id : venues->venue_ids)
        (*homes_)[id] = log::home_partition(id, auditor_.town_.partitions());
    } else if (const auto* tick = std::get_if<Tick>(&entry)) {
      if (last_tick_ && tick->now < *last_tick_) problem("a tick goes back");
      last_tick_ = tick->now;
      shard_.tick(*tick, outputs_);
    } else if (const auto* taken = std::get_if<wire::OffsetRange>(&entry)) {
      range(*taken);
    }
    flush_outputs();
  }
  if (!begun_) problem("the journal does not begin with a start");
  if (journal.next_offset < next_) problem("the position is before what was taken");
  for (std::int64_t offset = next_; offset < journal.next_offset; ++offset) {
    if (auditor_.broker_.partition(readings_).shows(offset)) {
      problem("the position has passed offset " + std::to_string(offset) + ", which nobody took");
    }
  }
  next_ = std::max(next_, journal.next_offset);
  position_ = journal.next_offset;
  if (page_accounting_.consumed != journal.accounting.consumed ||
      page_accounting_.by_outcome != journal.accounting.by_outcome) {
    std::string text = "the page that ends at " + std::to_string(position_) + " says";
    for (std::size_t i = 0; i < kOutcomeCount; ++i) {
      const auto outcome = static_cast<Outcome>(i);
      if (page_accounting_.of(outcome) == journal.accounting.of(outcome)) continue;
      text += " " + std::string(name_of(outcome)) + " " +
              std::to_string(journal.accounting.of(outcome)) + " (expected " +
              std::to_string(page_accounting_.of(outcome)) + ")";
    }
    problem(text);
  }
  if (!journal.accounting.balanced()) problem("accounts that do not balance");
}

void PartitionAudit::range(const wire::OffsetRange& range) {
  if (range.first < next_ || range.end <= range.first) {
    problem("range [" + std::to_string(range.first) + ", " + std::to_string(range.end) +
            ") comes after offset " + std::to_string(next_));
  }
  const Partition& partition = auditor_.broker_.partition(readings_);
  for (std::int64_t offset = next_; offset < range.first; ++offset) {
    if (partition.shows(offset)) problem("no range has offset " + std::to_string(offset));
  }
  for (std::int64_t offset = range.first; offset < range.end && offset < partition.high();
       ++offset) {
    if (partition.shows(offset)) record(offset);
  }
  next_ = std::max(next_, range.end);
}

bool PartitionAudit::came_before(const Stored& stored, bool& forwarded) {
  const std::string partition = header(stored, wire::kForwardedPartitionHeader);
  forwarded = !partition.empty();
  if (!forwarded) return false;
  const Origin origin{static_cast<std::int32_t>(number(partition)),
                      number(header(stored, wire::kForwardedOffsetHeader))};
  const auto later = came_in_this_life_.upper_bound(origin);
  const bool behind_later = later != came_in_this_life_.end() && later->first == origin.first;
  const bool came = !came_home_.insert(origin).second;
  if (!came_in_this_life_.insert(origin).second) return true;
  // The next process has sent it again before what followed it, unless it has forgotten the venue,
  // or that was in a life before; home takes for a repeat what comes behind later ones.
  return behind_later && (came || auditor_.some_forgot_);
}

void PartitionAudit::record(std::int64_t offset) {
  const Stored& stored = auditor_.broker_.partition(readings_).at(offset);
  if (!homes_) problem("the journal does not say which venues were configured");
  bool forwarded = false;
  const bool repeated = came_before(stored, forwarded);
  const auto readings = decoder_.decode(stored.value ? std::string_view(*stored.value) : "",
                                        header(stored, wire::kContentTypeHeader));
  if (!readings) {
    page_accounting_.consumed += readings.error().readings;
    for (std::size_t i = 0; i < readings.error().readings; ++i)
      page_accounting_.count(readings.error().reason);
    dead_letters_.push_back(
        letter(stored, offset, {{0, readings.error().reason, readings.error().message}}));
    return;
  }
  std::vector<wire::RejectedReading> rejected;
  std::uint32_t index = 0;
  for (const Reading& reading : *readings) {
    ++page_accounting_.consumed;
    auditor_.some_were_ahead_ |=
        reading.event_time >
        EventTime{last_tick_.value_or(WallTime{}).time_since_epoch()} + kBelievedAhead;
    Outcome outcome = repeated ? Outcome::kDuplicate : shard_.apply(reading, outputs_);
    if (outcome == Outcome::kUnknownVenue && homes_) {
      const auto home = homes_->find(reading.venue_id);
      if (home != homes_->end() && home->second != partition_) {
        outcome = forwarded ? Outcome::kMisdirected : Outcome::kForwarded;
        if (!forwarded) sent_home_[home->second].insert({partition_, offset});
      }
    }
    page_accounting_.count(outcome);
    if (is_rejection(outcome)) rejected.push_back({index, outcome, {}});
    ++index;
  }
  if (!rejected.empty()) dead_letters_.push_back(letter(stored, offset, rejected));
}

// With every header, as it has to be written.
std::string PartitionAudit::letter(const Stored& stored, std::int64_t offset,
                                   const std::vector<wire::RejectedReading>& rejected) const {
  Stored expected{.key = stored.key, .value = stored.value, .headers = stored.headers};
  for (const wire::RecordHeader& header : wire::dead_letter_headers({.topic = readings_.topic,
                                                                     .partition = partition_,
                                                                     .offset = offset,
                                                                     .timestamp = stored.timestamp},
                                                                    rejected)) {
    expected.headers.emplace_back(header.name, header.value);
  }
  return whole(expected);
}

void PartitionAudit::flush_outputs() {
  std::vector<std::string> values;
  for (const Outputs::Second& second : outputs_.seconds) {
    values.clear();
    encoder_.zone_states(outputs_, second, values);
    for (const std::string& value : values)
      states_.push_back(keyed(second.venue->id, value));
  }
  for (const auto& [venue, alert] : outputs_.alerts) {
    const std::string value = encoder_.alert(*venue, alert);
    alerts_.push_back(keyed(venue->id, value));
    auditor_.current_[wire::alert_id(*venue, alert)].push_back(value);
  }
  outputs_.clear();
}

std::vector<std::string> PartitionAudit::written(const std::string& topic) const {
  const log::PartitionId at{topic, partition_};
  std::vector<std::string> all;
  for (const std::int64_t offset : auditor_.shown(at)) {
    const Stored& stored = auditor_.broker_.partition(at).at(offset);
    all.push_back(keyed(stored.key, stored.value));
  }
  return all;
}

// Those that began here.
std::vector<std::string> PartitionAudit::dead_letters() const {
  const std::string& topic = auditor_.topics_.dead_letters;
  const log::PartitionId at{topic, partition_ % auditor_.broker_.partition_count(topic)};
  std::vector<std::string> all;
  for (const std::int64_t offset : auditor_.shown(at)) {
    const Stored& stored = auditor_.broker_.partition(at).at(offset);
    if (number(header(stored, wire::kPartitionHeader)) == partition_) all.push_back(whole(stored));
  }
  return all;
}

}  // namespace crowdflow::simulation
