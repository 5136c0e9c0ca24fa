#include <algorithm>

#include <crowdflow/shard.h>

#include "engine/venue_engine.h"

namespace crowdflow {
namespace {

// The readings of a batch mostly share the bytes of their venue's id.
bool same_id(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.data() == b.data() || a == b);
}

}  // namespace

Shard::Shard() = default;
Shard::~Shard() = default;
Shard::Shard(Shard&&) noexcept = default;
Shard& Shard::operator=(Shard&&) noexcept = default;

VenueEngine* Shard::find(std::string_view venue_id) const {
  const auto at = std::ranges::lower_bound(venues_, venue_id, {}, [](const auto& engine) {
    return std::string_view{engine->venue().id};
  });
  return at != venues_.end() && (*at)->venue().id == venue_id ? at->get() : nullptr;
}

void Shard::put_venue(std::shared_ptr<const Venue> venue, Outputs& out) {
  auto engine = std::make_unique<VenueEngine>(std::move(venue), levels_forgotten_);
  const std::string_view id = engine->venue().id;
  const auto at = std::ranges::lower_bound(
      venues_, id, {}, [](const auto& other) { return std::string_view{other->venue().id}; });
  if (at == venues_.end() || (*at)->venue().id != id) {
    venues_.insert(at, std::move(engine));
    return;
  }
  engine->adopt(**at, out);
  *at = std::move(engine);
}

void Shard::adopt(Shard& from, std::span<const std::string> venue_ids) {
  if (from.ticked_ && (!ticked_ || tick_.now < from.tick_.now)) tick_ = from.tick_;
  // Time does not pass on the way.
  tick_.proven = false;
  ticked_ = ticked_ || from.ticked_;
  levels_forgotten_ = levels_forgotten_ || from.levels_forgotten_;
  for (const std::string& id : venue_ids) {
    const auto there = std::ranges::find(
        from.venues_, id,
        [](const auto& engine) -> const std::string& { return engine->venue().id; });
    if (there == from.venues_.end() || knows(id)) continue;
    const auto at = std::ranges::lower_bound(
        venues_, id, {}, [](const auto& other) -> const std::string& { return other->venue().id; });
    venues_.insert(at, std::move(*there));
    from.venues_.erase(there);
  }
}

void Shard::forget_levels() {
  levels_forgotten_ = true;
  for (const auto& venue : venues_)
    venue->forget_levels();
}

void Shard::tick(const Tick& tick, Outputs& out) {
  const WallTime now = ticked_ ? std::max(tick.now, tick_.now) : tick.now;
  const Span step = ticked_ && tick.proven && tick_.proven ? now - tick_.now : Span{0};
  for (const auto& venue : venues_)
    venue->tick(now, step, out);
  tick_ = {.now = now, .proven = tick.proven};
  ticked_ = true;
}

Outcome Shard::apply(const Reading& reading, Outputs& out) {
  Outcome outcome = Outcome::kUnknownVenue;
  apply({&reading, 1}, {&outcome, 1}, out);
  return outcome;
}

void Shard::apply(std::span<const Reading> readings, std::span<Outcome> outcomes, Outputs& out) {
  for (std::size_t first = 0; first < readings.size();) {
    const std::string_view id = readings[first].venue_id;
    std::size_t end = first + 1;
    while (end < readings.size() && same_id(readings[end].venue_id, id))
      ++end;
    const auto results = outcomes.subspan(first, end - first);
    if (VenueEngine* venue = find(id)) {
      venue->apply(readings.subspan(first, end - first), results, tick_.now, out);
    } else {
      std::ranges::fill(results, Outcome::kUnknownVenue);
    }
    first = end;
  }
}

void Shard::finish(Outputs& out) {
  for (const auto& venue : venues_)
    venue->finish(out);
}

bool Shard::knows(std::string_view venue_id) const { return find(venue_id) != nullptr; }

std::vector<VenueProgress> Shard::progress() const {
  std::vector<VenueProgress> all;
  all.reserve(venues_.size());
  for (const auto& venue : venues_)
    all.push_back(venue->progress());
  return all;
}

std::vector<SensorTotals> Shard::sensor_totals(std::string_view venue_id) const {
  const VenueEngine* venue = find(venue_id);
  return venue == nullptr ? std::vector<SensorTotals>{} : venue->sensor_totals();
}

void Shard::present(std::string_view venue_id, Outputs& out) const {
  if (const VenueEngine* venue = find(venue_id)) venue->present(out);
}

}  // namespace crowdflow
