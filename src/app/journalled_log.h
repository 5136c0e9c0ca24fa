#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <crowdflow/result.h>

#include "config/run_config.h"
#include "log/log.h"
#include "processor/options.h"

namespace crowdflow::app {

// A log in which an engine has kept a journal, for commands that read it afterwards. They take part
// in no group and write nothing: the engine goes on meanwhile.
class JournalledLog {
 public:
  [[nodiscard]] static Result<JournalledLog> connect(const config::RunConfig& config);

  [[nodiscard]] log::Log& log() { return *log_; }
  [[nodiscard]] const processor::ProcessorOptions& options() const { return *options_; }

 private:
  std::unique_ptr<log::Log> log_;
  std::unique_ptr<processor::ProcessorOptions> options_;  // at one place: others point to it
};

struct JournalledVenue {
  std::string id;
  std::int32_t partition = 0;
};

// The partition that a venue of this id is at home on.
[[nodiscard]] Result<std::int32_t> find_home(log::Log& log,
                                             const processor::ProcessorOptions& options,
                                             const std::string& venue_id);

// The error of a venue that the journal does not know: says which it does.
[[nodiscard]] tl::unexpected<Error> unknown_venue(log::Log& log,
                                                  const processor::ProcessorOptions& options,
                                                  const std::string& venue_id);

// "a, b, c and 7 more"; those that are nearest to `wanted` first.
[[nodiscard]] std::string list_nearest(std::vector<std::string> ids, const std::string& wanted);

// Leaves `out` when `text` is empty. kInvalid: it is no time; the error names `option`.
[[nodiscard]] Result<void> read_time(const std::string& option, const std::string& text,
                                     EventTime& out);

}  // namespace crowdflow::app
