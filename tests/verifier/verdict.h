#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <vector>

#include <crowdflow/outcome.h>

#include "log/log.h"
#include "verifier/workload.h"

// What a run has left in its topics, judged from outside. Every finding fails the test that asks,
// and says where.
namespace crowdflow::test {

// One run: its topics and group have a prefix of their own.
struct RunInTest {
  std::string bootstrap;
  std::string prefix;
  std::int32_t partitions = 0;

  [[nodiscard]] std::string topic(const std::string& name) const { return prefix + name; }
  [[nodiscard]] std::string group() const { return prefix + "engine"; }
};

// All that was published is taken within two minutes, and the group has committed that.
[[nodiscard]] testing::AssertionResult takes_everything(log::Log& log, const RunInTest& run);

// The journal says of each record of the readings exactly once that it was applied, its pages are
// numbered without a gap, its last word of each partition is what the group has committed, its sums
// are the readings that the log holds, and each reading that it says was rejected is a dead letter,
// once. Returns the sum.
Accounting check_journal(log::Log& log, const RunInTest& run);

// Nothing that is open, and nobody who waits for it.
void check_no_open_transaction(log::Log& log, const RunInTest& run);

// `crowdflow replay --verify`: all that was ever said of the venue follows from its journal, byte
// for byte.
[[nodiscard]] testing::AssertionResult reproduces(const RunInTest& run, const std::string& venue);

// The last word about every window that ends by `until`, as JSON without its revision; fails the
// test when a revision is missing or there twice.
std::map<std::string, std::string> last_finals(const RunInTest& run, std::int64_t until);
// Every transition of the venues' alarms by `until`, as JSON without the time at which it was said;
// fails the test when one is missing or there twice, of any venue. And what alerts-current says.
std::map<std::string, std::string> transitions(const RunInTest& run, const Workload& workload,
                                               std::int64_t until);
// The values of the dead letters.
std::map<std::string, std::string> dead_letters(const RunInTest& run);

// The same things are said of the same places. `what`: for the message.
[[nodiscard]] testing::AssertionResult same(const std::map<std::string, std::string>& expected,
                                            const std::map<std::string, std::string>& found);

}  // namespace crowdflow::test
