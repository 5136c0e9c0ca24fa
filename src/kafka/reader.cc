#include "kafka/reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "kafka/errors.h"
#include "kafka/partitions.h"

namespace crowdflow::kafka {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int kLearnMs = 2000;
constexpr int kNoWaitMs = 1;
constexpr std::chrono::seconds kLeavePatience{2};

Result<void> checked(rd_kafka_resp_err_t error, std::string_view what) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return tl::unexpected(error_of(what, error));
}

// A setting as it is in force.
std::int64_t number(rd_kafka_t* client, const char* name) {
  std::array<char, 32> text{};
  auto size = text.size();
  std::int64_t value = 0;
  if (rd_kafka_conf_get(rd_kafka_conf(client), name, text.data(), &size) == RD_KAFKA_CONF_OK) {
    std::from_chars(text.data(), text.data() + size, value);
  }
  return value;
}

}  // namespace

Result<std::unique_ptr<KafkaReader>> KafkaReader::make(std::shared_ptr<Connection> connection,
                                                       const log::Log::ReaderOptions& options) {
  std::unique_ptr<KafkaReader> self(new KafkaReader(options));
  std::vector<Setting> own;
  if (!options.group.empty()) own.push_back({"group.id", options.group});
  if (!options.instance.empty()) own.push_back({"group.instance.id", options.instance});
  auto client = Client::make(std::move(connection), Role::kReader, own, self.get());
  if (!client) return tl::unexpected(client.error());
  self->client_ = std::move(*client);
  self->group_queue_.reset(rd_kafka_queue_get_consumer(self->client_->get()));
  rd_kafka_queue_io_event_enable(self->group_queue_.get(), self->arrivals_.descriptor(),
                                 &EventFlag::kRaise, sizeof(EventFlag::kRaise));
  self->limit_ = {.messages = number(self->client_->get(), "queued.min.messages"),
                  .bytes = number(self->client_->get(), "queued.max.messages.kbytes") * 1024};
  return self;
}

KafkaReader::~KafkaReader() {
  if (!client_) return;
  start_over();
  // The client may live on with its batches; the flag does not.
  rd_kafka_queue_io_event_enable(group_queue_.get(), -1, nullptr, 0);
  if (joined_ && options_.instance.empty()) leave_group();
}

void KafkaReader::leave_group() {
  leaving_ = true;
  rd_kafka_assign(client_->get(), nullptr);  // the answer to any rebalance that is open
  const QueueHandle closing(rd_kafka_queue_new(client_->get()));
  const ErrorHandle refused(rd_kafka_consumer_close_queue(client_->get(), closing.get()));
  if (refused) return;
  const auto deadline = Clock::now() + kLeavePatience;
  while (rd_kafka_consumer_closed(client_->get()) == 0 && Clock::now() < deadline) {
    rd_kafka_queue_poll_callback(closing.get(), 20);
  }
}

Result<void> KafkaReader::join(std::span<const std::string> topics) {
  if (options_.group.empty()) {
    return fail(ErrorCode::kInvalid, "a reader without a group cannot join one");
  }
  const PartitionListHandle list(
      rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
  for (const auto& topic : topics) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  joined_ = true;
  return checked(rd_kafka_subscribe(client_->get(), list.get()),
                 "joining the group " + options_.group);
}

Result<void> KafkaReader::start_at(std::span<const log::Position> positions) {
  // What was read before is given up in a step of its own: librdkafka 2.0 may otherwise go on with
  // another queue for a partition whose topic it does not know yet.
  const bool revoked = asked_by_group_ == Asked::kToGiveBack;
  if (revoked || !cursors_.empty()) {
    const PartitionListHandle none(revoked ? nullptr : rd_kafka_topic_partition_list_new(0));
    if (auto done = checked(rd_kafka_assign(client_->get(), none.get()), "ending to read"); !done) {
      return done;
    }
  }
  start_over();
  asked_by_group_ = Asked::kNothing;
  begin_assignment({});
  if (revoked && positions.empty()) return {};
  learn_leaders(positions);
  std::vector<Place> places;
  for (const auto& position : positions)
    places.push_back({.at = position.at, .next = position.offset});
  if (auto done = read_from(places); !done) return done;
  if (!joined_) capture_membership();
  begin_assignment(positions);
  return {};
}

Result<void> KafkaReader::read_from(const std::vector<Place>& places) {
  std::vector<log::Position> positions;
  for (const Place& place : places) {
    cursors_.push_back({place, PartitionQueue(client_->get(), place.at, arrivals_)});
    positions.push_back({.at = place.at, .offset = place.next});
  }
  const auto list = list_of(positions);
  return checked(rd_kafka_assign(client_->get(), list.get()), "starting to read");
}

// librdkafka has stopped to read there, and begins again only with a new assignment.
void KafkaReader::ask_again_where_refused() {
  const bool due = std::ranges::any_of(cursors_, [](const Cursor& cursor) {
    return cursor.refusal && cursor.refusal->ask_again <= Clock::now();
  });
  if (!due || asked_by_group_ != Asked::kNothing) return;
  const PartitionListHandle none(rd_kafka_topic_partition_list_new(0));
  auto done = checked(rd_kafka_assign(client_->get(), none.get()), "ending to read");
  if (done) {
    std::vector<Place> places(cursors_.begin(), cursors_.end());
    cursors_.clear();
    for (Place& place : places) {
      if (place.refusal) place.refusal->ask_again = Clock::time_point::max();  // it will answer
    }
    done = read_from(places);
  }
  if (!done) error_ = done.error();
}

// A partition whose leader the client does not know yet waits for a timer of a second.
void KafkaReader::learn_leaders(std::span<const log::Position> positions) {
  std::string_view last;
  for (const auto& position : positions) {
    if (position.at.topic == last) continue;
    last = position.at.topic;
    const TopicHandle topic(rd_kafka_topic_new(client_->get(), position.at.topic.c_str(), nullptr));
    const rd_kafka_metadata_t* answer = nullptr;
    rd_kafka_metadata(client_->get(), 0, topic.get(), &answer, kLearnMs);
    const MetadataHandle metadata(answer);
  }
}

void KafkaReader::start_over() {
  cursors_.clear();
  first_ = 0;
}

void KafkaReader::capture_membership() {
  membership_ = GroupMetadataHandle(rd_kafka_consumer_group_metadata(client_->get()));
}

void KafkaReader::begin_assignment(std::span<const log::Position> positions) {
  auto begun = std::make_shared<KafkaAssignment>();
  for (const auto& position : positions)
    begun->partitions.push_back(position.at);
  begun->membership = membership_;
  assignment_ = std::move(begun);
}

void KafkaReader::on_rebalance(rd_kafka_resp_err_t what,
                               const rd_kafka_topic_partition_list_t* partitions) {
  if (leaving_) {
    rd_kafka_assign(client_->get(), nullptr);
    return;
  }
  if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    rebalance_ = log::AssignmentChange{.partitions = partitions_of(*partitions)};
    asked_by_group_ = Asked::kToTake;
    capture_membership();  // now: it names this generation of the group, not a later one
  } else {
    rebalance_ = log::AssignmentChange{.lost = rd_kafka_assignment_lost(client_->get()) != 0};
    asked_by_group_ = Asked::kToGiveBack;
  }
  rd_kafka_yield(client_->get());  // let take() return
}

Result<std::unique_ptr<log::Batch>> KafkaReader::take(std::size_t max, milliseconds wait) {
  auto batch = std::make_unique<KafkaBatch>(client_);
  if (error_) return tl::unexpected(*std::exchange(error_, std::nullopt));
  if (max == 0) return batch;

  const auto deadline = Clock::now() + std::max(wait, milliseconds{0});
  while (true) {
    poll_group();
    ask_again_where_refused();
    if (rebalance_) {
      if (rebalance_->lost) start_over();
      batch->set_assignment(*std::exchange(rebalance_, std::nullopt));
      return batch;
    }
    const bool reads = asked_by_group_ == Asked::kNothing;
    if ((reads && drain(max, *batch)) || error_ || woken_.lower()) break;
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    if (left <= milliseconds{0}) break;
    EventFlag::wait(std::array{&arrivals_, &woken_}, left);
    // Before the queues are looked at again: what comes in after that raises it anew.
    static_cast<void>(arrivals_.lower());
  }

  if (!error_) {
    if (auto living = alive(client_->get(), "reading"); !living) error_ = living.error();
  }
  if (error_ && batch->records().empty()) {
    return tl::unexpected(*std::exchange(error_, std::nullopt));
  }
  return batch;
}

// Serves what has to be served regularly, rebalances among it.
void KafkaReader::poll_group() {
  while (!rebalance_ && !error_) {
    const MessageHandle message(rd_kafka_consumer_poll(client_->get(), 0));
    if (!message) return;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      take_error(*message);
    } else {
      error_ = {ErrorCode::kUnavailable, "reading: a record came past its partition's queue"};
    }
  }
}

bool KafkaReader::drain(std::size_t max, KafkaBatch& batch) {
  std::size_t count = 0;
  std::vector<log::PartitionId> ran_dry;
  drained_.resize(max);
  const std::size_t first = first_;
  for (std::size_t i = 0; i < cursors_.size() && count < max; ++i) {
    const std::size_t index = (first + i) % cursors_.size();
    Cursor& cursor = cursors_[index];
    if (cursor.held) continue;
    const std::span room(drained_.data(), max - count);
    const std::size_t found = cursor.queue.drain(room);
    count += found;
    batch.reserve(count);
    for (auto* message : room.first(found))
      take_message(cursor, MessageHandle(message), batch);
    if (found == room.size()) {
      first_ = (index + 1) % cursors_.size();  // it may have more, but the next has not had any
      continue;
    }
    const auto taken = std::exchange(cursor.taken, {});
    const bool was_full = taken.messages >= limit_.messages / 2 || taken.bytes >= limit_.bytes / 2;
    if (was_full) ran_dry.push_back(cursor.at);
  }
  batch.seal();
  fetch_on(ran_dry);
  return count > 0;
}

// librdkafka 2.0 stops fetching when a queue is full, and looks whether there is room again only
// when something else makes it, or once a second: catching up would stand still most of the time.
// A question to the partitions' leaders is such a something. Its answer is not waited for.
void KafkaReader::fetch_on(std::span<const log::PartitionId> partitions) {
  if (partitions.empty()) return;
  const PartitionListHandle list(
      rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const auto& at : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), at.topic.c_str(), at.partition)->offset =
        RD_KAFKA_OFFSET_END;
  }
  rd_kafka_offsets_for_times(client_->get(), list.get(), kNoWaitMs);
}

void KafkaReader::take_message(Cursor& cursor, MessageHandle message, KafkaBatch& batch) {
  const bool end_of_partition = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && !end_of_partition) {
    take_error(*message);
    return;
  }
  if (message->offset < cursor.next) return;
  cursor.heard = true;
  cursor.refusal.reset();
  // The end of a partition is told past the transaction markers before it. What the client itself
  // calls its position is not to be believed: librdkafka 2.8 counts the end as one record more.
  cursor.next = message->offset + (end_of_partition ? 0 : 1);
  ++cursor.taken.messages;
  cursor.taken.bytes += static_cast<std::int64_t>(message->len);
  if (end_of_partition) return;
  const std::string_view topic = rd_kafka_topic_name(message->rkt);
  batch.add(std::move(message), topic);
}

void KafkaReader::wake() { woken_.raise(); }

void KafkaReader::hold(const log::PartitionId& partition) {
  if (auto* cursor = find(partition)) cursor->held = true;
}

void KafkaReader::release(const log::PartitionId& partition) {
  if (auto* cursor = find(partition)) cursor->held = false;
}

KafkaReader::Cursor* KafkaReader::find(const log::PartitionId& partition) {
  const auto found = std::ranges::find(cursors_, partition, &Cursor::at);
  return found == cursors_.end() ? nullptr : &*found;
}

const KafkaReader::Cursor* KafkaReader::find(const log::PartitionId& partition) const {
  const auto found = std::ranges::find(cursors_, partition, &Cursor::at);
  return found == cursors_.end() ? nullptr : &*found;
}

std::int64_t KafkaReader::position(const log::PartitionId& partition) const {
  const auto* cursor = find(partition);
  return cursor == nullptr ? -1 : cursor->next;
}

std::optional<log::OffsetBounds> KafkaReader::bounds(const log::PartitionId& partition) const {
  // librdkafka still knows where it ended for an earlier assignment.
  const auto* cursor = find(partition);
  if (cursor == nullptr || !cursor->heard) return std::nullopt;
  if (!client_->connection().health().reachable) return std::nullopt;
  log::OffsetBounds bounds;
  if (rd_kafka_get_watermark_offsets(client_->get(), partition.topic.c_str(), partition.partition,
                                     &bounds.low, &bounds.high) != RD_KAFKA_RESP_ERR_NO_ERROR ||
      bounds.high < 0) {
    return std::nullopt;
  }
  bounds.low = std::max<std::int64_t>(bounds.low, 0);
  return bounds;
}

}  // namespace crowdflow::kafka
