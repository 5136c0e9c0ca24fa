#include "exactly_once/topics.h"

#include "exactly_once/measured.h"
#include "kafka/topic_admin.h"
#include "log/topics.h"

namespace crowdflow::bench {

void create_topics(const std::string& brokers, const std::string& prefix, int partitions) {
  const log::TopicNames names(prefix);
  auto specs = kafka::topic_specs(names, partitions, 1);
  for (kafka::TopicSpec& spec : specs) {
    if (spec.name == names.journal) spec.configs["max.message.bytes"] = "16777216";
  }
  must(kafka::create_topics({.brokers = brokers}, specs), "topics");
}

}  // namespace crowdflow::bench
