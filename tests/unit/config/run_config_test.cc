#include "config/run_config.h"

#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace crowdflow::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;

constexpr std::string_view kHall =
    "crowdflow: v1\n"
    "venue: { id: hall, time_zone: UTC }\n"
    "zones: [ { id: hall, area: 220 } ]\n";

// A folder with a configuration and a venue in a folder below.
struct Files {
  explicit Files(std::string_view config, std::string_view venue = kHall) {
    folder.write("run.yaml", config);
    folder.write("venues/hall.yaml", venue);
  }
  [[nodiscard]] std::string path() const { return (folder.path() / "run.yaml").string(); }

  test::TempDir folder;
};

TEST(RunConfig, NeedsOnlyBrokersAndVenues) {
  const Files files{"crowdflow: v1\nbrokers: localhost:9092\nvenues: [venues/hall.yaml]\n"};
  std::vector<ConfigError> warnings;
  const auto config = load_run_config(files.path(), &warnings);
  ASSERT_TRUE(config) << format_errors(config.error());
  EXPECT_EQ(config->brokers, "localhost:9092");
  EXPECT_EQ(config->topics.prefix, "crowdflow.");
  EXPECT_EQ(config->topics.partitions, 4);
  EXPECT_EQ(config->topics.replication, 1);
  EXPECT_EQ(config->topics.retention, hours{7 * 24});
  EXPECT_EQ(config->group, "crowdflow");
  EXPECT_FALSE(config->instance.empty());
  EXPECT_EQ(config->http.address, "127.0.0.1");
  EXPECT_EQ(config->http.port, 8080);
  EXPECT_TRUE(config->gateway.enabled);
  EXPECT_EQ(config->gateway.max_body, std::int64_t{4} << 20U);
  EXPECT_EQ(config->gateway.max_queued, std::int64_t{32} << 20U);
  EXPECT_EQ(config->commit_interval, milliseconds{100});
  EXPECT_EQ(config->engine_threads, 1u);
  EXPECT_EQ(config->snapshot_every, hours{1});
  EXPECT_EQ(config->memory_limit, std::nullopt);
  EXPECT_EQ(config->log_level, LogLevel::kInfo);
  ASSERT_THAT(config->venues, SizeIs(1));
  EXPECT_EQ(config->venues[0].venue->id, "hall");
  EXPECT_EQ(config->venues[0].yaml, kHall);
  EXPECT_THAT(config->venues[0].path, HasSubstr("venues/hall.yaml"));
  EXPECT_THAT(format_warnings(warnings), HasSubstr("hall.yaml:3:10: warning: zones[0]"));
}

TEST(RunConfig, ReadsAllThatCanBeSaid) {
  const Files files{R"(
crowdflow: v1
brokers: [kafka-1:9092, "[::1]:9093"]
kafka: { security.protocol: SSL, socket.nagle.disable: true, linger.ms: 5 }
topics: { prefix: test-1., partitions: 16, replication: 3, retention: 30d }
group: halls
instance: engine-1
venues: [venues/hall.yaml]
http: { address: "::", port: 0 }
gateway: { enabled: false, max_body: 64KiB, max_queued: 1GiB }
commit_interval: 1s
engine: { threads: 4, memory_limit: 512MiB, snapshot_every: 90s }
log: { level: debug }
)"};
  const auto config = load_run_config(files.path());
  ASSERT_TRUE(config) << format_errors(config.error());
  EXPECT_EQ(config->brokers, "kafka-1:9092,[::1]:9093");
  EXPECT_THAT(config->kafka, ElementsAre(Pair("linger.ms", "5"), Pair("security.protocol", "SSL"),
                                         Pair("socket.nagle.disable", "true")));
  EXPECT_EQ(config->topics.prefix, "test-1.");
  EXPECT_EQ(config->topics.partitions, 16);
  EXPECT_EQ(config->topics.replication, 3);
  EXPECT_EQ(config->topics.retention, hours{30 * 24});
  EXPECT_EQ(config->group, "halls");
  EXPECT_EQ(config->instance, "engine-1");
  EXPECT_EQ(config->http.address, "::");
  EXPECT_EQ(config->http.port, 0);
  EXPECT_FALSE(config->gateway.enabled);
  EXPECT_EQ(config->gateway.max_body, std::int64_t{64} << 10U);
  EXPECT_EQ(config->gateway.max_queued, std::int64_t{1} << 30U);
  EXPECT_EQ(config->commit_interval, milliseconds{1000});
  EXPECT_EQ(config->engine_threads, 4u);
  EXPECT_EQ(config->snapshot_every, milliseconds{90'000});
  EXPECT_EQ(config->memory_limit, std::int64_t{512} << 20U);
  EXPECT_EQ(config->log_level, LogLevel::kDebug);
}

TEST(RunConfig, TakesTheFolderOfAnEmbeddedLogInsteadOfBrokers) {
  const Files files{
      "crowdflow: v1\nembedded: { folder: data, max_size: 512MiB }\nvenues: [venues/hall.yaml]\n"};
  const auto config = load_run_config(files.path());
  ASSERT_TRUE(config) << format_errors(config.error());
  EXPECT_EQ(config->brokers, "");
  ASSERT_TRUE(config->embedded);
  EXPECT_EQ(config->embedded->folder, (files.folder.path() / "data").string());
  EXPECT_EQ(config->embedded->max_size, std::int64_t{512} << 20U);
}

TEST(RunConfig, ReadsAVenueFileWithoutAConfiguration) {
  const Files files{"crowdflow: v1\n"};
  const auto source = load_venue_source((files.folder.path() / "venues/hall.yaml").string());
  ASSERT_TRUE(source) << format_errors(source.error());
  EXPECT_EQ(source->venue->id, "hall");
  EXPECT_EQ(source->yaml, kHall);
  EXPECT_FALSE(load_venue_source("/nowhere/hall.yaml"));
}

TEST(RunConfig, TellsTheErrorsOfVenueFilesToo) {
  const Files files{"crowdflow: v1\nbrokers: kafka\nvenues: [venues/hall.yaml]\n",
                    "crowdflow: v1\nvenue: { id: hall }\n"};
  const auto config = load_run_config(files.path());
  ASSERT_FALSE(config);
  const std::string text = format_errors(config.error());
  EXPECT_THAT(text, HasSubstr("run.yaml:2:10: brokers: found \"kafka\""));
  EXPECT_THAT(text, HasSubstr("hall.yaml:2:8: venue: found no \"time_zone\""));
  EXPECT_THAT(text, HasSubstr("hall.yaml:1:1: found no \"zones\""));
}

TEST(RunConfig, NamesTheReasonForEveryRefusedProperty) {
  for (const char* name :
       {"enable.auto.commit", "enable.auto.offset.store", "isolation.level", "transactional.id",
        "partition.assignment.strategy", "group.id", "group.instance.id", "bootstrap.servers",
        "metadata.broker.list", "client.id", "enable.idempotence", "acks", "auto.offset.reset"}) {
    const Files files{"crowdflow: v1\nbrokers: a:1\nkafka: { " + std::string{name} +
                      ": x }\nvenues: [venues/hall.yaml]\n"};
    const auto config = load_run_config(files.path());
    ASSERT_FALSE(config) << name;
    ASSERT_THAT(config.error(), SizeIs(1));
    EXPECT_EQ(config.error()[0].found, "a property that crowdflow sets itself") << name;
    EXPECT_FALSE(config.error()[0].hint.empty()) << name;
  }
}

TEST(RunConfig, SaysWhyItCannotBeRead) {
  const auto config = load_run_config("/nowhere/run.yaml");
  ASSERT_FALSE(config);
  EXPECT_EQ(format_errors(config.error()),
            "/nowhere/run.yaml: cannot be opened: No such file or directory\n");
}

}  // namespace
}  // namespace crowdflow::config
