#include "processor/reproduction.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "wire/record_headers.h"

namespace crowdflow::processor {
namespace {

std::string place(const std::string& topic, std::int32_t partition, std::int64_t offset) {
  return topic + " partition " + std::to_string(partition) + " offset " + std::to_string(offset);
}

// What depends on which venues were configured when the journal was written.
constexpr std::array kDecidedByConfiguration{Outcome::kForwarded, Outcome::kUnknownVenue,
                                             Outcome::kMisdirected};

}  // namespace

Result<Reproduction> Reproduction::open(log::Log& log, const ProcessorOptions& options,
                                        ReproductionStart start, ReproductionObserver& observer) {
  const std::int32_t partition = start.work->partition();
  auto readings =
      Cursor::open(log, options, {options.topics.readings, partition}, start.readings_from);
  if (!readings) return tl::unexpected(readings.error());
  auto journal =
      Cursor::open(log, options, {options.topics.journal, partition}, start.journal_from);
  if (!journal) return tl::unexpected(journal.error());
  for (const auto& [file, venue] : start.work->in_force())
    observer.after_venue(*file, venue, *start.work);
  return Reproduction(options, std::move(start), observer, std::move(*readings),
                      std::move(*journal));
}

Result<const Reproduction::Page*> Reproduction::next(std::int64_t end) {
  const auto record = journal_.next(end);
  if (!record) return tl::unexpected(record.error());
  if (*record == nullptr) return nullptr;
  PartitionWork& work = *start_.work;
  page_.journal_offset = (*record)->offset;
  const auto in_words = [&](const Error& error) {
    return fail(error.code,
                place(options_->topics.journal, work.partition(), page_.journal_offset) + ": " +
                    error.message);
  };
  const auto journal = wire::parse_journal((*record)->value);
  if (!journal) return in_words(journal.error());
  const std::size_t first = std::exchange(start_.first_entry, 0);
  page_.whole = first == 0;
  page_.configuration_known = true;
  for (std::size_t i = first; i < journal->entries.size(); ++i) {
    if (auto done = redo(journal->entries[i]); !done) return in_words(done.error());
  }
  work.set_position(journal->next_offset);
  page_.hand_over.partition = work.partition();
  page_.hand_over.position = journal->next_offset;
  page_.hand_over.pending = work.hand_over(std::move(page_.hand_over.pending));
  if (page_.whole) {
    if (auto same = check(*journal); !same) return in_words(same.error());
  }
  return &page_;
}

Result<void> Reproduction::redo(const wire::JournalEntry& entry) {
  if (const auto* range = std::get_if<wire::OffsetRange>(&entry)) return take(*range);
  if (const auto* file = std::get_if<wire::VenueFile>(&entry)) return put(*file);
  if (const auto* tick = std::get_if<Tick>(&entry)) {
    start_.work->tick(*tick);
    observer_->after_tick(*tick, *start_.work);
  } else if (const auto* start = std::get_if<wire::ShardStart>(&entry)) {
    start_.work->start(*start);
  } else if (const auto* venues = std::get_if<wire::ConfiguredVenues>(&entry)) {
    start_.work->configure(std::make_shared<const wire::ConfiguredVenues>(*venues));
  }
  return {};
}

Result<void> Reproduction::take(const wire::OffsetRange& range) {
  if (start_.work->configured() == nullptr) page_.configuration_known = false;
  return readings_.read_until(range.end, [&](const log::Record& record) -> Result<void> {
    // Passed over then: a life that began anew goes on from its position.
    if (record.offset < range.first) return {};
    const auto said = decoder_.decode(record.has_value ? record.value : std::string_view{},
                                      header(record, wire::kContentTypeHeader));
    observer_->before_record(said, *start_.work);
    start_.work->take(record);
    observer_->after_record(record, said, *start_.work);
    return {};
  });
}

Result<void> Reproduction::put(const wire::VenueFile& file) {
  auto venue = options_->parse_venue(file);
  if (!venue) return tl::unexpected(venue.error());
  start_.work->put_venue(file, *venue);
  observer_->after_venue(file, *venue, *start_.work);
  return {};
}

Result<void> Reproduction::check(const wire::Journal& journal) const {
  const auto same = [](std::string_view what, std::uint64_t then,
                       std::uint64_t now) -> Result<void> {
    if (now == then) return {};
    return fail(ErrorCode::kInvalid,
                "its readings gave " + std::to_string(now) + ' ' + std::string(what) +
                    " now, expected " + std::to_string(then) +
                    " as when it was committed: readings are gone or changed, or another version "
                    "of crowdflow committed it");
  };
  const Accounting& now = page_.hand_over.pending.accounting;
  if (auto done = same("consumed", journal.accounting.consumed, now.consumed); !done) return done;
  for (std::size_t i = 0; i < kOutcomeCount; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    if (!page_.configuration_known &&
        std::ranges::find(kDecidedByConfiguration, outcome) != kDecidedByConfiguration.end()) {
      continue;
    }
    if (auto done = same(name_of(outcome), journal.accounting.of(outcome), now.of(outcome));
        !done) {
      return done;
    }
  }
  return {};
}

Result<std::vector<std::string>> list_journalled_venues(log::Log& log,
                                                        const ProcessorOptions& options) {
  const auto partitions = log.partition_count(options.topics.journal);
  if (!partitions) return tl::unexpected(partitions.error());
  std::set<std::string> venues;
  for (std::int32_t partition = 0; partition < *partitions; ++partition) {
    const log::PartitionId at{options.topics.journal, partition};
    const auto held = log.query_bounds(at);
    if (!held) return tl::unexpected(held.error());
    auto pages = Cursor::open(log, options, at, held->low);
    if (!pages) return tl::unexpected(pages.error());
    const auto read = pages->read_until(held->high, [&](const log::Record& page) -> Result<void> {
      const auto journal = wire::parse_journal(page.value);
      if (!journal) return tl::unexpected(journal.error());
      for (const wire::JournalEntry& entry : journal->entries) {
        if (const auto* file = std::get_if<wire::VenueFile>(&entry)) venues.insert(file->venue_id);
      }
      return {};
    });
    if (!read) return tl::unexpected(read.error());
  }
  return std::vector<std::string>(venues.begin(), venues.end());
}

}  // namespace crowdflow::processor
