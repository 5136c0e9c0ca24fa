#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// kcat is the Kafka client in the tests that is not ours. It takes its standard input in blocks of
// some KiB: who wants a line to go out at once calls it for each.
namespace crowdflow::test {

struct KcatProduce {
  std::string bootstrap;
  std::string topic;
  std::optional<std::string> key;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<int> partition;  // not given: the partitioner decides
  // librdkafka's, such as "topic.partitioner=murmur2_random" (that of the Java client; librdkafka's
  // own is CRC32).
  std::vector<std::string> settings;
};

// Every line is a message; waits for all acknowledgements.
[[nodiscard]] testing::AssertionResult kcat_produce_lines(const KcatProduce& how,
                                                          std::string lines);
[[nodiscard]] testing::AssertionResult kcat_produce_file(const KcatProduce& how,
                                                         const std::filesystem::path& lines);
// All bytes are one message; nothing is a null value. kcat can say null and empty only beside a
// key: none given, it is null and empty too.
[[nodiscard]] testing::AssertionResult kcat_produce_bytes(const KcatProduce& how,
                                                          std::optional<std::string_view> bytes);

struct KafkaRecord {
  int partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;  // since 1970
  std::optional<std::string> key;
  std::optional<std::string> value;
  // kcat does not quote: a value with a comma in it cannot be told from two headers.
  std::vector<std::pair<std::string, std::string>> headers;

  // The first header of that name.
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

struct KcatConsume {
  std::string bootstrap;
  std::string topic;
  std::optional<int> partition;  // not given: all
  std::string offset = "beginning";
  bool committed_only = true;  // isolation.level; false sees aborted and open transactions too
  std::vector<std::string> settings;
  std::chrono::milliseconds limit = std::chrono::seconds(30);
};

struct KcatRecords {
  std::string error;                 // empty: `records` is all that there was
  std::vector<KafkaRecord> records;  // in order within a partition
};

// What the topic holds, up to its present end.
[[nodiscard]] KcatRecords kcat_consume(const KcatConsume& how);

}  // namespace crowdflow::test
