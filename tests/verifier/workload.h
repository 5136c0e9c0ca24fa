#pragma once

#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <crowdflow/time.h>

#include "support/temp_dir.h"

namespace crowdflow::test {

// What a venue's readings go through, and so what can be said of it that does not depend on faults.
enum class Manners : std::uint8_t {
  // In order, each on its venue's home partition; some are published twice. Last finals and alarms
  // are the same whatever happens.
  kTidy,
  // The same, all of them by a client with another partitioner.
  kAstray,
  // One sensor of it by such a client; some late, some revised. Last finals are the same; which
  // alarms there are depends on what was late for how long.
  kUntidy,
};

struct VenueInTest {
  std::string id;
  Manners manners = Manners::kTidy;
  std::int32_t home = 0;
};

// One record of the topic of readings.
struct Publication {
  std::int32_t partition = 0;
  std::string key;
  std::string value;
};

// The readings of several venues, second by second of event time, from a seed: the same seed says
// the same for ever. People come through a front door into a lobby and go on into a room, in waves
// that pass the limits and fall below them again.
class Workload {
 public:
  Workload(std::uint64_t seed, std::int32_t partitions);

  // The readings of the next second.
  [[nodiscard]] std::vector<Publication> next();
  // Hours later, so that every window closes; to be published when all else has been taken.
  [[nodiscard]] std::vector<Publication> closing() const;
  // Event time of the last second, in seconds since 1970.
  [[nodiscard]] std::int64_t now() const;

  [[nodiscard]] const std::vector<VenueInTest>& venues() const { return venues_; }
  [[nodiscard]] const VenueInTest& venue(const std::string& id) const;
  // Writes the venue files.
  [[nodiscard]] static std::vector<std::filesystem::path> write_files(
      const TempDir& dir, const std::vector<VenueInTest>& venues);

 private:
  struct People {
    std::int64_t lobby = 0;
    std::int64_t room = 0;
    bool filling = true;
    // Of the register between them.
    std::uint64_t through = 0;
    std::uint64_t back = 0;
  };
  struct Later {
    std::int64_t second = 0;
    Publication what;
  };

  void say(const VenueInTest& venue, People& people, std::vector<Publication>& out);
  void publish(const VenueInTest& venue, Publication what, std::vector<Publication>& out);
  [[nodiscard]] Publication nonsense();
  [[nodiscard]] int random(int from, int to);  // both included
  [[nodiscard]] bool one_in(int n) { return random(1, n) == 1; }
  [[nodiscard]] std::int32_t elsewhere(std::int32_t home) const;

  std::mt19937_64 random_;
  const std::int32_t partitions_;
  std::vector<VenueInTest> venues_;
  std::vector<People> people_;
  std::int64_t second_ = 0;
  std::vector<Later> later_;
};

}  // namespace crowdflow::test
