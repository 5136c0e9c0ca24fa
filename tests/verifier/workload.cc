#include "verifier/workload.h"

#include <algorithm>
#include <utility>

#include <crowdflow/check.h>

#include "log/log.h"
#include "wire/json.h"
#include "wire/messages.h"

namespace crowdflow::test {
namespace {

constexpr std::int64_t kFirstSecond = 1'518'174'000;
constexpr std::int64_t kRegisterEvery = 2;
constexpr std::int64_t kGaugeEvery = 5;
// A revision or a late reading is so many seconds behind: long enough for an earlier copy of the
// same record, on its way through a broker that hangs, to have arrived.
constexpr int kLeastBehind = 20;
constexpr int kMostBehind = 60;

// Lateness covers what ticks may add to venue time while nothing arrives; what is on its way to
// another partition while nobody owns that one may take far longer.
constexpr const char* kVenueFile = R"(windows: [ 10s/1s, 1m ]
starts: empty
lateness: 120s
revise_for: 40m
zones:
  - { id: lobby, area: 40 }
  - { id: room, area: 60, capacity: 120 }
openings:
  - { id: front, to: lobby, width: 2 }
  - { id: inner, from: lobby, to: room, width: 1.5 }
sensors:
  - { id: front-counter, kind: stereo-camera, at: front, counts: delta, every: 1s }
  - { id: inner-counter, kind: turnstile, at: inner, counts: total, bits: 32, every: 2s }
  - { id: room-area, kind: lidar, in: room, counts: occupancy, every: 5s }
rules:
  - { id: lobby-dense, when: density, zones: [lobby], over: 0.5, off_delay: 3s, deadband: 0.1,
      window: 10s/1s, priority: high }
  - { id: room-full, when: occupancy, zones: [room], over: 50, on_delay: 4s, off_delay: 4s,
      deadband: 5, window: 10s/1s, priority: critical }
)";
// Judged with each reading, by a time that ticks move.
constexpr const char* kPresentRule =
    "  - { id: lobby-now, when: occupancy, zones: [lobby], over: 18, off_delay: 2s }\n";

v1::Reading reading(std::string_view sensor, std::int64_t second, std::uint64_t sequence) {
  v1::Reading made;
  made.set_sensor_id(std::string(sensor));
  made.mutable_event_time()->set_seconds(second);
  made.set_sequence(sequence);
  return made;
}

// Singles as JSON or protobuf by turns, several as a batch.
std::string value_of(const std::string& venue, std::vector<v1::Reading> readings) {
  if (readings.size() == 1 && readings[0].sequence() % 2 == 0) {
    readings[0].set_venue_id(venue);
    return wire::to_json(readings[0]);
  }
  v1::ReadingBatch batch;
  batch.set_venue_id(venue);
  for (v1::Reading& each : readings)
    *batch.add_readings() = std::move(each);
  return wire::to_bytes(batch);
}

}  // namespace

Workload::Workload(std::uint64_t seed, std::int32_t partitions)
    : random_(seed), partitions_(partitions) {
  const std::vector<std::pair<std::string, Manners>> venues{
      {"arena", Manners::kTidy},     {"hall", Manners::kTidy},      {"station", Manners::kTidy},
      {"museum", Manners::kAstray},  {"stadium", Manners::kAstray}, {"market", Manners::kUntidy},
      {"festival", Manners::kUntidy}};
  for (const auto& [id, manners] : venues) {
    venues_.push_back({.id = id, .manners = manners, .home = log::home_partition(id, partitions)});
  }
  people_.resize(venues_.size());
}

std::int64_t Workload::now() const { return kFirstSecond + second_; }

const VenueInTest& Workload::venue(const std::string& id) const {
  const auto found = std::ranges::find(venues_, id, &VenueInTest::id);
  CROWDFLOW_CHECK(found != venues_.end(), "no such venue");
  return *found;
}

std::vector<std::filesystem::path> Workload::write_files(const TempDir& dir,
                                                         const std::vector<VenueInTest>& venues) {
  std::vector<std::filesystem::path> files;
  for (const VenueInTest& venue : venues) {
    std::string text = "crowdflow: v1\nvenue: { id: " + venue.id + ", time_zone: Asia/Seoul }\n";
    text += kVenueFile;
    if (venue.manners == Manners::kUntidy) text += kPresentRule;
    files.push_back(dir.write(venue.id + ".yaml", text));
  }
  return files;
}

int Workload::random(int from, int to) {
  // By hand, as the standard's distributions differ between libraries.
  return from + static_cast<int>(random_() % static_cast<std::uint64_t>(to - from + 1));
}

std::int32_t Workload::elsewhere(std::int32_t home) const { return (home + 1) % partitions_; }

std::vector<Publication> Workload::next() {
  ++second_;
  std::vector<Publication> out;
  for (std::size_t i = 0; i < venues_.size(); ++i)
    say(venues_[i], people_[i], out);
  if (one_in(7)) out.push_back(nonsense());
  for (const Later& later : later_) {
    if (later.second == second_) out.push_back(later.what);
  }
  std::erase_if(later_, [&](const Later& later) { return later.second <= second_; });
  return out;
}

void Workload::say(const VenueInTest& venue, People& people, std::vector<Publication>& out) {
  const auto sequence = static_cast<std::uint64_t>(second_);
  std::vector<v1::Reading> crossings;

  const std::int64_t inside = people.lobby + people.room;
  const bool filling = people.filling = people.filling ? inside < 110 : inside < 10;
  const std::int64_t in = filling ? random(2, 7) : random(0, 1);
  const std::int64_t out_of =
      std::min<std::int64_t>(people.lobby, filling ? random(0, 1) : random(2, 8));
  people.lobby += in - out_of;
  v1::Reading front = reading("front-counter", now(), sequence);
  front.mutable_interval()->set_seconds(1);
  front.mutable_count_delta()->set_entries(static_cast<std::uint64_t>(in));
  front.mutable_count_delta()->set_exits(static_cast<std::uint64_t>(out_of));
  if (venue.manners == Manners::kUntidy && one_in(12)) {
    v1::Reading wrong = front;
    wrong.mutable_count_delta()->set_entries(static_cast<std::uint64_t>(in) + 3);
    crossings.push_back(wrong);
    later_.push_back(
        {.second = second_ + random(kLeastBehind, kMostBehind),
         .what = {.partition = venue.home, .key = venue.id, .value = value_of(venue.id, {front})}});
  } else {
    crossings.push_back(front);
  }
  publish(venue, {.partition = venue.home, .key = venue.id, .value = value_of(venue.id, crossings)},
          out);

  const std::int64_t through =
      std::min<std::int64_t>(people.lobby, filling ? random(0, 5) : random(0, 1));
  const std::int64_t back = std::min<std::int64_t>(people.room, filling ? 0 : random(1, 6));
  people.lobby += back - through;
  people.room += through - back;
  people.through += static_cast<std::uint64_t>(through);
  people.back += static_cast<std::uint64_t>(back);

  if (second_ % kRegisterEvery == 0) {
    v1::Reading inner = reading("inner-counter", now(), sequence / kRegisterEvery);
    inner.mutable_count_total()->set_entries(people.through);
    inner.mutable_count_total()->set_exits(people.back);
    Publication what{
        .partition = venue.manners == Manners::kUntidy ? elsewhere(venue.home) : venue.home,
        .key = venue.id,
        .value = value_of(venue.id, {inner})};
    publish(venue, std::move(what), out);
  }
  if (second_ % kGaugeEvery == 0) {
    v1::Reading area = reading("room-area", now(), sequence / kGaugeEvery);
    area.mutable_occupancy()->set_people(static_cast<std::uint64_t>(people.room));
    v1::Reading alive = reading("room-area", now(), 0);
    alive.mutable_heartbeat();
    publish(venue,
            {.partition = venue.home, .key = venue.id, .value = value_of(venue.id, {area, alive})},
            out);
  }
}

void Workload::publish(const VenueInTest& venue, Publication what, std::vector<Publication>& out) {
  if (venue.manners == Manners::kAstray) what.partition = elsewhere(venue.home);
  if (one_in(25)) {
    later_.push_back({.second = second_ + random(1, kMostBehind), .what = what});  // once more
  } else if (venue.manners == Manners::kUntidy && one_in(15)) {
    later_.push_back({.second = second_ + random(1, kMostBehind), .what = std::move(what)});
    return;  // late
  }
  out.push_back(std::move(what));
}

// Each of its own, so that it can be told from any other.
Publication Workload::nonsense() {
  const std::string number = std::to_string(second_);
  Publication what{.partition = random(0, partitions_ - 1), .key = "hall", .value = {}};
  switch (random(0, 3)) {
    case 0:
      what.value = "{\"venue_id\": \"hall\", \"entrys\": " + number + "}";
      break;
    case 1:
      what.value = "\xff\xfe not a reading " + number;
      break;
    case 2:
      what.key = "nowhere";
      what.value =
          value_of("nowhere", {reading("door", now(), static_cast<std::uint64_t>(second_))});
      break;
    default:
      what.value =
          value_of("hall", {reading("no-such-sensor", now(), static_cast<std::uint64_t>(second_))});
      break;
  }
  return what;
}

std::vector<Publication> Workload::closing() const {
  std::vector<Publication> out;
  constexpr std::int64_t kLater = 3 * 3600;  // a silence that is leapt over
  for (const VenueInTest& venue : venues_) {
    v1::Reading last = reading("front-counter", now() + kLater, 0);
    last.mutable_heartbeat();
    out.push_back({.partition = venue.home, .key = venue.id, .value = value_of(venue.id, {last})});
  }
  return out;
}

}  // namespace crowdflow::test
