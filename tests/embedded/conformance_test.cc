#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "conformance/log_conformance_tests.h"
#include "embedded/embedded_log.h"
#include "support/temp_dir.h"

namespace crowdflow::test {
namespace {

// The log that a process has open, as another role in it would get it.
class SharedLog final : public log::Log {
 public:
  explicit SharedLog(std::shared_ptr<embedded::EmbeddedLog> log) : log_(std::move(log)) {}

  Result<std::unique_ptr<log::Reader>> reader(const ReaderOptions& options) override {
    return log_->reader(options);
  }
  Result<std::unique_ptr<log::Writer>> writer(const std::string& name) override {
    return log_->writer(name);
  }
  Result<std::unique_ptr<log::Appender>> appender() override { return log_->appender(); }
  Result<std::int32_t> partition_count(const std::string& topic) override {
    return log_->partition_count(topic);
  }
  Result<log::OffsetBounds> query_bounds(const log::PartitionId& partition) override {
    return log_->query_bounds(partition);
  }
  Result<std::int64_t> offset_at(const log::PartitionId& partition, WallTime from) override {
    return log_->offset_at(partition, from);
  }
  Result<std::vector<log::Position>> committed(
      const std::string& group, std::span<const log::PartitionId> partitions) override {
    return log_->committed(group, partitions);
  }
  log::Health health() const override { return log_->health(); }

 private:
  const std::shared_ptr<embedded::EmbeddedLog> log_;
};

class EmbeddedSide final : public LogSide {
 public:
  EmbeddedSide() {
    auto opened = embedded::EmbeddedLog::open(
        {.folder = folder_.path() / "log", .topics = {}, .vfs = "", .now = nullptr, .pace = {}});
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    if (opened) log_ = std::move(*opened);
  }
  std::unique_ptr<log::Log> connect() override {
    return log_ ? std::make_unique<SharedLog>(log_) : nullptr;
  }
  void make_topic(const std::string& name, std::int32_t partitions) override {
    CROWDFLOW_ASSERT_DONE(log_->make_topics({{.name = name, .partitions = partitions}}));
  }

 private:
  const TempDir folder_;
  std::shared_ptr<embedded::EmbeddedLog> log_;
};

std::unique_ptr<LogSide> make_side() { return std::make_unique<EmbeddedSide>(); }

INSTANTIATE_TEST_SUITE_P(Embedded, LogConformance, testing::Values(&make_side));

}  // namespace
}  // namespace crowdflow::test
