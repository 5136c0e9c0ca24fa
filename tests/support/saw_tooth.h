#pragma once

#include <string>

#include <crowdflow/time.h>

namespace crowdflow::test {

// A hall of 20 m² with one door: one person comes in each second and all 50 leave each 50 s, so
// that the limit of 40 people is passed once in each 50 s.
inline constexpr const char* kSawToothHall = R"(crowdflow: v1
venue: { id: hall, time_zone: Europe/London }
zones: [ { id: hall, area: 20 } ]
openings:
  - { id: door, to: hall, width: 2, sensor: door-counter }
windows: [ 1s, 10s/1s, 1m ]
starts: empty
rules:
  - { id: dense, when: density, over: 2, off_delay: 5s, priority: high }
)";
inline constexpr int kTooth = 50;  // seconds
inline constexpr std::int64_t kSawToothBegin = 1'518'174'000;

// What the door saw in the second that ends at kSawToothBegin + `second`, as JSON on a line.
inline std::string saw_tooth_reading(int second) {
  return R"({"venue_id":"hall","sensor_id":"door-counter","sequence":)" + std::to_string(second) +
         R"(,"event_time":")" + to_rfc3339(start_of_second(kSawToothBegin + second)) +
         R"(","interval":"1s","count_delta":{"entries":1,"exits":)" +
         (second % kTooth == 0 ? std::to_string(kTooth) : "0") + "}}\n";
}

}  // namespace crowdflow::test
