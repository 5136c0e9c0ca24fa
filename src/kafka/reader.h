#pragma once

#include <chrono>
#include <cstdint>
#include <librdkafka/rdkafka.h>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kafka/assignment.h"
#include "kafka/batch.h"
#include "kafka/client.h"
#include "kafka/event_flag.h"
#include "kafka/partition_queue.h"
#include "log/log.h"

namespace crowdflow::kafka {

// Rebalances are served while take() polls, on the caller's thread, and are only noted there:
// librdkafka 2.0 loses records when an assignment changes while a batch is drained. take() then
// drains nothing and answers with the change.
// Each partition has a queue of its own, drained in turn.
class KafkaReader final : public log::Reader, private ClientOwner {
 public:
  [[nodiscard]] static Result<std::unique_ptr<KafkaReader>> make(
      std::shared_ptr<Connection> connection, const log::Log::ReaderOptions& options);
  // A member without an instance name leaves its group, which takes two seconds at most. One with a
  // name keeps its place for as long as its session lasts, so that a restart moves no partition.
  ~KafkaReader() override;

  [[nodiscard]] Result<void> join(std::span<const std::string> topics) override;
  [[nodiscard]] Result<void> start_at(std::span<const log::Position> positions) override;
  [[nodiscard]] std::shared_ptr<const log::Assignment> assignment() const override {
    return assignment_;
  }
  [[nodiscard]] Result<std::unique_ptr<log::Batch>> take(std::size_t max,
                                                         std::chrono::milliseconds wait) override;
  void wake() override;
  void hold(const log::PartitionId& partition) override;
  void release(const log::PartitionId& partition) override;
  [[nodiscard]] std::int64_t position(const log::PartitionId& partition) const override;
  [[nodiscard]] std::optional<log::OffsetBounds> bounds(
      const log::PartitionId& partition) const override;

 private:
  // What was taken of a partition since its queue was last empty, or what fills one.
  struct QueueFill {
    std::int64_t messages = 0;
    std::int64_t bytes = 0;
  };
  // A broker has said that `next` is none of the partition's offsets, and may be wrong.
  struct Refusal {
    std::chrono::steady_clock::time_point since;
    std::chrono::steady_clock::time_point ask_again;
  };
  // How far one partition was taken.
  struct Place {
    log::PartitionId at;
    std::int64_t next = 0;
    bool held = false;
    QueueFill taken{};  // see fetch_on()
    std::optional<Refusal> refusal{};
  };
  struct Cursor : Place {
    PartitionQueue queue;
    bool heard = false;  // a fetch of this assignment has answered
  };
  // What start_at() has to answer.
  enum class Asked : std::uint8_t { kNothing, kToTake, kToGiveBack };

  explicit KafkaReader(log::Log::ReaderOptions options) : options_(std::move(options)) {}

  void on_rebalance(rd_kafka_resp_err_t what,
                    const rd_kafka_topic_partition_list_t* partitions) override;
  void learn_leaders(std::span<const log::Position> positions);
  void start_over();
  // Each is read from where it stands; before, nothing was.
  [[nodiscard]] Result<void> read_from(const std::vector<Place>& places);
  void poll_group();
  // Returns whether anything was there, be it no record.
  [[nodiscard]] bool drain(std::size_t max, KafkaBatch& batch);
  void take_message(Cursor& cursor, MessageHandle message, KafkaBatch& batch);
  void fetch_on(std::span<const log::PartitionId> partitions);
  void take_error(const rd_kafka_message_t& message);
  void offset_is_refused(const log::PartitionId& at, std::int64_t offset, const char* text);
  void ask_again_where_refused();
  void topic_may_be_gone(const char* topic);
  [[nodiscard]] const Cursor* find(const log::PartitionId& partition) const;
  [[nodiscard]] Cursor* find(const log::PartitionId& partition);
  void capture_membership();
  void begin_assignment(std::span<const log::Position> positions);
  void leave_group();

  const log::Log::ReaderOptions options_;
  std::shared_ptr<Client> client_;
  const EventFlag arrivals_;  // something has come into a queue that was empty
  const EventFlag woken_;
  QueueHandle group_queue_;  // what the group and the client itself say
  bool joined_ = false;
  bool leaving_ = false;
  std::optional<log::AssignmentChange> rebalance_;  // to be told by take()
  Asked asked_by_group_ = Asked::kNothing;
  // That the present assignment came with.
  std::shared_ptr<const rd_kafka_consumer_group_metadata_t> membership_;
  std::shared_ptr<const KafkaAssignment> assignment_ = std::make_shared<KafkaAssignment>();
  std::vector<Cursor> cursors_;
  std::size_t first_ = 0;                     // whose turn it is to be drained first
  std::vector<rd_kafka_message_t*> drained_;  // room for one take
  QueueFill limit_;                           // of one partition
  // Met among records: told by the next take.
  std::optional<Error> error_;
};

}  // namespace crowdflow::kafka
