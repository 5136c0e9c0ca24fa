#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kafka/kafka_log.h"
#include "support/eventually.h"

namespace crowdflow::kafka {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using testing::HasSubstr;

// Nobody listens there.
ConnectOptions nowhere() { return {.brokers = "127.0.0.1:1", .properties = {}, .warm_topics = {}}; }

TEST(Connect, WantsABroker) {
  const auto made = connect({.properties = {}, .warm_topics = {}});
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, ErrorCode::kInvalid);
}

TEST(Connect, RefusesAPropertyThatNobodyKnows) {
  auto options = nowhere();
  options.properties["sasl.usernam"] = "engine";
  const auto made = connect(options);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(made.error().message, HasSubstr("sasl.usernam"));
}

TEST(Connect, RefusesPropertiesThatItsPromisesRestOn) {
  for (const auto* name : {"enable.auto.commit", "isolation.level", "transactional.id", "acks",
                           "partition.assignment.strategy", "metadata.broker.list"}) {
    auto options = nowhere();
    options.properties[name] = "true";
    const auto made = connect(options);
    ASSERT_FALSE(made.has_value()) << name;
    EXPECT_EQ(made.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(made.error().message, HasSubstr(name));
  }
}

TEST(Connect, TakesPropertiesOfEitherKindOfClient) {
  auto options = nowhere();
  options.properties["compression.codec"] = "lz4";
  options.properties["fetch.message.max.bytes"] = "1000000";
  options.properties["linger.ms"] = "0";
  const auto made = connect(options);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_TRUE((*made)->reader({.group = "g", .instance = "i"}).has_value());
  EXPECT_TRUE((*made)->writer("w").has_value());
  EXPECT_TRUE((*made)->appender().has_value());
}

TEST(Connect, SucceedsWhileTheBrokersAreAwayAndSaysSo) {
  const auto made = connect(nowhere());
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_FALSE((*made)->health().reachable);
  EXPECT_THAT((*made)->health().reason, HasSubstr("127.0.0.1:1"));
  EXPECT_TRUE(eventually(20s, [&] {
    return (*made)->health().reason.find("refused") != std::string::npos;
  })) << (*made)->health().reason;

  auto reader = (*made)->reader({.group = "", .instance = ""});
  ASSERT_TRUE(reader.has_value());
  const std::vector<log::Position> beginning{{{"readings", 0}, 0}};
  ASSERT_TRUE((*reader)->start_at(beginning).has_value());
  const auto batch = (*reader)->take(10, 50ms);
  ASSERT_TRUE(batch.has_value()) << batch.error().message;
  EXPECT_TRUE((*batch)->records().empty());
  EXPECT_EQ((*reader)->bounds({"readings", 0}), std::nullopt);
}

}  // namespace
}  // namespace crowdflow::kafka
