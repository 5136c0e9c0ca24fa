#include "app/topics.h"

#include <cstdio>
#include <string>

#include "app/command_line.h"
#include "app/log_connection.h"
#include "config/run_config.h"
#include "kafka/topic_admin.h"

namespace crowdflow::app {
namespace {

// What the options and the file say together; nothing after an error, which has been printed.
std::optional<config::RunConfig> settle(const TopicsOptions& options) {
  auto config = settle_kafka(options.log, "crowdflow topics");
  if (!config) return std::nullopt;
  if (options.partitions) config->topics.partitions = *options.partitions;
  if (options.replication) config->topics.replication = *options.replication;
  return config;
}

int complain(const Error& error) {
  std::fprintf(stderr, "crowdflow topics: %s\n", error.message.c_str());
  return kFailed;
}

}  // namespace

int create_topics(const TopicsOptions& options) {
  const auto config = settle(options);
  if (!config) return kWrongConfig;
  const log::TopicNames names(config->topics.prefix);
  const auto made = kafka::create_topics(
      connect_options(*config, names),
      kafka::topic_specs(names, config->topics.partitions, config->topics.replication,
                         config->topics.retention));
  if (!made) return complain(made.error());
  for (const std::string& name : made->created)
    std::printf("created %s\n", name.c_str());
  for (const std::string& name : made->existing) {
    std::printf("%s is there already; left as it is\n", name.c_str());
  }
  return made->existing.empty() ? 0 : check_topics(options);
}

int check_topics(const TopicsOptions& options) {
  const auto config = settle(options);
  if (!config) return kWrongConfig;
  const log::TopicNames names(config->topics.prefix);
  const auto findings = kafka::check_topics(connect_options(*config, names), names);
  if (!findings) return complain(findings.error());
  bool broken = false;
  for (const kafka::TopicFinding& finding : *findings) {
    const bool breaks = finding.severity == kafka::TopicFinding::Severity::kBroken;
    broken = broken || breaks;
    std::printf("%s: %s: %s\n", breaks ? "broken" : "advice", finding.topic.c_str(),
                finding.text.c_str());
  }
  if (findings->empty()) std::printf("all topics are as they should be\n");
  return broken ? kFailed : 0;
}

}  // namespace crowdflow::app
