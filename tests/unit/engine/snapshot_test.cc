// What Shard::load() takes and what it refuses.
//
// tests/data/snapshots has a snapshot in each version of the format that ever was. That of the
// present version is made by
//
//   CROWDFLOW_WRITE_SNAPSHOT=tests/data/snapshots/format-1.bin build/dev/bin/test_engine
//       --gtest_filter=Snapshot.OfFormat1GoesOn
//
// once, with the commit that brings the version, and never again.

#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>

#include "engine/snapshot_checksum.h"
#include "kept_snapshot.h"
#include "paths.h"
#include "same_outputs.h"
#include "stage.h"

namespace crowdflow::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Venues = std::vector<std::shared_ptr<const Venue>>;

std::string saved(const Shard& shard) {
  std::string bytes;
  shard.save(bytes);
  return bytes;
}

Error refused(std::string_view bytes, const Venues& venues) {
  const Result<Shard> loaded = Shard::load(bytes, venues);
  if (loaded) ADD_FAILURE() << "was loaded";
  return loaded ? Error{} : loaded.error();
}

// As if these bytes had been written so.
std::string with_checksum(std::string bytes) {
  if (bytes.size() < 8) return bytes;
  bytes.resize(bytes.size() - 8);
  const std::uint64_t sum = snapshot_checksum(bytes);
  for (int i = 0; i < 8; ++i)
    bytes.push_back(static_cast<char>(sum >> (8 * i)));
  return bytes;
}

std::shared_ptr<const Venue> named(std::string id, std::string version = "") {
  Venue venue = *one_hall().id(std::move(id)).build();
  venue.version = std::move(version);
  return std::make_shared<const Venue>(std::move(venue));
}

std::string of_venues(const Venues& venues) {
  Shard shard;
  Outputs out;
  for (const auto& venue : venues)
    shard.put_venue(venue, out);
  return saved(shard);
}

std::vector<std::string> in_words(const std::vector<Outputs::VenueAlert>& alerts) {
  std::vector<std::string> words;
  for (const auto& [venue, alert] : alerts) {
    words.push_back(venue->rules[alert.rule].id + " in " + venue->zones[alert.zone].id +
                    (alert.condition_active ? " rises" : " falls") + " at " +
                    std::to_string(since_zero(alert.event_time)).substr(0, 5) + ", occurrence " +
                    std::to_string(alert.occurrence));
  }
  return words;
}

std::string kept(const KeptSnapshot& snapshot) {
  Shard shard;
  Outputs out;
  snapshot.begin(shard, out);
  return saved(shard);
}

TEST(Snapshot, OfAShardWithoutVenuesIsLoaded) {
  const Result<Shard> loaded = Shard::load(saved(Shard()), {});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_TRUE(loaded->progress().empty());
}

TEST(Snapshot, IsAppended) {
  std::string bytes = "before";
  Shard().save(bytes);
  EXPECT_EQ(bytes, "before" + saved(Shard()));
}

TEST(Snapshot, TakesItsVenuesInAnyOrder) {
  const Venues venues{named("a"), named("b"), named("c")};
  const std::string bytes = of_venues(venues);
  const Venues otherwise{venues[2], venues[0], venues[1]};
  const Result<Shard> loaded = Shard::load(bytes, otherwise);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(saved(*loaded), bytes);
  EXPECT_TRUE(loaded->knows("b"));
}

TEST(Snapshot, IsRefusedWithOtherVenuesThanItsOwn) {
  const std::string bytes = of_venues({named("a", "1"), named("b", "2")});
  const auto why = [&](const Venues& venues) {
    const Error error = refused(bytes, venues);
    EXPECT_EQ(error.code, ErrorCode::kInvalid);
    return error.message;
  };
  EXPECT_THAT(why({named("a", "1")}), HasSubstr("it has venue \"b\", which is not expected"));
  EXPECT_THAT(why({named("a", "1"), named("b", "2"), named("c", "3")}),
              HasSubstr("it lacks venue \"c\""));
  EXPECT_THAT(why({named("a", "1"), named("b", "4")}),
              HasSubstr("venue \"b\" is of version \"2\", expected \"4\""));
  EXPECT_THAT(why({named("a", "1"), named("a", "1"), named("b", "2")}),
              HasSubstr("it lacks venue \"a\""));
}

TEST(Snapshot, IsRefusedWhenThePlanOfTheVenueIsAnother) {
  Stage stage(one_hall());
  stage.quiet("counter", 1, 10);
  const std::string bytes = saved(stage.shard);
  const Error longer = refused(bytes, {one_hall().revise_for(90s).build()});
  EXPECT_THAT(longer.message, HasSubstr("not as many as are kept"));
  const Error more = refused(bytes, {one_hall().counter("other", "door").build()});
  EXPECT_THAT(more.message, HasSubstr("not as many sensors as the venue has"));
  const Error alarms = refused(bytes, {one_hall().rule({.id = "r", .zones = {0}}).build()});
  EXPECT_THAT(alarms.message, HasSubstr("not as many alarms as the venue has"));
}

TEST(Snapshot, OfALaterFormatIsUnsupported) {
  std::string bytes = saved(Shard());
  bytes[8] = 2;
  const Error error = refused(with_checksum(bytes), {});
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_THAT(error.message, AllOf(HasSubstr("format 2"), HasSubstr("formats up to 1")));
  // Whatever its later bytes mean.
  EXPECT_EQ(refused(bytes, {}).code, ErrorCode::kUnsupported);
}

TEST(Snapshot, PassesOverSectionsThatItDoesNotKnow) {
  std::string bytes = saved(Shard());
  const std::string section("\x63\x03\0\0\0\0\0\0\0abc", 12);
  bytes.insert(16, section);
  const Result<Shard> loaded = Shard::load(with_checksum(bytes), {});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
}

TEST(Snapshot, IsRefusedWhenCutShort) {
  const KeptSnapshot snapshot;
  const std::string bytes = kept(snapshot);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(refused(bytes.substr(0, size), snapshot.venues()).code, ErrorCode::kInvalid) << size;
    const std::string summed = with_checksum(bytes.substr(0, size));
    EXPECT_FALSE(Shard::load(summed, snapshot.venues()).has_value()) << size;
  }
}

TEST(Snapshot, IsRefusedWhenAnyByteIsAnother) {
  const KeptSnapshot snapshot;
  std::string bytes = kept(snapshot);
  for (char& byte : bytes) {
    const char was = byte;
    for (const int bits : {0x01, 0x10, 0x80, 0xFF}) {
      byte = static_cast<char>(was ^ bits);
      EXPECT_FALSE(Shard::load(bytes, snapshot.venues()).has_value()) << &byte - bytes.data();
    }
    byte = was;
  }
}

// The checksum keeps accidents out. Should it be right, what is loaded can be worked with.
TEST(Snapshot, WithAnyOtherByteHarmsNothing) {
  const KeptSnapshot snapshot;
  const std::string bytes = kept(snapshot);
  std::size_t taken = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const int bits : {0x01, 0x40, 0xFF}) {
      std::string other = bytes;
      other[i] = static_cast<char>(other[i] ^ bits);
      Result<Shard> loaded = Shard::load(with_checksum(other), snapshot.venues());
      if (!loaded) continue;
      ++taken;
      Outputs out;
      snapshot.go_on(*loaded, 12, out);
      loaded->finish(out);
    }
  }
  // Most bytes are counts, of which any will do.
  EXPECT_GT(taken, bytes.size());
}

TEST(Snapshot, OfFormat1GoesOn) {
  const KeptSnapshot snapshot;
  const std::filesystem::path path = test::source_dir() / "tests/data/snapshots/format-1.bin";
  if (const char* where = std::getenv("CROWDFLOW_WRITE_SNAPSHOT")) {
    std::ofstream(where, std::ios::binary) << kept(snapshot);
  }
  std::ifstream in(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  Result<Shard> loaded = Shard::load(bytes, snapshot.venues());
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  Outputs out;
  snapshot.go_on(*loaded, 15, out);
  loaded->finish(out);

  const Venue& hall = *snapshot.venues()[0];
  std::vector<Final> minutes;
  for (const ZoneState& state : out.states) {
    if (!state.final || state.window_end - state.window_start != 60s) continue;
    minutes.push_back({hall.zones[state.zone].id, since_zero(state.window_end), state.revision,
                       state.occupancy, std::round(state.inflow), std::round(state.outflow)});
  }
  EXPECT_THAT(minutes,
              ElementsAre(Final{"stalls", 60, 0, 17, 127, 84}, Final{"plaza", 120, 0, 48, 265, 188},
                          Final{"stalls", 120, 0, 6, 145, 85}));
  EXPECT_THAT(in_words(out.alerts), ElementsAre("dense in stalls rises at 78.00, occurrence 6",
                                                "dense in stalls falls at 78.00, occurrence 6",
                                                "dense in stalls rises at 85.00, occurrence 7",
                                                "dense in stalls falls at 87.00, occurrence 7"));
  std::vector<std::string> sensors;
  const std::vector<SensorTotals> totals = loaded->sensor_totals("hall");
  for (std::size_t i = 0; i < totals.size(); ++i) {
    sensors.push_back(hall.sensors[i].id + " " + std::to_string(totals[i].readings) + ", " +
                      std::to_string(totals[i].entries) + " in, " +
                      std::to_string(totals[i].exits) + " out");
  }
  EXPECT_THAT(sensors, ElementsAre("turnstile 95, 267 in, 89 out", "camera 84, 171 in, 125 out",
                                   "scanner 9, 27 in, 0 out", "lidar 68, 0 in, 0 out",
                                   "tracker 28, 0 in, 0 out"));
}

}  // namespace
}  // namespace crowdflow::testing
