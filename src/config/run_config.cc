#include "config/run_config.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <filesystem>
#include <iterator>
#include <unistd.h>
#include <unordered_map>

#include "config/document.h"
#include "config/kafka_config.h"
#include "config/reader.h"
#include "config/report.h"
#include "config/source_text.h"
#include "config/text_file.h"
#include "config/values.h"
#include "config/venue_file.h"

namespace crowdflow::config {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kLeastMemory = std::int64_t{1} << 20U;
constexpr std::int64_t kLeastSize = std::int64_t{64} << 20U;
constexpr std::int64_t kMostMemory = std::int64_t{1} << 40U;

// Paths in a configuration file begin at its folder.
std::string from_folder_of(const std::string& file, const std::string& path) {
  return (std::filesystem::path{file}.parent_path() / path).lexically_normal().string();
}

std::optional<RunConfig::Embedded> read_embedded(Report& report, const Node* node,
                                                 const std::string& file) {
  if (node == nullptr) return std::nullopt;
  RunConfig::Embedded embedded;
  MapReader map{report, *node, "a map such as { folder: data, max_size: 4GiB }"};
  const Node* folder = map.require("folder", "the folder that the log is in");
  if (const auto path = read_text(report, folder, 4096)) {
    embedded.folder = from_folder_of(file, *path);
  }
  if (const Node* size = map.find("max_size")) {
    const auto bytes = size->kind == NodeKind::kScalar ? parse_bytes(size->text) : std::nullopt;
    if (bytes && *bytes >= kLeastSize && *bytes <= kMostMemory) {
      embedded.max_size = *bytes;
    } else {
      report.error(*size, "bytes such as 512MiB or 4GiB, from 64MiB to 1024GiB");
    }
  }
  return embedded;
}

void read_topics(Report& report, const Node* node, RunConfig::Topics& topics) {
  if (node == nullptr) return;
  MapReader map{report, *node, "a map such as { prefix: crowdflow., partitions: 4 }"};
  topics.prefix = read_kafka_name(report, map.find("prefix"), topics.prefix);
  topics.partitions = static_cast<std::int32_t>(
      read_whole(report, map.find("partitions"), {.of = "partitions", .least = 1, .most = 10'000})
          .value_or(topics.partitions));
  topics.replication = static_cast<std::int32_t>(
      read_whole(report, map.find("replication"), {.of = "replicas", .least = 1, .most = 10})
          .value_or(topics.replication));
  const auto retention =
      read_duration(report, map.find("retention"), std::chrono::hours{1}, std::chrono::days{400});
  if (retention) topics.retention = std::chrono::duration_cast<milliseconds>(*retention);
}

bool is_ip_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> parsed{};
  return inet_pton(AF_INET, text.c_str(), parsed.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), parsed.data()) == 1;
}

void read_http(Report& report, const Node* node, RunConfig::Http& http) {
  if (node == nullptr) return;
  MapReader map{report, *node, "a map such as { address: 127.0.0.1, port: 8080 }"};
  if (const Node* address = map.find("address")) {
    if (address->kind == NodeKind::kScalar && is_ip_address(address->text)) {
      http.address = address->text;
    } else {
      report.error(*address, "an IP address of this machine",
                   "127.0.0.1 is for this machine only, 0.0.0.0 for all that can reach it");
    }
  }
  http.port = static_cast<std::uint16_t>(
      read_whole(report, map.find("port"), {.of = {}, .least = 0, .most = 65'535})
          .value_or(http.port));
}

// Bytes, and how their bounds are said.
struct BytesRange {
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::string_view expected;
};

std::optional<std::int64_t> read_bytes(Report& report, const Node* node, const BytesRange& range) {
  if (node == nullptr) return std::nullopt;
  const auto bytes = node->kind == NodeKind::kScalar ? parse_bytes(node->text) : std::nullopt;
  if (bytes && *bytes >= range.least && *bytes <= range.most) return bytes;
  report.error(*node, std::string{range.expected});
  return std::nullopt;
}

void read_gateway(Report& report, const Node* node, RunConfig::Gateway& gateway) {
  if (node == nullptr) return;
  MapReader map{report, *node, "a map such as { enabled: true, max_body: 4MiB }"};
  gateway.enabled = read_bool(report, map.find("enabled")).value_or(gateway.enabled);
  gateway.max_body = read_bytes(report, map.find("max_body"),
                                {.least = std::int64_t{64} << 10U,
                                 .most = std::int64_t{64} << 20U,
                                 .expected = "bytes such as 4MiB, from 64KiB to 64MiB"})
                         .value_or(gateway.max_body);
  gateway.max_queued = read_bytes(report, map.find("max_queued"),
                                  {.least = std::int64_t{1} << 20U,
                                   .most = std::int64_t{1} << 30U,
                                   .expected = "bytes such as 32MiB, from 1MiB to 1024MiB"})
                           .value_or(gateway.max_queued);
}

void read_engine(Report& report, const Node* node, RunConfig& config) {
  if (node == nullptr) return;
  MapReader map{report, *node, "a map such as { threads: 2, memory_limit: 2GiB }"};
  config.engine_threads = static_cast<std::size_t>(
      read_whole(report, map.find("threads"), {.of = "threads", .least = 1, .most = 64})
          .value_or(1));
  const auto every = read_duration(report, map.find("snapshot_every"), std::chrono::seconds{1},
                                   std::chrono::hours{24});
  if (every) config.snapshot_every = std::chrono::duration_cast<milliseconds>(*every);
  config.memory_limit = read_bytes(report, map.find("memory_limit"),
                                   {.least = kLeastMemory,
                                    .most = kMostMemory,
                                    .expected = "bytes such as 512MiB or 2GiB, from 1MiB to "
                                                "1024GiB"});
}

void read_log(Report& report, const Node* node, LogLevel& level) {
  if (node == nullptr) return;
  MapReader map{report, *node, "a map such as { level: info }"};
  level = read_choice<LogLevel>(report, map.find("level"),
                                {{"trace", LogLevel::kTrace},
                                 {"debug", LogLevel::kDebug},
                                 {"info", LogLevel::kInfo},
                                 {"warn", LogLevel::kWarn},
                                 {"error", LogLevel::kError}})
              .value_or(level);
}

// The host's name, as far as Kafka takes it.
std::string default_instance() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "crowdflow";
  std::string instance{name.data()};
  std::replace_if(
      instance.begin(), instance.end(), [](char c) { return !is_kafka_name({&c, 1}); }, '-');
  return is_kafka_name(instance) ? instance : "crowdflow";
}

tl::expected<VenueSource, std::vector<ConfigError>> checked(const std::string& path,
                                                            std::string yaml,
                                                            std::vector<ConfigError>* warnings) {
  auto venue = parse_venue(yaml, path, warnings);
  if (!venue) return tl::unexpected(std::move(venue.error()));
  return VenueSource{.path = path,
                     .yaml = std::move(yaml),
                     .venue = std::make_shared<const Venue>(std::move(*venue))};
}

// Reads a configuration and then its venue files, each with a report of its own.
class RunConfigReader {
 public:
  RunConfigReader(std::string path, std::string_view text, std::vector<ConfigError>* warnings)
      : path_(std::move(path)), report_(path_, text), warnings_(warnings) {}

  void read(const Node& root) {
    MapReader map{report_, root, "a map that begins with `crowdflow: v1`"};
    read_format_version(report_, map);
    read_where(map);
    config_.kafka = read_properties(report_, map.find("kafka"));
    read_topics(report_, map.find("topics"), config_.topics);
    config_.group = read_kafka_name(report_, map.find("group"), config_.group);
    config_.instance = read_kafka_name(report_, map.find("instance"), default_instance());
    read_http(report_, map.find("http"), config_.http);
    read_gateway(report_, map.find("gateway"), config_.gateway);
    const auto interval = read_duration(report_, map.find("commit_interval"), milliseconds{20},
                                        std::chrono::seconds{5});
    if (interval) config_.commit_interval = std::chrono::duration_cast<milliseconds>(*interval);
    read_engine(report_, map.find("engine"), config_);
    read_log(report_, map.find("log"), config_.log_level);
    read_venues(map.require("venues", "the venue files, such as [ hall.yaml ]"));
  }

  tl::expected<RunConfig, std::vector<ConfigError>> finish() {
    std::vector<ConfigError> errors = report_.take_errors();
    errors.insert(errors.end(), std::make_move_iterator(venue_errors_.begin()),
                  std::make_move_iterator(venue_errors_.end()));
    if (!errors.empty()) return tl::unexpected(std::move(errors));
    return std::move(config_);
  }

  [[nodiscard]] Report& report() { return report_; }

 private:
  // Kafka or a file: one of the two.
  void read_where(MapReader& map) {
    const Node* brokers = map.find("brokers");
    const Node* embedded = map.find("embedded");
    config_.brokers = read_brokers(report_, brokers);
    config_.embedded = read_embedded(report_, embedded, path_);
    if (brokers != nullptr && embedded != nullptr) {
      report_.key_error(*embedded, "a log in a file beside \"brokers\"", "one of the two", "");
    } else if (brokers == nullptr && embedded == nullptr && map.is_map()) {
      report_.error(map.node(), "no \"brokers\" and no \"embedded\"",
                    "the Kafka brokers, host:port,host:port, or the folder of a log on this "
                    "machine, { folder: data }",
                    "");
    }
  }

  void read_venues(const Node* node) {
    constexpr std::string_view kVenues = "a list of venue files, such as [ hall.yaml ]";
    const auto items = read_list(report_, node, kVenues, 10'000);
    if (node != nullptr && node->kind == NodeKind::kList && items.empty()) {
      report_.error(*node, std::string{kVenues});
    }
    for (const Node* item : items)
      read_venue(*item);
  }

  void read_venue(const Node& node) {
    if (node.kind != NodeKind::kScalar || node.text.empty()) {
      report_.error(node, "the path of a venue file");
      return;
    }
    const std::string path = from_folder_of(path_, node.text);
    auto bytes = read_text_file(path);
    if (!bytes) {
      report_.error(node, "the path of a venue file, from the folder of this file",
                    path + ' ' + bytes.error().expected);
      return;
    }
    auto source = checked(path, std::move(*bytes), warnings_);
    if (!source) {
      venue_errors_.insert(venue_errors_.end(), std::make_move_iterator(source.error().begin()),
                           std::make_move_iterator(source.error().end()));
      return;
    }
    const auto [first, added] = paths_by_id_.try_emplace(source->venue->id, path);
    if (!added) {
      report_.error(node, "venue " + quote(source->venue->id) + " again", "each venue once",
                    "the first is " + first->second);
      return;
    }
    config_.venues.push_back(std::move(*source));
  }

  std::string path_;
  Report report_;
  std::vector<ConfigError>* warnings_;
  std::vector<ConfigError> venue_errors_;
  std::unordered_map<std::string, std::string> paths_by_id_;
  RunConfig config_;
};

}  // namespace

tl::expected<VenueSource, std::vector<ConfigError>> load_venue_source(
    const std::string& path, std::vector<ConfigError>* warnings) {
  auto bytes = read_text_file(path);
  if (!bytes) return tl::unexpected(std::vector<ConfigError>{std::move(bytes.error())});
  return checked(path, std::move(*bytes), warnings);
}

RunConfig default_run_config() {
  RunConfig config;
  config.instance = default_instance();
  return config;
}

tl::expected<RunConfig, std::vector<ConfigError>> load_run_config(
    const std::string& path, std::vector<ConfigError>* warnings) {
  auto bytes = read_text_file(path);
  if (!bytes) return tl::unexpected(std::vector<ConfigError>{std::move(bytes.error())});
  const std::string_view text = without_byte_order_mark(*bytes);
  RunConfigReader reader{path, text, warnings};
  const Document document{text};
  for (const DocumentError& error : document.errors())
    reader.report().document_error(error);
  if (document.root() != nullptr) reader.read(*document.root());
  return reader.finish();
}

}  // namespace crowdflow::config
