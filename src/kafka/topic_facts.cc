#include "kafka/topic_facts.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "kafka/admin_call.h"
#include "kafka/errors.h"
#include "kafka/handles.h"

namespace crowdflow::kafka {
namespace {

using ConfigResourceHandle =
    std::unique_ptr<rd_kafka_ConfigResource_t, Freed<rd_kafka_ConfigResource_destroy>>;

std::map<std::string, std::string> configs_of(const rd_kafka_ConfigResource_t* resource) {
  std::map<std::string, std::string> configs;
  std::size_t count = 0;
  const auto** entries = rd_kafka_ConfigResource_configs(resource, &count);
  for (const auto* entry : std::span(entries, count)) {
    const char* value = rd_kafka_ConfigEntry_value(entry);
    configs.emplace(rd_kafka_ConfigEntry_name(entry), value == nullptr ? "" : value);
  }
  return configs;
}

}  // namespace

std::int64_t TopicFacts::number(const std::string& config, std::int64_t otherwise) const {
  const auto found = configs.find(config);
  if (found == configs.end()) return otherwise;
  const auto& text = found->second;
  std::int64_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Result<std::vector<TopicFacts>> ask_about_topics(rd_kafka_t* client,
                                                 const std::vector<std::string>& names,
                                                 std::chrono::milliseconds patience) {
  // The client asks about the topics that it has handles for.
  std::vector<TopicHandle> handles;
  std::vector<TopicFacts> topics;
  for (const auto& name : names) {
    handles.emplace_back(rd_kafka_topic_new(client, name.c_str(), nullptr));
    topics.push_back({.name = name, .configs = {}});
  }
  const rd_kafka_metadata_t* answer = nullptr;
  const auto error =
      rd_kafka_metadata(client, 0, nullptr, &answer, static_cast<int>(patience.count()));
  const MetadataHandle metadata(answer);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return tl::unexpected(error_of("asking about topics", error));
  }
  for (const auto& found :
       std::span(metadata->topics, static_cast<std::size_t>(metadata->topic_cnt))) {
    const auto topic = std::find_if(topics.begin(), topics.end(),
                                    [&](const TopicFacts& t) { return t.name == found.topic; });
    if (topic == topics.end() || found.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) continue;
    const std::span partitions(found.partitions, static_cast<std::size_t>(found.partition_cnt));
    topic->exists = true;
    topic->partitions = found.partition_cnt;
    topic->led = !partitions.empty() &&
                 std::all_of(partitions.begin(), partitions.end(),
                             [](const auto& partition) { return partition.leader >= 0; });
  }
  return topics;
}

Result<void> ask_about_configs(rd_kafka_t* client, std::vector<TopicFacts>& topics,
                               std::chrono::milliseconds patience) {
  std::vector<ConfigResourceHandle> resources;
  std::vector<rd_kafka_ConfigResource_t*> asked;
  for (const auto& topic : topics) {
    if (!topic.exists) continue;
    resources.emplace_back(
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.name.c_str()));
    asked.push_back(resources.back().get());
  }
  if (asked.empty()) return {};
  const auto event =
      admin_call(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, patience,
                 [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                   rd_kafka_DescribeConfigs(client, asked.data(), asked.size(), options, queue);
                 });
  if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return tl::unexpected(error_of("asking for the topics' configuration", error));
  }
  std::size_t count = 0;
  const auto** answers = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  for (const auto* answer : std::span(answers, count)) {
    const std::string name = rd_kafka_ConfigResource_name(answer);
    if (const auto error = rd_kafka_ConfigResource_error(answer);
        error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return tl::unexpected(error_of("asking for the configuration of " + name, error));
    }
    const auto topic = std::find_if(topics.begin(), topics.end(),
                                    [&](const TopicFacts& t) { return t.name == name; });
    if (topic != topics.end()) topic->configs = configs_of(answer);
  }
  return {};
}

}  // namespace crowdflow::kafka
