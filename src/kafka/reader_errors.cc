// What a reader makes of the errors that come among its records.
#include <chrono>
#include <string>
#include <utility>

#include "kafka/errors.h"
#include "kafka/offsets.h"
#include "kafka/partitions.h"
#include "kafka/reader.h"

namespace crowdflow::kafka {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// For a question about what went wrong.
constexpr milliseconds kQuestion{2000};
// So long a broker may be wrong about what it leads; how soon it is asked again.
constexpr std::chrono::seconds kLeaderPatience{10};
constexpr milliseconds kRefusedPause{200};

}  // namespace

void KafkaReader::take_error(const rd_kafka_message_t& message) {
  const char* topic = message.rkt == nullptr ? nullptr : rd_kafka_topic_name(message.rkt);
  const char* text = rd_kafka_message_errstr(&message);
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      if (topic != nullptr) {
        offset_is_refused({.topic = topic, .partition = message.partition}, message.offset, text);
      }
      return;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      if (topic != nullptr) topic_may_be_gone(topic);
      return;
    case RD_KAFKA_RESP_ERR__FATAL:
      return;  // take() asks what it is
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
    case RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
      break;  // the client joins again, and a rebalance tells what it holds then
    default:
      if (code_of(message.err) != ErrorCode::kUnavailable) {
        error_ = {code_of(message.err), std::string("reading: ") + text};
        return;
      }
  }
  client_->connection().quiet_log().write(4, rd_kafka_name(client_->get()), "READ", text);
}

// A broker that led the partition before, and does not know yet that it does so no more, says so of
// what was written since: its clients believe it until they have both been told.
void KafkaReader::offset_is_refused(const log::PartitionId& at, std::int64_t offset,
                                    const char* text) {
  auto* cursor = find(at);
  if (cursor == nullptr) return;  // of an assignment that is over
  const auto held = ask_bounds(client_->get(), at, kQuestion);
  const auto now = Clock::now();
  if (!cursor->refusal) cursor->refusal = Refusal{.since = now, .ask_again = now};
  const bool is_past = held && cursor->next < held->low;
  if (!is_past && now - cursor->refusal->since < kLeaderPatience) {
    cursor->refusal->ask_again = now + kRefusedPause;
    return;
  }
  const std::string bounds =
      held ? "it holds offsets " + std::to_string(held->low) + " to " + std::to_string(held->high)
           : "its bounds are not known";
  // What has expired meanwhile is no fault of whoever asks.
  const auto code = is_past ? ErrorCode::kUnavailable : ErrorCode::kInvalid;
  error_ = {code, name_of(at) + " cannot be read from offset " +
                      std::to_string(offset < 0 ? cursor->next : offset) + ": " + bounds + " (" +
                      text + ")"};
}

void KafkaReader::topic_may_be_gone(const char* topic) {
  // A broker that has just started may say so without meaning it: ask once more.
  const TopicHandle handle(rd_kafka_topic_new(client_->get(), topic, nullptr));
  const rd_kafka_metadata_t* answer = nullptr;
  const auto error = rd_kafka_metadata(client_->get(), 0, handle.get(), &answer,
                                       static_cast<int>(kQuestion.count()));
  const MetadataHandle metadata(answer);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || metadata->topic_cnt == 0) return;
  if (metadata->topics[0].err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    error_ = {ErrorCode::kNotFound, std::string("there is no topic ") + topic};
  }
}

}  // namespace crowdflow::kafka
