#include "processor/session.h"

#include <algorithm>
#include <future>
#include <spdlog/spdlog.h>
#include <string>
#include <thread>
#include <utility>

namespace crowdflow::processor {
namespace {

constexpr std::size_t kMaxRecords = 1000;
// Bytes of records for one commit, while the one before is under way.
constexpr std::size_t kMostUncommitted = std::size_t{64} << 20U;
// The clock ticks this often while there is nothing to take, and this often while there is.
constexpr std::chrono::milliseconds kIdleTick{1000};
constexpr std::chrono::seconds kCutAgain{60};
constexpr std::chrono::milliseconds kBusyTick{100};

}  // namespace

Session::Session(log::Log& log, const ProcessorOptions& options, Report& report)
    : log_(log), options_(options), report_(report) {}

Result<void> Session::run(std::stop_token stop) {
  stop_ = stop;
  if (auto opened = open(); !opened) return opened;
  const std::stop_callback wake(stop, [this] { reader_->wake(); });
  clock_.step(options_.now(), options_.steady_now());
  last_ask_ = last_report_ = last_commit_ = clock_.last_step();
  while (!stop.stop_requested()) {
    hold_and_release();
    if (auto taken = take(until_something_is_due()); !taken) return taken;
    if (options_.steady_now() - clock_.last_step() >= tick_interval()) tick();
    cut_snapshots();
    ask();
    if (engine_threads_.empty()) step_lanes();
    if (commits_->under_way() && commits_->over()) {
      if (auto done = end_commit(); !done) return done;
    }
    if (!commits_->under_way()) {
      collect();
      if (commit_due()) begin_commit();
    }
    report_progress();
  }
  report_.stage(telemetry::EngineStage::kStopping, "", options_.now());
  return finish();
}

// ---- beginning and end of an assignment ----

Result<void> Session::open() {
  report_.stage(telemetry::EngineStage::kStarting, "connecting to the log", options_.now());
  if (auto good = check_topics(); !good) return good;
  auto committer = Committer::open(log_, options_);
  if (!committer) return tl::unexpected(committer.error());
  commits_ = std::make_unique<Commits>(std::move(*committer), options_.commit_runner(),
                                       [this] { reader_->wake(); });
  auto reader = log_.reader({.group = options_.group, .instance = options_.instance});
  if (!reader) return tl::unexpected(reader.error());
  reader_ = std::move(*reader);

  if (options_.assign_by_hand) {
    std::vector<log::PartitionId> all;
    all.reserve(static_cast<std::size_t>(partition_count_));
    for (std::int32_t p = 0; p < partition_count_; ++p)
      all.push_back(readings(p));
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
  for (const std::string* topic : {&options_.topics.zone_states, &options_.topics.alerts,
                                   &options_.topics.journal, &options_.topics.snapshots}) {
    auto other = log_.partition_count(*topic);
    if (!other) return tl::unexpected(other.error());
    if (*other != partition_count_) {
      return fail(ErrorCode::kInvalid,
                  *topic + " has " + std::to_string(*other) + " partitions, expected " +
                      std::to_string(partition_count_) + " as " + options_.topics.readings +
                      "; `crowdflow topics check` tells the way out");
    }
  }
  configured_ = configured_venues(options_, partition_count_);
  return {};
}

// What was applied is committed as long as it is still ours to commit; what has been begun is ended
// anyway, as a restore must not come before its outcome.
Result<void> Session::change(const log::AssignmentChange& assignment) {
  const bool given = !assignment.partitions.empty();
  spdlog::info("rebalance: {} partitions of {} {}",
               given ? assignment.partitions.size() : owned_.size(), options_.topics.readings,
               given             ? "assigned"
               : assignment.lost ? "lost"
                                 : "given back");
  if (!assignment.lost) {
    if (auto done = finish(); !done) return done;
  } else if (commits_->under_way()) {
    if (auto done = end_commit(); !done) return done;
  }
  return own(assignment.partitions);
}

Result<void> Session::own(const std::vector<log::PartitionId>& partitions) {
  // What was taken and not committed is forgotten, wherever it is, and will be read again by
  // whoever owns it now.
  engine_threads_.clear();
  owned_.clear();
  collected_.clear();
  left_over_ = false;
  const auto restoring_since = options_.steady_now();
  report_.stage(telemetry::EngineStage::kRestoring,
                "restoring " + std::to_string(partitions.size()) + " partitions", options_.now());
  auto all = restore(partitions);
  if (!all) return tl::unexpected(all.error());
  for (const auto& restored : *all) {
    if (restored) continue;
    if (stop_.stop_requested()) return {};  // given up, and nothing is owned
    return tl::unexpected(restored.error());
  }
  const std::size_t threads = std::min(options_.engine_threads, partitions.size());
  for (std::size_t i = 0; i < threads; ++i) {
    engine_threads_.push_back(std::make_unique<EngineThread>([this] { reader_->wake(); }));
  }
  const auto thread_of = [&](std::size_t lane) { return threads == 0 ? 0 : lane % threads; };
  std::vector<std::vector<Lane*>> lanes(std::max<std::size_t>(threads, 1));
  std::vector<log::Position> positions;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    const log::PartitionId& at = partitions[i];
    auto& restored = (*all)[i];
    Owned& owned = owned_[at.partition];
    owned.position = owned.committed = owned.handed_over = restored->work->position();
    owned.now = restored->work->shard().now();
    owned.page = restored->page;
    owned.snapshots.emplace(at.partition, restored->snapshot, restored->took,
                            options_.steady_now());
    auto& bell = threads == 0 ? unheard_bell_ : engine_threads_[thread_of(i)]->bell();
    owned.lane = std::make_unique<Lane>(std::move(restored->work), bell, options_);
    lanes[thread_of(i)].push_back(owned.lane.get());
    positions.push_back({.at = at, .offset = owned.position});
  }
  report_.restore_took(
      std::chrono::duration<double>(options_.steady_now() - restoring_since).count());
  if (auto started = reader_->start_at(positions); !started) return started;
  assignment_ = reader_->assignment();
  for (std::size_t i = 0; i < threads; ++i)
    engine_threads_[i]->start(std::move(lanes[i]));
  tick();
  const bool any = !owned_.empty();
  report_.begin(options_.now());  // what it says next is of these partitions
  report_.stage(any ? telemetry::EngineStage::kRunning : telemetry::EngineStage::kWaiting,
                any ? "" : "the group has given this instance no partition", options_.now());
  if (any) spdlog::info("running; {} partitions of {}", owned_.size(), options_.topics.readings);
  return {};
}

// The group hears meanwhile that this engine lives, however long it takes. Given up when told to
// stop.
Result<Session::Restored> Session::restore(const std::vector<log::PartitionId>& partitions) {
  std::vector<std::int32_t> numbers;
  numbers.reserve(partitions.size());
  for (const log::PartitionId& at : partitions)
    numbers.push_back(at.partition);
  if (options_.engine_threads == 0 || partitions.empty()) {
    return restore_partitions(log_, options_, configured_, numbers);
  }
  std::promise<Restored> restored;
  auto answer = restored.get_future();
  std::jthread restoring([&](const std::stop_token& stop) {
    restored.set_value(restore_partitions(log_, options_, configured_, numbers, stop));
    reader_->wake();
  });
  const std::stop_callback give_up(stop_, [&] { restoring.request_stop(); });
  while (answer.wait_for(Clock::duration{0}) != std::future_status::ready) {
    const auto taken = reader_->take(1, kIdleTick);  // nothing, before start_at()
    if (!taken) return tl::unexpected(taken.error());
  }
  return answer.get();
}

// Applies what is still on its way to the engine threads, of which lanes keep little, and commits
// it all.
Result<void> Session::finish() {
  engine_threads_.clear();
  step_lanes();
  if (commits_->under_way()) {
    if (auto done = end_commit(); !done) return done;
  }
  collect();
  for (auto& [partition, owned] : owned_) {
    HandOver rest = owned.lane->rest();
    if (!rest.pending.entries.empty()) collected_.push_back(std::move(rest));
  }
  while (!collected_.empty()) {
    begin_commit();
    if (auto done = end_commit(); !done) return done;
  }
  return {};
}

// ---- to the engine threads ----

// A lane that is full gets nothing more: its records stay where they are, in the log and in what
// the reader may keep of them.
void Session::hold_and_release() {
  const bool too_much = too_much_uncommitted();
  for (auto& [partition, owned] : owned_) {
    const bool full = owned.lane->full() || too_much;
    if (full == owned.held) continue;
    owned.held = full;
    if (full) {
      reader_->hold(readings(partition));
    } else {
      reader_->release(readings(partition));
    }
  }
}

// A commit that takes long does not let what waits for the next one grow without end.
bool Session::too_much_uncommitted() const {
  if (!commits_->under_way()) return false;
  std::size_t bytes = 0;
  for (const auto& [partition, owned] : owned_)
    bytes += owned.uncommitted_bytes;
  return bytes > kMostUncommitted;
}

// Until then, engine threads and the commit that have something to say wake us.
std::chrono::milliseconds Session::until_something_is_due() const {
  const auto now = options_.steady_now();
  auto due = clock_.last_step() + tick_interval();
  if (!commits_->under_way()) {
    if (left_over_) due = now;
    if (!collected_.empty()) due = std::min(due, last_ask_ + options_.commit_interval);
    if (sending_snapshots()) due = std::min(due, last_commit_ + options_.commit_interval);
  }
  for (const auto& [partition, owned] : owned_) {
    if (owned.lane->asked()) continue;
    if (owned.fed) due = std::min(due, last_ask_ + options_.commit_interval);
    if (owned.ask_again) due = now;
  }
  return std::clamp(std::chrono::ceil<std::chrono::milliseconds>(due - now),
                    std::chrono::milliseconds{0}, kIdleTick);
}

Result<void> Session::take(std::chrono::milliseconds wait) {
  auto taken = reader_->take(kMaxRecords, wait);
  if (!taken) return tl::unexpected(taken.error());
  const std::shared_ptr<const log::Batch> batch = std::move(*taken);
  if (batch->assignment()) return change(*batch->assignment());
  // Readings are judged by a clock that is at most a busy tick old.
  if (!batch->records().empty() && options_.steady_now() - clock_.last_step() >= kBusyTick) tick();
  push(batch);
  for (auto& [partition, owned] : owned_) {
    owned.position = std::max(owned.position, reader_->position(readings(partition)));
  }
  return {};
}

void Session::push(const std::shared_ptr<const log::Batch>& batch) {
  auto rest = batch->records();
  while (!rest.empty()) {
    const std::int32_t partition = rest.front().partition;
    const auto end = std::ranges::find_if(
        rest, [&](const log::Record& record) { return record.partition != partition; });
    auto run = rest.first(static_cast<std::size_t>(end - rest.begin()));
    rest = rest.subspan(run.size());
    const auto found = owned_.find(partition);
    if (found == owned_.end()) continue;
    Owned& owned = found->second;
    while (!run.empty() && run.front().offset < owned.position)
      run = run.subspan(1);
    if (run.empty()) continue;
    owned.position = run.back().offset + 1;
    for (const log::Record& record : run)
      owned.uncommitted_bytes += record.key.size() + record.value.size() + owned.made_by_a_record;
    owned.lane->push(batch, run);
    owned.fed = took_records_ = true;
  }
}

std::chrono::milliseconds Session::tick_interval() const {
  return took_records_ ? kBusyTick : kIdleTick;
}

bool Session::proven(const Owned& owned) const {
  return owned.held_known && reachable_at_tick_ && owned.position >= owned.held_at_tick;
}

void Session::tick() {
  clock_.step(options_.now(), options_.steady_now());
  const bool reachable = log_.health().reachable;
  for (auto& [partition, owned] : owned_) {
    owned.now = clock_.now_after(owned.now);
    const bool proves = clock_.is_timely() && reachable && proven(owned);
    if (!owned.lane->push(Tick{.now = owned.now, .proven = proves})) {
      owned.held_known = false;  // the next one proves nothing about the time since this one
      continue;
    }
    owned.fed = true;
    const auto bounds = reader_->bounds(readings(partition));
    owned.held_known = bounds.has_value();
    if (bounds) owned.held_at_tick = bounds->high;
  }
  reachable_at_tick_ = reachable;
  took_records_ = false;
}

// A partition's snapshot is found again from where its topics end now. Who cannot tell, and may
// have waited for it as long as a question may take, tries much later.
void Session::cut_snapshots() {
  const auto now = options_.steady_now();
  if (now < next_cut_ || !reachable_at_tick_) return;
  for (auto& [partition, owned] : owned_) {
    // A generation is the number of a page: no two have the same.
    const auto& newest = owned.snapshots->newest();
    if (newest && owned.page < newest->generation) continue;
    if (!owned.snapshots->due(options_, now) || !owned.lane->has_room()) continue;
    const auto snapshots = log_.query_bounds({options_.topics.snapshots, partition});
    const auto journal =
        snapshots ? log_.query_bounds({options_.topics.journal, partition}) : snapshots;
    next_cut_ = options_.steady_now() + (journal ? kIdleTick : kCutAgain);
    if (!journal) return;
    owned.lane->push_cut(owned.snapshots->begin({.generation = owned.page + 1,
                                                 .snapshots_from = snapshots->high,
                                                 .journal_from = journal->high}));
    owned.fed = true;
  }
}

bool Session::sending_snapshots() const {
  return std::ranges::any_of(owned_,
                             [](const auto& owned) { return owned.second.snapshots->sending(); });
}

// What engine threads do, when there are none, or none any more.
void Session::step_lanes() {
  bool worked = true;
  while (worked) {
    worked = false;
    for (auto& [partition, owned] : owned_)
      worked |= owned.lane->step([] {});
  }
}

log::PartitionId Session::readings(std::int32_t partition) const {
  return {.topic = options_.topics.readings, .partition = partition};
}

}  // namespace crowdflow::processor
