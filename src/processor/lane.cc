#include "processor/lane.h"

#include <utility>

#include <crowdflow/check.h>

namespace crowdflow::processor {
namespace {

// Slots that runs leave free: a few ticks are to find room in a lane that is full, and an ask
// always.
constexpr std::size_t kNotForRuns = 4;
constexpr std::size_t kNotForTicks = 1;
// A tick may come before it, and an ask behind it.
constexpr std::size_t kForARun = 3;
constexpr std::size_t kHandOvers = Lane::kAlertHandOvers + 1;  // and an answer
// Bytes of a run that are applied in one step: some ten to a hundred microseconds.
constexpr std::size_t kSlice = 8192;

}  // namespace

Lane::Lane(std::unique_ptr<PartitionWork> work, concurrency::Doorbell<>& bell,
           const ProcessorOptions& options)
    : partition_(work->partition()),
      options_(options),
      bell_(bell),
      tasks_(options.lane_capacity),
      hand_overs_(kHandOvers),
      work_(std::move(work)) {
  CROWDFLOW_CHECK(options.lane_capacity > kNotForRuns, "a lane has room for a run");
}

bool Lane::full() {
  // Ticks and cuts may have taken the rest; the next tick looks again.
  if (!full_) return tasks_.room() < kForARun;
  const std::size_t on_their_way = tasks_.capacity() - tasks_.room();
  if (on_their_way > pushed_since_full_) return true;  // the last run among them
  full_ = false;
  bytes_ = 0;
  return tasks_.room() < kForARun;
}

void Lane::push(std::shared_ptr<const log::Batch> batch, std::span<const log::Record> records) {
  CROWDFLOW_CHECK(!full_, "no run is pushed into a full lane");
  const std::size_t room = tasks_.room();
  if (room == tasks_.capacity()) bytes_ = 0;
  for (const log::Record& record : records)
    bytes_ += record.key.size() + record.value.size();
  full_ = room <= kNotForRuns + 1 || bytes_ > kMostBytes;
  push(Task(Run{.batch = std::move(batch), .records = records, .last = full_}));
  pushed_since_full_ = 0;
}

bool Lane::has_room() { return tasks_.room() > kNotForTicks; }

bool Lane::push(const Tick& tick) {
  if (!has_room()) return false;
  push(Task(tick));
  return true;
}

void Lane::push_cut(std::uint64_t generation) { push(Task(Cut{.generation = generation})); }

void Lane::ask(std::int64_t position, bool with_progress, PartitionWork::Pending emptied) {
  CROWDFLOW_CHECK(!asked_, "an ask is answered before the next");
  asked_ = true;
  push(Task(
      Ask{.position = position, .with_progress = with_progress, .emptied = std::move(emptied)}));
}

void Lane::push(Task&& task) {
  const bool done = tasks_.try_push(std::move(task));
  CROWDFLOW_CHECK(done, "a lane keeps room for what must not wait");
  ++pushed_since_full_;
  bell_.ring();
}

bool Lane::take(HandOver& hand_over) {
  if (!hand_overs_.try_pop(hand_over)) return false;
  if (hand_over.asked) asked_ = false;
  return true;
}

bool Lane::step(const std::function<void()>& wake) {
  auto* run = std::get_if<Run>(&task_);
  if (run == nullptr || run->records.empty()) {
    if (!tasks_.try_pop(task_)) return false;
    run = std::get_if<Run>(&task_);
    // Now, so that the next runs are here when this one is done.
    if (run != nullptr && run->last) wake();
  }
  const auto begun = options_.steady_now();
  if (run != nullptr) {
    apply_some(*run);
  } else if (const auto* tick = std::get_if<Tick>(&task_)) {
    work_->tick(*tick);
  } else if (const auto* cut = std::get_if<Cut>(&task_)) {
    this->cut(*cut);
    return true;
  } else {
    answer(std::get<Ask>(task_), wake);
    return true;
  }
  busy_ += options_.steady_now() - begun;
  hand_over_alerts(wake);
  return true;
}

void Lane::cut(const Cut& cut) {
  const auto begun = options_.steady_now();
  Snapshot& snapshot = work_->cut(cut.generation);
  snapshot.took = options_.steady_now() - begun;
}

void Lane::apply_some(Run& run) {
  std::size_t applied = 0;
  for (std::size_t bytes = 0; applied < run.records.size() && bytes < kSlice; ++applied) {
    bytes += run.records[applied].value.size();
    work_->take(run.records[applied]);
  }
  run.records = run.records.subspan(applied);
  if (run.records.empty()) run.batch.reset();
}

void Lane::answer(Ask& ask, const std::function<void()>& wake) {
  if (ask.position > work_->position()) work_->set_position(ask.position);
  HandOver hand_over = make_hand_over(std::move(ask.emptied));
  hand_over.asked = true;
  if (ask.with_progress) hand_over.progress = progress_of(*work_);
  const bool done = hand_overs_.try_push(std::move(hand_over));
  CROWDFLOW_CHECK(done, "a lane keeps room for an answer");
  wake();
}

void Lane::hand_over_alerts(const std::function<void()>& wake) {
  if (work_->pending().outputs.alerts.empty()) return;
  // With no room, the log thread is busy with those before, and asks when it has them.
  if (hand_overs_.room() <= 1) return;
  const bool done = hand_overs_.try_push(make_hand_over({}));
  CROWDFLOW_CHECK(done, "a ring with room takes a value");
  wake();
}

HandOver Lane::make_hand_over(PartitionWork::Pending emptied) {
  HandOver hand_over;
  hand_over.partition = partition_;
  hand_over.pending = work_->hand_over(std::move(emptied));
  hand_over.position = work_->position();
  hand_over.busy = std::exchange(busy_, {});
  return hand_over;
}

HandOver Lane::rest() { return make_hand_over({}); }

}  // namespace crowdflow::processor
