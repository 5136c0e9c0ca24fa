#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string_view>
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
    ids_.reserve(list.size() + 1);
    for (const T& thing : list)
      add(thing.id);
  }
  // The next number.
  void add(std::string_view id) {
    const Key key(id);
    std::size_t at = place(key);
    while (slots_[at].number != kNone)
      at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {.first = key.first,
                  .last = key.last,
                  .size = key.size,
                  .number = static_cast<std::uint32_t>(ids_.size())};
    ids_.push_back(id);
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
          (key.size <= 16 || ids_[slot.number] == id)) {
        return slot.number;
      }
    }
  }
  // For a find() soon.
  void prefetch(const Key& key) const { __builtin_prefetch(&slots_[place(key)]); }

  [[nodiscard]] static std::size_t bytes(std::size_t things) {
    return slots_for(things + 1) * sizeof(Slot) + (things + 1) * sizeof(std::string_view);
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
  std::vector<std::string_view> ids_;
};

}  // namespace crowdflow
