#include "support/kafka_broker.h"

#include <chrono>
#include <gtest/gtest.h>
#include <optional>
#include <string>

#include "support/eventually.h"
#include "support/kcat.h"
#include "support/process.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

// Topics spring up by themselves here: what is tested is the broker, not topic administration.
KafkaEnvironment* const kafka =
    KafkaEnvironment::install({"auto.create.topics.enable=true", "num.partitions=4"});

std::string values(const KcatRecords& read) {
  std::string all = read.error;
  for (const KafkaRecord& record : read.records) {
    all += record.value.value_or("(null)") + ";";
  }
  return all;
}

TEST(KafkaBroker, CarriesKeysHeadersAndBytes) {
  KafkaBroker& broker = kafka->broker();
  KcatProduce how{.bootstrap = broker.bootstrap(),
                  .topic = "bytes",
                  .key = "hall",
                  .headers = {{"content-type", "application/json"}, {"source", "test"}},
                  .partition = 2};
  const std::string bytes("\n\x00\x1e\xff", 4);
  ASSERT_TRUE(kcat_produce_bytes(how, bytes));

  const KcatRecords read = kcat_consume({.bootstrap = broker.bootstrap(), .topic = "bytes"});
  ASSERT_EQ(read.error, "");
  ASSERT_EQ(read.records.size(), 1U);
  const KafkaRecord& record = read.records[0];
  EXPECT_EQ(record.partition, 2);
  EXPECT_EQ(record.offset, 0);
  EXPECT_GT(record.timestamp_ms, 1'700'000'000'000);
  EXPECT_EQ(record.key, "hall");
  EXPECT_EQ(record.value, bytes);
  EXPECT_EQ(record.headers, how.headers);
  EXPECT_EQ(record.header("source"), "test");
  EXPECT_EQ(record.header("absent"), std::nullopt);
}

TEST(KafkaBroker, TellsNullFromEmpty) {
  KafkaBroker& broker = kafka->broker();
  KcatProduce how{.bootstrap = broker.bootstrap(), .topic = "nulls", .partition = 0};
  ASSERT_TRUE(kcat_produce_bytes(how, std::nullopt));
  how.key = "hall";
  ASSERT_TRUE(kcat_produce_bytes(how, ""));
  ASSERT_TRUE(kcat_produce_bytes(how, std::nullopt));
  const KcatRecords read = kcat_consume({.bootstrap = broker.bootstrap(), .topic = "nulls"});
  ASSERT_EQ(values(read), "(null);;(null);");
  EXPECT_EQ(read.records[0].key, std::nullopt);
  EXPECT_EQ(read.records[1].key, "hall");
  EXPECT_EQ(read.records[2].key, "hall");
}

TEST(KafkaBroker, PutsAKeyWhereThePartitionerSays) {
  KafkaBroker& broker = kafka->broker();
  KcatProduce how{.bootstrap = broker.bootstrap(), .topic = "partitioned", .key = "gangneung-hall"};
  how.settings = {"topic.partitioner=consistent"};
  ASSERT_TRUE(kcat_produce_lines(how, "crc32\n"));
  how.settings = {"topic.partitioner=murmur2"};
  ASSERT_TRUE(kcat_produce_lines(how, "murmur2\n"));
  const KcatRecords read = kcat_consume({.bootstrap = broker.bootstrap(), .topic = "partitioned"});
  ASSERT_EQ(read.error, "");
  ASSERT_EQ(read.records.size(), 2U);
  EXPECT_NE(read.records[0].partition, read.records[1].partition);
}

TEST(KafkaBroker, HidesWhatWasNotCommitted) {
  KafkaBroker& broker = kafka->broker();
  const KcatProduce plain{.bootstrap = broker.bootstrap(), .topic = "transactions", .partition = 0};
  ASSERT_TRUE(kcat_produce_lines(plain, "before\n"));

  std::string lines;
  for (int line = 0; line < 1000; ++line) {
    lines += "in a transaction\n";
  }
  Process transaction({.argv = {"kcat", "-P", "-b", broker.bootstrap(), "-t", "transactions", "-p",
                                "0", "-X", "transactional.id=test"},
                       .input = lines,
                       .keep_input_open = true});
  ASSERT_TRUE(transaction.start());
  const KcatConsume all{
      .bootstrap = broker.bootstrap(), .topic = "transactions", .committed_only = false};
  const KcatConsume committed{.bootstrap = broker.bootstrap(), .topic = "transactions"};
  ASSERT_TRUE(eventually(20s, [&] { return kcat_consume(all).records.size() > 1; }));
  EXPECT_EQ(values(kcat_consume(committed)), "before;");

  transaction.close_input();
  ASSERT_TRUE(transaction.exits_with(0, 20s));
  EXPECT_EQ(kcat_consume(committed).records.size(), 1001U);
}

TEST(KafkaBroker, KeepsDataAndAddressWhenStoppedOrKilled) {
  KafkaBroker& broker = kafka->broker();
  const std::string bootstrap = broker.bootstrap();
  const KcatProduce how{.bootstrap = bootstrap, .topic = "kept", .partition = 0};
  const KcatConsume all{.bootstrap = bootstrap, .topic = "kept"};

  ASSERT_TRUE(kcat_produce_lines(how, "one\ntwo\n"));
  ASSERT_TRUE(broker.kill());
  ASSERT_TRUE(broker.start());
  EXPECT_EQ(broker.bootstrap(), bootstrap);
  EXPECT_EQ(values(kcat_consume(all)), "one;two;");

  ASSERT_TRUE(kcat_produce_lines(how, "three\n"));
  ASSERT_TRUE(broker.restart());
  EXPECT_EQ(broker.bootstrap(), bootstrap);
  EXPECT_EQ(values(kcat_consume(all)), "one;two;three;");
}

TEST(KafkaBroker, MakesNoTopicsUnlessTold) {
  KafkaBroker broker;
  ASSERT_TRUE(broker.start());
  const KcatProduce how{.bootstrap = broker.bootstrap(),
                        .topic = "reedings",
                        .settings = {"message.timeout.ms=1000"}};
  EXPECT_FALSE(kcat_produce_lines(how, "lost\n"));
}

}  // namespace
}  // namespace crowdflow::test
