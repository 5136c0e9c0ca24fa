#include <cstdint>
#include <optional>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include <crowdflow/check.h>

#include "wire/readings_file.h"

// Recorded readings in a file, laid out in any way, plain or gzip. Reading comes to an end, every
// entry lies behind the one before it, and plain text is not given twice.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int memory = memfd_create("readings", 0);
  CROWDFLOW_CHECK(memory >= 0 && write(memory, data, size) == static_cast<ssize_t>(size),
                  "a file in memory");
  auto file = crowdflow::wire::ReadingsFile::open("/proc/self/fd/" + std::to_string(memory));
  CROWDFLOW_CHECK(file.has_value(), "a file in memory can be opened");
  const bool gzip = size >= 2 && data[0] == 0x1F && data[1] == 0x8B;
  std::uint64_t line = 1;
  std::size_t given = 0;
  while (true) {
    const auto next = file->next();
    if (!next) break;
    const std::optional<crowdflow::wire::ReadingsFile::Entry>& entry = *next;
    if (!entry) break;
    CROWDFLOW_CHECK(entry->line >= line, "entries come in order");
    line = entry->line;
    given += entry->raw.size();
    CROWDFLOW_CHECK(gzip || given <= size, "no text is given twice");
  }
  close(memory);
  return 0;
}
