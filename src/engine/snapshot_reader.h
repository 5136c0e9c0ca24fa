#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <crowdflow/result.h>
#include <crowdflow/time.h>

#include "engine/snapshot_writer.h"

namespace crowdflow {

// Reads what SnapshotWriter wrote, from bytes that may be anything. The first thing that is wrong
// is remembered, and from then on there is nothing left: all numbers are 0, so that loops whose
// bounds are read end. Bounds themselves are the caller's to check.
class SnapshotReader {
 public:
  // `origin`: where in the whole snapshot these bytes begin, for messages.
  explicit SnapshotReader(std::string_view bytes, std::size_t origin = 0)
      : rest_(bytes), size_(bytes.size()), origin_(origin) {}

  [[nodiscard]] bool ok() const { return wrong_.empty(); }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  [[nodiscard]] std::size_t place() const { return origin_ + size_ - rest_.size(); }
  // What is wrong, and where.
  [[nodiscard]] const std::string& wrong() const { return wrong_; }

  void fail(std::string_view what) {
    if (!ok()) return;
    wrong_ = std::string(what) + " at byte " + std::to_string(place());
    rest_ = {};
  }
  // Something inside was wrong.
  void fail_as(const SnapshotReader& inner) {
    if (!ok() || inner.ok()) return;
    wrong_ = inner.wrong_;
    rest_ = {};
  }
  // Says `what` is wrong unless the condition holds.
  void expect(bool condition, std::string_view what) {
    if (!condition) [[unlikely]]
      fail(what);
  }

  std::uint8_t byte() {
    if (rest_.empty()) [[unlikely]] {
      fail("it ends too early");
      return 0;
    }
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  bool flag() {
    const std::uint8_t value = byte();
    expect(value <= 1, "neither yes nor no");
    return value == 1;
  }
  std::uint64_t fixed() {
    const std::string_view bytes = take(sizeof(std::uint64_t));
    return bytes.empty() ? 0 : get<std::uint64_t>(bytes.data());
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint64_t next = byte();
      value |= (next & 0x7F) << shift;
      if (next < 0x80) {
        expect(shift < 63 || next <= 1, "a number is too large");
        return ok() ? value : 0;
      }
    }
    fail("a number is too long");
    return 0;
  }
  // At most `most`.
  std::uint64_t number(std::uint64_t most) {
    const std::uint64_t value = number();
    expect(value <= most, "a number is too large");
    return ok() ? value : 0;
  }
  std::uint32_t number_32() { return static_cast<std::uint32_t>(number(0xFFFF'FFFF)); }
  std::int64_t integer() {
    const std::uint64_t bits = number();
    return static_cast<std::int64_t>((bits >> 1) ^ (0 - (bits & 1)));
  }
  // In [least, most].
  std::int64_t integer(std::int64_t least, std::int64_t most) {
    const std::int64_t value = integer();
    expect(value >= least && value <= most, "a number is out of range");
    return ok() ? value : 0;
  }
  // One that can be computed with.
  EventTime time() { return EventTime{Span{integer(-kFarthest.count(), kFarthest.count())}}; }
  EventTime time_from(EventTime known) {
    const std::int64_t since = integer(-kFarthest.count(), kFarthest.count());
    const EventTime t = known + Span{since};
    expect(t.time_since_epoch() >= -kFarthest && t.time_since_epoch() <= kFarthest,
           "a time is out of range");
    return ok() ? t : EventTime{};
  }
  std::string_view text() {
    const std::uint64_t size = number();
    return take(size);
  }
  std::span<const std::uint8_t> bytes(std::uint64_t size) {
    const std::string_view bytes = take(size);
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
  }

  // Calls put(i, number) for each of `count` numbers.
  template <typename Put>
  void packed(std::size_t count, const Put& put) {
    for (std::size_t first = 0; first < count && ok(); first += SnapshotWriter::kBlock) {
      const std::size_t size = std::min(SnapshotWriter::kBlock, count - first);
      const std::uint8_t width = byte();
      const auto get_all = [&]<typename Narrow>(Narrow) {
        const std::string_view bytes = take(size * sizeof(Narrow));
        if (bytes.empty()) return;
        for (std::size_t i = 0; i < size; ++i)
          put(first + i, std::uint32_t{get<Narrow>(bytes.data() + i * sizeof(Narrow))});
      };
      switch (width) {
        case 0:
          for (std::size_t i = 0; i < size; ++i)
            put(first + i, std::uint32_t{0});
          break;
        case 1:
          get_all(std::uint8_t{});
          break;
        case 2:
          get_all(std::uint16_t{});
          break;
        case 4:
          get_all(std::uint32_t{});
          break;
        default:
          fail("numbers of no known width");
      }
    }
  }

  // The next section, of which this reader is then behind.
  struct Section;
  [[nodiscard]] Section section();

 private:
  // Years before and after 1970 in which all times of a shard lie, its clock's too.
  static constexpr Span kFarthest = std::chrono::hours{24 * 365 * 1000};

  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) [[unlikely]] {
      fail("it ends too early");
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }
  template <typename T>
  static T get(const char* bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      value |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
    return static_cast<T>(value);
  }

  std::string_view rest_;
  std::size_t size_;
  std::size_t origin_;
  std::string wrong_;
};

struct SnapshotReader::Section {
  std::uint8_t tag = 0;
  SnapshotReader inside;
};
inline SnapshotReader::Section SnapshotReader::section() {
  const std::uint8_t tag = byte();
  const std::uint64_t size = fixed();
  const std::size_t start = place();
  return {.tag = tag, .inside = SnapshotReader(take(size), start)};
}

}  // namespace crowdflow
