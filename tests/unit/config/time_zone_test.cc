#include "config/time_zone.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace crowdflow::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::TempDir;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

UtcOffset offset(const char* from, std::chrono::seconds seconds) {
  return {.from = *event_time_from_rfc3339(from), .seconds = seconds};
}

TEST(TimeZone, HasTheFormOfAnAreaAndAPlace) {
  for (const char* name : {"UTC", "Asia/Seoul", "Etc/GMT+9", "America/Argentina/Buenos_Aires"}) {
    EXPECT_TRUE(has_time_zone_form(name)) << name;
  }
  for (const char* name :
       {"", "/UTC", "Asia/", "Asia//Seoul", "../UTC", "Asia/Se oul", "+09:00", "Korea time", "9"}) {
    EXPECT_FALSE(has_time_zone_form(name)) << name;
  }
}

TEST(TimeZone, IsOneOffsetWhereClocksNeverChange) {
  EXPECT_THAT(utc_offsets("Asia/Seoul"),
              Optional(ElementsAre(offset("2000-01-01T00:00:00Z", hours{9}))));
  EXPECT_THAT(utc_offsets("Asia/Kolkata"),
              Optional(ElementsAre(offset("2000-01-01T00:00:00Z", minutes{330}))));
  EXPECT_THAT(utc_offsets("UTC"), Optional(IsEmpty()));
  EXPECT_THAT(utc_offsets("Etc/UTC"), Optional(IsEmpty()));
}

TEST(TimeZone, ChangesWithSummerTimeUntil2100) {
  const auto london = utc_offsets("Europe/London");
  ASSERT_TRUE(london);
  ASSERT_EQ(london->size(), 201U);
  EXPECT_EQ(london->front(), offset("2000-01-01T00:00:00Z", hours{0}));
  EXPECT_EQ(london->at(1), offset("2000-03-26T01:00:00Z", hours{1}));
  EXPECT_EQ(london->at(2), offset("2000-10-29T01:00:00Z", hours{0}));
  // Beyond 2037 there are no changes in the file, only the rule for them.
  EXPECT_EQ(london->at(199), offset("2099-03-29T01:00:00Z", hours{1}));
  EXPECT_EQ(london->back(), offset("2099-10-25T01:00:00Z", hours{0}));
  for (std::size_t i = 1; i < london->size(); ++i)
    EXPECT_LT(london->at(i - 1).from, london->at(i).from);
}

TEST(TimeZone, ChangesWhenACountryMovesItsClocks) {
  // Moscow: summer time all year from 2011, winter time all year from 2014-10-25T22:00:00Z.
  const auto moscow = utc_offsets("Europe/Moscow");
  ASSERT_TRUE(moscow);
  EXPECT_EQ(moscow->back(), offset("2014-10-25T22:00:00Z", hours{3}));
}

TEST(TimeZone, IsUnknownUnderAnyOtherName) {
  for (const char* name : {"Asia/Soul", "Asia", "../zoneinfo/UTC", "right/UTC", "posix/UTC", ""}) {
    EXPECT_EQ(utc_offsets(name), std::nullopt) << name;
  }
  EXPECT_EQ(time_zone_hint("Asia/Soul"), "did you mean \"Asia/Seoul\"?");
  EXPECT_EQ(time_zone_hint("Mars/Olympus"), "");
}

TEST(TimeZone, IsOnlyUtcOnAMachineWithoutThem) {
  const TempDir empty;
  const std::string root = empty.path().string();
  EXPECT_FALSE(has_time_zones(root));
  EXPECT_THAT(utc_offsets("UTC", root), Optional(IsEmpty()));
  EXPECT_EQ(utc_offsets("Asia/Seoul", root), std::nullopt);
  EXPECT_EQ(time_zone_hint("Asia/Soul", root), "");
}

TEST(TimeZone, IsNotAFileThatOnlyLooksLikeOne) {
  const TempDir folder;
  const std::string root = folder.path().string();
  folder.write("UTC", "TZif2");
  folder.write("Asia/Seoul", "TZif2, and then nothing");
  folder.write("tzdata.zi", "# no zone");
  EXPECT_TRUE(has_time_zones(root));
  EXPECT_EQ(utc_offsets("Asia/Seoul", root), std::nullopt);
  EXPECT_EQ(utc_offsets("tzdata.zi", root), std::nullopt);
}

// What TZ says, for the time of a test.
class TimeZoneOfTheEnvironment {
 public:
  explicit TimeZoneOfTheEnvironment(const char* tz) {
    if (const char* before = std::getenv("TZ")) before_ = before;
    tz == nullptr ? unsetenv("TZ") : setenv("TZ", tz, 1);
  }
  ~TimeZoneOfTheEnvironment() { before_ ? setenv("TZ", before_->c_str(), 1) : unsetenv("TZ"); }
  TimeZoneOfTheEnvironment(const TimeZoneOfTheEnvironment&) = delete;
  TimeZoneOfTheEnvironment& operator=(const TimeZoneOfTheEnvironment&) = delete;

 private:
  std::optional<std::string> before_;
};

TEST(TimeZone, OfTheMachineIsWhereItsLocalTimeLeadsTo) {
  const TimeZoneOfTheEnvironment none(nullptr);
  const TempDir etc;
  EXPECT_EQ(machine_time_zone(kZoneInfo, etc.path().string()), "UTC");
  etc.write("timezone", "Asia/Seoul\n");
  EXPECT_EQ(machine_time_zone(kZoneInfo, etc.path().string()), "Asia/Seoul");
  std::filesystem::create_symlink("/usr/share/zoneinfo/Europe/London", etc.path() / "localtime");
  EXPECT_EQ(machine_time_zone(kZoneInfo, etc.path().string()), "Europe/London");
}

TEST(TimeZone, OfTheEnvironmentIsTakenBeforeTheMachines) {
  const TempDir etc;
  etc.write("timezone", "Asia/Seoul\n");
  {
    const TimeZoneOfTheEnvironment tokyo(":Asia/Tokyo");
    EXPECT_EQ(machine_time_zone(kZoneInfo, etc.path().string()), "Asia/Tokyo");
  }
  const TimeZoneOfTheEnvironment rule("CET-1CEST");
  EXPECT_EQ(machine_time_zone(kZoneInfo, etc.path().string()), "Asia/Seoul");
}

}  // namespace
}  // namespace crowdflow::config
