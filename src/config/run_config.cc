#include "config/run_config.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <filesystem>
#include <iterator>
#include <unistd.h>
#include <unordered_map>

#include "config/document.h"
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
constexpr std::int64_t kMostMemory = std::int64_t{1} << 40U;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// A name that Kafka takes for a topic, a group or a member.
bool is_kafka_name(std::string_view text) {
  return !text.empty() && text.size() <= 200 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
  });
}

std::string read_kafka_name(Report& report, const Node* node, std::string otherwise) {
  if (node == nullptr) return otherwise;
  if (node->kind == NodeKind::kScalar && is_kafka_name(node->text)) return node->text;
  report.error(*node, "1 to 200 of letters, digits, \".\", \"_\" and \"-\"");
  return otherwise;
}

// host:port
bool is_broker(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto port = parse_whole(text.substr(colon + 1));
  const std::string_view host = text.substr(0, colon);
  return port && *port >= 1 && *port <= 65'535 && std::all_of(host.begin(), host.end(), [](char c) {
           return is_alphanumeric(c) ||
                  std::string_view{".-_:[]"}.find(c) != std::string_view::npos;
         });
}

std::string read_brokers(Report& report, const Node* node) {
  if (node == nullptr) return {};
  constexpr std::string_view kBrokers = "host:port, or a list of such";
  std::string brokers;
  const auto add = [&](const Node& item, std::string_view broker) {
    if (!is_broker(broker)) {
      const bool has_scheme = broker.find("://") != std::string_view::npos;
      report.error(
          item, std::string{kBrokers},
          has_scheme ? "how to talk to them is said by kafka: { security.protocol: ... }" : "");
      return false;
    }
    brokers += (brokers.empty() ? "" : ",") + std::string{broker};
    return true;
  };
  if (node->kind != NodeKind::kScalar) {
    const auto items = read_list(report, node, kBrokers, 1000);
    if (node->kind == NodeKind::kList && items.empty()) report.error(*node, std::string{kBrokers});
    for (const Node* item : items)
      add(*item, item->text);
    return brokers;
  }
  std::string_view rest = node->text;
  while (add(*node, rest.substr(0, rest.find(',')))) {
    if (rest.find(',') == std::string_view::npos) break;
    rest.remove_prefix(rest.find(',') + 1);
  }
  return brokers;
}

// Properties of librdkafka that are not the user's, and why.
struct OwnedProperty {
  std::string_view name;
  std::string_view why;
};
constexpr std::string_view kPositions = "positions are committed in transactions, with the results";
constexpr std::string_view kNoGaps = "a record must not be lost, repeated or overtaken";
constexpr std::array kOwned{
    OwnedProperty{"bootstrap.servers", "it is said by \"brokers\""},
    OwnedProperty{"metadata.broker.list", "it is said by \"brokers\""},
    OwnedProperty{"group.id", "it is said by \"group\""},
    OwnedProperty{"group.instance.id", "it is said by \"instance\""},
    OwnedProperty{"client.id", "it is said by \"instance\""},
    OwnedProperty{"transactional.id", "it follows \"instance\", which fences its predecessor"},
    OwnedProperty{"transaction.timeout.ms", "a restart waits for it: it is 10 s"},
    OwnedProperty{"enable.auto.commit", kPositions},
    OwnedProperty{"auto.commit.enable", kPositions},
    OwnedProperty{"auto.commit.interval.ms", kPositions},
    OwnedProperty{"enable.auto.offset.store", kPositions},
    OwnedProperty{"auto.offset.reset", "an offset that is gone is an error, never a silent jump"},
    OwnedProperty{"enable.partition.eof", "a restart has to know where a partition ends"},
    OwnedProperty{"isolation.level", "what a transaction took back must not be read"},
    OwnedProperty{"partition.assignment.strategy", "partition p of all topics goes to one member"},
    OwnedProperty{"partitioner", "a venue's partition is computed from its id"},
    OwnedProperty{"enable.idempotence", kNoGaps},
    OwnedProperty{"acks", kNoGaps},
    OwnedProperty{"request.required.acks", kNoGaps},
    OwnedProperty{"allow.auto.create.topics", "topics are made by `crowdflow topics create`"},
    OwnedProperty{"fetch.min.bytes", "readings must not wait for others"},
    OwnedProperty{"fetch.wait.max.ms", "readings must not wait for others"},
    OwnedProperty{"test.mock.num.brokers", "a broker in the process keeps nothing: see `demo`"},
};

std::map<std::string, std::string> read_properties(Report& report, const Node* node) {
  std::map<std::string, std::string> properties;
  if (node == nullptr) return properties;
  if (node->kind != NodeKind::kMap) {
    report.error(*node, "librdkafka's properties, such as { security.protocol: SSL }");
    return properties;
  }
  for (const Node* entry = node->first_child; entry != nullptr; entry = entry->next) {
    const auto owned =
        std::find_if(kOwned.begin(), kOwned.end(),
                     [&](const OwnedProperty& property) { return property.name == entry->key; });
    if (owned != kOwned.end()) {
      report.key_error(*entry, "a property that crowdflow sets itself", "no " + quote(entry->key),
                       std::string{owned->why});
    } else if (entry->kind != NodeKind::kScalar) {
      report.error(*entry, "the property's value, as text, number, true or false");
    } else {
      properties.emplace(entry->key, entry->text);
    }
  }
  return properties;
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

// Reads a configuration and then its venue files, each with a report of its own.
class RunConfigReader {
 public:
  RunConfigReader(std::string path, std::string_view text, std::vector<ConfigError>* warnings)
      : path_(std::move(path)), report_(path_, text), warnings_(warnings) {}

  void read(const Node& root) {
    MapReader map{report_, root, "a map that begins with `crowdflow: v1`"};
    read_format_version(report_, map);
    config_.brokers =
        read_brokers(report_, map.require("brokers", "the Kafka brokers: host:port,host:port"));
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
    const std::string path =
        (std::filesystem::path{path_}.parent_path() / node.text).lexically_normal().string();
    auto bytes = read_text_file(path);
    if (!bytes) {
      report_.error(node, "the path of a venue file, from the folder of this file",
                    path + ' ' + bytes.error().expected);
      return;
    }
    auto venue = parse_venue(*bytes, path, warnings_);
    if (!venue) {
      venue_errors_.insert(venue_errors_.end(), std::make_move_iterator(venue.error().begin()),
                           std::make_move_iterator(venue.error().end()));
      return;
    }
    const auto [first, added] = paths_by_id_.try_emplace(venue->id, path);
    if (!added) {
      report_.error(node, "venue " + quote(venue->id) + " again", "each venue once",
                    "the first is " + first->second);
      return;
    }
    config_.venues.push_back({.path = path,
                              .yaml = std::move(*bytes),
                              .venue = std::make_shared<const Venue>(std::move(*venue))});
  }

  std::string path_;
  Report report_;
  std::vector<ConfigError>* warnings_;
  std::vector<ConfigError> venue_errors_;
  std::unordered_map<std::string, std::string> paths_by_id_;
  RunConfig config_;
};

}  // namespace

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
