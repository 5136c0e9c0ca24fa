#include "kafka/kafka_log.h"

#include <librdkafka/rdkafka.h>
#include <thread>
#include <utility>

#include "kafka/admin_call.h"
#include "kafka/appender.h"
#include "kafka/client.h"
#include "kafka/errors.h"
#include "kafka/health_watch.h"
#include "kafka/partitions.h"
#include "kafka/reader.h"
#include "kafka/writer.h"

namespace crowdflow::kafka {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience{10'000};
// Longer than a transaction may stay open: a position in one is decided by then.
constexpr milliseconds kStablePatience{30'000};
constexpr milliseconds kAskAgain{50};

constexpr int as_timeout(milliseconds wait) { return static_cast<int>(wait.count()); }

// The position is part of an open transaction, or the coordinator is only just starting.
bool position_is_open(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT ||
         error == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS ||
         error == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
         error == RD_KAFKA_RESP_ERR_NOT_COORDINATOR;
}

// The partition is new, or its leader is: who is to lead it is told before it begins to.
bool leader_is_coming(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
         error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
         error == RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE;
}

// Asks a partition's leader, again while one is only coming: librdkafka 2.0 hands that on.
template <typename Ask>
rd_kafka_resp_err_t ask_leader(Ask ask) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    const rd_kafka_resp_err_t error = ask();
    if (!leader_is_coming(error) || std::chrono::steady_clock::now() >= deadline) return error;
    std::this_thread::sleep_for(kAskAgain);
  }
}

class KafkaLog final : public log::Log {
 public:
  KafkaLog(std::shared_ptr<Connection> connection, std::shared_ptr<Client> control)
      : connection_(std::move(connection)),
        control_(std::move(control)),
        watch_(control_, connection_->options().warm_topics) {}

  [[nodiscard]] Result<std::unique_ptr<log::Reader>> reader(const ReaderOptions& options) override {
    return KafkaReader::make(connection_, options);
  }
  [[nodiscard]] Result<std::unique_ptr<log::Writer>> writer(const std::string& name) override {
    return KafkaWriter::make(connection_, name);
  }
  [[nodiscard]] Result<std::unique_ptr<log::Appender>> appender() override {
    return KafkaAppender::make(connection_);
  }

  [[nodiscard]] Result<std::int32_t> partition_count(const std::string& topic) override;
  [[nodiscard]] Result<log::OffsetBounds> query_bounds(const log::PartitionId& partition) override;
  [[nodiscard]] Result<std::int64_t> offset_at(const log::PartitionId& partition,
                                               WallTime from) override;
  [[nodiscard]] Result<std::vector<log::Position>> committed(
      const std::string& group, std::span<const log::PartitionId> partitions) override;
  [[nodiscard]] log::Health health() const override { return connection_->health(); }

 private:
  // The first offset stamped at or after; negative: the broker names none.
  [[nodiscard]] Result<std::int64_t> ask_offset_at(const log::PartitionId& partition,
                                                   milliseconds since_1970);
  // Nothing: not known at this moment, soon it will be.
  [[nodiscard]] Result<std::optional<std::vector<log::Position>>> ask_committed(
      const std::string& group, std::span<const log::PartitionId> partitions);

  const std::shared_ptr<Connection> connection_;
  const std::shared_ptr<Client> control_;
  HealthWatch watch_;
};

Result<std::int32_t> KafkaLog::partition_count(const std::string& topic) {
  const TopicHandle handle(rd_kafka_topic_new(control_->get(), topic.c_str(), nullptr));
  const rd_kafka_metadata_t* answer = nullptr;
  const auto error =
      rd_kafka_metadata(control_->get(), 0, handle.get(), &answer, as_timeout(kPatience));
  const MetadataHandle metadata(answer);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return tl::unexpected(error_of("asking about topic " + topic, error));
  }
  if (metadata->topic_cnt == 0) return fail(ErrorCode::kNotFound, "there is no topic " + topic);
  const auto& found = metadata->topics[0];
  if (found.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    return fail(ErrorCode::kNotFound, "there is no topic " + topic);
  }
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return tl::unexpected(error_of("asking about topic " + topic, found.err));
  }
  return found.partition_cnt;
}

Result<log::OffsetBounds> KafkaLog::query_bounds(const log::PartitionId& partition) {
  log::OffsetBounds bounds;
  const auto error = ask_leader([&] {
    return rd_kafka_query_watermark_offsets(control_->get(), partition.topic.c_str(),
                                            partition.partition, &bounds.low, &bounds.high,
                                            as_timeout(kPatience));
  });
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return bounds;
  return tl::unexpected(error_of("asking for the bounds of " + name_of(partition), error));
}

Result<std::int64_t> KafkaLog::ask_offset_at(const log::PartitionId& partition,
                                             milliseconds since_1970) {
  const log::Position question{.at = partition, .offset = since_1970.count()};
  std::int64_t offset = -1;
  const auto error = ask_leader([&] {
    const auto list = list_of(std::span(&question, 1));
    const auto asked =
        rd_kafka_offsets_for_times(control_->get(), list.get(), as_timeout(kPatience));
    const auto& answer = elements(*list)[0];
    offset = answer.offset;
    return asked == RD_KAFKA_RESP_ERR_NO_ERROR ? answer.err : asked;
  });
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return offset;
  return tl::unexpected(error_of("looking up a time in " + name_of(partition), error));
}

Result<std::int64_t> KafkaLog::offset_at(const log::PartitionId& partition, WallTime from) {
  const auto since_1970 = std::chrono::ceil<milliseconds>(from.time_since_epoch());
  const auto found = ask_offset_at(partition, std::max(since_1970, milliseconds{0}));
  if (!found || *found >= 0) return found;
  // None, because all are older, or because the broker cannot look up times: one that can finds
  // the first record of all.
  const auto first = ask_offset_at(partition, milliseconds{0});
  if (!first) return first;
  const auto bounds = query_bounds(partition);
  if (!bounds) return tl::unexpected(bounds.error());
  return *first >= 0 ? bounds->high : bounds->low;
}

Result<std::vector<log::Position>> KafkaLog::committed(
    const std::string& group, std::span<const log::PartitionId> partitions) {
  if (partitions.empty()) return std::vector<log::Position>{};
  const auto deadline = std::chrono::steady_clock::now() + kStablePatience;
  for (;;) {
    auto answer = ask_committed(group, partitions);
    if (!answer) return tl::unexpected(answer.error());
    if (*answer) return **std::move(answer);
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail(ErrorCode::kUnavailable,
                  "the positions of group " + group +
                      " are held up: a transaction stays open, or its coordinator does not start");
    }
    std::this_thread::sleep_for(kAskAgain);
  }
}

Result<std::optional<std::vector<log::Position>>> KafkaLog::ask_committed(
    const std::string& group, std::span<const log::PartitionId> partitions) {
  const auto list = list_of(partitions);
  const std::unique_ptr<rd_kafka_ListConsumerGroupOffsets_t,
                        Freed<rd_kafka_ListConsumerGroupOffsets_destroy>>
      question(rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), list.get()));
  auto* asked = question.get();
  const auto what = "asking for the positions of group " + group;
  const auto event =
      admin_call(control_->get(), RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, kPatience,
                 [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                   rd_kafka_ListConsumerGroupOffsets(control_->get(), &asked, 1, options, queue);
                 });
  if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (position_is_open(error)) return std::nullopt;
    return tl::unexpected(error_of(what, error));
  }

  std::size_t groups = 0;
  const auto* answer = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &groups)[0];
  if (const auto* error = rd_kafka_group_result_error(answer); error != nullptr) {
    if (position_is_open(rd_kafka_error_code(error))) return std::nullopt;
    return tl::unexpected(error_of(what, *error));
  }
  std::vector<log::Position> positions;
  for (const auto& partition : partitions) {
    const auto* found = rd_kafka_topic_partition_list_find(
        rd_kafka_group_result_partitions(answer), partition.topic.c_str(), partition.partition);
    if (found != nullptr && found->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (position_is_open(found->err)) return std::nullopt;
      return tl::unexpected(error_of(what, found->err));
    }
    log::Position& position = positions.emplace_back(log::Position{.at = partition, .offset = -1});
    if (found == nullptr || found->offset < 0) continue;
    position.offset = found->offset;
    if (found->metadata != nullptr) {
      position.note.assign(static_cast<const char*>(found->metadata), found->metadata_size);
    }
  }
  return positions;
}

}  // namespace

Result<std::unique_ptr<log::Log>> connect(const ConnectOptions& options) {
  if (options.brokers.empty()) {
    return fail(ErrorCode::kInvalid, "no Kafka brokers are named (host:port, ...)");
  }
  auto connection = std::make_shared<Connection>(options);
  auto control = Client::make(connection, Role::kControl, {}, nullptr);
  if (!control) return tl::unexpected(control.error());
  return std::make_unique<KafkaLog>(std::move(connection), std::move(*control));
}

}  // namespace crowdflow::kafka
