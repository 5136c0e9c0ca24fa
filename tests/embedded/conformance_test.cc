#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "conformance/log_conformance_tests.h"
#include "embedded/embedded_log.h"
#include "support/relay_log.h"
#include "support/temp_dir.h"

namespace crowdflow::test {
namespace {

// The log that a process has open, as another role in it would get it.
class SharedLog final : public RelayLog {
 public:
  explicit SharedLog(std::shared_ptr<embedded::EmbeddedLog> log)
      : RelayLog(*log), log_(std::move(log)) {}

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
