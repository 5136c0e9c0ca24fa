#include "embedded/reader.h"

#include <algorithm>
#include <utility>

namespace crowdflow::embedded {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxBytes = 4 << 20;  // of one take
// How soon somebody who waits for others of its group sees that one of them has fallen silent.
constexpr milliseconds kGroupPatience{1000};
// Who follows another process's file looks this often.
constexpr milliseconds kFollowEvery{100};

}  // namespace

EmbeddedReader::EmbeddedReader(std::shared_ptr<LogFile> file, log::Log::ReaderOptions options)
    : file_(std::move(file)),
      board_(file_->board),
      options_(std::move(options)),
      connection_(*file_) {
  waiter_.has_news = [this] { return has_news_locked(); };
  const auto lock = board_.lock();
  board_.add_waiter_locked(waiter_);
}

EmbeddedReader::~EmbeddedReader() {
  const auto lock = board_.lock();
  board_.remove_waiter_locked(waiter_);
  if (!joined_) return;
  board_.groups_locked().leave(membership_);
  board_.ring_locked();
}

Result<void> EmbeddedReader::join(std::span<const std::string> topics) {
  if (options_.group.empty()) {
    return fail(ErrorCode::kInvalid, "a reader without a group cannot join one");
  }
  for (const std::string& topic : topics) {
    if (board_.partition_count(topic) == 0) {
      return fail(ErrorCode::kNotFound, "there is no topic " + topic);
    }
  }
  cursors_.clear();
  const auto lock = board_.lock();
  membership_.group = options_.group;
  membership_.name = options_.instance;
  membership_.topics.assign(topics.begin(), topics.end());
  board_.groups_locked().join(membership_, Clock::now());
  joined_ = true;
  board_.ring_locked();
  return {};
}

Result<void> EmbeddedReader::start_at(std::span<const log::Position> positions) {
  std::vector<Cursor> cursors;
  auto begun = std::make_shared<EmbeddedAssignment>();
  for (const log::Position& position : positions) {
    const Partition* partition = board_.find(position.at);
    if (partition == nullptr) {
      return fail(ErrorCode::kNotFound, "there is no partition " +
                                            std::to_string(position.at.partition) + " of topic " +
                                            position.at.topic);
    }
    cursors.push_back({.partition = partition, .next = position.offset, .held = false});
    begun->partitions.push_back(position.at);
  }
  const auto lock = board_.lock();
  Groups& groups = board_.groups_locked();
  cursors_ = std::move(cursors);
  first_ = 0;
  const Asked asked = std::exchange(asked_by_group_, Asked::kNothing);
  if (asked == Asked::kToGiveBack) {
    // It may have been taken away meanwhile, or another may have come in its place.
    if (groups.hear(membership_, Clock::now()) == Groups::Word::kComeAgain) {
      groups.come_again(membership_);
    }
  } else if (asked == Asked::kToJoinAgain) {
    groups.join(membership_, Clock::now());
  }
  begun->group = options_.group;
  begun->membership = membership_;
  assignment_ = std::move(begun);
  board_.ring_locked();
  return {};
}

EmbeddedReader::Cursor* EmbeddedReader::find(const log::PartitionId& partition) {
  const auto found = std::ranges::find_if(
      cursors_, [&](const Cursor& cursor) { return cursor.partition->at == partition; });
  return found == cursors_.end() ? nullptr : &*found;
}

void EmbeddedReader::hold(const log::PartitionId& partition) {
  if (auto* cursor = find(partition)) cursor->held = true;
}

void EmbeddedReader::release(const log::PartitionId& partition) {
  if (auto* cursor = find(partition)) cursor->held = false;
}

std::int64_t EmbeddedReader::position(const log::PartitionId& partition) const {
  const auto* cursor = const_cast<EmbeddedReader*>(this)->find(partition);
  return cursor == nullptr ? -1 : cursor->next;
}

std::optional<log::OffsetBounds> EmbeddedReader::bounds(const log::PartitionId& partition) const {
  const auto* cursor = const_cast<EmbeddedReader*>(this)->find(partition);
  if (cursor == nullptr) return std::nullopt;
  const auto lock = board_.lock();
  if (board_.in_trouble_locked()) return std::nullopt;
  const Partition& known = *cursor->partition;
  return log::OffsetBounds{.low = known.committed.low, .high = known.committed.high + known.open};
}

void EmbeddedReader::wake() {
  const auto lock = board_.lock();
  waiter_.woken = true;
  waiter_.bell.notify_one();
}

// ---- taking ----

bool EmbeddedReader::has_news_locked() const {
  if (asked_by_group_ != Asked::kNothing) return false;
  if (joined_ && board_.groups_locked().word_for(membership_) != Groups::Word::kNothing)
    return true;
  return std::ranges::any_of(cursors_, [](const Cursor& cursor) {
    return !cursor.held && cursor.next != cursor.partition->committed.high;
  });
}

Result<std::optional<log::AssignmentChange>> EmbeddedReader::hear_the_group_locked() {
  if (!joined_ || asked_by_group_ != Asked::kNothing) return std::nullopt;
  Groups& groups = board_.groups_locked();
  switch (groups.hear(membership_, Clock::now())) {
    case Groups::Word::kNothing:
      return std::nullopt;
    case Groups::Word::kFenced:
      return fail(ErrorCode::kFenced, "another reader has taken the name " + membership_.name +
                                          " in group " + membership_.group);
    case Groups::Word::kForgotten:
      cursors_.clear();
      asked_by_group_ = Asked::kToJoinAgain;
      return log::AssignmentChange{.partitions = {}, .lost = true};
    case Groups::Word::kComeAgain:
      if (cursors_.empty()) {
        groups.come_again(membership_);
        board_.ring_locked();
        if (groups.word_for(membership_) != Groups::Word::kAssigned) return std::nullopt;
        break;
      }
      asked_by_group_ = Asked::kToGiveBack;
      return log::AssignmentChange{};
    case Groups::Word::kAssigned:
      break;
  }
  asked_by_group_ = Asked::kToTake;
  return log::AssignmentChange{.partitions = groups.receive(membership_), .lost = false};
}

Result<std::unique_ptr<log::Batch>> EmbeddedReader::take(std::size_t max,
                                                         milliseconds wait_at_most) {
  const auto deadline = Clock::now() + wait_at_most;
  auto batch = std::make_unique<EmbeddedBatch>(file_);
  do {
    if (file_->followed) {
      if (auto looked = connection_.look(); !looked) return tl::unexpected(looked.error());
    }
    {
      const auto lock = board_.lock();
      auto change = hear_the_group_locked();
      if (!change) return tl::unexpected(change.error());
      if (*change) {
        batch->set_assignment(std::move(**change));
        return batch;
      }
    }
    if (asked_by_group_ != Asked::kNothing) continue;
    const auto moved = read(max, *batch);
    if (!moved) return tl::unexpected(moved.error());
    if (*moved) break;
  } while (wait(deadline));
  batch->seal();
  return batch;
}

bool EmbeddedReader::wait(Clock::time_point deadline) {
  auto lock = board_.lock();
  while (!std::exchange(waiter_.woken, false)) {
    if (has_news_locked()) return true;
    const auto now = Clock::now();
    if (now >= deadline) return false;
    auto until = deadline;
    const bool look_for_others = joined_ && board_.groups_locked().sharing(membership_);
    if (look_for_others) until = std::min(until, now + kGroupPatience);
    if (file_->followed) until = std::min(until, now + kFollowEvery);
    waiter_.waiting = true;
    waiter_.bell.wait_until(lock, until);
    waiter_.waiting = false;
    if (!waiter_.woken && until < deadline && Clock::now() >= until) return true;
  }
  return false;
}

Result<bool> EmbeddedReader::read(std::size_t max, EmbeddedBatch& batch) {
  // All ends at once: what one commit has written is seen in all partitions or in none.
  std::vector<log::OffsetBounds> held(cursors_.size());
  {
    const auto lock = board_.lock();
    for (std::size_t i = 0; i < cursors_.size(); ++i)
      held[i] = cursors_[i].partition->committed;
  }
  bool moved = false;
  std::size_t bytes_left = kMaxBytes;
  for (std::size_t i = 0; i < cursors_.size() && batch.records().size() < max; ++i) {
    const std::size_t turn = (first_ + i) % cursors_.size();
    Cursor& cursor = cursors_[turn];
    const auto& [low, high] = held[turn];
    if (cursor.held || cursor.next == high) continue;
    if (cursor.next < low || cursor.next > high) {
      return fail(cursor.next < low ? ErrorCode::kUnavailable : ErrorCode::kInvalid,
                  cursor.partition->at.topic + "/" +
                      std::to_string(cursor.partition->at.partition) +
                      " cannot be read from offset " + std::to_string(cursor.next) +
                      ": it holds offsets " + std::to_string(low) + " to " + std::to_string(high));
    }
    const auto next = connection_.read(*cursor.partition,
                                       {.from = cursor.next,
                                        .end = high,
                                        .max_records = max - batch.records().size(),
                                        .max_bytes = bytes_left},
                                       batch);
    if (!next) return tl::unexpected(next.error());
    moved |= *next > cursor.next;
    cursor.next = *next;
    bytes_left = kMaxBytes - std::min(kMaxBytes, batch.size_in_bytes());
    if (bytes_left == 0) break;
  }
  if (!cursors_.empty()) first_ = (first_ + 1) % cursors_.size();
  return moved;
}

}  // namespace crowdflow::embedded
