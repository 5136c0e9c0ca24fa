#include "config/kafka_config.h"

#include <algorithm>
#include <array>

#include "config/reader.h"
#include "config/source_text.h"
#include "config/values.h"

namespace crowdflow::config {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
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

}  // namespace

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

namespace {

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

}  // namespace

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

}  // namespace crowdflow::config
