#include "processor/session.h"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <string>

#include <crowdflow/check.h>

#include "processor/restore.h"
#include "wire/journal.h"
#include "wire/outputs.h"
#include "wire/record_headers.h"

namespace crowdflow::processor {
namespace {

constexpr std::size_t kMaxRecords = 5000;
// The clock ticks this often while there is nothing to take, and this often while there is.
constexpr std::chrono::milliseconds kIdleTick{1000};
constexpr std::chrono::milliseconds kBusyTick{100};
// After a longer pause than this (a stopped process, a laptop asleep) nobody knows what the log got
// meanwhile: the tick proves nothing.
constexpr std::chrono::seconds kLongestStep{5};
constexpr std::chrono::seconds kReportEvery{1};
constexpr std::chrono::seconds kForwardPatience{10};

std::vector<log::Header> views(const std::vector<wire::RecordHeader>& headers) {
  std::vector<log::Header> result;
  result.reserve(headers.size());
  for (const wire::RecordHeader& header : headers) {
    result.push_back({.name = header.name, .value = header.value});
  }
  return result;
}

}  // namespace

Session::Session(log::Log& log, const ProcessorOptions& options, Report& report)
    : log_(log), options_(options), report_(report) {}

Result<void> Session::run(std::stop_token stop) {
  if (auto opened = open(); !opened) return opened;
  last_tick_ = last_commit_ = last_report_ = Clock::now();
  while (!stop.stop_requested()) {
    const auto until_tick = std::chrono::ceil<std::chrono::milliseconds>(
        last_tick_ + (took_records_ ? kBusyTick : kIdleTick) - Clock::now());
    if (auto taken = take(std::clamp(until_tick, std::chrono::milliseconds{1}, kIdleTick));
        !taken) {
      return taken;
    }
    if (Clock::now() - last_tick_ >= (took_records_ ? kBusyTick : kIdleTick)) tick();
    if (commit_due()) {
      if (auto done = commit(); !done) return done;
    }
    if (Clock::now() - last_report_ >= kReportEvery) report_progress();
  }
  return commit();
}

Result<void> Session::open() {
  report_.stage(telemetry::EngineStage::kStarting, "connecting to the log", options_.now());
  if (auto good = check_topics(); !good) return good;
  auto writer = log_.writer(options_.instance);
  if (!writer) return tl::unexpected(writer.error());
  writer_ = std::move(*writer);
  if (auto opened = writer_->open(); !opened) return opened;
  auto appender = log_.appender();
  if (!appender) return tl::unexpected(appender.error());
  appender_ = std::move(*appender);
  auto reader = log_.reader({.group = options_.group, .instance = options_.instance});
  if (!reader) return tl::unexpected(reader.error());
  reader_ = std::move(*reader);

  if (options_.assign_by_hand) {
    std::vector<log::PartitionId> all;
    for (std::int32_t p = 0; p < partition_count_; ++p) {
      all.push_back({options_.topics.readings, p});
    }
    return own(all);
  }
  report_.stage(telemetry::EngineStage::kWaiting, "waiting for the group to assign partitions",
                options_.now());
  const std::vector<std::string> topics{options_.topics.readings};
  return reader_->join(topics);
}

// The topics that carry a venue's story have one partition count, or its parts would not meet.
Result<void> Session::check_topics() {
  auto count = log_.partition_count(options_.topics.readings);
  if (!count) return tl::unexpected(count.error());
  partition_count_ = *count;
  for (const std::string* topic :
       {&options_.topics.zone_states, &options_.topics.alerts, &options_.topics.journal}) {
    auto other = log_.partition_count(*topic);
    if (!other) return tl::unexpected(other.error());
    if (*other != partition_count_) {
      return fail(ErrorCode::kInvalid,
                  *topic + " has " + std::to_string(*other) + " partitions, expected " +
                      std::to_string(partition_count_) + " as " + options_.topics.readings +
                      "; `crowdflow topics check` tells the way out");
    }
  }
  auto current = log_.partition_count(options_.topics.alerts_current);
  if (!current) return tl::unexpected(current.error());
  alerts_current_count_ = *current;
  auto dead = log_.partition_count(options_.topics.dead_letters);
  if (!dead) return tl::unexpected(dead.error());
  dead_letters_count_ = *dead;
  homes_.clear();
  for (const VenueSource& source : options_.venues) {
    homes_[source.venue->id] = log::home_partition(source.venue->id, partition_count_);
  }
  return {};
}

Result<void> Session::own(const std::vector<log::PartitionId>& partitions) {
  // What was taken and not committed is forgotten, and will be read again by whoever owns it now.
  owned_.clear();
  std::vector<log::Position> positions;
  for (const log::PartitionId& at : partitions) {
    report_.stage(telemetry::EngineStage::kRestoring,
                  "re-applying partition " + std::to_string(at.partition), options_.now());
    auto work = restore_partition(log_, options_, homes_, at.partition);
    if (!work) return tl::unexpected(work.error());
    positions.push_back({.at = at, .offset = (*work)->position()});
    owned_[at.partition].work = std::move(*work);
  }
  if (auto started = reader_->start_at(positions); !started) return started;
  tick();
  const bool any = !owned_.empty();
  report_.stage(any ? telemetry::EngineStage::kRunning : telemetry::EngineStage::kWaiting,
                any ? "" : "the group has given this instance no partition", options_.now());
  if (any) spdlog::info("running; {} partitions of {}", owned_.size(), options_.topics.readings);
  return {};
}

Result<void> Session::take(std::chrono::milliseconds wait) {
  const auto until_commit = std::chrono::ceil<std::chrono::milliseconds>(
      last_commit_ + options_.commit_interval - Clock::now());
  const bool pending =
      std::ranges::any_of(owned_, [](const auto& o) { return o.second.work->has_pending(); });
  if (pending) wait = std::clamp(until_commit, std::chrono::milliseconds{1}, wait);

  auto batch = reader_->take(kMaxRecords, wait);
  if (!batch) return tl::unexpected(batch.error());
  if ((*batch)->assignment()) return own((*batch)->assignment()->partitions);

  const auto records = (*batch)->records();
  // Readings are judged by a clock that is at most a busy tick old.
  if (!records.empty() && Clock::now() - last_tick_ >= kBusyTick) tick();
  for (const log::Record& record : records) {
    const auto owned = owned_.find(record.partition);
    if (owned != owned_.end() && record.offset >= owned->second.work->position()) {
      owned->second.work->take(record);
      took_records_ = true;
    }
  }
  for (auto& [partition, owned] : owned_) {
    const std::int64_t position = reader_->position({options_.topics.readings, partition});
    owned.work->set_position(std::max(owned.work->position(), position));
  }
  return {};
}

bool Session::proven(const Owned& owned) const {
  return owned.held_known && reachable_at_tick_ && owned.work->position() >= owned.held_at_tick;
}

void Session::tick() {
  const auto mono = Clock::now();
  const bool timely = mono - last_tick_ <= kLongestStep;
  const bool reachable = log_.health().reachable;
  const WallTime now = options_.now();
  for (auto& [partition, owned] : owned_) {
    owned.work->tick({.now = now, .proven = timely && reachable && proven(owned)});
    const auto bounds = reader_->bounds({options_.topics.readings, partition});
    owned.held_known = bounds.has_value();
    if (bounds) owned.held_at_tick = bounds->high;
  }
  reachable_at_tick_ = reachable;
  last_tick_ = mono;
  took_records_ = false;
}

bool Session::commit_due() const {
  const bool interval_over = Clock::now() - last_commit_ >= options_.commit_interval;
  return std::ranges::any_of(owned_, [&](const auto& owned) {
    PartitionWork& work = *owned.second.work;
    return (interval_over && work.has_pending()) || !work.pending().outputs.alerts.empty();
  });
}

Result<void> Session::commit() {
  if (owned_.empty()) return {};
  const auto begun = Clock::now();
  last_commit_ = begun;
  if (auto sent = forward(); !sent) return sent;
  if (auto done = writer_->begin(); !done) return done;
  std::vector<log::Position> positions;
  for (auto& [partition, owned] : owned_) {
    if (auto done = append_outputs(*owned.work); !done) return done;
    positions.push_back(
        {.at = {options_.topics.readings, partition}, .offset = owned.work->position()});
  }
  if (auto done = writer_->send_positions(*reader_, positions); !done) return done;
  if (auto done = writer_->commit(); !done) return done;

  const WallTime now = options_.now();
  for (auto& [partition, owned] : owned_) {
    report_.committed(owned.work->pending(), now);
    owned.work->committed();
  }
  report_.commit_took(std::chrono::duration<double>(Clock::now() - begun).count());
  return {};
}

// Forwarded readings are safe at home before the offset they came from is committed.
Result<void> Session::forward() {
  bool any = false;
  for (auto& [partition, owned] : owned_) {
    for (const Forward& forward : owned.work->pending().forwards) {
      const std::vector<log::Header> headers = views(forward.record.headers);
      if (auto done = appender_->append({.topic = options_.topics.readings,
                                         .partition = forward.home,
                                         .key = forward.record.key,
                                         .value = forward.record.value,
                                         .headers = headers});
          !done) {
        return done;
      }
      any = true;
    }
  }
  return any ? appender_->flush(kForwardPatience) : Result<void>{};
}

Result<void> Session::append(const std::string& topic, std::int32_t partition,
                             const OutRecord& record) {
  const std::vector<log::Header> headers = views(record.headers);
  return writer_->append({.topic = topic,
                          .partition = partition,
                          .key = record.key,
                          .value = record.value,
                          .headers = headers,
                          .tombstone = !record.has_value});
}

Result<void> Session::append_outputs(PartitionWork& work) {
  const log::TopicNames& topics = options_.topics;
  PartitionWork::Pending& pending = work.pending();
  if (pending.entries.empty()) return {};
  CROWDFLOW_CHECK(pending.accounting.balanced(), "every reading consumed is accounted for");

  wire::OutputEncoder encoder;
  std::vector<std::string> values;
  for (const Outputs::Second& second : pending.outputs.seconds) {
    values.clear();
    encoder.zone_states(pending.outputs, second, values);
    for (std::string& value : values) {
      const OutRecord record{.key = second.venue->id, .value = std::move(value)};
      if (auto done = append(topics.zone_states, work.partition(), record); !done) return done;
    }
  }
  for (const auto& [venue, alert] : pending.outputs.alerts) {
    OutRecord record{.key = venue->id, .value = encoder.alert(*venue, alert)};
    if (auto done = append(topics.alerts, work.partition(), record); !done) return done;
    record.key = wire::alert_id(*venue, alert);
    const std::int32_t at = log::home_partition(record.key, alerts_current_count_);
    if (auto done = append(topics.alerts_current, at, record); !done) return done;
  }
  for (const OutRecord& letter : pending.dead_letters) {
    const std::int32_t at = work.partition() % dead_letters_count_;
    if (auto done = append(topics.dead_letters, at, letter); !done) return done;
  }
  const OutRecord page{.key = std::to_string(work.partition()),
                       .value = wire::to_bytes(wire::Journal{.partition = work.partition(),
                                                             .entries = pending.entries,
                                                             .next_offset = work.position(),
                                                             .accounting = pending.accounting})};
  return append(topics.journal, work.partition(), page);
}

void Session::report_progress() {
  last_report_ = Clock::now();
  report_.begin(options_.now());
  for (const auto& [partition, owned] : owned_) {
    report_.partition(*owned.work, owned.held_at_tick);
  }
  report_.publish();
}

}  // namespace crowdflow::processor
