#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/fetch_early.h"

namespace crowdflow {

// Where each id stands in a list of things that have one. Valid as long as the list. Open
// addressing with room to spare: a search looks at one place, seldom at two, and then at the id
// itself, of which up to 16 bytes stand in the order of the list: whoever guesses the number looks
// there alone.
class IdIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  // An id as it is compared: its first and last 8 bytes, which are all of it up to 16.
  struct Key {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint32_t size = 0;

    explicit Key(std::string_view id) : size(static_cast<std::uint32_t>(id.size())) {
      if (size >= 8) {
        std::memcpy(&first, id.data(), 8);
        std::memcpy(&last, id.data() + size - 8, 8);
      } else if (size > 0) {
        std::memcpy(&first, id.data(), size);
      }
      if (size > 16) first = std::hash<std::string_view>{}(id);
    }
    Key() = default;

    [[nodiscard]] std::size_t hash() const {
      __extension__ using Wide = unsigned __int128;
      const Wide product = static_cast<Wide>(first ^ 0x9E37'79B9'7F4A'7C15) *
                           (last ^ (0xD6E8'FEB8'6659'FD93 + size));
      return static_cast<std::size_t>(product) ^ static_cast<std::size_t>(product >> 64);
    }
  };

  template <typename T>
  explicit IdIndex(const std::vector<T>& list) : slots_(slots_for(list.size() + 1)) {
    keys_.reserve(list.size() + 1);
    for (const T& thing : list)
      add(thing.id);
  }
  // The next number.
  void add(std::string_view id) {
    const Key key(id);
    std::size_t at = place(key);
    while (slots_[at].number != kNone)
      at = (at + 1) & (slots_.size() - 1);
    const auto number = static_cast<std::uint32_t>(keys_.size());
    slots_[at] = {.mark = mark(key), .number = number};
    if (key.size > 16) long_ids_.emplace(number, id);
    keys_.push_back(key);
  }

  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view id) const {
    const std::uint32_t number = find(id, Key(id));
    return number == kNone ? std::nullopt : std::optional{number};
  }
  // kNone: there is no such id.
  [[nodiscard]] std::uint32_t find(std::string_view id, const Key& key) const {
    for (std::size_t at = place(key);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.number == kNone) return kNone;
      if (slot.mark == mark(key) && is(slot.number, id, key)) return slot.number;
    }
  }
  // Whether that is the id of `number`, which is one of the list.
  [[nodiscard]] bool is(std::uint32_t number, std::string_view id, const Key& key) const {
    const Key& known = keys_[number];
    return known.first == key.first && known.last == key.last && known.size == key.size &&
           (key.size <= 16 || long_ids_.at(number) == id);
  }
  // For a find(), or an is(), soon.
  void prefetch(const Key& key) const { fetch_early(&slots_[place(key)]); }
  void prefetch(std::uint32_t number) const { fetch_early(&keys_[number]); }

  // What it takes for a list of things with an id.
  template <typename T>
  [[nodiscard]] static std::size_t bytes(const std::vector<T>& list) {
    constexpr std::size_t kPerLongId = 64;
    std::size_t bytes = slots_for(list.size() + 1) * sizeof(Slot) + (list.size() + 1) * sizeof(Key);
    for (const T& thing : list)
      bytes += thing.id.size() > 16 ? kPerLongId : 0;
    return bytes;
  }

 private:
  struct Slot {
    std::uint32_t mark = 0;
    std::uint32_t number = kNone;
  };
  // Bits of the hash that do not tell the place.
  [[nodiscard]] static std::uint32_t mark(const Key& key) {
    return static_cast<std::uint32_t>(key.hash() >> 32);
  }
  [[nodiscard]] std::size_t place(const Key& key) const { return key.hash() & (slots_.size() - 1); }
  [[nodiscard]] static std::size_t slots_for(std::size_t things) {
    std::size_t slots = 16;
    while (slots < 2 * things)
      slots *= 2;
    return slots;
  }

  std::pmr::vector<Slot> slots_;
  std::pmr::vector<Key> keys_;  // by number
  std::unordered_map<std::uint32_t, std::string_view> long_ids_;
};

}  // namespace crowdflow
