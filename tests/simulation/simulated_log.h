#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "log/log.h"
#include "simulation/broker.h"

namespace crowdflow::simulation {

// What one process sees of the simulated broker: the third side of the log port, beside Kafka and
// the small ones in memory of the unit tests. No call of it takes any time but simulated time.
class SimulatedLog final : public log::Log {
 public:
  SimulatedLog(std::shared_ptr<Broker> broker, std::shared_ptr<Process> process)
      : broker_(std::move(broker)), process_(std::move(process)) {}

  [[nodiscard]] Result<std::unique_ptr<log::Reader>> reader(const ReaderOptions& options) override;
  [[nodiscard]] Result<std::unique_ptr<log::Writer>> writer(const std::string& name) override;
  [[nodiscard]] Result<std::unique_ptr<log::Appender>> appender() override;
  [[nodiscard]] Result<std::int32_t> partition_count(const std::string& topic) override;
  [[nodiscard]] Result<log::OffsetBounds> query_bounds(const log::PartitionId& partition) override;
  [[nodiscard]] Result<std::int64_t> offset_at(const log::PartitionId& partition,
                                               WallTime from) override;
  [[nodiscard]] Result<std::vector<log::Position>> committed(
      const std::string& group, std::span<const log::PartitionId> partitions) override;
  [[nodiscard]] log::Health health() const override;

 private:
  // A question about a partition, answered or not.
  [[nodiscard]] Result<Partition*> question(const char* what, const log::PartitionId& at);

  const std::shared_ptr<Broker> broker_;
  const std::shared_ptr<Process> process_;
};

}  // namespace crowdflow::simulation
