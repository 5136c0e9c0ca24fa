#pragma once

#include <librdkafka/rdkafka.h>
#include <memory>
#include <string>
#include <vector>

#include "log/log.h"

namespace crowdflow::kafka {

struct KafkaAssignment final : log::Assignment {
  std::vector<log::PartitionId> partitions;
  // As the group's coordinator knows the member: of that generation of the group which gave it the
  // partitions. Null: it holds none.
  std::shared_ptr<const rd_kafka_consumer_group_metadata_t> membership;
};

}  // namespace crowdflow::kafka
