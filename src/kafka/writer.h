#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "kafka/producer.h"

namespace crowdflow::kafka {

class KafkaWriter final : public log::Writer {
 public:
  [[nodiscard]] static Result<std::unique_ptr<KafkaWriter>> make(
      std::shared_ptr<Connection> connection, const std::string& name);
  ~KafkaWriter() override;

  [[nodiscard]] Result<void> open() override;
  [[nodiscard]] Result<void> begin() override;
  [[nodiscard]] Result<void> append(const log::Append& record) override;
  [[nodiscard]] Result<void> send_positions(const log::Assignment& assignment,
                                            std::span<const log::Position> positions) override;
  [[nodiscard]] Result<void> commit() override;
  [[nodiscard]] Result<void> abort() override;

 private:
  KafkaWriter(std::unique_ptr<Producer> producer, std::string name)
      : producer_(std::move(producer)), name_(std::move(name)) {}

  [[nodiscard]] std::string what(const char* step) const { return step + (" " + name_); }
  // Notes that a step of the transaction has failed, and tells fencing from a time-out.
  [[nodiscard]] Result<void> noted(Result<void> done);

  const std::unique_ptr<Producer> producer_;
  const std::string name_;
  std::chrono::steady_clock::time_point begun_{};
  bool sound_ = true;  // no step of the present transaction has failed
};

}  // namespace crowdflow::kafka
