#pragma once

#include <cstddef>
#include <librdkafka/rdkafka.h>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kafka/client.h"
#include "log/log.h"

namespace crowdflow::kafka {

// Messages of one take as records. Keeps them, and the client that they belong to, until its end.
class KafkaBatch final : public log::Batch {
 public:
  explicit KafkaBatch(std::shared_ptr<Client> client) : client_(std::move(client)) {}
  ~KafkaBatch() override;

  [[nodiscard]] std::span<const log::Record> records() const override { return records_; }
  [[nodiscard]] const std::optional<log::AssignmentChange>& assignment() const override {
    return assignment_;
  }

  void reserve(std::size_t messages);
  // `topic`: rd_kafka_topic_name() of the message.
  void add(MessageHandle message, std::string_view topic);
  // Gives every record its headers; once, after the last add().
  void seal();
  void set_assignment(log::AssignmentChange change) { assignment_ = std::move(change); }

 private:
  // Which of the headers are one record's.
  struct HeaderRange {
    std::size_t record = 0;
    std::size_t first = 0;
    std::size_t count = 0;
  };

  void read_headers(const rd_kafka_message_t& message);

  const std::shared_ptr<Client> client_;
  std::vector<rd_kafka_message_t*> messages_;  // ours
  std::vector<log::Record> records_;
  std::vector<log::Header> headers_;
  std::vector<HeaderRange> header_ranges_;
  std::optional<log::AssignmentChange> assignment_;
};

}  // namespace crowdflow::kafka
