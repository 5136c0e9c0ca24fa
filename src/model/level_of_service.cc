#include <crowdflow/level_of_service.h>

namespace crowdflow {
namespace {

// Fruin publishes square metres per person: the least area at which A, B, C, D and E still hold.
constexpr std::array<double, 5> from_area_per_person(double a, double b, double c, double d,
                                                     double e) {
  return {1 / a, 1 / b, 1 / c, 1 / d, 1 / e};
}

const std::array<ThresholdProfile, 4>& profiles() {
  static const std::array<ThresholdProfile, 4> all{{
      {
          .name = "fruin-walkway",
          .begins_at = from_area_per_person(3.25, 2.32, 1.39, 0.93, 0.46),
          .limit = std::nullopt,
          .source = "Fruin, Pedestrian Planning and Design, 1971, levels of service for walkways: "
                    "B to F below 3.25, 2.32, 1.39, 0.93, 0.46 m2 per person",
      },
      {
          .name = "fruin-stairs",
          .begins_at = from_area_per_person(1.86, 1.39, 0.93, 0.65, 0.37),
          .limit = std::nullopt,
          .source = "Fruin, Pedestrian Planning and Design, 1971, levels of service for stairways: "
                    "B to F below 1.86, 1.39, 0.93, 0.65, 0.37 m2 per person",
      },
      {
          .name = "fruin-queueing",
          .begins_at = from_area_per_person(1.21, 0.93, 0.65, 0.28, 0.19),
          .limit = std::nullopt,
          .source = "Fruin, Pedestrian Planning and Design, 1971, levels of service for queueing: "
                    "B to F below 1.21, 0.93, 0.65, 0.28, 0.19 m2 per person",
      },
      {
          .name = "green-guide-standing",
          .begins_at = {1 / 1.21, 1 / 0.93, 1 / 0.65, 1 / 0.28, 4.7},
          .limit = 4.7,
          .source = "F and limit: Guide to Safety at Sports Grounds (Green Guide), standing areas, "
                    "at most 47 people per 10 m2 before the P and S factors; B to E: Fruin, "
                    "Pedestrian Planning and Design, 1971, levels of service for queueing, below "
                    "1.21, 0.93, 0.65, 0.28 m2 per person",
      },
  }};
  return all;
}

}  // namespace

LevelOfService level_of_service(const ThresholdProfile& profile, double density) {
  int level = 0;
  for (const double bound : profile.begins_at) {
    if (density < bound) break;
    ++level;
  }
  return static_cast<LevelOfService>(level);
}

std::span<const ThresholdProfile> built_in_profiles() { return profiles(); }

const ThresholdProfile* built_in_profile(std::string_view name) {
  for (const ThresholdProfile& profile : profiles()) {
    if (profile.name == name) return &profile;
  }
  return nullptr;
}

}  // namespace crowdflow
