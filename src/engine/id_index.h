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
// addressing with room to spare: a search looks at one place, seldom at two.
class IdIndex {
 public:
  template <typename T>
  explicit IdIndex(const std::vector<T>& list) {
    std::size_t slots = 16;
    while (slots < 2 * list.size() + 2)
      slots *= 2;
    slots_.resize(slots);
    ids_.reserve(list.size() + 1);
    for (const T& thing : list)
      add(thing.id);
  }
  // The next number.
  void add(std::string_view id) {
    std::size_t at = hash(id) & (slots_.size() - 1);
    while (slots_[at].number != kNone)
      at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {.tag = tag(hash(id)), .number = static_cast<std::uint32_t>(ids_.size())};
    ids_.push_back(id);
  }

  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view id) const {
    return find(id, hash(id));
  }

  // The same search in steps, between which what was prefetched can arrive.
  // Made for short ids: the first and the last 8 bytes of up to 16, mixed by one product.
  [[nodiscard]] static std::size_t hash(std::string_view id) {
    if (id.size() > 16) return std::hash<std::string_view>{}(id);
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    if (id.size() >= 8) {
      std::memcpy(&first, id.data(), 8);
      std::memcpy(&last, id.data() + id.size() - 8, 8);
    } else {
      std::memcpy(&first, id.data(), id.size());
    }
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(first ^ 0x9E37'79B9'7F4A'7C15) *
                         (last ^ (0xD6E8'FEB8'6659'FD93 + id.size()));
    return static_cast<std::size_t>(product) ^ static_cast<std::size_t>(product >> 64);
  }
  void prefetch(std::size_t hash) const { __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]); }
  // Where the id probably stands; prefetches what tells.
  [[nodiscard]] std::uint32_t likely(std::size_t hash) const {
    const Slot& slot = slots_[hash & (slots_.size() - 1)];
    if (slot.number == kNone) return kNone;
    __builtin_prefetch(&ids_[slot.number]);
    return slot.number;
  }
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view id, std::size_t hash) const {
    for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.number == kNone) return std::nullopt;
      if (slot.tag == tag(hash) && ids_[slot.number] == id) return slot.number;
    }
  }

  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  [[nodiscard]] static std::size_t bytes(std::size_t things) {
    std::size_t slots = 16;
    while (slots < 2 * things + 2)
      slots *= 2;
    return slots * sizeof(Slot) + things * sizeof(std::string_view);
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number = kNone;
  };
  [[nodiscard]] static std::uint32_t tag(std::size_t hash) {
    return static_cast<std::uint32_t>(hash >> 32);
  }

  std::vector<Slot> slots_;
  std::vector<std::string_view> ids_;
};

}  // namespace crowdflow
