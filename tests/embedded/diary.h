#pragma once

#include <cstdint>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "embedded/embedded_log.h"

namespace crowdflow::test {

// What the steps of a diary have put into the log, as far as the log has acknowledged it.
struct Written {
  int readings = 0;              // acknowledged
  bool reading_unknown = false;  // one more may be there
  int commits = 0;
  bool commit_unknown = false;
};

// A workload that says of each of its records which one it is: a step appends a reading, and then
// commits, in one transaction, two outputs (one on each of two partitions), the present state of
// one of three keys, a short-lived record, and the position after the reading. Now and then it
// aborts one, or writes something large.
class Diary {
 public:
  static constexpr const char* kGroup = "engine";
  static std::vector<embedded::TopicSpec> topics();
  static embedded::OpenOptions options(const std::filesystem::path& folder,
                                       const std::string& vfs = "");

  explicit Diary(const Written& so_far = {}) : written_(so_far) {}

  // Until `steps` are acknowledged. False: the log has failed, and what became of the last one may
  // be unknown.
  [[nodiscard]] bool write_until_it_fails(log::Log& log, int steps);

  // The same through failures, as the port says how: what came to nothing is sent again, and after
  // an unknown outcome the log is asked. False: it has not recovered in time.
  [[nodiscard]] bool write_through_failures(log::Log& log, int steps);

  // Goes on from what the log holds, once it is well. False: it has not become well in time.
  [[nodiscard]] bool learn_what_is_there(log::Log& log);

  [[nodiscard]] const Written& written() const { return written_; }

  // Whether the log holds what was acknowledged, each once and in order, nothing that came to
  // nothing, and positions that belong to the outputs. Tells `written` what was unknown.
  [[nodiscard]] static testing::AssertionResult holds(log::Log& log, Written& written);
  // The same of a folder that nobody has open, and that its file is sound.
  [[nodiscard]] static testing::AssertionResult folder_holds(const std::filesystem::path& folder,
                                                             Written written);

 private:
  [[nodiscard]] Result<void> append_reading(log::Log& log);
  [[nodiscard]] Result<void> commit(log::Log& log);
  [[nodiscard]] Result<void> fill(log::Writer& writer, const log::Assignment& assignment) const;
  [[nodiscard]] bool make_writer(log::Log& log);

  Written written_;
  std::unique_ptr<log::Appender> appender_;
  std::unique_ptr<log::Writer> writer_;
  std::unique_ptr<log::Reader> reader_;
};

}  // namespace crowdflow::test
