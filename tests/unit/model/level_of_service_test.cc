#include <cmath>
#include <gmock/gmock.h>
#include <limits>

#include <crowdflow/level_of_service.h>

namespace crowdflow {
namespace {

const ThresholdProfile& profile(std::string_view name) {
  const ThresholdProfile* found = built_in_profile(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

TEST(LevelOfService, HasTheFourBuiltInProfiles) {
  std::vector<std::string> names;
  for (const ThresholdProfile& p : built_in_profiles())
    names.push_back(p.name);
  EXPECT_THAT(names, testing::ElementsAre("fruin-walkway", "fruin-stairs", "fruin-queueing",
                                          "green-guide-standing"));
  EXPECT_EQ(built_in_profile("fruin-walkways"), nullptr);
}

TEST(LevelOfService, EveryBuiltInProfileRisesAndNamesItsSource) {
  for (const ThresholdProfile& p : built_in_profiles()) {
    double before = 0;
    for (const double bound : p.begins_at) {
      EXPECT_GT(bound, before) << p.name;
      before = bound;
    }
    EXPECT_THAT(p.source, testing::HasSubstr("19")) << p.name;
  }
}

// Fruin's tables are in square metres per person; a swapped unit would turn the grades around.
TEST(LevelOfService, AgreesWithFruinsTablesInAreaPerPerson) {
  const auto at_area = [](std::string_view name, double m2_per_person) {
    return letter(level_of_service(profile(name), 1 / m2_per_person));
  };
  EXPECT_EQ(at_area("fruin-walkway", 3.3), 'A');
  EXPECT_EQ(at_area("fruin-walkway", 2.4), 'B');
  EXPECT_EQ(at_area("fruin-walkway", 1.4), 'C');
  EXPECT_EQ(at_area("fruin-walkway", 1.0), 'D');
  EXPECT_EQ(at_area("fruin-walkway", 0.5), 'E');
  EXPECT_EQ(at_area("fruin-walkway", 0.4), 'F');

  EXPECT_EQ(at_area("fruin-stairs", 1.9), 'A');
  EXPECT_EQ(at_area("fruin-stairs", 1.4), 'B');
  EXPECT_EQ(at_area("fruin-stairs", 1.0), 'C');
  EXPECT_EQ(at_area("fruin-stairs", 0.7), 'D');
  EXPECT_EQ(at_area("fruin-stairs", 0.4), 'E');
  EXPECT_EQ(at_area("fruin-stairs", 0.3), 'F');

  EXPECT_EQ(at_area("fruin-queueing", 1.3), 'A');
  EXPECT_EQ(at_area("fruin-queueing", 1.0), 'B');
  EXPECT_EQ(at_area("fruin-queueing", 0.7), 'C');
  EXPECT_EQ(at_area("fruin-queueing", 0.3), 'D');
  EXPECT_EQ(at_area("fruin-queueing", 0.2), 'E');
  EXPECT_EQ(at_area("fruin-queueing", 0.18), 'F');
}

TEST(LevelOfService, GivesADensityAtTheBoundToTheWorseLevel) {
  ThresholdProfile p;
  p.begins_at = {1, 2, 3, 4, 5};
  EXPECT_EQ(level_of_service(p, std::nextafter(1.0, 0.0)), LevelOfService::kA);
  EXPECT_EQ(level_of_service(p, 1), LevelOfService::kB);
  EXPECT_EQ(level_of_service(p, std::nextafter(5.0, 0.0)), LevelOfService::kE);
  EXPECT_EQ(level_of_service(p, 5), LevelOfService::kF);
}

TEST(LevelOfService, CountsADensityBelowZeroAsZero) {
  EXPECT_EQ(level_of_service(profile("fruin-walkway"), -3), LevelOfService::kA);
  EXPECT_EQ(level_of_service(profile("fruin-walkway"), 0), LevelOfService::kA);
}

TEST(LevelOfService, LimitsStandingToTheGreenGuides47PeoplePer10SquareMetres) {
  const ThresholdProfile& standing = profile("green-guide-standing");
  EXPECT_EQ(standing.limit, 4.7);
  EXPECT_EQ(level_of_service(standing, 4.69), LevelOfService::kE);
  EXPECT_EQ(level_of_service(standing, 4.7), LevelOfService::kF);
}

}  // namespace
}  // namespace crowdflow
