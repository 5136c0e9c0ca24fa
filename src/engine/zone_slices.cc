#include "engine/zone_slices.h"

#include <crowdflow/check.h>

namespace crowdflow {
namespace {

constexpr std::int64_t kMostPeople = 2'000'000'000;

std::int32_t as_level(std::int64_t people) {
  return static_cast<std::int32_t>(std::clamp(people, -kMostPeople, kMostPeople));
}

}  // namespace

ZoneSlices::ZoneSlices(std::int64_t seconds, std::size_t zones, std::vector<std::int64_t> tumbling,
                       std::int64_t level)
    : kept_(seconds),
      sizes_(std::move(tumbling)),
      rows_(rows_for(seconds), zones),
      zones_(zones),
      folded_(zones * sizes_.size()) {
  rows_.start_at(0);
  tail_ = 1 - kept_;
  for (Column zone = 0; zone < zones; ++zone) {
    rows_.row(tail_ - 1)[zone].level = static_cast<std::int32_t>(level);
    zones_[zone].levels_until = tail_ - 1;
  }
}

std::size_t ZoneSlices::bytes(std::int64_t seconds, std::size_t zones, std::size_t tumbling) {
  return SecondRows<Slice>::bytes(rows_for(seconds), zones) +
         zones * (sizeof(Zone) + tumbling * sizeof(FoldedWindow) + sizeof(Column));
}

std::size_t ZoneSlices::gauge_bytes(std::int64_t seconds) {
  return ZoneGauges::bytes(rows_for(seconds));
}

void ZoneSlices::start_at(std::int64_t second) {
  std::vector<std::int32_t> levels(zones_.size());
  for (Column zone = 0; zone < zones_.size(); ++zone)
    levels[zone] = static_cast<std::int32_t>(present_level(zone));
  for (const Column zone : with_gauges_) {
    ZoneGauges& gauges = *zones_[zone].gauges;
    gauges.set_base(gauge_before_end_of(zone, head()));
    gauges.start_at(second);
  }
  rows_.start_at(second);
  tail_ = second - kept_ + 1;
  std::ranges::fill(folded_, FoldedWindow{});
  for (Column zone = 0; zone < zones_.size(); ++zone) {
    rows_.row(tail_ - 1)[zone].level = levels[zone];
    zones_[zone].levels_until = tail_ - 1;
    zones_[zone].first = second;
  }
}

void ZoneSlices::advance() {
  if (rows_.oldest() == tail_ - 1) fold();
  rows_.advance();
  for (const Column zone : with_gauges_)
    zones_[zone].gauges->advance();
}

void ZoneSlices::fold() {
  for (Column zone = 0; zone < zones_.size(); ++zone) {
    static_cast<void>(level_at_end_of(zone, tail_ + kFoldAtOnce - 1));
    for (std::int64_t second = tail_; second < tail_ + kFoldAtOnce; ++second)
      fold_second(zone, second, rows_.row(second)[zone]);
  }
  for (const Column zone : with_gauges_) {
    for (std::int64_t second = tail_; second < tail_ + kFoldAtOnce; ++second) {
      if (const auto gauge = gauge_of(zone, second)) zones_[zone].gauges->set_base(gauge);
    }
  }
  tail_ += kFoldAtOnce;
}

void ZoneSlices::fold_second(Column zone, std::int64_t second, const Slice& slice) {
  if (second < zones_[zone].first) return;
  const std::span<FoldedWindow> parts = folded(zone);
  for (std::size_t i = 0; i < sizes_.size(); ++i) {
    parts[i].fold(second, sizes_[i], slice.entered, slice.left);
    if (slice.level != kUnknown) parts[i].fold_level(slice.level);
  }
}

void ZoneSlices::adopt(Column zone, const ZoneSlices& old, Column former) {
  CROWDFLOW_CHECK(old.head() == head(), "both are in the same second");
  const Zone& before = old.zones_[former];
  Zone& now = zones_[zone];
  static_cast<void>(old.present_level(former));
  if (before.gauges != nullptr) {
    expect_gauges(zone);
    now.gauges->set_base(before.gauges->base());
  }
  for (std::size_t i = 0; i < sizes_.size(); ++i) {
    for (std::size_t k = 0; k < old.sizes_.size(); ++k) {
      if (sizes_[i] == old.sizes_[k]) {
        folded(zone)[i] = old.folded_[former * old.sizes_.size() + k];
      }
    }
  }
  now.first = before.first;
  for (std::int64_t second = old.tail(); second < tail(); ++second) {
    fold_second(zone, second, old.rows_.row(second)[former]);
    if (const auto gauge = old.gauge_of(former, second)) now.gauges->set_base(gauge);
  }
  rows_.row(tail() - 1)[zone].level =
      static_cast<std::int32_t>(old.level_at_end_of(former, tail() - 1));
  for (std::int64_t second = std::max(tail(), old.tail()); second <= head(); ++second) {
    rows_.row(second)[zone] = old.rows_.row(second)[former];
    if (const auto gauge = old.gauge_of(former, second)) {
      now.gauges->set(*gauge, before.gauges->flow_after(second));
    }
  }
  // A ring that reaches further back than the old one knows nothing there but what was folded.
  now.first = std::max(before.first, old.tail());
  now.levels_until = tail() - 1;
}

void ZoneSlices::reach_back_to(Column zone, std::int64_t second) {
  std::int64_t& first = zones_[zone].first;
  if (second < first) first = std::min(first, std::max(second, tail_));
}

void ZoneSlices::add(Column zone, const Crossing& crossing, int sign) {
  CROWDFLOW_CHECK(crossing.last_second() <= head(), "a crossing ends within the ring");
  const EventTime ring_start = start_of_second(tail_);
  if (crossing.start < ring_start) add_to_base(zone, crossing, sign);
  const ZoneGauges* gauges = zones_[zone].gauges.get();
  const std::int64_t first = std::max(second_of(crossing.start), tail_);
  for_each_second(crossing, first,
                  [&](std::int64_t second, std::int64_t entered, std::int64_t left) {
                    Slice& slice = rows_.row(second)[zone];
                    slice.entered += static_cast<std::uint32_t>(sign * entered);
                    slice.left += static_cast<std::uint32_t>(sign * left);
                    if (gauges == nullptr || !gauges->has(second)) return;
                    zones_[zone].gauges->add_flow_after(
                        second, sign * (net_since(crossing, gauges->of(second)->at) -
                                        net_since(crossing, start_of_second(second + 1))));
                  });
  reach_back_to(zone, second_of(crossing.start));
  levels_changed_from(zone, first);
}

void ZoneSlices::add_to_base(Column zone, const Crossing& crossing, int sign) {
  std::int32_t& level = rows_.row(tail_ - 1)[zone].level;
  if (level == kUnknown) return;
  const ZoneGauges* gauges = zones_[zone].gauges.get();
  const EventTime from = gauges != nullptr && gauges->base() ? gauges->base()->at : crossing.start;
  level = as_level(
      level + sign * (net_since(crossing, from) - net_since(crossing, start_of_second(tail_))));
}

void ZoneSlices::expect_gauges(Column zone) {
  if (zones_[zone].gauges != nullptr) return;
  zones_[zone].gauges = std::make_unique<ZoneGauges>(rows_.seconds(), head());
  with_gauges_.push_back(zone);
}

void ZoneSlices::set_gauge(Column zone, const Gauge& gauge, std::int64_t flow_after) {
  const std::int64_t second = second_of_gauge(gauge.at);
  CROWDFLOW_CHECK(second >= tail_ && second <= head(), "a gauge lies within the ring");
  expect_gauges(zone);
  zones_[zone].gauges->set(gauge, flow_after);
  reach_back_to(zone, second);
  levels_changed_from(zone, second);
}

void ZoneSlices::clear_gauge(Column zone, std::int64_t second) {
  ZoneGauges* gauges = zones_[zone].gauges.get();
  if (gauges == nullptr || !gauges->has(second)) return;
  gauges->clear(second);
  levels_changed_from(zone, second);
}

void ZoneSlices::forget_level(Column zone) {
  rows_.row(tail_ - 1)[zone].level = static_cast<std::int32_t>(kUnknown);
  if (ZoneGauges* gauges = zones_[zone].gauges.get()) {
    gauges->set_base(std::nullopt);
    gauges->start_at(head());
  }
  levels_changed_from(zone, tail_);
}

void ZoneSlices::levels_changed_from(Column zone, std::int64_t second) {
  std::int64_t& until = zones_[zone].levels_until;
  until = std::min(until, second - 1);
}

std::int64_t ZoneSlices::level_at_end_of(Column column, std::int64_t second) const {
  if (second < tail_) return rows_.row(tail_ - 1)[column].level;
  const Zone& zone = zones_[column];
  if (zone.levels_until < second) {
    std::int32_t level = rows_.row(zone.levels_until)[column].level;
    for (std::int64_t next = zone.levels_until + 1; next <= second; ++next) {
      const Slice& slice = rows_.row(next)[column];
      if (zone.gauges != nullptr && zone.gauges->has(next)) {
        level = as_level(zone.gauges->level_after(next));
      } else if (level != kUnknown) {
        level = as_level(level + static_cast<std::int64_t>(slice.entered) -
                         static_cast<std::int64_t>(slice.left));
      }
      slice.level = level;
    }
    zone.levels_until = second;
  }
  return rows_.row(second)[column].level;
}

std::optional<Gauge> ZoneSlices::gauge_of(Column zone, std::int64_t second) const {
  const ZoneGauges* gauges = zones_[zone].gauges.get();
  return gauges != nullptr && gauges->has(second) ? gauges->of(second) : std::nullopt;
}

std::optional<Gauge> ZoneSlices::gauge_before_end_of(Column zone, std::int64_t second) const {
  const ZoneGauges* gauges = zones_[zone].gauges.get();
  if (gauges == nullptr) return std::nullopt;
  for (std::int64_t s = std::min({second, head(), gauges->until()}); s >= tail_; --s) {
    if (gauges->has(s)) return gauges->of(s);
  }
  return gauges->base();
}

WindowTotals ZoneSlices::totals(Column zone, std::int64_t start, std::int64_t end,
                                std::int64_t tumbling_size) const {
  WindowTotals result;
  for (std::size_t i = 0; i < sizes_.size() && tumbling_size != 0; ++i) {
    if (sizes_[i] == tumbling_size) {
      folded_[zone * sizes_.size() + i].add_to(result, start, tumbling_size);
    }
  }
  const std::int64_t from = std::max({start, zones_[zone].first, tail_});
  const std::int64_t until = std::min(end, head() + 1);
  if (from >= until) return result;
  static_cast<void>(level_at_end_of(zone, until - 1));
  result.seconds += until - from;
  for (std::int64_t second = from; second < until; ++second) {
    const Slice& slice = rows_.row(second)[zone];
    result.entered += slice.entered;
    result.left += slice.left;
    if (slice.level == kUnknown) continue;
    const auto shown = std::max<std::int64_t>(slice.level, 0);
    ++result.level_seconds;
    result.level_sum += shown;
    result.level_maximum = std::max(result.level_maximum, shown);
  }
  return result;
}

void ZoneSlices::levels(Column zone, std::int64_t start, std::int64_t end,
                        std::vector<std::int32_t>& levels) const {
  const std::int64_t from = std::max({start, zones_[zone].first, tail_});
  for (std::int64_t second = from; second < std::min(end, head() + 1); ++second) {
    const std::int64_t level = level_at_end_of(zone, second);
    if (level != kUnknown)
      levels.push_back(static_cast<std::int32_t>(std::max(level, std::int64_t{0})));
  }
}

}  // namespace crowdflow
