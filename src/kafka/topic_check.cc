#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "kafka/client.h"
#include "kafka/topic_admin.h"
#include "kafka/topic_facts.h"

namespace crowdflow::kafka {
namespace {

using Severity = TopicFinding::Severity;

constexpr std::chrono::milliseconds kPatience{15'000};
constexpr std::int64_t kForever = -1;

std::string in_words(std::int64_t milliseconds) {
  constexpr std::int64_t kSecond = 1000;
  constexpr std::int64_t kHour = 3600 * kSecond;
  constexpr std::int64_t kDay = 24 * kHour;
  const auto counted = [&](std::int64_t unit, const std::string& name) {
    const auto n = milliseconds / unit;
    return std::to_string(n) + " " + name + (n == 1 ? "" : "s");
  };
  if (milliseconds < 0) return "for ever";
  if (milliseconds % kDay == 0) return counted(kDay, "day");
  if (milliseconds % kHour == 0) return counted(kHour, "hour");
  return counted(kSecond, "second");
}

bool shorter(std::int64_t retention, std::int64_t than) {
  if (retention == kForever) return false;
  return than == kForever || retention < than;
}

std::string config_way_out(const std::string& topic, const std::string& setting) {
  return "; way out: kafka-configs.sh --alter --topic " + topic + " --add-config " + setting;
}

// What one topic has to be, seen from readings as it is.
class Check {
 public:
  Check(const log::TopicNames& names, const TopicFacts& readings, std::vector<TopicFinding>& out)
      : names_(names), readings_(readings), out_(out) {}

  void partitions(const TopicFacts& topic) {
    if (topic.partitions == readings_.partitions) return;
    say(Severity::kBroken, topic,
        "has " + counted(topic.partitions) + ", " + readings_.name + " has " +
            std::to_string(readings_.partitions) +
            ": a venue has the same partition in all of them; way out: delete " + topic.name +
            " if what it holds may go, then `crowdflow topics create`, or take another topic "
            "prefix");
  }

  void cleanup(const TopicFacts& topic) {
    const std::string wanted = topic.name == names_.alerts_current ? "compact" : "delete";
    const auto found = topic.configs.find("cleanup.policy");
    if (found == topic.configs.end() || found->second == wanted) return;
    say(Severity::kBroken, topic,
        "has cleanup.policy=" + found->second + ", wanted " + wanted +
            (wanted == "delete" ? ": of the records of a venue only the last would stay"
                                : ": the state of a standing alarm would be forgotten") +
            config_way_out(topic.name, "cleanup.policy=" + wanted));
  }

  void retention(const TopicFacts& topic) {
    if (topic.name == names_.alerts_current) return;
    const auto kept = topic.number("retention.ms", kForever);
    const auto of_readings = readings_.number("retention.ms", kForever);
    if ((topic.name == names_.journal || topic.name == names_.snapshots) &&
        shorter(kept, of_readings)) {
      say(Severity::kAdvice, topic,
          "keeps its records for " + in_words(kept) + ", " + readings_.name + " for " +
              in_words(of_readings) + ": older readings cannot be applied again" +
              config_way_out(topic.name, "retention.ms=" + std::to_string(of_readings)));
    }
    const auto year =
        std::chrono::duration_cast<std::chrono::milliseconds>(kAlertRetention).count();
    if ((topic.name == names_.alerts || topic.name == names_.commands) && shorter(kept, year)) {
      say(Severity::kAdvice, topic,
          "keeps its records for " + in_words(kept) + ", wanted " + in_words(year) +
              ": the alarms of the last season cannot be looked up" +
              config_way_out(topic.name, "retention.ms=" + std::to_string(year)));
    }
    const auto bytes = topic.number("retention.bytes", kForever);
    if (topic.name != names_.dead_letters && bytes != kForever) {
      say(Severity::kAdvice, topic,
          "is cut at " + std::to_string(bytes) +
              " bytes a partition, whatever its age: on a busy day it may not reach back far "
              "enough" +
              config_way_out(topic.name, "retention.bytes=-1"));
    }
  }

  void record_size(const TopicFacts& topic) {
    if (topic.name == names_.readings) return;
    const auto has = topic.number("max.message.bytes", kLargestReading);
    const bool dead_letters = topic.name == names_.dead_letters;
    const auto wanted = dead_letters ? kLargestPage : kLargestReading;
    if (has >= wanted) return page_size(topic, has);
    say(Severity::kBroken, topic,
        "takes records of up to " + std::to_string(has) + " bytes, wanted " +
            std::to_string(wanted) +
            (dead_letters ? ": a record that came compressed might not fit, and the engine stops"
                          : ": the engine stops at the first that is larger") +
            config_way_out(topic.name, "max.message.bytes=" + std::to_string(wanted)));
  }

  void timestamps(const TopicFacts& topic) {
    const auto found = topic.configs.find("message.timestamp.type");
    if (found == topic.configs.end() || found->second == "CreateTime") return;
    say(Severity::kAdvice, topic,
        "has message.timestamp.type=" + found->second +
            ", wanted CreateTime: looking up a time finds when records arrived, not when they were "
            "made" +
            config_way_out(topic.name, "message.timestamp.type=CreateTime"));
  }

 private:
  // The journal of earlier versions was made for small files.
  void page_size(const TopicFacts& topic, std::int64_t has) {
    if (topic.name != names_.journal || has >= kLargestPage) return;
    say(Severity::kAdvice, topic,
        "takes records of up to " + std::to_string(has) + " bytes, wanted " +
            std::to_string(kLargestPage) +
            ": the engine stops at a venue file that is larger, or a list of very many venues" +
            config_way_out(topic.name, "max.message.bytes=" + std::to_string(kLargestPage)));
  }
  static std::string counted(std::int32_t partitions) {
    return std::to_string(partitions) + (partitions == 1 ? " partition" : " partitions");
  }

  void say(Severity severity, const TopicFacts& topic, std::string text) {
    out_.push_back({.severity = severity, .topic = topic.name, .text = std::move(text)});
  }

  const log::TopicNames& names_;
  const TopicFacts& readings_;
  std::vector<TopicFinding>& out_;
};

}  // namespace

Result<std::vector<TopicFinding>> check_topics(const ConnectOptions& options,
                                               const log::TopicNames& names) {
  auto client = Client::make(std::make_shared<Connection>(options), Role::kControl, {}, nullptr);
  if (!client) return tl::unexpected(client.error());
  auto topics = ask_about_topics((*client)->get(), names.all(), kPatience);
  if (!topics) return tl::unexpected(topics.error());
  if (auto asked = ask_about_configs((*client)->get(), *topics, kPatience); !asked) {
    return tl::unexpected(asked.error());
  }

  std::vector<TopicFinding> findings;
  const auto& readings = topics->front();
  Check check(names, readings, findings);
  for (const auto& topic : *topics) {
    if (!topic.exists) {
      findings.push_back({.severity = Severity::kBroken,
                          .topic = topic.name,
                          .text = "does not exist; way out: `crowdflow topics create`"});
      continue;
    }
    if (readings.exists) check.partitions(topic);
    check.cleanup(topic);
    if (readings.exists) check.retention(topic);
    check.record_size(topic);
    check.timestamps(topic);
  }
  return findings;
}

}  // namespace crowdflow::kafka
