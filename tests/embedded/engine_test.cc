#include <chrono>
#include <cstdio>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "embedded/inspection.h"
#include "embedded/memory_dir.h"
#include "log/topics.h"
#include "paths.h"
#include "support/environment.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "wire/journal.h"
#include "wire/json.h"
#include "wire/messages.h"

// The engine on the embedded log, killed again and again, and its power cut.
namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

constexpr int kSeconds = 1500;
constexpr int kShortSeconds = 130;

// Of the windows and alarms that end by then, the last reading, hours later, changes nothing.
constexpr std::int64_t last_second(int seconds) { return 1'518'174'000 + seconds - 1; }

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
std::map<std::string, std::string> last_finals(const std::filesystem::path& folder, int seconds) {
  std::map<std::string, std::string> last;
  std::map<std::string, unsigned> next;
  for (const std::string& value : values_of(folder, log::TopicNames().zone_states)) {
    v1::ZoneStateBatch batch;
    EXPECT_TRUE(batch.ParseFromString(value));
    for (v1::ZoneState state : batch.states()) {
      if (!state.final() || state.window_end().seconds() > last_second(seconds)) continue;
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
std::vector<std::string> transitions(const std::filesystem::path& folder, int seconds) {
  std::vector<std::string> found;
  std::uint64_t occurrence = 0;
  std::uint64_t sequence = 0;
  for (const std::string& value : values_of(folder, log::TopicNames().alerts)) {
    v1::Alert alert;
    EXPECT_TRUE(alert.ParseFromString(value));
    if (alert.rule_id() != "full" || alert.event_time().seconds() > last_second(seconds)) continue;
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

Command run_hall(const std::filesystem::path& folder, int seconds) {
  return {
      .argv = {(build_dir() / "bin/run_hall").string(), folder.string(), std::to_string(seconds)},
      .env = {},
      .cwd = {},
      .input = {}};
}

// All that a run leaves to be compared.
struct Left {
  std::map<std::string, std::string> finals;
  std::vector<std::string> transitions;
  std::uint64_t readings = 0;
};

Left left_in(const std::filesystem::path& folder, int seconds) {
  return {.finals = last_finals(folder, seconds),
          .transitions = transitions(folder, seconds),
          .readings = readings_in_journal(folder)};
}

Left undisturbed(const std::filesystem::path& folder, int seconds) {
  const Finished run = run_to_end(run_hall(folder, seconds), 100s);
  EXPECT_EQ(run.status, 0) << run.err;
  Left left = left_in(folder, seconds);
  EXPECT_GT(left.finals.size(), static_cast<std::size_t>(seconds) * 9 / 10);
  EXPECT_GE(left.transitions.size(), static_cast<std::size_t>(seconds) / 40);
  EXPECT_EQ(left.readings, static_cast<std::uint64_t>(seconds) + 1);
  return left;
}

void expect_same(const Left& found, const Left& wanted, const std::string& when) {
  EXPECT_EQ(found.finals, wanted.finals) << when;
  EXPECT_EQ(found.transitions, wanted.transitions) << when;
  EXPECT_EQ(found.readings, wanted.readings) << when;
}

std::string reading_line(int number) { return "reading " + std::to_string(number) + "\n"; }

// The number of the first that it has told, and of the last; -1: none.
int reading_at(const std::string& said, std::size_t at) {
  int number = -1;
  if (at != std::string::npos) std::sscanf(said.c_str() + at, "reading %d", &number);
  return number;
}
int first_reading(const std::string& said) { return reading_at(said, said.find("reading ")); }
int last_reading(const std::string& said) { return reading_at(said, said.rfind("reading ")); }

TEST(EmbeddedEngine, SaysTheSameOnceWhenItIsKilledAtRandomMomentsAsWhenItIsNot) {
  const TempDir folder;
  const Left calm = undisturbed(folder.path() / "calm", kSeconds);

  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 chance(seed);
  const auto killed = folder.path() / "killed";
  Process hall(run_hall(killed, kSeconds));
  int kills = 0;
  for (; kills < 12; ++kills) {
    ASSERT_TRUE(hall.start());
    ASSERT_TRUE(hall.says("reading ", 20s));
    // By count and not by clock: on a fast disk all readings are in within a second or two.
    const int until = first_reading(hall.out()) + static_cast<int>(chance() % 50);
    if (until > kSeconds * 2 / 3) break;  // later, the last reading may be in before the kill
    ASSERT_TRUE(hall.says(reading_line(until), 20s));
    std::this_thread::sleep_for(std::chrono::microseconds{chance() % 3000});
    hall.signal(SIGKILL);
    ASSERT_TRUE(hall.wait(10s).has_value());
  }
  EXPECT_GE(kills, 5);
  if (!hall.running()) {
    ASSERT_TRUE(hall.start());
  }
  ASSERT_TRUE(hall.exits_with(0, 100s));
  expect_same(left_in(killed, kSeconds), calm, "after the kills");
}

// CROWDFLOW_CUT_STRIDE: a cut at each so many operations.
TEST(EmbeddedEngine, SaysTheSameOnceWhenThePowerIsCutAtAnyOperationOfTheDisk) {
  constexpr int kCut = 75;
  constexpr std::uint64_t kStride = kSanitized ? 31 : 3;
  const auto stride = static_cast<int>(number_from("CROWDFLOW_CUT_STRIDE", kStride));
  const MemoryDir memory;
  const Left calm = undisturbed(memory.fresh("calm"), kShortSeconds);
  int cut = 1;
  for (;; cut += stride) {
    const auto when = "cut at operation " + std::to_string(cut);
    const auto image = memory.fresh("image");
    Command command = run_hall(memory.fresh("log"), kShortSeconds);
    command.argv.push_back(std::to_string(cut));
    command.argv.push_back(image.string());
    const Finished cut_off = run_to_end(std::move(command), 100s);
    if (cut_off.status == 0) break;  // it ended before that operation
    ASSERT_EQ(cut_off.status, kCut) << when << ": " << cut_off.err;

    const Finished after = run_to_end(run_hall(image, kShortSeconds), 100s);
    ASSERT_EQ(after.status, 0) << when << ": " << after.err;
    if (last_reading(after.out) >= 0) {  // or all of them were in
      EXPECT_LE(first_reading(after.out), last_reading(cut_off.out) + 2) << when;
      EXPECT_GT(first_reading(after.out), last_reading(cut_off.out))
          << when << ": what was acknowledged is not there";
    }
    expect_same(left_in(image, kShortSeconds), calm, when);
    if (HasFailure()) return;
  }
  EXPECT_GT(cut, 500) << "the engine has hardly written";
}

}  // namespace
}  // namespace crowdflow::test
