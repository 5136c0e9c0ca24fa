#include "support/kcat.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "support/process.h"
#include "support/temp_dir.h"

namespace crowdflow::test {
namespace {

constexpr auto kProduceLimit = std::chrono::minutes(2);
// One record: five numbers, a line feed, key and value (of the lengths said), headers, record end.
constexpr const char* kFormat = R"(%p %o %T %K %S\n%k%s%h\x1e\n)";
constexpr std::string_view kRecordEnd = "\x1e\n";

Command produce_command(const KcatProduce& how) {
  Command command{.argv = {"kcat", "-P", "-b", how.bootstrap, "-t", how.topic}};
  std::vector<std::string>& argv = command.argv;
  if (how.key) argv.insert(argv.end(), {"-k", *how.key});
  for (const auto& [name, value] : how.headers) {
    argv.insert(argv.end(), {"-H", name + "=" + value});
  }
  if (how.partition) argv.insert(argv.end(), {"-p", std::to_string(*how.partition)});
  for (const std::string& setting : how.settings) {
    argv.insert(argv.end(), {"-X", setting});
  }
  return command;
}

testing::AssertionResult run(Command command) {
  const Finished finished = run_to_end(std::move(command), kProduceLimit);
  if (finished.status == 0) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "kcat -P: "
         << (finished.status ? "status " + std::to_string(*finished.status) : "takes too long")
         << "\n"
         << finished.err;
}

// Reads `text` from its front on; false for good after the first thing that is not as expected.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  [[nodiscard]] bool at_end() const { return left_.empty(); }

  template <typename Number>
  bool number(Number& value, char end) {
    const auto parsed = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    const auto length = static_cast<std::size_t>(parsed.ptr - left_.data());
    if (parsed.ec != std::errc() || length >= left_.size() || left_[length] != end) return false;
    left_.remove_prefix(length + 1);
    return true;
  }

  // A length of -1 is null.
  bool bytes(std::int64_t length, std::optional<std::string>& value) {
    if (length < 0) return true;
    const auto count = static_cast<std::size_t>(length);
    if (count > left_.size()) return false;
    value = left_.substr(0, count);
    left_.remove_prefix(count);
    return true;
  }

  bool until(std::string_view end, std::string_view& value) {
    const std::size_t at = left_.find(end);
    if (at == std::string_view::npos) return false;
    value = left_.substr(0, at);
    left_.remove_prefix(at + end.size());
    return true;
  }

 private:
  std::string_view left_;
};

void parse_headers(std::string_view text, KafkaRecord& record) {
  while (!text.empty()) {
    const std::string_view header = text.substr(0, text.find(','));
    const std::size_t equals = header.find('=');
    const bool has_value = equals != std::string_view::npos;
    record.headers.emplace_back(header.substr(0, equals),
                                has_value ? header.substr(equals + 1) : std::string_view());
    text.remove_prefix(std::min(text.size(), header.size() + 1));
  }
}

bool parse_record(Reader& reader, KafkaRecord& record) {
  std::int64_t key_length = 0;
  std::int64_t value_length = 0;
  std::string_view headers;
  const bool read = reader.number(record.partition, ' ') && reader.number(record.offset, ' ') &&
                    reader.number(record.timestamp_ms, ' ') && reader.number(key_length, ' ') &&
                    reader.number(value_length, '\n') && reader.bytes(key_length, record.key) &&
                    reader.bytes(value_length, record.value) && reader.until(kRecordEnd, headers);
  if (read) parse_headers(headers, record);
  return read;
}

}  // namespace

testing::AssertionResult kcat_produce_lines(const KcatProduce& how, std::string lines) {
  Command command = produce_command(how);
  command.input = std::move(lines);
  return run(std::move(command));
}

testing::AssertionResult kcat_produce_file(const KcatProduce& how,
                                           const std::filesystem::path& lines) {
  Command command = produce_command(how);
  command.argv.insert(command.argv.end(), {"-l", lines.string()});
  return run(std::move(command));
}

testing::AssertionResult kcat_produce_bytes(const KcatProduce& how,
                                            std::optional<std::string_view> bytes) {
  Command command = produce_command(how);
  if (!bytes || bytes->empty()) {  // an empty file or line would be passed over
    command.argv.insert(command.argv.end(), {"-K", "\\x1f"});
    if (!bytes) command.argv.emplace_back("-Z");
    command.input = how.key.value_or("") + "\x1f\n";
    return run(std::move(command));
  }
  const TempDir dir;
  command.argv.push_back(dir.write("message", *bytes).string());
  return run(std::move(command));
}

std::optional<std::string> KafkaRecord::header(std::string_view name) const {
  for (const auto& [key_of, value_of] : headers) {
    if (key_of == name) return value_of;
  }
  return std::nullopt;
}

KcatRecords kcat_consume(const KcatConsume& how) {
  Command command{.argv = {"kcat", "-C", "-q", "-e", "-b", how.bootstrap, "-t", how.topic, "-o",
                           how.offset, "-f", kFormat}};
  std::vector<std::string>& argv = command.argv;
  if (how.partition) argv.insert(argv.end(), {"-p", std::to_string(*how.partition)});
  argv.emplace_back("-X");
  argv.emplace_back(how.committed_only ? "isolation.level=read_committed"
                                       : "isolation.level=read_uncommitted");
  argv.insert(argv.end(), {"-X", "fetch.wait.max.ms=10"});  // else half a second to see the end
  for (const std::string& setting : how.settings) {
    argv.insert(argv.end(), {"-X", setting});
  }

  KcatRecords result;
  const Finished finished = run_to_end(std::move(command), how.limit);
  if (finished.status != 0) {
    result.error = "kcat -C " + how.topic + ": " +
                   (finished.status ? finished.err : "does not come to the end of the topic");
    return result;
  }
  Reader reader(finished.out);
  while (!reader.at_end()) {
    if (!parse_record(reader, result.records.emplace_back())) {
      result.error =
          "kcat's output cannot be read at record " + std::to_string(result.records.size());
      break;
    }
  }
  return result;
}

}  // namespace crowdflow::test
