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

#include "kafka/batch.h"
#include "kafka/client.h"
#include "log/log.h"

namespace crowdflow::kafka {

// Rebalances are served while take() polls, on the caller's thread, and are only noted there:
// librdkafka 2.0 loses records when an assignment changes within a batch. take() then drops that
// call's records and answers with the change.
class KafkaReader final : public log::Reader, private ClientOwner {
 public:
  [[nodiscard]] static Result<std::unique_ptr<KafkaReader>> make(
      std::shared_ptr<Connection> connection, const log::Log::ReaderOptions& options);
  // A member without an instance name leaves its group, which takes two seconds at most. One with a
  // name keeps its place for as long as its session lasts, so that a restart moves no partition.
  ~KafkaReader() override;

  [[nodiscard]] Result<void> join(std::span<const std::string> topics) override;
  [[nodiscard]] Result<void> start_at(std::span<const log::Position> positions) override;
  [[nodiscard]] Result<std::unique_ptr<log::Batch>> take(std::size_t max,
                                                         std::chrono::milliseconds wait) override;
  [[nodiscard]] std::int64_t position(const log::PartitionId& partition) const override;
  [[nodiscard]] std::optional<log::OffsetBounds> bounds(
      const log::PartitionId& partition) const override;

  [[nodiscard]] bool holds(const log::PartitionId& partition) const;
  // The membership that the present assignment came with, for positions in a transaction.
  [[nodiscard]] const rd_kafka_consumer_group_metadata_t* membership() const {
    return membership_.get();
  }

 private:
  // How far one partition was taken.
  struct Cursor {
    log::PartitionId at;
    std::int64_t next = 0;
    // Something of it arrived since start_at(): what librdkafka calls its position is of this
    // assignment, no longer of the one before.
    bool heard = false;
    // How the client calls its topic, so that finding a record's cursor compares no names; null
    // until its first record.
    const rd_kafka_topic_t* handle = nullptr;
    std::string_view name;
  };
  // What the group has told and nobody has answered yet.
  struct Rebalance {
    bool revoked = false;
    std::vector<log::PartitionId> partitions;
  };

  struct QueueFill {
    std::int64_t messages = 0;
    std::int64_t bytes = 0;
  };

  explicit KafkaReader(log::Log::ReaderOptions options) : options_(std::move(options)) {}

  void on_rebalance(rd_kafka_resp_err_t what,
                    const rd_kafka_topic_partition_list_t* partitions) override;
  [[nodiscard]] log::AssignmentChange answer(Rebalance rebalance);
  void fetch_on();
  void take_message(MessageHandle message, KafkaBatch& batch);
  void take_error(const rd_kafka_message_t& message);
  void offset_is_gone(const log::PartitionId& at, std::int64_t offset, const char* text);
  void topic_may_be_gone(const char* topic);
  [[nodiscard]] Cursor* find(const rd_kafka_topic_t* topic, std::int32_t partition);
  void capture_membership();
  void leave_group();

  const log::Log::ReaderOptions options_;
  std::shared_ptr<Client> client_;
  QueueHandle queue_;  // where the client puts what it receives
  bool joined_ = false;
  bool leaving_ = false;
  bool holds_partitions_ = false;  // by the group's last word
  std::optional<Rebalance> rebalance_;
  GroupMetadataHandle membership_;
  std::vector<Cursor> cursors_;
  std::size_t last_found_ = 0;                // records of one partition come in runs
  std::vector<rd_kafka_message_t*> drained_;  // room for one take
  // What was taken since the client's queue was last empty, and what fills it; see fetch_on().
  QueueFill taken_;
  QueueFill limit_;
  // Met among records: told by the next take.
  std::optional<Error> error_;
};

}  // namespace crowdflow::kafka
