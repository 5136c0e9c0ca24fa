#include "counted_heap.h"

#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

constexpr std::int64_t kNoteBytes = 8;  // glibc's, before each block

crowdflow::testing::Heap counted;

void* count(void* block) {
  if (block == nullptr) std::abort();
  ++counted.allocations;
  counted.live_bytes += static_cast<std::int64_t>(malloc_usable_size(block)) + kNoteBytes;
  return block;
}
void give_back(void* block) noexcept {
  if (block == nullptr) return;
  counted.live_bytes -= static_cast<std::int64_t>(malloc_usable_size(block)) + kNoteBytes;
  std::free(block);
}

}  // namespace

namespace crowdflow::testing {

Heap heap() { return counted; }

}  // namespace crowdflow::testing

void* operator new(std::size_t size) { return count(std::malloc(size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto line = static_cast<std::size_t>(alignment);
  return count(std::aligned_alloc(line, (size + line - 1) / line * line));
}
void operator delete(void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }
