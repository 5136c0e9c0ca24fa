#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <crowdflow/time.h>

namespace crowdflow {

// Appends numbers to bytes, as SnapshotReader reads them. shard_snapshot.cc says which.
//
// Numbers of a fixed width are little-endian; others are varints, seven bits a byte, the lowest
// first; those of either sign are zigzagged before.
class SnapshotWriter {
 public:
  explicit SnapshotWriter(std::string& out) : out_(out) {}

  void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void flag(bool value) { byte(value ? 1 : 0); }
  void fixed(std::uint64_t value) {
    std::array<char, 8> bytes;  // NOLINT(*-member-init): written next
    put(value, bytes.data());
    out_.append(bytes.data(), bytes.size());
  }
  void number(std::uint64_t value) {
    std::array<char, 10> bytes;  // NOLINT(*-member-init): written next
    std::size_t size = 0;
    while (value >= 0x80) {
      bytes[size++] = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    bytes[size++] = static_cast<char>(value);
    out_.append(bytes.data(), size);
  }
  void integer(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    number((bits << 1) ^ (0 - (bits >> 63)));
  }
  void time(EventTime t) { integer(t.time_since_epoch().count()); }
  // Told by its difference from one that the reader knows.
  void time_from(EventTime known, EventTime t) {
    integer(t.time_since_epoch().count() - known.time_since_epoch().count());
  }
  void text(std::string_view text) {
    number(text.size());
    out_.append(text);
  }
  void bytes(std::span<const std::uint8_t> bytes) {
    out_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }

  // `count` numbers, value(i) of each, in blocks: a byte that says how wide those of the block are
  // (0: all are 0; 1, 2 or 4 bytes), then they.
  template <typename Value>
  void packed(std::size_t count, const Value& value) {
    for (std::size_t first = 0; first < count; first += kBlock) {
      const std::size_t size = std::min(kBlock, count - first);
      std::uint32_t bits = 0;
      for (std::size_t i = 0; i < size; ++i)
        bits |= value(first + i);
      const std::size_t width = bits == 0 ? 0 : bits < 0x100 ? 1 : bits < 0x1'0000 ? 2 : 4;
      byte(static_cast<std::uint8_t>(width));
      const auto put_all = [&]<typename Narrow>(Narrow) {
        std::array<char, kBlock * sizeof(Narrow)> room;  // NOLINT(*-member-init): written next
        for (std::size_t i = 0; i < size; ++i)
          put(static_cast<Narrow>(value(first + i)), room.data() + i * sizeof(Narrow));
        out_.append(room.data(), size * sizeof(Narrow));
      };
      if (width == 1) put_all(std::uint8_t{});
      if (width == 2) put_all(std::uint16_t{});
      if (width == 4) put_all(std::uint32_t{});
    }
  }
  static constexpr std::size_t kBlock = 1024;

  // What is written until end() belongs to the section.
  class Section {
   public:
    Section(SnapshotWriter& writer, std::uint8_t tag) : out_(writer.out_) {
      writer.byte(tag);
      start_ = out_.size();
      writer.fixed(0);
    }
    void end() { put(out_.size() - start_ - sizeof(std::uint64_t), out_.data() + start_); }

   private:
    std::string& out_;
    std::size_t start_ = 0;
  };
  [[nodiscard]] Section section(std::uint8_t tag) { return Section(*this, tag); }

 private:
  template <typename T>
  static void put(T value, char* bytes) {
    for (std::size_t i = 0; i < sizeof(T); ++i)
      bytes[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  }

  std::string& out_;
};

}  // namespace crowdflow
