#include "processor/journal_tail.h"

#include <algorithm>
#include <string>

#include "processor/cursor.h"

namespace crowdflow::processor {
namespace {

// So many offsets before the end a last record is looked for first; then so many times further
// back.
constexpr std::int64_t kFirstLook = 16;
constexpr std::int64_t kFurtherBack = 32;

}  // namespace

Result<std::optional<wire::Journal>> last_page(log::Log& log, const ProcessorOptions& options,
                                               const log::PartitionId& journal,
                                               const log::OffsetBounds& within) {
  for (std::int64_t back = kFirstLook;; back *= kFurtherBack) {
    const std::int64_t from = std::max(within.low, within.high - back);
    auto pages = Cursor::open(log, options, journal, from);
    if (!pages) return tl::unexpected(pages.error());
    std::string last;
    auto read = pages->read_until(within.high, [&](const log::Record& page) {
      last = page.value;
      return Result<void>{};
    });
    if (!read) return tl::unexpected(read.error());
    if (!last.empty()) return wire::parse_journal(last);
    if (from == within.low) return std::nullopt;
  }
}

}  // namespace crowdflow::processor
