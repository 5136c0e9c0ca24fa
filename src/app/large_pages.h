#pragma once

#include <algorithm>
#include <cstddef>
#include <memory_resource>
#include <new>
#include <sys/mman.h>

namespace crowdflow::app {

// Memory of which large pieces lie in pages of 2 MB, where the system gives them to those who ask
// (madvise or always in /sys/kernel/mm/transparent_hugepage/enabled), else in small ones as ever:
// to find the page of what is touched here and there costs as much as to fetch it. Only whole pages
// are asked for, so that no more becomes resident. Any thread.
class LargePages final : public std::pmr::memory_resource {
 private:
  static constexpr std::size_t kPage = std::size_t{2} << 20;
  [[nodiscard]] static std::align_val_t aligned(std::size_t bytes, std::size_t alignment) {
    return std::align_val_t{bytes < kPage ? alignment : std::max(alignment, kPage)};
  }

  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    void* const room = ::operator new(bytes, aligned(bytes, alignment));
    if (bytes >= kPage) static_cast<void>(madvise(room, bytes / kPage * kPage, MADV_HUGEPAGE));
    return room;
  }
  void do_deallocate(void* room, std::size_t bytes, std::size_t alignment) override {
    ::operator delete(room, bytes, aligned(bytes, alignment));
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override {
    return dynamic_cast<const LargePages*>(&other) != nullptr;
  }
};

}  // namespace crowdflow::app
