#include "app/log_contents.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <utility>
#include <vector>

#include "app/command_line.h"
#include "app/journalled_log.h"
#include "app/record_text.h"
#include "embedded/inspection.h"
#include "log/log.h"
#include "processor/cursor.h"

namespace crowdflow::app {
namespace {

constexpr std::size_t kWriteAt = std::size_t{1} << 20U;

int complain(const char* command, const std::string& message) {
  std::fprintf(stderr, "crowdflow log %s: %s\n", command, message.c_str());
  return kFailed;
}

// One that the log has by this name, with or without the prefix.
std::optional<std::string> find_topic(const log::TopicNames& names, const std::string& prefix,
                                      const std::string& wanted) {
  for (const std::string& topic : names.all()) {
    if (topic == wanted || topic == prefix + wanted) return topic;
  }
  return std::nullopt;
}

// What of a partition is wanted.
Result<log::OffsetBounds> range_of(JournalledLog& from, const log::PartitionId& at,
                                   const LogDumpOptions& options, EventTime since) {
  const auto end = processor::find_decided_end(from.log(), from.options(), at);
  if (!end) return tl::unexpected(end.error());
  const auto bounds = from.log().query_bounds(at);
  if (!bounds) return tl::unexpected(bounds.error());
  log::OffsetBounds range{bounds->low, *end};
  if (options.offset) {
    range.low = std::max(range.low, *options.offset < 0 ? *end + *options.offset : *options.offset);
  }
  if (!options.from.empty()) {
    const auto first = from.log().offset_at(at, WallTime{since.time_since_epoch()});
    if (!first) return tl::unexpected(first.error());
    range.low = std::max(range.low, *first);
  }
  return range;
}

Result<void> dump(JournalledLog& from, const log::PartitionId& at, const LogDumpOptions& options,
                  EventTime since, RecordText& text) {
  const auto range = range_of(from, at, options, since);
  if (!range) return tl::unexpected(range.error());
  auto cursor = processor::Cursor::open(from.log(), from.options(), at, range->low);
  if (!cursor) return tl::unexpected(cursor.error());
  std::string line;
  for (std::int64_t said = 0; !options.count || said < *options.count; ++said) {
    const auto record = cursor->next(range->high);
    if (!record) return tl::unexpected(record.error());
    if (*record == nullptr) break;
    line.clear();
    text.append_record(**record, line);
    line += '\n';
    // A reader that has seen enough (head) closes the pipe.
    if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size()) return {};
  }
  return {};
}

class ExportFile {
 public:
  explicit ExportFile(std::filesystem::path path) : path_(std::move(path)), file_(path_) {}

  std::string& text() { return text_; }
  void write_if_full() {
    if (text_.size() >= kWriteAt) write();
  }
  Result<void> close() {
    write();
    file_.close();
    if (file_.fail()) return fail(ErrorCode::kUnavailable, path_.string() + " cannot be written");
    return {};
  }

 private:
  void write() {
    file_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
    text_.clear();
  }

  std::filesystem::path path_;
  std::ofstream file_;
  std::string text_;
};

struct Exported {
  std::uint64_t records = 0;
  std::uint64_t unreadable = 0;  // left out
};

// Whole partitions, up to where they end now.
Result<Exported> write_topic(JournalledLog& from, const std::string& topic, bool whole_records,
                             RecordText& text, ExportFile& file) {
  Exported exported;
  const auto partitions = from.log().partition_count(topic);
  if (!partitions) return tl::unexpected(partitions.error());
  for (std::int32_t partition = 0; partition < *partitions; ++partition) {
    const log::PartitionId at{topic, partition};
    const auto range = range_of(from, at, {}, {});
    if (!range) return tl::unexpected(range.error());
    auto cursor = processor::Cursor::open(from.log(), from.options(), at, range->low);
    if (!cursor) return tl::unexpected(cursor.error());
    const auto done = cursor->read_until(range->high, [&](const log::Record& record) {
      ++exported.records;
      if (whole_records) {
        text.append_record(record, file.text());
        file.text() += '\n';
      } else if (!text.append_messages(record, file.text())) {
        ++exported.unreadable;
      }
      file.write_if_full();
      return Result<void>{};
    });
    if (!done) return tl::unexpected(done.error());
  }
  return exported;
}

void print_heading(const char* more) {
  std::printf("%-28s %9s %12s %12s%s\n", "topic", "partition", "from offset", "to offset", more);
}

void print_bounds(const log::PartitionId& at, const log::OffsetBounds& bounds) {
  std::printf("%-28s %9d %12lld %12lld", at.topic.c_str(), at.partition,
              static_cast<long long>(bounds.low), static_cast<long long>(bounds.high));
}

int list_kafka(const config::RunConfig& config) {
  auto from = JournalledLog::connect(config);
  if (!from) return complain("list", from.error().message);
  print_heading("");
  for (const std::string& topic : from->options().topics.all()) {
    const auto partitions = from->log().partition_count(topic);
    if (!partitions) return complain("list", partitions.error().message);
    for (std::int32_t partition = 0; partition < *partitions; ++partition) {
      const auto bounds = from->log().query_bounds({topic, partition});
      if (!bounds) return complain("list", bounds.error().message);
      print_bounds({topic, partition}, *bounds);
      std::printf("\n");
    }
  }
  return 0;
}

int list_embedded(const std::string& folder) {
  const auto held = embedded::contents(folder);
  if (!held) return complain("list", held.error().message);
  print_heading("      records        bytes  from                  to");
  for (const embedded::PartitionContents& partition : held->partitions) {
    const auto time = [](const std::optional<WallTime>& at) {
      return at ? to_rfc3339(std::chrono::floor<std::chrono::seconds>(*at)) : std::string("-");
    };
    print_bounds(partition.at, partition.bounds);
    std::printf(" %12lld %12lld  %-20s  %s\n", static_cast<long long>(partition.records),
                static_cast<long long>(partition.bytes), time(partition.first).c_str(),
                time(partition.last).c_str());
  }
  for (const embedded::GroupPosition& group : held->positions) {
    std::printf("group %s has read %s partition %d up to offset %lld\n", group.group.c_str(),
                group.position.at.topic.c_str(), group.position.at.partition,
                static_cast<long long>(group.position.offset));
  }
  std::printf("on disk: %lld bytes\n", static_cast<long long>(held->file_bytes));
  return 0;
}

}  // namespace

int list_log(const LogOptions& options) {
  const auto config = settle(options, "crowdflow log list");
  if (!config) return kWrongConfig;
  return config->embedded ? list_embedded(config->embedded->folder) : list_kafka(*config);
}

int dump_log(const LogDumpOptions& options) {
  EventTime since{};
  if (const auto read = read_time("--from", options.from, since); !read) {
    (void)complain("dump", read.error().message);
    return kWrongUsage;
  }
  const auto config = settle(options.log, "crowdflow log dump");
  if (!config) return kWrongConfig;
  const log::TopicNames names(config->topics.prefix);
  const auto topic = find_topic(names, config->topics.prefix, options.topic);
  if (!topic) {
    std::string expected;
    for (const std::string& name : names.all())
      expected += (expected.empty() ? "" : ", ") + name.substr(config->topics.prefix.size());
    (void)complain("dump",
                   "found the topic \"" + options.topic + "\", expected one of " + expected);
    return kWrongUsage;
  }
  auto from = JournalledLog::connect(*config);
  if (!from) return complain("dump", from.error().message);
  const auto partitions = from->log().partition_count(*topic);
  if (!partitions) return complain("dump", partitions.error().message);
  if (options.partition && *options.partition >= *partitions) {
    (void)complain("dump", "found partition " + std::to_string(*options.partition) +
                               ", expected one below " + std::to_string(*partitions));
    return kWrongUsage;
  }
  RecordText text(names);
  for (std::int32_t partition = 0; partition < *partitions; ++partition) {
    if (options.partition && partition != *options.partition) continue;
    if (const auto done = dump(*from, {*topic, partition}, options, since, text); !done) {
      return complain("dump", done.error().message);
    }
  }
  return 0;
}

int export_log(const LogExportOptions& options) {
  const auto config = settle(options.log, "crowdflow log export");
  if (!config) return kWrongConfig;
  auto from = JournalledLog::connect(*config);
  if (!from) return complain("export", from.error().message);
  std::error_code made;
  std::filesystem::create_directories(options.out, made);
  if (made) return complain("export", options.out + ": " + made.message());
  const log::TopicNames& names = from->options().topics;
  RecordText text(names);
  for (const auto& [topic, name] :
       {std::pair{names.readings, "readings"}, std::pair{names.commands, "commands"},
        std::pair{names.zone_states, "zone_states"}, std::pair{names.alerts, "alerts"},
        std::pair{names.dead_letters, "dead_letters"}}) {
    const auto path = std::filesystem::path(options.out) / (std::string(name) + ".ndjson");
    ExportFile file(path);
    const auto exported = write_topic(*from, topic, topic == names.dead_letters, text, file);
    if (!exported) return complain("export", topic + ": " + exported.error().message);
    if (const auto closed = file.close(); !closed)
      return complain("export", closed.error().message);
    std::printf("%s: %llu records", path.c_str(),
                static_cast<unsigned long long>(exported->records));
    if (exported->unreadable > 0) {
      std::printf(
          "; %llu are no such message and left out (the engine has refused them: see "
          "dead_letters.ndjson)",
          static_cast<unsigned long long>(exported->unreadable));
    }
    std::printf("\n");
  }
  return 0;
}

}  // namespace crowdflow::app
