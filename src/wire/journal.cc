#include "wire/journal.h"

#include <algorithm>
#include <optional>

namespace crowdflow::wire {
namespace {

constexpr std::uint32_t kFormat = 1;
// What kinds of readings were rejected with that earlier versions did not evaluate; such journals
// must be read all the same.
constexpr std::string_view kFormerReason = "UNSUPPORTED";

v1::JournalEntry to_proto(const JournalEntry& entry) {
  v1::JournalEntry out;
  if (const auto* range = std::get_if<OffsetRange>(&entry)) {
    out.mutable_readings()->set_first(range->first);
    out.mutable_readings()->set_end(range->end);
  } else if (const auto* tick = std::get_if<Tick>(&entry)) {
    set_time(tick->now, *out.mutable_tick()->mutable_now());
    out.mutable_tick()->set_proven(tick->proven);
  } else if (const auto* file = std::get_if<VenueFile>(&entry)) {
    fill(*file, *out.mutable_venue_file());
  } else if (const auto* start = std::get_if<ShardStart>(&entry)) {
    out.mutable_start()->set_first_offset(start->first_offset);
    out.mutable_start()->set_history_missing(start->history_missing);
  } else if (const auto* cut = std::get_if<SnapshotCut>(&entry)) {
    out.mutable_snapshot_cut()->set_generation(cut->generation);
  } else if (const auto* venues = std::get_if<ConfiguredVenues>(&entry)) {
    fill(*venues, *out.mutable_configured_venues());
  }
  return out;
}

std::optional<JournalEntry> from_proto(const v1::JournalEntry& entry) {
  switch (entry.entry_case()) {
    case v1::JournalEntry::kReadings:
      return OffsetRange{entry.readings().first(), entry.readings().end()};
    case v1::JournalEntry::kTick:
      return Tick{wall_time(entry.tick().now()), entry.tick().proven()};
    case v1::JournalEntry::kVenueFile:
      return venue_file(entry.venue_file());
    case v1::JournalEntry::kStart:
      return ShardStart{entry.start().first_offset(), entry.start().history_missing()};
    case v1::JournalEntry::kSnapshotCut:
      return SnapshotCut{entry.snapshot_cut().generation()};
    case v1::JournalEntry::kConfiguredVenues:
      return configured_venues(entry.configured_venues());
    case v1::JournalEntry::ENTRY_NOT_SET:
      break;
  }
  return std::nullopt;
}

v1::SnapshotName to_proto(const SnapshotName& name) {
  v1::SnapshotName out;
  out.set_generation(name.generation);
  out.set_chunks(name.chunks);
  out.set_bytes(name.bytes);
  out.set_snapshots_from(name.snapshots_from);
  out.set_journal_from(name.journal_from);
  return out;
}

SnapshotName from_proto(const v1::SnapshotName& name) {
  return {.generation = name.generation(),
          .chunks = name.chunks(),
          .bytes = name.bytes(),
          .snapshots_from = name.snapshots_from(),
          .journal_from = name.journal_from()};
}

}  // namespace

void fill(const VenueFile& file, v1::VenueFile& out) {
  out.set_venue_id(file.venue_id);
  out.set_version(file.version);
  out.set_yaml(file.yaml);
  for (const UtcOffset& offset : file.utc_offsets) {
    v1::UtcOffset& message = *out.add_utc_offsets();
    set_time(offset.from, *message.mutable_from());
    message.set_seconds(static_cast<std::int32_t>(offset.seconds.count()));
  }
}

VenueFile venue_file(const v1::VenueFile& message) {
  VenueFile file{
      .venue_id = message.venue_id(), .version = message.version(), .yaml = message.yaml()};
  for (const v1::UtcOffset& offset : message.utc_offsets()) {
    file.utc_offsets.push_back(
        {.from = event_time(offset.from()), .seconds = std::chrono::seconds{offset.seconds()}});
  }
  return file;
}

void fill(const ConfiguredVenues& venues, v1::ConfiguredVenues& out) {
  for (const std::string& id : venues.venue_ids)
    out.add_venue_ids(id);
  out.set_partitions(venues.partitions);
}

ConfiguredVenues configured_venues(const v1::ConfiguredVenues& message) {
  return {.venue_ids = {message.venue_ids().begin(), message.venue_ids().end()},
          .partitions = message.partitions()};
}

void fill(const Accounting& accounting, v1::Accounting& out) {
  out.Clear();
  out.set_consumed(accounting.consumed);
  out.set_applied(accounting.of(Outcome::kApplied));
  out.set_late_applied(accounting.of(Outcome::kLateApplied));
  out.set_duplicate(accounting.of(Outcome::kDuplicate));
  out.set_revised(accounting.of(Outcome::kRevised));
  out.set_forwarded(accounting.of(Outcome::kForwarded));
  for (std::size_t i = static_cast<std::size_t>(kFirstRejection); i < kOutcomeCount; ++i) {
    if (accounting.by_outcome[i] == 0) continue;
    (*out.mutable_rejected())[std::string(name_of(static_cast<Outcome>(i)))] =
        accounting.by_outcome[i];
  }
}

Result<Accounting> accounting(const v1::Accounting& message) {
  Accounting out;
  const auto set = [&out](Outcome outcome, std::uint64_t count) {
    out.by_outcome[static_cast<std::size_t>(outcome)] = count;
  };
  out.consumed = message.consumed();
  set(Outcome::kApplied, message.applied());
  set(Outcome::kLateApplied, message.late_applied());
  set(Outcome::kDuplicate, message.duplicate());
  set(Outcome::kRevised, message.revised());
  set(Outcome::kForwarded, message.forwarded());
  for (const auto& [code, count] : message.rejected()) {
    const std::string_view name = code == kFormerReason ? name_of(Outcome::kImpossible) : code;
    std::size_t i = static_cast<std::size_t>(kFirstRejection);
    while (i < kOutcomeCount && name_of(static_cast<Outcome>(i)) != name)
      ++i;
    if (i == kOutcomeCount) return fail(ErrorCode::kInvalid, "unknown reason code \"" + code + '"');
    out.by_outcome[i] += count;
  }
  return out;
}

std::string to_bytes(const Journal& journal) {
  v1::JournalRecord record;
  record.set_format(kFormat);
  record.set_partition(journal.partition);
  for (const JournalEntry& entry : journal.entries)
    *record.add_entries() = to_proto(entry);
  record.set_next_offset(journal.next_offset);
  fill(journal.accounting, *record.mutable_accounting());
  record.set_page(journal.page);
  if (journal.snapshot) *record.mutable_snapshot() = to_proto(*journal.snapshot);
  return to_bytes(record);
}

Result<Journal> parse_journal(std::string_view bytes) {
  v1::JournalRecord record;
  if (auto parsed = parse(bytes, record); !parsed) return tl::unexpected(parsed.error());
  if (record.format() != kFormat) {
    return fail(ErrorCode::kInvalid, "a journal record of format " +
                                         std::to_string(record.format()) + ", expected " +
                                         std::to_string(kFormat));
  }
  Journal out;
  out.partition = record.partition();
  out.next_offset = record.next_offset();
  out.page = record.page();
  out.entries.reserve(static_cast<std::size_t>(record.entries_size()));
  for (const v1::JournalEntry& message : record.entries()) {
    std::optional<JournalEntry> entry = from_proto(message);
    if (!entry) {
      return fail(ErrorCode::kInvalid, "entry " + std::to_string(out.entries.size()) +
                                           " of the journal record is of no known kind");
    }
    out.entries.push_back(std::move(*entry));
  }
  Result<Accounting> counted = accounting(record.accounting());
  if (!counted) return tl::unexpected(counted.error());
  out.accounting = *counted;
  if (record.has_snapshot()) out.snapshot = from_proto(record.snapshot());
  return out;
}

}  // namespace crowdflow::wire
