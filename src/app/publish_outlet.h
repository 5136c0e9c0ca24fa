#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/result.h>

#include "log/log.h"
#include "log/topics.h"

namespace crowdflow::app {

// Readings of one venue on their way out.
struct OutgoingRecord {
  std::string venue_id;
  std::string value;
  std::string_view content_type;
  std::vector<std::uint64_t> lines;  // of the file, one for each reading
};

// Where readings are published to. One thread.
class PublishOutlet {
 public:
  // Of a reading that the other side refused: its line, and why.
  using Refused = std::function<void(std::uint64_t line, const std::string& why)>;

  virtual ~PublishOutlet() = default;
  // The error ends it all: what was not sent before, is not.
  [[nodiscard]] virtual Result<void> send(const OutgoingRecord& record) = 0;
  // Everything that was sent is committed.
  [[nodiscard]] virtual Result<void> finish() = 0;
  // Readings that are known to be committed.
  [[nodiscard]] virtual std::uint64_t readings_sent() const = 0;
};

// `log` outlives it.
[[nodiscard]] Result<std::unique_ptr<PublishOutlet>> publish_to(log::Log& log,
                                                                const log::TopicNames& topics,
                                                                std::chrono::seconds patience);

struct HttpOutletOptions {
  std::string url;
  std::chrono::seconds patience{60};  // with a server that is busy or away
  bool whole = false;                 // a record with a reading that is refused is not sent at all
  PublishOutlet::Refused refused;
};
[[nodiscard]] Result<std::unique_ptr<PublishOutlet>> publish_to(HttpOutletOptions options);

}  // namespace crowdflow::app
