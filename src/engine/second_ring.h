#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <crowdflow/check.h>

namespace crowdflow {

// One T for each of the latest seconds of event time: [tail(), head()]. The size is fixed when
// made.
template <typename T>
class SecondRing {
 public:
  explicit SecondRing(std::int64_t seconds) : values_(static_cast<std::size_t>(seconds)) {
    CROWDFLOW_CHECK(seconds > 0, "a ring holds at least one second");
  }

  // Forgets everything; the newest second is `head`.
  void start_at(std::int64_t head) {
    for (T& value : values_)
      value = T{};
    head_ = head;
  }

  // The second after head() becomes the newest, with an empty value; tail() is forgotten.
  void advance() {
    ++head_;
    (*this)[head_] = T{};
  }

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(values_.size()); }
  [[nodiscard]] std::int64_t head() const { return head_; }
  [[nodiscard]] std::int64_t tail() const { return head_ - size() + 1; }
  [[nodiscard]] bool holds(std::int64_t second) const {
    return second >= tail() && second <= head_;
  }

  [[nodiscard]] T& operator[](std::int64_t second) { return values_[slot(second)]; }
  [[nodiscard]] const T& operator[](std::int64_t second) const { return values_[slot(second)]; }

 private:
  [[nodiscard]] std::size_t slot(std::int64_t second) const {
    const std::int64_t rest = second % size();
    return static_cast<std::size_t>(rest < 0 ? rest + size() : rest);
  }

  std::vector<T> values_;
  std::int64_t head_ = 0;
};

}  // namespace crowdflow
