#include "engine/zone_slices.h"

#include <algorithm>

namespace crowdflow {

std::int64_t people_before(std::int64_t n, const Crossing& crossing, EventTime x) {
  if (crossing.start == crossing.end) return x > crossing.end ? n : 0;
  if (x <= crossing.start) return 0;
  if (x >= crossing.end) return n;
  return n * (x - crossing.start).count() / (crossing.end - crossing.start).count();
}

std::int64_t net_since(const Crossing& crossing, EventTime from) {
  return (crossing.entered - people_before(crossing.entered, crossing, from)) -
         (crossing.left - people_before(crossing.left, crossing, from));
}

ZoneSlices::ZoneSlices(std::int64_t seconds, std::vector<std::int64_t> tumbling, std::int64_t level)
    : ring_(seconds), gauges_(1), base_level_(level) {
  folded_.reserve(tumbling.size());
  for (const std::int64_t size : tumbling)
    folded_.push_back(Folded{.size = size});
}

void ZoneSlices::start_at(std::int64_t second) {
  if (started_) {
    base_level_ = present_level();
    if (const Gauge* gauge = gauge_before_end_of(head())) {
      base_gauge_ = *gauge;
      base_has_gauge_ = true;
    }
  }
  ring_.start_at(second);
  gauges_.start_at(second);
  for (Folded& part : folded_)
    part = Folded{.size = part.size};
  levels_until_ = tail() - 1;
  first_ = second;
  started_ = true;
}

void ZoneSlices::advance() {
  fold(tail(), ring_[tail()], level_at_end_of(tail()), gauge_of(tail()));
  ring_.advance();
  gauges_.advance();
}

void ZoneSlices::adopt(const ZoneSlices& old) {
  CROWDFLOW_CHECK(old.head() == head(), "both are in the same second");
  first_ = old.first_;
  base_level_ = old.base_level_;
  base_gauge_ = old.base_gauge_;
  base_has_gauge_ = old.base_has_gauge_;
  for (Folded& part : folded_) {
    for (const Folded& known : old.folded_) {
      if (known.size == part.size) part = known;
    }
  }
  for (std::int64_t second = old.tail(); second < tail(); ++second)
    fold(second, old.ring_[second], old.level_at_end_of(second), old.gauge_of(second));
  for (std::int64_t second = std::max(tail(), old.tail()); second <= head(); ++second) {
    ring_[second] = old.ring_[second];
    if (const Gauge* gauge = old.gauge_of(second)) {
      set_gauge(*gauge, old.gauges_[second].flow_after);
    }
  }
  // A ring that reaches further back than the old one knows nothing there but what was folded.
  first_ = std::max(old.first_, old.tail());
  levels_changed_from(tail());
}

void ZoneSlices::reach_back_to(std::int64_t second) {
  first_ = std::min(first_, std::max(second, tail()));
}

void ZoneSlices::fold(std::int64_t second, const Slice& slice, std::int64_t level,
                      const Gauge* gauge) {
  if (second >= first_) {
    for (Folded& part : folded_) {
      const std::int64_t rest = ((second % part.size) + part.size) % part.size;
      if (part.start != second - rest) part = Folded{.size = part.size, .start = second - rest};
      count(part.totals, slice, level);
    }
  }
  base_level_ = level;
  if (gauge != nullptr) {
    base_gauge_ = *gauge;
    base_has_gauge_ = true;
  }
}

void ZoneSlices::add(const Crossing& crossing, int sign) {
  const bool instant = crossing.start == crossing.end;
  const std::int64_t last = second_of(instant ? crossing.end : crossing.end - Span{1});
  CROWDFLOW_CHECK(last <= head(), "a crossing ends within the ring");
  const std::int64_t first = std::max(second_of(crossing.start), tail());

  const EventTime ring_start = start_of_second(tail());
  if (crossing.start < ring_start && base_level_ != kUnknown) {
    const EventTime from = base_has_gauge_ ? base_gauge_.at : crossing.start;
    base_level_ += sign * (net_since(crossing, from) - net_since(crossing, ring_start));
  }
  for (std::int64_t second = first; second <= last; ++second) {
    const EventTime from = start_of_second(second);
    const EventTime until = start_of_second(second + 1);
    Slice& slice = ring_[second];
    slice.entered += sign * (people_before(crossing.entered, crossing, until) -
                             people_before(crossing.entered, crossing, from));
    slice.left += sign * (people_before(crossing.left, crossing, until) -
                          people_before(crossing.left, crossing, from));
    if (const Gauge* gauge = gauge_of(second)) {
      gauges_[second].flow_after +=
          sign * (net_since(crossing, gauge->at) - net_since(crossing, until));
    }
  }
  reach_back_to(second_of(crossing.start));
  levels_changed_from(first);
}

void ZoneSlices::set_gauge(const Gauge& gauge, std::int64_t flow_after) {
  const std::int64_t second = second_of_gauge(gauge.at);
  CROWDFLOW_CHECK(ring_.holds(second), "a gauge lies within the ring");
  if (!has_gauges_) {
    gauges_ = SecondRing<GaugeSlot>(ring_.size());
    gauges_.start_at(head());
    has_gauges_ = true;
  }
  gauges_[second] = GaugeSlot{.set = true, .gauge = gauge, .flow_after = flow_after};
  gauges_until_ = std::max(gauges_until_, second);
  reach_back_to(second);
  levels_changed_from(second);
}

void ZoneSlices::clear_gauge(std::int64_t second) {
  if (gauge_of(second) == nullptr) return;
  gauges_[second] = GaugeSlot{};
  levels_changed_from(second);
}

void ZoneSlices::forget_level() {
  base_level_ = kUnknown;
  base_has_gauge_ = false;
  if (has_gauges_) gauges_.start_at(head());
  levels_changed_from(tail());
}

void ZoneSlices::levels_changed_from(std::int64_t second) {
  levels_until_ = std::min(levels_until_, second - 1);
}

std::int64_t ZoneSlices::level_at_end_of(std::int64_t second) const {
  if (second < tail()) return base_level_;
  levels_until_ = std::max(levels_until_, tail() - 1);
  for (std::int64_t next = levels_until_ + 1; next <= second; ++next) {
    const Slice& slice = ring_[next];
    if (const Gauge* gauge = gauge_of(next)) {
      slice.level = gauge->people + gauges_[next].flow_after;
    } else {
      const std::int64_t before = next == tail() ? base_level_ : ring_[next - 1].level;
      slice.level = before == kUnknown ? kUnknown : before + slice.entered - slice.left;
    }
  }
  levels_until_ = std::max(levels_until_, second);
  return ring_[second].level;
}

const Gauge* ZoneSlices::gauge_of(std::int64_t second) const {
  if (!has_gauges_ || !gauges_.holds(second)) return nullptr;
  const GaugeSlot& slot = gauges_[second];
  return slot.set ? &slot.gauge : nullptr;
}

const Gauge* ZoneSlices::gauge_before_end_of(std::int64_t second) const {
  if (has_gauges_) {
    for (std::int64_t s = std::min({second, head(), gauges_until_}); s >= tail(); --s) {
      if (const Gauge* gauge = gauge_of(s)) return gauge;
    }
  }
  return base_has_gauge_ ? &base_gauge_ : nullptr;
}

void ZoneSlices::count(WindowTotals& totals, const Slice& slice, std::int64_t level) {
  totals.entered += slice.entered;
  totals.left += slice.left;
  ++totals.seconds;
  if (level == kUnknown) return;
  const std::int64_t shown = std::max<std::int64_t>(level, 0);
  ++totals.level_seconds;
  totals.level_sum += shown;
  totals.level_maximum = std::max(totals.level_maximum, shown);
}

WindowTotals ZoneSlices::totals(std::int64_t start, std::int64_t end,
                                std::int64_t tumbling_size) const {
  WindowTotals result;
  for (const Folded& part : folded_) {
    if (part.size == tumbling_size && part.start == start) result = part.totals;
  }
  const std::int64_t from = std::max({start, first_, tail()});
  const std::int64_t until = std::min(end, head() + 1);
  for (std::int64_t second = from; second < until; ++second) {
    count(result, ring_[second], level_at_end_of(second));
  }
  return result;
}

}  // namespace crowdflow
