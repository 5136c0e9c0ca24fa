#pragma once

#include <cstdint>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/temp_dir.h"

namespace crowdflow::test {

// The crowdflow executable of this build, run on a broker with venues of the test's.
// Threads: one at a time; it dies with the thread that started it (see Process).
class CrowdflowProgram {
 public:
  struct Options {
    std::string brokers;
    std::filesystem::path folder;  // of the embedded log, instead of brokers
    std::vector<std::filesystem::path> venues;
    // Of topics, so that tests can share a broker; also of the group and the instance.
    std::string prefix;
    int partitions = 4;
    int replication = 1;
    std::string instance = "engine-1";
    std::string more;  // lines of run.yaml
  };
  explicit CrowdflowProgram(const Options& options);
  // Topics get `prefix`, so that tests can share a broker; also the group and instance.
  CrowdflowProgram(const std::string& bootstrap, std::vector<std::filesystem::path> venues,
                   const std::string& prefix, int partitions = 4);

  // `crowdflow topics create`.
  [[nodiscard]] testing::AssertionResult create_topics();
  // `crowdflow run`; true when it has printed the page's address.
  [[nodiscard]] testing::AssertionResult start();
  // True when /readyz answers 200.
  [[nodiscard]] testing::AssertionResult becomes_ready();
  void kill();             // SIGKILL
  void freeze() const;     // SIGSTOP: it keeps its connections and does nothing
  void wake() const;       // SIGCONT
  void terminate() const;  // SIGTERM, without waiting
  // True when it ends by itself, and not with 0.
  [[nodiscard]] testing::AssertionResult fails();
  // SIGTERM; true when it ends with 0.
  [[nodiscard]] testing::AssertionResult stop();

  [[nodiscard]] bool running() { return process_ && process_->running(); }
  [[nodiscard]] std::string topic(const std::string& name) const { return prefix_ + name; }
  // http://127.0.0.1:PORT, without a slash at the end.
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] std::string metrics() const;
  // The value of a series as it stands in the exposition, such as
  // crowdflow_readings_total{result="applied"}; -1 when it is not there.
  [[nodiscard]] double metric(const std::string& series) const;
  // What it has said since its first start.
  [[nodiscard]] std::string log() const {
    return process_ ? said_before_ + process_->err() : std::string();
  }
  // The stage that its metrics tell: starting, waiting, restoring, running; empty: no answer.
  [[nodiscard]] std::string stage() const;
  // The same by its log, as far as that tells, and so also of one that does not answer any more:
  // "restoring" since the group has given it partitions, "running", "rebalance" since it has given
  // them back, "lost" since others have them, "waiting" with none, "starting" again from the log;
  // empty: nothing since it was started.
  [[nodiscard]] std::string stage_told() const;

  // Of the readings, that it works on, by its metrics.
  [[nodiscard]] std::set<std::int32_t> partitions() const;
  // How often it has been given partitions, since its first start.
  [[nodiscard]] int assignments() const;

  [[nodiscard]] static std::filesystem::path executable();

 private:
  const TempDir dir_;
  const std::string prefix_;
  std::filesystem::path config_;
  std::unique_ptr<Process> process_;
  std::string url_;
  std::string said_before_;
};

}  // namespace crowdflow::test
