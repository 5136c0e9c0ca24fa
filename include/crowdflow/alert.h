#pragma once

#include <cstdint>

#include <crowdflow/time.h>
#include <crowdflow/venue.h>
#include <crowdflow/zone_state.h>

namespace crowdflow {

// States of ISA-18.2 / IEC 62682 that an alarm can be in without an operator. The others come with
// the operators' commands.
enum class AlarmState : std::uint8_t { kNormal, kUnacknowledged, kReturnedUnacknowledged };

// One transition of one alarm (the contract is in alert.proto).
struct Alert {
  std::uint32_t rule = 0;  // index into Venue::rules
  ZoneIndex zone = 0;
  std::uint64_t occurrence = 0;  // times that this alarm was raised, from 1
  std::uint64_t sequence = 0;    // transitions within the occurrence, from 1
  AlarmState state = AlarmState::kNormal;
  bool condition_active = false;
  double value = 0;  // people per square metre, or people, as the rule says
  EventTime event_time{};
  WallTime raised_at{};
  Quality quality = Quality::kUnknown;
};

}  // namespace crowdflow
