#include <cstdint>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include <crowdflow/check.h>

#include "wire/readings_csv.h"

// Tables of readings. The first byte chooses how their times are written. Reading comes to an end,
// rows come in order, no text is given twice, and each row is one reading or says why not.

namespace {

crowdflow::wire::CsvLayout layout(std::uint8_t choice) {
  using crowdflow::EventTime;
  constexpr const char* kFormats[] = {"", "%F %T%z", "%d/%m/%Y %I:%M %p"};
  const std::vector<crowdflow::UtcOffset> zone{
      {.from = EventTime{std::chrono::seconds{1'521'939'600}}, .seconds = std::chrono::hours{1}},
      {.from = EventTime{std::chrono::seconds{1'540'688'400}}, .seconds = std::chrono::hours{0}}};
  auto times = crowdflow::wire::TimeReader::make(kFormats[choice % 3], zone);
  CROWDFLOW_CHECK(times.has_value(), "the formats are good");
  auto columns =
      crowdflow::wire::csv_columns_from("event_time=#1,entries=#2,exits=#3,sensor_id=#4");
  return {.columns = *columns,
          .venue_id = "hall",
          .interval = std::chrono::minutes{15},
          .stamped_at_start = (choice & 4) != 0,
          .times = *times};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const int memory = memfd_create("table", 0);
  CROWDFLOW_CHECK(
      memory >= 0 && write(memory, data + 1, size - 1) == static_cast<ssize_t>(size - 1),
      "a file in memory");
  auto table = crowdflow::wire::ReadingsCsv::open("/proc/self/fd/" + std::to_string(memory),
                                                  layout(data[0]));
  const bool gzip = size >= 3 && data[1] == 0x1F && data[2] == 0x8B;
  std::uint64_t line = 0;
  std::size_t given = 0;
  while (table) {
    const auto next = table->next();
    if (!next || !*next) break;
    const auto& entry = **next;
    CROWDFLOW_CHECK(entry.line > line, "rows come in order");
    line = entry.line;
    given += entry.raw.size();
    CROWDFLOW_CHECK(gzip || given <= size, "no text is given twice");
    if (entry.readings) {
      CROWDFLOW_CHECK(entry.readings->size() == 1, "a row is one reading");
    } else {
      CROWDFLOW_CHECK(!entry.readings.error().message.empty(), "a refusal says why");
    }
  }
  close(memory);
  return 0;
}
