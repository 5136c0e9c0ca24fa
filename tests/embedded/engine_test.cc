#include <algorithm>
#include <chrono>
#include <cstdio>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "embedded/inspection.h"
#include "log/topics.h"
#include "paths.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "wire/journal.h"
#include "wire/json.h"
#include "wire/messages.h"

// The engine on the embedded log, killed again and again.
namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

constexpr int kSeconds = 1500;
constexpr std::int64_t kEnd = 1'518'174'000 + kSeconds - 1;

std::vector<std::string> values_of(const std::filesystem::path& folder, const std::string& topic) {
  std::vector<std::string> values;
  auto log = embedded::open_to_read(folder);
  EXPECT_TRUE(log.has_value()) << log.error().message;
  if (!log) return values;
  const log::PartitionId at{topic, 0};
  const auto bounds = (*log)->query_bounds(at).value();
  auto reader = (*log)->reader({}).value();
  EXPECT_TRUE(reader->start_at(std::vector<log::Position>{{at, bounds.low, ""}}).has_value());
  while (reader->position(at) < bounds.high) {
    const auto batch = reader->take(1000, 0ms);
    EXPECT_TRUE(batch.has_value()) << batch.error().message;
    if (!batch) break;
    for (const log::Record& record : (*batch)->records())
      values.emplace_back(record.value);
  }
  return values;
}

// The last word about each window; each revision is there once.
std::map<std::string, std::string> last_finals(const std::filesystem::path& folder) {
  std::map<std::string, std::string> last;
  std::map<std::string, unsigned> next;
  for (const std::string& value : values_of(folder, log::TopicNames().zone_states)) {
    v1::ZoneStateBatch batch;
    EXPECT_TRUE(batch.ParseFromString(value));
    for (v1::ZoneState state : batch.states()) {
      if (!state.final() || state.window_end().seconds() > kEnd) continue;
      const auto window = state.zone_id() + " " + std::to_string(state.window_start().seconds()) +
                          " to " + std::to_string(state.window_end().seconds());
      EXPECT_EQ(state.revision(), next[window]++) << window;
      state.set_revision(0);
      last[window] = wire::to_json(state);
    }
  }
  return last;
}

// Of the alarm of the full hall, each with the number that it has; each is there once, in order.
std::vector<std::string> transitions(const std::filesystem::path& folder) {
  std::vector<std::string> found;
  std::uint64_t occurrence = 0;
  std::uint64_t sequence = 0;
  for (const std::string& value : values_of(folder, log::TopicNames().alerts)) {
    v1::Alert alert;
    EXPECT_TRUE(alert.ParseFromString(value));
    if (alert.rule_id() != "full" || alert.event_time().seconds() > kEnd) continue;
    const bool follows = alert.occurrence() == occurrence
                             ? alert.sequence() == sequence + 1
                             : alert.occurrence() == occurrence + 1 && alert.sequence() == 1;
    EXPECT_TRUE(follows) << wire::to_json(alert);
    occurrence = alert.occurrence();
    sequence = alert.sequence();
    alert.clear_raised_at();
    found.push_back(wire::to_json(alert));
  }
  return found;
}

std::uint64_t readings_in_journal(const std::filesystem::path& folder) {
  std::uint64_t sum = 0;
  for (const std::string& value : values_of(folder, log::TopicNames().journal)) {
    const auto page = wire::parse_journal(value);
    EXPECT_TRUE(page.has_value());
    if (page) sum += page->accounting.consumed;
  }
  return sum;
}

Command run_hall(const std::filesystem::path& folder) {
  return {
      .argv = {(build_dir() / "bin/run_hall").string(), folder.string(), std::to_string(kSeconds)},
      .env = {},
      .cwd = {},
      .input = {}};
}

std::string reading_line(int number) { return "reading " + std::to_string(number) + "\n"; }

int first_reading(const std::string& said) {
  const std::size_t at = std::min(said.find("reading "), said.size());  // a log line may come first
  int number = 0;
  EXPECT_EQ(std::sscanf(said.c_str() + at, "reading %d", &number), 1) << said;
  return number;
}

TEST(EmbeddedEngine, SaysTheSameOnceWhenItIsKilledAtRandomMomentsAsWhenItIsNot) {
  const TempDir folder;
  const auto calm = folder.path() / "calm";
  const auto killed = folder.path() / "killed";
  Process undisturbed(run_hall(calm));
  ASSERT_TRUE(undisturbed.start());
  ASSERT_TRUE(undisturbed.exits_with(0, 100s));

  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 chance(seed);
  Process disturbed(run_hall(killed));
  int kills = 0;
  for (; kills < 12; ++kills) {
    ASSERT_TRUE(disturbed.start());
    ASSERT_TRUE(disturbed.says("reading ", 20s));
    // By count and not by clock: on a fast disk all readings are in within a second or two.
    const int until = first_reading(disturbed.out()) + static_cast<int>(chance() % 50);
    if (until > kSeconds * 2 / 3) break;  // later, the last reading may be in before the kill
    ASSERT_TRUE(disturbed.says(reading_line(until), 20s)) << "seed " << seed;
    std::this_thread::sleep_for(std::chrono::microseconds{chance() % 3000});
    disturbed.signal(SIGKILL);
    ASSERT_TRUE(disturbed.wait(10s).has_value());
  }
  EXPECT_GE(kills, 5);
  if (!disturbed.running()) {
    ASSERT_TRUE(disturbed.start());
  }
  ASSERT_TRUE(disturbed.exits_with(0, 100s)) << "seed " << seed;

  const auto finals = last_finals(calm);
  EXPECT_GT(finals.size(), static_cast<std::size_t>(kSeconds) * 9 / 10);
  EXPECT_EQ(last_finals(killed), finals) << "seed " << seed;
  const auto alarms = transitions(calm);
  EXPECT_GT(alarms.size(), static_cast<std::size_t>(kSeconds) / 40);
  EXPECT_EQ(transitions(killed), alarms) << "seed " << seed;
  EXPECT_EQ(readings_in_journal(calm), static_cast<std::uint64_t>(kSeconds) + 1);
  EXPECT_EQ(readings_in_journal(killed), static_cast<std::uint64_t>(kSeconds) + 1);
}

}  // namespace
}  // namespace crowdflow::test
