#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

namespace crowdflow {

// For each of the latest seconds of event time a row with one T for each column: what happens at
// one time lies together, wherever it happens. The size is fixed when made.
template <typename T>
class SecondRows {
 public:
  SecondRows(std::int64_t seconds, std::size_t columns)
      : seconds_(seconds),
        columns_(columns),
        values_(static_cast<std::size_t>(seconds) * columns) {}

  // Forgets everything; the newest second is `head`.
  void start_at(std::int64_t head) {
    std::ranges::fill(values_, T{});
    head_ = head;
    head_row_ = 0;
  }

  // The second after head() becomes the newest, with an empty row; the oldest is forgotten.
  void advance() {
    ++head_;
    head_row_ = head_row_ + 1 == seconds_ ? 0 : head_row_ + 1;
    std::fill_n(row(head_), columns_, T{});
  }

  [[nodiscard]] std::int64_t head() const { return head_; }
  [[nodiscard]] std::int64_t oldest() const { return head_ - seconds_ + 1; }
  [[nodiscard]] std::int64_t seconds() const { return seconds_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }

  // `second` is one of those kept.
  [[nodiscard]] T* row(std::int64_t second) { return values_.data() + first_of(second); }
  [[nodiscard]] const T* row(std::int64_t second) const {
    return values_.data() + first_of(second);
  }

  [[nodiscard]] static std::size_t bytes(std::int64_t seconds, std::size_t columns) {
    return static_cast<std::size_t>(seconds) * columns * sizeof(T);
  }

 private:
  [[nodiscard]] std::size_t first_of(std::int64_t second) const {
    const std::int64_t row = head_row_ - (head_ - second);
    return static_cast<std::size_t>(row < 0 ? row + seconds_ : row) * columns_;
  }

  std::int64_t seconds_;
  std::size_t columns_;
  std::int64_t head_ = 0;
  std::int64_t head_row_ = 0;
  std::pmr::vector<T> values_;
};

}  // namespace crowdflow
