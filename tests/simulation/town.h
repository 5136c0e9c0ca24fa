#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <crowdflow/reading.h>
#include <crowdflow/venue.h>

#include "simulation/chance.h"
#include "simulation/clockwork.h"
#include "wire/journal.h"

namespace crowdflow::simulation {

// Second 0 of the simulation, since 1970.
inline constexpr std::int64_t kEpoch = 1'518'174'000;

// When the sensors speak once more after a long silence, so that every window before is final.
inline constexpr std::int64_t kClosingSecond = 100;

// A record that a feed publishes.
struct Publication {
  enum class Fate : std::uint8_t {
    kAlone,      // outside of transactions
    kCommitted,  // in one
    kAborted,    // in one that is taken back: nobody may see it
    kLeftOpen,   // in one whose publisher dies: the same, after its time-out
  };

  Time when{};
  std::int32_t partition = 0;
  std::string venue_id;  // the key
  std::string value;
  std::string content_type;  // empty: no header
  Fate fate = Fate::kAlone;
};

// A venue file and the venue that it says.
struct VenueVersion {
  std::string yaml;
  std::shared_ptr<const Venue> venue;
};

// Some venues and what their sensors publish, from a seed.
class Town {
 public:
  explicit Town(std::uint64_t seed);

  [[nodiscard]] std::int32_t partitions() const { return partitions_; }
  // The first version of each venue; the second is `later` where there is one.
  [[nodiscard]] const std::vector<VenueVersion>& venues() const { return venues_; }
  [[nodiscard]] const std::vector<VenueVersion>& later() const { return later_; }
  // In the order of time.
  [[nodiscard]] const std::vector<Publication>& publications() const { return publications_; }
  // Nothing is said that would be judged by when it arrives, and no file changes: the last words do
  // not depend on what went wrong.
  [[nodiscard]] bool same_whatever_happens() const { return same_whatever_happens_; }
  // All that the venue's sensors say arrives in one order.
  [[nodiscard]] bool in_one_order(const std::string& venue_id) const;

  // For the journal's venue files.
  [[nodiscard]] Result<std::shared_ptr<const Venue>> parse(const wire::VenueFile& file) const;

 private:
  struct Voice {
    std::uint32_t venue = 0;
    std::uint32_t sensor = 0;
    std::int32_t partition = 0;
    std::uint64_t sequence = 0;
    std::uint64_t entries = 0;  // of a register
    std::uint64_t exits = 0;
    Time delay{};
  };

  void make_venue(std::uint32_t number);
  void make_voices();
  [[nodiscard]] Reading say(Voice& voice, std::int64_t second);
  void publish(Voice& voice, std::vector<Reading> readings, Time when);
  void publish_noise();
  void close();

  Chance chance_;
  std::int32_t partitions_ = 1;
  std::int64_t seconds_ = 10;
  bool same_whatever_happens_ = true;
  std::vector<VenueVersion> venues_;
  std::vector<VenueVersion> later_;
  std::vector<Voice> voices_;
  std::vector<std::string> out_of_order_;
  std::vector<Publication> publications_;
};

}  // namespace crowdflow::simulation
