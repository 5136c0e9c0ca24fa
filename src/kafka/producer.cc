#include "kafka/producer.h"

#include <algorithm>
#include <array>

#include "kafka/errors.h"
#include "kafka/partitions.h"

namespace crowdflow::kafka {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kMetadataMs = 1000;
constexpr int kQueueFullPollMs = 10;

HeadersHandle headers_of(const log::Append& record) {
  if (record.headers.empty()) return nullptr;
  HeadersHandle headers(rd_kafka_headers_new(record.headers.size()));
  for (const auto& header : record.headers) {
    rd_kafka_header_add(headers.get(), header.name.data(), static_cast<ssize_t>(header.name.size()),
                        header.value.data(), static_cast<ssize_t>(header.value.size()));
  }
  return headers;
}

}  // namespace

void Producer::warm_up() {
  for (const auto& name : client_->connection().options().warm_topics) {
    if (TopicHandle handle{rd_kafka_topic_new(get(), name.c_str(), nullptr)}) {
      topics_.push_back({.name = name, .handle = std::move(handle)});
    }
  }
  ask_about(nullptr);
}

void Producer::ask_about(rd_kafka_topic_t* topic) {
  const rd_kafka_metadata_t* answer = nullptr;
  rd_kafka_metadata(get(), 0, topic, &answer, kMetadataMs);
  const MetadataHandle unused(answer);  // the client has learnt from it
}

rd_kafka_topic_t* Producer::topic(std::string_view name) {
  const auto found = std::find_if(topics_.begin(), topics_.end(),
                                  [&](const Topic& topic) { return topic.name == name; });
  if (found != topics_.end()) return found->handle.get();
  std::string text(name);
  TopicHandle handle(rd_kafka_topic_new(get(), text.c_str(), nullptr));
  if (!handle) return nullptr;
  ask_about(handle.get());
  topics_.push_back({.name = std::move(text), .handle = std::move(handle)});
  return topics_.back().handle.get();
}

Result<void> Producer::queue(const log::Append& record, std::chrono::milliseconds wait) {
  const auto what = [&] {
    return "writing to " +
           name_of({.topic = std::string(record.topic), .partition = record.partition});
  };
  auto* target = topic(record.topic);
  if (target == nullptr) return tl::unexpected(error_of(what(), rd_kafka_last_error()));

  auto headers = headers_of(record);
  // The fields want pointers to non-const, but with F_COPY nothing is written through them.
  const char* value = record.value.data() == nullptr ? "" : record.value.data();
  if (record.tombstone) value = nullptr;
  std::array<rd_kafka_vu_t, 6> fields{};
  fields[0].vtype = RD_KAFKA_VTYPE_RKT;
  fields[0].u.rkt = target;
  fields[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  fields[1].u.i32 = record.partition;
  fields[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  fields[2].u.i = RD_KAFKA_MSG_F_COPY;
  fields[3].vtype = RD_KAFKA_VTYPE_KEY;
  fields[3].u.mem = {.ptr = const_cast<char*>(record.key.data()), .size = record.key.size()};
  fields[4].vtype = RD_KAFKA_VTYPE_VALUE;
  fields[4].u.mem = {.ptr = const_cast<char*>(value),
                     .size = record.tombstone ? 0 : record.value.size()};
  fields[5].vtype = RD_KAFKA_VTYPE_HEADERS;
  fields[5].u.headers = headers.get();

  const auto deadline = Clock::now() + wait;
  for (;;) {
    const ErrorHandle error(rd_kafka_produceva(get(), fields.data(), fields.size()));
    if (!error) {
      static_cast<void>(headers.release());  // the queue has taken them
      return {};
    }
    const bool full = rd_kafka_error_code(error.get()) == RD_KAFKA_RESP_ERR__QUEUE_FULL;
    if (!full || Clock::now() >= deadline) {
      if (auto living = alive(get(), what()); !living) return living;
      if (rd_kafka_error_code(error.get()) == RD_KAFKA_RESP_ERR__STATE) {
        return fail(ErrorCode::kAborted, what() + ": an earlier record was not delivered");
      }
      return tl::unexpected(error_of(what(), *error));
    }
    rd_kafka_poll(get(), kQueueFullPollMs);
  }
}

}  // namespace crowdflow::kafka
