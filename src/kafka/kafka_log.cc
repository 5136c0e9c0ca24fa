#include "kafka/kafka_log.h"

#include <algorithm>
#include <librdkafka/rdkafka.h>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "kafka/appender.h"
#include "kafka/client.h"
#include "kafka/errors.h"
#include "kafka/health_watch.h"
#include "kafka/offsets.h"
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
  // Nothing: not known at this moment, soon it will be.
  [[nodiscard]] Result<std::optional<std::vector<log::Position>>> ask_committed(
      const std::string& group, std::span<const log::PartitionId> partitions);

  // One that says it is of the group, and joins it not.
  [[nodiscard]] Result<std::shared_ptr<Client>> client_of(const std::string& group);

  const std::shared_ptr<Connection> connection_;
  const std::shared_ptr<Client> control_;
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<Client>> of_groups_;
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
  return ask_bounds(control_->get(), partition, kPatience);
}

Result<std::int64_t> KafkaLog::offset_at(const log::PartitionId& partition, WallTime from) {
  const auto since_1970 = std::chrono::ceil<milliseconds>(from.time_since_epoch());
  const auto at = [&](milliseconds time) {
    return ask_offset_at(control_->get(), partition, time, kPatience);
  };
  const auto found = at(std::max(since_1970, milliseconds{0}));
  if (!found || *found >= 0) return found;
  // None, because all are older, or because the broker cannot look up times: one that can finds
  // the first record of all.
  const auto first = at(milliseconds{0});
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
  const auto client = client_of(group);
  if (!client) return tl::unexpected(client.error());
  const auto list = list_of(partitions);
  const auto what = "asking for the positions of group " + group;
  const auto error = rd_kafka_committed((*client)->get(), list.get(), as_timeout(kPatience));
  if (position_is_open(error)) return std::nullopt;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return tl::unexpected(error_of(what, error));
  std::vector<log::Position> positions;
  for (const auto& found : elements(*list)) {
    if (position_is_open(found.err)) return std::nullopt;
    if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return tl::unexpected(error_of(what, found.err));
    }
    log::Position& position = positions.emplace_back(
        log::Position{.at = {.topic = found.topic, .partition = found.partition}, .offset = -1});
    if (found.offset < 0) continue;
    position.offset = found.offset;
    if (found.metadata != nullptr) {
      position.note.assign(static_cast<const char*>(found.metadata), found.metadata_size);
    }
  }
  return positions;
}

// The admin interface could ask for any group, but ends the process when a connection breaks while
// it does (librdkafka's issue 4605). Those who ask at the same time share one: it would go on
// asking a coordinator that has died, and nobody serves it later.
Result<std::shared_ptr<Client>> KafkaLog::client_of(const std::string& group) {
  const std::lock_guard lock(mutex_);
  auto& known = of_groups_[group];
  if (auto client = known.lock()) return client;
  auto made = Client::make(connection_, Role::kReader, {{"group.id", group}}, nullptr);
  if (made) known = *made;
  return made;
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
