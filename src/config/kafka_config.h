#pragma once

#include <map>
#include <string>
#include <string_view>

#include "config/document.h"
#include "config/report.h"

// The values of a configuration that Kafka judges too. A node may be nullptr: not given.
namespace crowdflow::config {

// A name that Kafka takes for a topic, a group or a member.
[[nodiscard]] bool is_kafka_name(std::string_view text);
[[nodiscard]] std::string read_kafka_name(Report& report, const Node* node, std::string otherwise);

// "host:port,host:port", from such a text or a list.
[[nodiscard]] std::string read_brokers(Report& report, const Node* node);

// librdkafka's properties, without those that crowdflow sets itself.
[[nodiscard]] std::map<std::string, std::string> read_properties(Report& report, const Node* node);

}  // namespace crowdflow::config
