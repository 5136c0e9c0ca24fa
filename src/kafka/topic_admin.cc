#include "kafka/topic_admin.h"

#include <algorithm>
#include <array>
#include <librdkafka/rdkafka.h>
#include <thread>

#include "kafka/admin_call.h"
#include "kafka/client.h"
#include "kafka/errors.h"
#include "kafka/topic_facts.h"

namespace crowdflow::kafka {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience{15'000};
constexpr milliseconds kLeaderPatience{15'000};
constexpr milliseconds kLeaderPoll{50};

using NewTopicHandle = std::unique_ptr<rd_kafka_NewTopic_t, Freed<rd_kafka_NewTopic_destroy>>;

Result<NewTopicHandle> new_topic(const TopicSpec& spec) {
  std::array<char, 256> why{};
  NewTopicHandle topic(rd_kafka_NewTopic_new(spec.name.c_str(), spec.partitions, spec.replication,
                                             why.data(), why.size()));
  if (!topic) return fail(ErrorCode::kInvalid, "topic " + spec.name + ": " + why.data());
  for (const auto& [name, value] : spec.configs) {
    const auto error = rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return tl::unexpected(error_of("topic " + spec.name + ", " + name, error));
    }
  }
  return topic;
}

bool all_led(const std::vector<TopicFacts>& topics) {
  return std::all_of(topics.begin(), topics.end(),
                     [](const TopicFacts& topic) { return topic.exists && topic.led; });
}

// A topic exists somewhat earlier than it can be written to.
Result<void> wait_for_leaders(rd_kafka_t* client, const std::vector<std::string>& names) {
  const auto deadline = std::chrono::steady_clock::now() + kLeaderPatience;
  for (;;) {
    const auto topics = ask_about_topics(client, names, kPatience);
    if (!topics) return tl::unexpected(topics.error());
    if (all_led(*topics)) return {};
    if (std::chrono::steady_clock::now() >= deadline) {
      return fail(ErrorCode::kUnavailable, "the new topics have no leaders yet");
    }
    std::this_thread::sleep_for(kLeaderPoll);
  }
}

}  // namespace

std::vector<TopicSpec> topic_specs(const log::TopicNames& names, std::int32_t partitions,
                                   std::int32_t replication, milliseconds retention) {
  // With three replicas one may be away, and no acknowledged record is on one disk only.
  const std::string in_sync = replication >= 3 ? "2" : "1";
  const auto spec = [&](const std::string& name, std::map<std::string, std::string> configs) {
    configs.emplace("message.timestamp.type", "CreateTime");
    configs.emplace("min.insync.replicas", in_sync);
    return TopicSpec{.name = name,
                     .partitions = partitions,
                     .replication = replication,
                     .configs = std::move(configs)};
  };
  const auto kept_for = [](milliseconds time, std::int64_t largest) {
    return std::map<std::string, std::string>{
        {"cleanup.policy", "delete"},
        {"retention.ms", std::to_string(time.count())},
        {"retention.bytes", "-1"},
        {"max.message.bytes", std::to_string(largest)},
    };
  };
  return {
      spec(names.readings, kept_for(retention, kLargestReading)),
      spec(names.commands, kept_for(kAlertRetention, kLargestReading)),
      spec(names.zone_states, kept_for(retention, kLargestReading)),
      spec(names.alerts, kept_for(kAlertRetention, kLargestReading)),
      spec(names.alerts_current,
           {{"cleanup.policy", "compact"}, {"max.message.bytes", std::to_string(kLargestReading)}}),
      spec(names.journal, kept_for(retention, kLargestPage)),
      spec(names.snapshots, kept_for(retention, kLargestReading)),
      spec(names.dead_letters, kept_for(retention, kLargestPage)),
  };
}

Result<CreatedTopics> create_topics(const ConnectOptions& options,
                                    const std::vector<TopicSpec>& specs) {
  auto client = Client::make(std::make_shared<Connection>(options), Role::kControl, {}, nullptr);
  if (!client) return tl::unexpected(client.error());

  std::vector<NewTopicHandle> topics;
  std::vector<rd_kafka_NewTopic_t*> asked;
  for (const auto& spec : specs) {
    auto topic = new_topic(spec);
    if (!topic) return tl::unexpected(topic.error());
    asked.push_back(topic->get());
    topics.push_back(std::move(*topic));
  }
  const auto event = admin_call(
      (*client)->get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, kPatience,
      [&](const rd_kafka_AdminOptions_t* call_options, rd_kafka_queue_t* queue) {
        rd_kafka_CreateTopics((*client)->get(), asked.data(), asked.size(), call_options, queue);
      });
  if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return tl::unexpected(error_of("making topics on " + options.brokers, error));
  }

  CreatedTopics outcome;
  std::optional<Error> failure;
  std::size_t count = 0;
  const auto** results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (const auto* result : std::span(results, count)) {
    const std::string name = rd_kafka_topic_result_name(result);
    const auto error = rd_kafka_topic_result_error(result);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      outcome.created.push_back(name);
    } else if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      outcome.existing.push_back(name);
    } else if (!failure) {
      const char* why = rd_kafka_topic_result_error_string(result);
      failure = {code_of(error),
                 "making topic " + name + ": " + (why == nullptr ? rd_kafka_err2str(error) : why)};
    }
  }
  if (failure) return tl::unexpected(*failure);
  if (auto led = wait_for_leaders((*client)->get(), outcome.created); !led) {
    return tl::unexpected(led.error());
  }
  return outcome;
}

}  // namespace crowdflow::kafka
