#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace crowdflow {

// Where each id stands in a list of things that have one. Valid as long as the list. Open
// addressing with room to spare: a search looks at one place, seldom at two, and in that place
// stands all of an id of up to 16 bytes.
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
    for (const T& thing : list)
      add(thing.id);
  }
  // The next number.
  void add(std::string_view id) {
    const Key key(id);
    std::size_t at = place(key);
    while (slots_[at].number != kNone)
      at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {.first = key.first, .last = key.last, .size = key.size, .number = count_};
    if (key.size > 16) long_ids_.emplace(count_, id);
    ++count_;
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
      if (slot.first == key.first && slot.last == key.last && slot.size == key.size &&
          (key.size <= 16 || long_ids_.at(slot.number) == id)) {
        return slot.number;
      }
    }
  }
  // For a find() soon.
  void prefetch(const Key& key) const { __builtin_prefetch(&slots_[place(key)]); }

  // What it takes for a list of things with an id.
  template <typename T>
  [[nodiscard]] static std::size_t bytes(const std::vector<T>& list) {
    constexpr std::size_t kPerLongId = 64;
    std::size_t bytes = slots_for(list.size() + 1) * sizeof(Slot);
    for (const T& thing : list)
      bytes += thing.id.size() > 16 ? kPerLongId : 0;
    return bytes;
  }

 private:
  struct Slot {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint32_t size = 0;
    std::uint32_t number = kNone;
  };
  [[nodiscard]] std::size_t place(const Key& key) const { return key.hash() & (slots_.size() - 1); }
  [[nodiscard]] static std::size_t slots_for(std::size_t things) {
    std::size_t slots = 16;
    while (slots < 2 * things)
      slots *= 2;
    return slots;
  }

  std::vector<Slot> slots_;
  std::unordered_map<std::uint32_t, std::string_view> long_ids_;
  std::uint32_t count_ = 0;
};

}  // namespace crowdflow
