#include "engine/opening_slices.h"

#include <algorithm>

#include <crowdflow/check.h>

namespace crowdflow {

OpeningSlices::OpeningSlices(std::int64_t seconds, std::size_t openings,
                             std::vector<std::int64_t> tumbling)
    : kept_(seconds),
      sizes_(std::move(tumbling)),
      lower_(seconds + kFoldAtOnce, openings),
      tail_(1 - seconds),
      folded_(openings * sizes_.size()) {
  lower_.start_at(0);
  for (Sums& sums : sums_)
    sums.people.resize(openings);
}

std::size_t OpeningSlices::bytes(std::int64_t seconds, std::size_t openings, std::size_t tumbling) {
  return SecondRows<std::uint16_t>::bytes(seconds + kFoldAtOnce, openings) +
         openings * (tumbling * sizeof(Folded) + 2 * sizeof(std::uint32_t));
}

std::size_t OpeningSlices::upper_bytes(std::int64_t seconds, std::size_t openings) {
  return SecondRows<std::uint16_t>::bytes(seconds + kFoldAtOnce, openings);
}

void OpeningSlices::start_at(std::int64_t second) {
  lower_.start_at(second);
  if (upper_) upper_->start_at(second);
  tail_ = second - kept_ + 1;
  std::ranges::fill(folded_, Folded{});
}

void OpeningSlices::advance() {
  if (lower_.oldest() == tail_) fold();
  lower_.advance();
  if (upper_) upper_->advance();
}

void OpeningSlices::fold() {
  for (std::int64_t second = tail_; second < tail_ + kFoldAtOnce; ++second) {
    for (Column opening = 0; opening < lower_.columns(); ++opening)
      fold_second(opening, second, at(second, opening));
  }
  tail_ += kFoldAtOnce;
}

void OpeningSlices::fold_second(Column opening, std::int64_t second, std::uint32_t people) {
  if (people == 0) return;
  for (std::size_t i = 0; i < sizes_.size(); ++i) {
    const auto window = static_cast<std::uint32_t>(second / sizes_[i]);
    Folded& part = folded_[opening * sizes_.size() + i];
    if (part.window != window) part = {.window = window};
    part.people += people;
  }
}

void OpeningSlices::adopt(Column opening, const OpeningSlices& old, Column former) {
  CROWDFLOW_CHECK(old.head() == head(), "both are in the same second");
  for (std::size_t i = 0; i < sizes_.size(); ++i) {
    for (std::size_t k = 0; k < old.sizes_.size(); ++k) {
      if (sizes_[i] == old.sizes_[k]) {
        folded_[opening * sizes_.size() + i] = old.folded_[former * old.sizes_.size() + k];
      }
    }
  }
  for (std::int64_t second = old.tail(); second < tail(); ++second)
    fold_second(opening, second, old.at(second, former));
  for (std::int64_t second = std::max(tail(), old.tail()); second <= head(); ++second)
    add_to(second, opening, old.at(second, former) - at(second, opening));
}

void OpeningSlices::add(Column opening, const Crossing& crossing, int sign) {
  CROWDFLOW_CHECK(crossing.last_second() <= head(), "a crossing ends within the ring");
  for_each_second(crossing, tail_,
                  [&](std::int64_t second, std::int64_t entered, std::int64_t left) {
                    add_to(second, opening, static_cast<std::uint32_t>(sign * (entered + left)));
                  });
}

void OpeningSlices::add_to_both(std::int64_t second, Column opening, std::uint32_t people) {
  if (!upper_) {
    upper_.emplace(lower_.seconds(), lower_.columns());
    upper_->start_at(head());
  }
  const std::uint32_t sum = at(second, opening) + people;
  lower_.row(second)[opening] = static_cast<std::uint16_t>(sum & kMostLower);
  upper_->row(second)[opening] = static_cast<std::uint16_t>(sum >> 16);
}

void OpeningSlices::sum_up(std::size_t which, std::int64_t start, std::int64_t end) {
  Sums& sums = sums_[which];
  sums.start = start;
  sums.end = end;
  std::ranges::fill(sums.people, 0U);
  for (std::int64_t second = std::max(start, tail_); second < std::min(end, head() + 1); ++second) {
    const std::uint16_t* lower = lower_.row(second);
    for (std::size_t opening = 0; opening < sums.people.size(); ++opening)
      sums.people[opening] += lower[opening];
    if (!upper_) continue;
    const std::uint16_t* upper = upper_->row(second);
    for (std::size_t opening = 0; opening < sums.people.size(); ++opening)
      sums.people[opening] += std::uint32_t{upper[opening]} << 16;
  }
}

std::int64_t OpeningSlices::count(Column opening, std::int64_t start, std::int64_t end,
                                  std::int64_t tumbling_size) const {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < sizes_.size() && tumbling_size != 0; ++i) {
    if (sizes_[i] != tumbling_size) continue;
    const Folded& part = folded_[opening * sizes_.size() + i];
    if (part.window == static_cast<std::uint32_t>(start / tumbling_size)) sum += part.people;
  }
  for (std::int64_t second = std::max(start, tail_); second < std::min(end, head() + 1); ++second)
    sum += at(second, opening);
  return sum;
}

}  // namespace crowdflow
