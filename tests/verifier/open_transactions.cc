#include "verifier/open_transactions.h"

#include <chrono>
#include <utility>
#include <vector>

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMost = 5000;
// A transaction of a living writer is over by then.
constexpr auto kLongest = 300ms;
// Who has caught up so long ago has heard what there is.
constexpr auto kQuiet = 60ms;

}  // namespace

testing::AssertionResult OpenTransactions::begin(log::Log& log, const std::string& topic,
                                                 std::int32_t partitions) {
  topic_ = topic;
  partitions_ = partitions;
  auto reader = log.reader({});
  if (!reader) return testing::AssertionFailure() << reader.error().message;
  reader_ = std::move(*reader);
  std::vector<log::Position> from;
  for (std::int32_t p = 0; p < partitions; ++p)
    from.push_back({.at = {.topic = topic, .partition = p}, .offset = 0});
  if (auto started = reader_->start_at(from); !started) {
    return testing::AssertionFailure() << started.error().message;
  }
  return testing::AssertionSuccess();
}

OpenTransactions::Places OpenTransactions::standing_still() const {
  Places places;
  for (std::int32_t p = 0; p < partitions_; ++p) {
    const log::PartitionId id{.topic = topic_, .partition = p};
    const auto bounds = reader_->bounds(id);
    const std::int64_t here = reader_->position(id);
    if (bounds && here < bounds->high) places[p] = here;
  }
  return places;
}

std::optional<OpenTransactions::Places> OpenTransactions::now() {
  const auto deadline = Clock::now() + kLongest;
  auto quiet_since = Clock::now();
  while (Clock::now() < deadline && Clock::now() - quiet_since < kQuiet) {
    const auto taken = reader_->take(kMost, 20ms);
    if (!taken) return std::nullopt;
    if (!(*taken)->records().empty()) quiet_since = Clock::now();
  }
  return standing_still();
}

bool OpenTransactions::left_open(const std::set<std::int32_t>& partitions, const Places& before) {
  struct Still {
    std::int64_t at = -1;
    Clock::time_point since{};
  };
  std::map<std::int32_t, Still> still;
  const auto deadline = Clock::now() + 2 * kLongest;
  while (Clock::now() < deadline) {
    if (!reader_->take(kMost, 50ms)) return false;
    const auto now = Clock::now();
    const Places places = standing_still();
    for (const std::int32_t p : partitions) {
      const auto here = places.find(p);
      const auto old = before.find(p);
      const bool known = old != before.end() && here != places.end() && old->second == here->second;
      if (here == places.end() || known) {
        still.erase(p);
      } else if (still[p].at != here->second) {
        still[p] = {.at = here->second, .since = now};
      } else if (now - still[p].since > kLongest) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace crowdflow::test
