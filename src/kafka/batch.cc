#include "kafka/batch.h"

#include <string_view>

namespace crowdflow::kafka {
namespace {

std::string_view bytes(const void* data, std::size_t size) {
  return data == nullptr ? std::string_view{}
                         : std::string_view{static_cast<const char*>(data), size};
}

WallTime stamp(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const auto milliseconds = rd_kafka_message_timestamp(&message, &type);
  if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || milliseconds < 0) return {};
  return WallTime{std::chrono::milliseconds{milliseconds}};
}

}  // namespace

KafkaBatch::~KafkaBatch() {
  for (auto* message : messages_)
    rd_kafka_message_destroy(message);
}

void KafkaBatch::reserve(std::size_t messages) {
  messages_.reserve(messages);
  records_.reserve(messages);
}

void KafkaBatch::add(MessageHandle message, std::string_view topic) {
  records_.push_back({.topic = topic,
                      .partition = message->partition,
                      .offset = message->offset,
                      .timestamp = stamp(*message),
                      .key = bytes(message->key, message->key_len),
                      .value = bytes(message->payload, message->len),
                      .has_key = message->key != nullptr,
                      .has_value = message->payload != nullptr,
                      .headers = {}});
  read_headers(*message);
  messages_.push_back(message.release());
}

void KafkaBatch::read_headers(const rd_kafka_message_t& message) {
  rd_kafka_headers_t* headers = nullptr;  // stays the message's
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
  const auto first = headers_.size();
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  while (rd_kafka_header_get_all(headers, headers_.size() - first, &name, &value, &size) ==
         RD_KAFKA_RESP_ERR_NO_ERROR) {
    headers_.push_back({.name = name, .value = bytes(value, size)});
  }
  header_ranges_.push_back(
      {.record = records_.size() - 1, .first = first, .count = headers_.size() - first});
}

void KafkaBatch::seal() {
  for (const auto& range : header_ranges_) {
    records_[range.record].headers = std::span(headers_).subspan(range.first, range.count);
  }
}

}  // namespace crowdflow::kafka
