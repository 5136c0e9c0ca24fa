#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "log/log.h"

// What everything behind the log port must do, as tests that know nothing but the port. A test
// executable for one side of it includes log_conformance_tests.h once and says
//   INSTANTIATE_TEST_SUITE_P(Kafka, LogConformance, testing::Values(&make_side));
namespace crowdflow::test {

#define CROWDFLOW_ASSERT_DONE(expression)                                        \
  do {                                                                           \
    const auto& done_ = (expression);                                            \
    ASSERT_TRUE(done_.has_value()) << #expression ": " << done_.error().message; \
  } while (false)

// One side of the port, as the tests need it.
class LogSide {
 public:
  virtual ~LogSide() = default;
  // A new connection, as another process would have.
  virtual std::unique_ptr<log::Log> connect() = 0;
  virtual void make_topic(const std::string& name, std::int32_t partitions) = 0;
  // The clock that the side's waits are measured by; a simulated side has its own.
  virtual std::chrono::steady_clock::time_point now() { return std::chrono::steady_clock::now(); }
  virtual void pass(std::chrono::milliseconds span) { std::this_thread::sleep_for(span); }
  // Lets it happen soon, beside what the test does; it has happened when the answer is gone.
  virtual std::shared_ptr<void> beside(std::function<void()> what) {
    return std::make_shared<std::jthread>(std::move(what));
  }
};

// A record that outlives its batch.
struct KeptRecord {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  WallTime timestamp{};
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::string>> headers;
};

class LogConformance : public testing::TestWithParam<std::unique_ptr<LogSide> (*)()> {
 protected:
  static constexpr std::chrono::seconds kPatience{30};
  static constexpr std::chrono::milliseconds kWait{50};

  void SetUp() override {
    side_ = GetParam()();
    log_ = side_->connect();
    ASSERT_NE(log_, nullptr);
  }

  // A topic of this test's own.
  std::string topic(std::int32_t partitions, const std::string& suffix = "");
  std::unique_ptr<log::Reader> reader(const std::string& group = "",
                                      const std::string& instance = "");
  // Opened.
  std::unique_ptr<log::Writer> writer(const std::string& name);

  // Takes until `enough` of the records taken here, or the time is up.
  static std::vector<KeptRecord> take_until(
      log::Reader& reader, const std::function<bool(const std::vector<KeptRecord>&)>& enough);
  static std::vector<KeptRecord> take(log::Reader& reader, std::size_t count);
  // What arrives until the reader has passed everything that the partition held at the call.
  std::vector<KeptRecord> take_all(log::Reader& reader, const log::PartitionId& partition);
  // The next assignment that `wanted` accepts; those before it are answered from the beginning.
  static std::optional<std::vector<log::PartitionId>> take_assignment(
      log::Reader& reader, const std::function<bool(const std::vector<log::PartitionId>&)>& wanted);
  // Writes each value in a transaction of its own.
  void write(log::Writer& writer, const log::PartitionId& at,
             const std::vector<std::string>& values);

  static std::vector<std::string> values(const std::vector<KeptRecord>& records);
  static std::vector<log::Position> from_beginning(const std::vector<log::PartitionId>& partitions);
  static std::string unique_name(const std::string& what);

  std::unique_ptr<LogSide> side_;
  std::unique_ptr<log::Log> log_;
};

inline std::string LogConformance::unique_name(const std::string& what) {
  static int counter = 0;
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(test->name()) + "-" + what + "-" + std::to_string(++counter);
  std::replace(name.begin(), name.end(), '/', '-');
  return name;
}

inline std::string LogConformance::topic(std::int32_t partitions, const std::string& suffix) {
  auto name = unique_name("topic" + suffix);
  side_->make_topic(name, partitions);
  return name;
}

inline std::unique_ptr<log::Reader> LogConformance::reader(const std::string& group,
                                                           const std::string& instance) {
  auto made = log_->reader({.group = group, .instance = instance});
  EXPECT_TRUE(made.has_value()) << made.error().message;
  return made ? std::move(*made) : nullptr;
}

inline std::unique_ptr<log::Writer> LogConformance::writer(const std::string& name) {
  auto made = log_->writer(name);
  EXPECT_TRUE(made.has_value()) << made.error().message;
  if (!made) return nullptr;
  const auto opened = (*made)->open();
  EXPECT_TRUE(opened.has_value()) << opened.error().message;
  return std::move(*made);
}

inline std::vector<KeptRecord> LogConformance::take_until(
    log::Reader& reader, const std::function<bool(const std::vector<KeptRecord>&)>& enough) {
  std::vector<KeptRecord> kept;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!enough(kept) && std::chrono::steady_clock::now() < deadline) {
    const auto batch = reader.take(1000, kWait);
    EXPECT_TRUE(batch.has_value()) << batch.error().message;
    if (!batch) break;
    for (const auto& record : (*batch)->records()) {
      KeptRecord copy{.topic = std::string(record.topic),
                      .partition = record.partition,
                      .offset = record.offset,
                      .timestamp = record.timestamp,
                      .key = std::nullopt,
                      .value = std::nullopt,
                      .headers = {}};
      if (record.has_key) copy.key = record.key;
      if (record.has_value) copy.value = record.value;
      for (const auto& header : record.headers) {
        copy.headers.emplace_back(header.name, header.value);
      }
      kept.push_back(std::move(copy));
    }
  }
  return kept;
}

inline std::vector<KeptRecord> LogConformance::take(log::Reader& reader, std::size_t count) {
  return take_until(reader, [&](const auto& kept) { return kept.size() >= count; });
}

inline std::vector<KeptRecord> LogConformance::take_all(log::Reader& reader,
                                                        const log::PartitionId& partition) {
  const auto bounds = log_->query_bounds(partition);
  EXPECT_TRUE(bounds.has_value()) << bounds.error().message;
  if (!bounds) return {};
  auto kept =
      take_until(reader, [&](const auto&) { return reader.position(partition) >= bounds->high; });
  EXPECT_GE(reader.position(partition), bounds->high);
  return kept;
}

inline std::optional<std::vector<log::PartitionId>> LogConformance::take_assignment(
    log::Reader& reader, const std::function<bool(const std::vector<log::PartitionId>&)>& wanted) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto batch = reader.take(1000, kWait);
    EXPECT_TRUE(batch.has_value()) << batch.error().message;
    if (!batch) break;
    if (!(*batch)->assignment()) continue;
    auto partitions = (*batch)->assignment()->partitions;
    std::sort(partitions.begin(), partitions.end());
    if (wanted(partitions)) return partitions;
    const auto answered = reader.start_at(from_beginning(partitions));
    EXPECT_TRUE(answered.has_value()) << answered.error().message;
  }
  return std::nullopt;
}

inline void LogConformance::write(log::Writer& writer, const log::PartitionId& at,
                                  const std::vector<std::string>& values) {
  for (const auto& value : values) {
    CROWDFLOW_ASSERT_DONE(writer.begin());
    CROWDFLOW_ASSERT_DONE(
        writer.append({.topic = at.topic, .partition = at.partition, .value = value}));
    CROWDFLOW_ASSERT_DONE(writer.commit());
  }
}

inline std::vector<std::string> LogConformance::values(const std::vector<KeptRecord>& records) {
  std::vector<std::string> all;
  for (const auto& record : records)
    all.push_back(record.value.value_or("(none)"));
  return all;
}

inline std::vector<log::Position> LogConformance::from_beginning(
    const std::vector<log::PartitionId>& partitions) {
  std::vector<log::Position> positions;
  for (const auto& partition : partitions)
    positions.push_back({.at = partition, .offset = 0});
  return positions;
}

}  // namespace crowdflow::test
