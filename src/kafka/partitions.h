#pragma once

#include <librdkafka/rdkafka.h>
#include <span>
#include <vector>

#include "kafka/handles.h"
#include "log/log.h"

// Lists of partitions and positions, as librdkafka's and as ours.
namespace crowdflow::kafka {

[[nodiscard]] PartitionListHandle list_of(std::span<const log::Position> positions);
[[nodiscard]] PartitionListHandle list_of(std::span<const log::PartitionId> partitions);
[[nodiscard]] std::span<const rd_kafka_topic_partition_t> elements(
    const rd_kafka_topic_partition_list_t& list);
[[nodiscard]] std::vector<log::PartitionId> partitions_of(
    const rd_kafka_topic_partition_list_t& list);

// "crowdflow.readings [3]"
[[nodiscard]] std::string name_of(const log::PartitionId& partition);

}  // namespace crowdflow::kafka
