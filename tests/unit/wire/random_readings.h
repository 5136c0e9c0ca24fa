#pragma once

#include <cstdint>
#include <random>
#include <string>

#include <crowdflow/v1/reading.pb.h>

namespace crowdflow::test {

// Batches with every field and kind, ordinary values and those at the ends of ranges. The same seed
// gives the same batches.
class RandomReadings {
 public:
  explicit RandomReadings(std::uint32_t seed) : random_(seed) {}

  v1::ReadingBatch batch() {
    v1::ReadingBatch batch;
    if (chance(2)) batch.set_venue_id(text());
    if (chance(2)) batch.set_sensor_id(text());
    for (std::uint64_t i = 1 + below(5); i > 0; --i)
      reading(*batch.add_readings());
    return batch;
  }

  std::uint64_t below(std::uint64_t end) { return random_() % end; }

 private:
  bool chance(std::uint64_t one_in) { return below(one_in) == 0; }

  void reading(v1::Reading& out) {
    if (chance(2)) out.set_venue_id(text());
    if (chance(2)) out.set_sensor_id(text());
    if (chance(2)) out.set_sequence(count());
    if (chance(3)) out.set_boot_id(count());
    if (!chance(8)) {
      out.mutable_event_time()->set_seconds(static_cast<std::int64_t>(below(7'258'118'400)));
      out.mutable_event_time()->set_nanos(static_cast<std::int32_t>(below(1'000'000'000)));
    }
    if (chance(2)) {
      out.mutable_interval()->set_seconds(static_cast<std::int64_t>(below(100'000)));
      out.mutable_interval()->set_nanos(static_cast<std::int32_t>(below(1'000'000'000)));
    }
    kind(out);
  }

  void kind(v1::Reading& out) {
    switch (below(8)) {
      case 0:
        out.mutable_count_delta()->set_entries(count());
        out.mutable_count_delta()->set_exits(count());
        break;
      case 1:
        out.mutable_count_total()->set_entries(count());
        out.mutable_count_total()->set_exits(count());
        break;
      case 2:
        out.mutable_occupancy()->set_people(count());
        out.mutable_occupancy()->set_stddev(number());
        out.mutable_occupancy()->set_capped_at(count());
        break;
      case 3:
        out.mutable_motion()->set_mean_speed(number());
        out.mutable_motion()->set_velocity_variance(number());
        break;
      case 4:
        out.mutable_anchor()->set_zone_id(text());
        out.mutable_anchor()->set_people(count());
        out.mutable_anchor()->set_stddev(number());
        break;
      case 5:
        out.mutable_access()->set_admitted(count());
        for (std::uint64_t i = below(4); i > 0; --i)
          (*out.mutable_access()->mutable_refused())[text()] = below(2'000'000);
        break;
      case 6:
        out.mutable_heartbeat();
        break;
      default:
        break;
    }
  }

  std::uint64_t count() {
    const std::uint64_t magnitudes[] = {1, 2, 128, 1'000'000, std::uint64_t{1} << 53, 0};
    const std::uint64_t end = magnitudes[below(6)];
    const std::uint64_t any = random_() | std::uint64_t{random_()} << 32;
    return end == 0 ? any : any % end;
  }

  double number() {
    const double numbers[] = {0, 0.5, 1.4, 0.1, 1e-9, 1e300, -3.25, 12345.678};
    return numbers[below(8)] * static_cast<double>(below(3)) + 0.0;  // which makes -0 0
  }

  std::string text() {
    const char* texts[] = {
        "hall",    "gate-a", "ts-17", "강릉 하키 센터", "a\"b\\c\n", "\x01 control", "😀",
        "a/b.c_d", "",       "x"};
    return texts[below(10)];
  }

  std::mt19937 random_;
};

}  // namespace crowdflow::test
