// Publishing to a log.

#include <utility>

#include "app/publish_outlet.h"
#include "wire/record_headers.h"

namespace crowdflow::app {
namespace {

// Of records that are appended and not flushed.
constexpr std::size_t kMostBytes = std::size_t{8} << 20;

class LogOutlet final : public PublishOutlet {
 public:
  LogOutlet(std::unique_ptr<log::Appender> appender, std::string topic, std::int32_t partitions,
            std::chrono::milliseconds patience)
      : appender_(std::move(appender)),
        topic_(std::move(topic)),
        partitions_(partitions),
        patience_(patience) {}

  Result<void> send(const OutgoingRecord& record) override {
    const log::Header type{.name = wire::kContentTypeHeader, .value = record.content_type};
    const log::Append append{.topic = topic_,
                             .partition = log::home_partition(record.venue_id, partitions_),
                             .key = record.venue_id,
                             .value = record.value,
                             .headers = {&type, 1}};
    auto done = appender_->append(append);
    if (!done && done.error().code == ErrorCode::kUnavailable) {
      // The queue is full, and empties.
      if (auto flushed = finish(); !flushed) return flushed;
      done = appender_->append(append);
    }
    if (!done) return done;
    readings_ += record.lines.size();
    bytes_ += record.value.size();
    return bytes_ < kMostBytes ? Result<void>() : finish();
  }

  Result<void> finish() override {
    if (auto done = appender_->flush(patience_); !done) return done;
    sent_ += std::exchange(readings_, 0);
    bytes_ = 0;
    return {};
  }

  [[nodiscard]] std::uint64_t readings_sent() const override { return sent_; }

 private:
  std::unique_ptr<log::Appender> appender_;
  const std::string topic_;
  const std::int32_t partitions_;
  const std::chrono::milliseconds patience_;
  std::uint64_t readings_ = 0;  // appended and not flushed
  std::size_t bytes_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace

Result<std::unique_ptr<PublishOutlet>> publish_to(log::Log& log, const log::TopicNames& topics,
                                                  std::chrono::seconds patience) {
  const auto partitions = log.partition_count(topics.readings);
  if (!partitions) return tl::unexpected(partitions.error());
  auto appender = log.appender();
  if (!appender) return tl::unexpected(appender.error());
  return std::make_unique<LogOutlet>(std::move(*appender), topics.readings, *partitions, patience);
}

}  // namespace crowdflow::app
