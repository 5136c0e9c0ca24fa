#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kafka/producer.h"

namespace crowdflow::kafka {

class KafkaAppender final : public log::Appender, private ClientOwner {
 public:
  [[nodiscard]] static Result<std::unique_ptr<KafkaAppender>> make(
      std::shared_ptr<Connection> connection);

  [[nodiscard]] Result<void> append(const log::Append& record) override;
  // A failure names how many records were lost since the last flush, and why the first was.
  [[nodiscard]] Result<void> flush(std::chrono::milliseconds wait) override;

 private:
  KafkaAppender() = default;
  void on_delivery(const rd_kafka_message_t& message) override;

  std::uint64_t lost_ = 0;
  Error first_loss_;
  std::unique_ptr<Producer> producer_;
};

}  // namespace crowdflow::kafka
