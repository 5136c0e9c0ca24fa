#include "kafka/partitions.h"

#include <cstring>

namespace crowdflow::kafka {

PartitionListHandle list_of(std::span<const log::Position> positions) {
  PartitionListHandle list(rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  for (const auto& position : positions) {
    auto* element = rd_kafka_topic_partition_list_add(list.get(), position.at.topic.c_str(),
                                                      position.at.partition);
    element->offset = position.offset;
    if (position.note.empty()) continue;
    element->metadata = strndup(position.note.data(), position.note.size());  // freed by the list
    element->metadata_size = position.note.size();
  }
  return list;
}

PartitionListHandle list_of(std::span<const log::PartitionId> partitions) {
  PartitionListHandle list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const auto& partition : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition);
  }
  return list;
}

std::span<const rd_kafka_topic_partition_t> elements(const rd_kafka_topic_partition_list_t& list) {
  return {list.elems, static_cast<std::size_t>(list.cnt)};
}

std::vector<log::PartitionId> partitions_of(const rd_kafka_topic_partition_list_t& list) {
  std::vector<log::PartitionId> partitions;
  partitions.reserve(static_cast<std::size_t>(list.cnt));
  for (const auto& element : elements(list)) {
    partitions.push_back({.topic = element.topic, .partition = element.partition});
  }
  return partitions;
}

std::string name_of(const log::PartitionId& partition) {
  return partition.topic + " [" + std::to_string(partition.partition) + "]";
}

}  // namespace crowdflow::kafka
