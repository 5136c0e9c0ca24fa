#include "simulation/simulated_reader.h"

#include <algorithm>
#include <utility>

namespace crowdflow::simulation {

using std::chrono::milliseconds;

SimulatedReader::SimulatedReader(std::shared_ptr<Broker> broker, std::shared_ptr<Process> process,
                                 const log::Log::ReaderOptions& options)
    : broker_(std::move(broker)), process_(std::move(process)), options_(options) {}

SimulatedReader::~SimulatedReader() {
  std::erase(process_->memberships, &membership_);
  if (!joined_) return;
  std::erase(process_->groups, options_.group);
  if (process_->alive && options_.instance.empty()) {
    broker_->group(options_.group).leave(membership_);
  }
  if (!process_->alive || options_.instance.empty()) return;
  // A member with a name keeps its place as long as its session lasts.
  broker_->clockwork.after(std::chrono::seconds{10},
                           [broker = broker_, group = options_.group, member = membership_] {
                             if (broker->group(group).has(member))
                               broker->group(group).expel(member.name);
                           });
}

Result<void> SimulatedReader::join(std::span<const std::string> topics) {
  if (options_.group.empty()) {
    return fail(ErrorCode::kInvalid, "a reader without a group cannot join one");
  }
  if (auto called = broker_->call(*process_, "join"); !called) return called;
  static std::uint64_t made_up = 0;
  membership_.name =
      options_.instance.empty() ? "~" + std::to_string(++made_up) : options_.instance;
  membership_.topics.assign(topics.begin(), topics.end());
  joined_ = true;
  process_->memberships.push_back(&membership_);
  process_->groups.push_back(options_.group);
  broker_->group(options_.group).join(membership_);
  return {};
}

Result<void> SimulatedReader::start_at(std::span<const log::Position> positions) {
  if (auto called = broker_->call(*process_, "start_at"); !called) return called;
  cursors_.clear();
  note_restore(positions);
  switch (std::exchange(asked_by_group_, Asked::kNothing)) {
    case Asked::kToGiveBack:
      judge_giving_back();
      give_back();
      break;
    case Asked::kToJoinAgain:
      broker_->group(options_.group).join(membership_);
      break;
    default:
      break;
  }
  auto begun = std::make_shared<SimulatedAssignment>();
  begun->group = options_.group;
  begun->membership = membership_;
  for (const log::Position& position : positions) {
    cursors_.push_back({.at = position.at,
                        .next = position.offset,
                        .held = false,
                        .bounds = std::nullopt,
                        .fetched = position.offset});
    begun->partitions.push_back(position.at);
  }
  if (!options_.group.empty()) {
    process_->taken.clear();
    for (const log::Position& position : positions)
      process_->taken[position.at] = {.from = position.offset, .end = position.offset};
  }
  assignment_ = std::move(begun);
  return {};
}

// A restore reads with readers without a group, from the beginning or from where a snapshot was
// cut, and is over when that of the group begins.
void SimulatedReader::note_restore(std::span<const log::Position> positions) {
  if (!process_->restores) return;
  Faults& faults = broker_->faults;
  auto& begun_in_the_middle = process_->begun_in_the_middle;
  if (options_.group.empty()) {
    for (const log::Position& position : positions) {
      const Partition* partition = broker_->find(position.at);
      if (partition == nullptr || position.offset <= partition->low()) {
        begun_in_the_middle.erase(position.at);
      } else {
        begun_in_the_middle.insert(position.at);
      }
    }
    return;
  }
  process_->restores = false;
  for (const log::Position& position : positions) {
    if (begun_in_the_middle.contains(position.at)) faults.count(Fault::kRestoredFromSnapshot);
  }
  begun_in_the_middle.clear();
  if (!joined_) return;
  const auto word = broker_->group(options_.group).hear(membership_);
  if (word == Group::Word::kComeAgain || word == Group::Word::kUnknown) {
    faults.count(Fault::kRebalanceInRestore);
  }
}

SimulatedReader::Cursor* SimulatedReader::find(const log::PartitionId& partition) {
  const auto found = std::ranges::find(cursors_, partition, &Cursor::at);
  return found == cursors_.end() ? nullptr : &*found;
}

void SimulatedReader::hold(const log::PartitionId& partition) {
  if (auto* cursor = find(partition)) cursor->held = true;
}

void SimulatedReader::release(const log::PartitionId& partition) {
  if (auto* cursor = find(partition)) cursor->held = false;
}

std::int64_t SimulatedReader::position(const log::PartitionId& partition) const {
  const auto found = std::ranges::find(cursors_, partition, &Cursor::at);
  return found == cursors_.end() ? -1 : found->next;
}

std::optional<log::OffsetBounds> SimulatedReader::bounds(const log::PartitionId& partition) const {
  if (broker_->away()) return std::nullopt;
  const auto found = std::ranges::find(cursors_, partition, &Cursor::at);
  return found == cursors_.end() ? std::nullopt : found->bounds;
}

bool SimulatedReader::group_has_news() const {
  return joined_ && asked_by_group_ == Asked::kNothing && !broker_->away() &&
         broker_->group(options_.group).hear(membership_) != Group::Word::kNothing;
}

Result<std::optional<log::AssignmentChange>> SimulatedReader::hear_the_group() {
  if (!group_has_news()) return std::nullopt;
  Group& group = broker_->group(options_.group);
  const auto word = group.hear(membership_);
  if (word == Group::Word::kFenced) {
    broker_->faults.happened(Fault::kFenced, broker_->clockwork.now(), "member " + process_->name);
    return fail(ErrorCode::kFenced, "another has taken the name " + membership_.name);
  }
  if (word == Group::Word::kAssigned) {
    asked_by_group_ = Asked::kToTake;
    return log::AssignmentChange{.partitions = group.receive(membership_), .lost = false};
  }
  // The group waits until what is held is given back; whom it has forgotten has nothing to give.
  if (word == Group::Word::kUnknown) {
    cursors_.clear();
    process_->taken.clear();  // others will take it again
    asked_by_group_ = Asked::kToJoinAgain;
    return log::AssignmentChange{.partitions = {}, .lost = true};
  }
  if (cursors_.empty()) {
    group.come_again(membership_);
    return std::nullopt;
  }
  asked_by_group_ = Asked::kToGiveBack;
  asked_with_work_ = broker_->uncommitted(*process_, options_.group).has_value();
  return log::AssignmentChange{};
}

// Who could not commit does not come so far: its session has ended with an error.
void SimulatedReader::judge_giving_back() {
  if (const auto left = broker_->uncommitted(*process_, options_.group)) {
    broker_->problems.push_back(process_->name +
                                " has given back what it had not committed: " + *left);
  } else if (asked_with_work_) {
    broker_->faults.count(Fault::kGivenBackWithWork);
  }
}

// It may have been taken away meanwhile, or another may have come in its place.
void SimulatedReader::give_back() {
  Group& group = broker_->group(options_.group);
  if (group.hear(membership_) == Group::Word::kComeAgain) group.come_again(membership_);
}

std::int64_t SimulatedReader::readable(const Cursor& cursor) const {
  const Partition* partition = broker_->find(cursor.at);
  if (partition == nullptr) return cursor.next;
  return std::min(partition->last_stable(), partition->told_high());
}

bool SimulatedReader::anything_new() const {
  if (broker_->away() || asked_by_group_ != Asked::kNothing) return false;
  return std::ranges::any_of(cursors_, [&](const Cursor& cursor) {
    return !cursor.held && (!cursor.bounds || readable(cursor) > cursor.next);
  });
}

// What the partition holds is told with what is fetched of it.
void SimulatedReader::fetch(Cursor& cursor) {
  const Partition* partition = broker_->find(cursor.at);
  if (partition == nullptr) return;
  Faults& faults = broker_->faults;
  cursor.fetched = std::max(cursor.next, readable(cursor));
  if (faults.strikes(Fault::kBoundsUnknown, broker_->clockwork.now(), name_of(cursor.at))) {
    cursor.bounds.reset();
    return;
  }
  cursor.bounds = {.low = partition->low(), .high = partition->told_high()};
}

Result<std::unique_ptr<log::Batch>> SimulatedReader::take(std::size_t max, milliseconds wait) {
  if (auto called = broker_->call(*process_, "take"); !called) {
    return tl::unexpected(called.error());
  }
  Clockwork& clockwork = broker_->clockwork;
  auto batch = std::make_unique<SimulatedBatch>();
  batch->broker_ = broker_;
  const Time end = clockwork.now() + wait;
  while (true) {
    auto change = hear_the_group();
    if (!change) return tl::unexpected(change.error());
    if (*change) {
      if (process_->commits) {
        broker_->faults.count((*change)->lost ? Fault::kLostInCommit : Fault::kAskedInCommit);
      }
      batch->assignment_ = std::move(*change);
      return batch;
    }
    if (!broker_->away() && asked_by_group_ == Asked::kNothing) {
      const auto moved = drain(max, *batch);
      if (!moved) return tl::unexpected(moved.error());
      if (*moved && process_->commits && !batch->records_.empty()) {
        broker_->faults.count(Fault::kTakenInCommit);
      }
      if (*moved) return batch;
    }
    if (woken_.exchange(false) || clockwork.now() >= end) return batch;
    clockwork.wait(end - clockwork.now(), [&] {
      return woken_ || !process_->alive || process_->stopped_until > clockwork.now() ||
             anything_new() || group_has_news();
    });
    if (clockwork.now() < end) clockwork.pass(Time{broker_->faults.chance.between(20, 2000)});
    if (!process_->alive) return fail(ErrorCode::kUnavailable, "the process is dead");
  }
}

Result<bool> SimulatedReader::drain(std::size_t max, SimulatedBatch& batch) {
  Chance& chance = broker_->faults.chance;
  bool moved = false;
  std::vector<std::size_t> order(cursors_.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[chance.below(i)]);
  for (const std::size_t i : order) {
    Cursor& cursor = cursors_[i];
    if (cursor.held || batch.records_.size() >= max) continue;
    const Partition* partition = broker_->find(cursor.at);
    if (partition == nullptr) {
      return fail(ErrorCode::kNotFound, "there is no topic " + cursor.at.topic);
    }
    if (cursor.next < partition->low()) {
      process_->left_behind = true;
      if (process_->restores) broker_->faults.count(Fault::kOvertakenInRestore);
    }
    if (cursor.next < partition->low() || cursor.next > partition->high()) {
      const bool expired = cursor.next < partition->low();
      return fail(expired ? ErrorCode::kUnavailable : ErrorCode::kInvalid,
                  name_of(cursor.at) + " cannot be read from offset " +
                      std::to_string(cursor.next) + ": it holds offsets " +
                      std::to_string(partition->low()) + " to " +
                      std::to_string(partition->high()));
    }
    if (chance.one_in(8)) continue;  // its leader has not answered yet
    const std::int64_t before = cursor.next;
    fetch(cursor);
    take_records(cursor, max - batch.records_.size(), batch);
    moved |= cursor.next > before;
  }
  return moved;
}

void SimulatedReader::take_records(Cursor& cursor, std::size_t max, SimulatedBatch& batch) {
  const Partition& partition = broker_->partition(cursor.at);
  Chance& chance = broker_->faults.chance;
  const auto there = static_cast<std::uint64_t>(cursor.fetched - cursor.next);
  const std::uint64_t some = chance.one_in(3) ? chance.below(there + 1) : there;
  const std::int64_t end = cursor.next + static_cast<std::int64_t>(some);
  for (std::int64_t offset = cursor.next; offset < end && max > 0; ++offset) {
    cursor.next = offset + 1;
    if (!partition.shows(offset)) continue;
    const Stored& stored = partition.at(offset);
    batch.records_.push_back({.topic = broker_->topic_name(cursor.at),
                              .partition = cursor.at.partition,
                              .offset = offset,
                              .timestamp = stored.timestamp,
                              .key = stored.key ? std::string_view(*stored.key) : "",
                              .value = stored.value ? std::string_view(*stored.value) : "",
                              .has_key = stored.key.has_value(),
                              .has_value = stored.value.has_value(),
                              .headers = stored.header_views});
    --max;
  }
  if (!options_.group.empty()) process_->taken[cursor.at].end = cursor.next;
}

}  // namespace crowdflow::simulation
