#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/temp_dir.h"

namespace crowdflow::test {

// A real Apache Kafka (tests/kafka/run-kafka) with a folder of its own. It makes no topics by
// itself, and starts in about two seconds, in five after kill(): the controller waits for the
// killed broker's session to end.
// Threads: one at a time; it dies with the thread that started it (see Process).
class KafkaBroker {
 public:
  // A second address: the broker listens on `listens`, and clients that come there are told to use
  // `advertised`, where a TcpProxy may stand.
  struct Through {
    std::uint16_t advertised = 0;
    std::uint16_t listens = 0;
  };
  // One of several: the number of each starts at 1; `voters` are the controllers of all, as
  // run-kafka has them (see KafkaCluster).
  struct Node {
    int number = 1;
    std::uint16_t port = 0;
    std::uint16_t controller_port = 0;
    std::string voters;
  };
  // `settings` are lines of server.properties, "name=value", over those of run-kafka.
  explicit KafkaBroker(const std::vector<std::string>& settings = {},
                       const std::vector<Through>& through = {});
  KafkaBroker(const Node& node, const std::vector<std::string>& settings);

  // The first start, or the next after stop() or kill(): same data, same port.
  [[nodiscard]] testing::AssertionResult start();
  // The same in two steps: a node of a cluster is not ready before others are.
  [[nodiscard]] testing::AssertionResult begin_start() { return process_.start(); }
  [[nodiscard]] testing::AssertionResult becomes_ready();
  // Ends it cleanly.
  [[nodiscard]] testing::AssertionResult stop();
  // SIGKILL to the JVM; back when nobody listens on the port.
  [[nodiscard]] testing::AssertionResult kill();
  // SIGSTOP to the JVM: connections stay, nobody answers. Until wake() or kill().
  void freeze() const { process_.signal_group(SIGSTOP); }
  void wake() const { process_.signal_group(SIGCONT); }
  // As with a new disk: all that it had is gone. While it does not run.
  void forget_everything() const { std::filesystem::remove_all(dir() / "data"); }
  // As on a full disk: from now on it cannot make any file longer than this, until its next start.
  [[nodiscard]] testing::AssertionResult let_no_file_grow_beyond(std::uintmax_t bytes) const;
  // True when it has ended without having been told to, as it does when it cannot write.
  [[nodiscard]] testing::AssertionResult ends_by_itself();
  // stop() when it runs, then start().
  [[nodiscard]] testing::AssertionResult restart();

  // 127.0.0.1:PORT, from the first start on.
  [[nodiscard]] const std::string& bootstrap() const { return bootstrap_; }
  // Where its data and logs are; keep() leaves them there when this goes.
  [[nodiscard]] const std::filesystem::path& dir() const { return dir_.path(); }
  void keep() { dir_.keep(); }
  // The broker's own log since its last start.
  [[nodiscard]] std::string log() const { return read_text(dir_.path() / "kafka.log"); }

 private:
  [[nodiscard]] testing::AssertionResult refuses_connections() const;

  TempDir dir_;
  Process process_;
  std::string bootstrap_;
};

// One broker for all tests of an executable, which so pays for the start once:
//   KafkaEnvironment* const kafka = KafkaEnvironment::install();
//   ... kafka->broker().bootstrap() ...
// in one of its .cc files, outside functions. GoogleTest owns it. The executable must be one ctest
// (add_test, as tests/integration does), not one for each TEST in it.
class KafkaEnvironment : public testing::Environment {
 public:
  static KafkaEnvironment* install(const std::vector<std::string>& settings = {});

  void SetUp() override;
  void TearDown() override;

  [[nodiscard]] KafkaBroker& broker() { return broker_; }

 private:
  explicit KafkaEnvironment(const std::vector<std::string>& settings) : broker_(settings) {}

  KafkaBroker broker_;
};

}  // namespace crowdflow::test
