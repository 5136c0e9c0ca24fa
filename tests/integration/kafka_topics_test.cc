#include <algorithm>
#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "kafka/topic_admin.h"
#include "support/kafka_broker.h"
#include "support/kcat.h"

namespace crowdflow::test {
namespace {

using kafka::TopicFinding;
using kafka::TopicSpec;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAreArray;

KafkaEnvironment* const kafka_environment = KafkaEnvironment::install();

kafka::ConnectOptions options() {
  return {.brokers = kafka_environment->broker().bootstrap(), .properties = {}, .warm_topics = {}};
}

std::vector<std::string> names_of(const std::vector<TopicSpec>& specs) {
  std::vector<std::string> names;
  for (const auto& spec : specs)
    names.push_back(spec.name);
  return names;
}

TopicSpec& spec_of(std::vector<TopicSpec>& specs, const std::string& name) {
  return *std::find_if(specs.begin(), specs.end(), [&](const auto& s) { return s.name == name; });
}

std::vector<TopicFinding> findings(const log::TopicNames& names) {
  const auto found = kafka::check_topics(options(), names);
  EXPECT_TRUE(found.has_value()) << found.error().message;
  return found.value_or(std::vector<TopicFinding>{});
}

auto finding(TopicFinding::Severity severity, const std::string& topic, const auto& text) {
  return AllOf(Field(&TopicFinding::severity, severity), Field(&TopicFinding::topic, topic),
               Field(&TopicFinding::text, text));
}
constexpr auto kBroken = TopicFinding::Severity::kBroken;
constexpr auto kAdvice = TopicFinding::Severity::kAdvice;

TEST(Topics, AreMadeSoThatTheCheckFindsNothing) {
  const log::TopicNames names("made.");
  const auto specs = kafka::topic_specs(names, 3, 1);
  EXPECT_THAT(specs, SizeIs(8));
  const auto made = kafka::create_topics(options(), specs);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_THAT(made->created, UnorderedElementsAreArray(names_of(specs)));
  EXPECT_THAT(made->existing, IsEmpty());
  for (const auto& found : findings(names))
    ADD_FAILURE() << found.topic << " " << found.text;
}

TEST(Topics, CanBeWrittenToAsSoonAsTheyAreMade) {
  const auto made = kafka::create_topics(
      options(), {{.name = "fresh", .partitions = 8, .replication = 1, .configs = {}}});
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_TRUE(kcat_produce_lines(
      {.bootstrap = options().brokers, .topic = "fresh", .partition = 7, .settings = {}}, "a\n"));
}

TEST(Topics, ThatExistAreLeftAlone) {
  const log::TopicNames names("twice.");
  auto specs = kafka::topic_specs(names, 2, 1);
  ASSERT_TRUE(kafka::create_topics(options(), {spec_of(specs, names.readings)}).has_value());
  for (auto& spec : specs)
    spec.partitions = 5;
  const auto again = kafka::create_topics(options(), specs);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_THAT(again->existing, ElementsAre(names.readings));
  EXPECT_THAT(again->created, SizeIs(7));
  EXPECT_THAT(findings(names),
              Contains(finding(kBroken, names.journal,
                               AllOf(HasSubstr("has 5 partitions"),
                                     HasSubstr("twice.readings has 2"), HasSubstr("way out")))));
}

TEST(Topics, ThatAreMissingAreNamed) {
  const log::TopicNames names("half.");
  auto specs = kafka::topic_specs(names, 1, 1);
  ASSERT_TRUE(kafka::create_topics(options(), {spec_of(specs, names.readings)}).has_value());
  const auto found = findings(names);
  EXPECT_THAT(found, SizeIs(7));
  EXPECT_THAT(found, Contains(finding(kBroken, names.alerts, HasSubstr("does not exist"))));
}

TEST(Topics, ThatWouldLoseSomethingAreFound) {
  const log::TopicNames names("wrong.");
  auto specs = kafka::topic_specs(names, 2, 1, std::chrono::hours{48});
  spec_of(specs, names.journal).configs["retention.ms"] = "3600000";
  spec_of(specs, names.journal).configs["max.message.bytes"] = "1048588";
  spec_of(specs, names.snapshots).configs["retention.bytes"] = "1000000";
  spec_of(specs, names.alerts).configs["retention.ms"] = "86400000";
  spec_of(specs, names.alerts_current).configs["cleanup.policy"] = "delete";
  spec_of(specs, names.zone_states).configs["cleanup.policy"] = "compact";
  spec_of(specs, names.dead_letters).configs["max.message.bytes"] = "1114124";
  spec_of(specs, names.commands).configs["message.timestamp.type"] = "LogAppendTime";
  ASSERT_TRUE(kafka::create_topics(options(), specs).has_value());

  const auto found = findings(names);
  EXPECT_THAT(found, SizeIs(8));
  EXPECT_THAT(found, Contains(finding(kAdvice, names.journal, HasSubstr("wanted 16777216"))));
  EXPECT_THAT(found, Contains(finding(kAdvice, names.journal,
                                      AllOf(HasSubstr("1 hour"), HasSubstr("2 days"),
                                            HasSubstr("retention.ms=172800000")))));
  EXPECT_THAT(found, Contains(finding(kAdvice, names.snapshots, HasSubstr("1000000 bytes"))));
  EXPECT_THAT(found, Contains(finding(kAdvice, names.alerts,
                                      AllOf(HasSubstr("1 day"), HasSubstr("400 days")))));
  EXPECT_THAT(
      found, Contains(finding(kBroken, names.alerts_current, HasSubstr("cleanup.policy=compact"))));
  EXPECT_THAT(found,
              Contains(finding(kBroken, names.zone_states, HasSubstr("cleanup.policy=delete"))));
  EXPECT_THAT(found, Contains(finding(kBroken, names.dead_letters, HasSubstr("16777216"))));
  EXPECT_THAT(found, Contains(finding(kAdvice, names.commands, HasSubstr("CreateTime"))));
}

TEST(Topics, CannotHaveMoreReplicasThanThereAreBrokers) {
  const auto made =
      kafka::create_topics(options(), kafka::topic_specs(log::TopicNames("three."), 1, 3));
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, ErrorCode::kInvalid) << made.error().message;
  EXPECT_THAT(made.error().message, HasSubstr("three."));
}

TEST(Topics, AreNotMadeByABrokerThatIsAway) {
  auto nowhere = options();
  nowhere.brokers = "127.0.0.1:1";
  nowhere.properties["socket.connection.setup.timeout.ms"] = "1000";
  const auto found = kafka::check_topics(nowhere, log::TopicNames());
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace crowdflow::test
