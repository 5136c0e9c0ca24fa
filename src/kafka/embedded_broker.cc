#include "kafka/embedded_broker.h"

#include <array>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <utility>

#include "kafka/errors.h"
#include "kafka/handles.h"

namespace crowdflow::kafka {

// A mock cluster lives in some client, which is there for nothing else.
struct EmbeddedBroker::Cluster {
  std::unique_ptr<rd_kafka_t, Freed<rd_kafka_destroy>> host;
  std::unique_ptr<rd_kafka_mock_cluster_t, Freed<rd_kafka_mock_cluster_destroy>> brokers;
};

EmbeddedBroker::EmbeddedBroker(std::unique_ptr<Cluster> cluster, std::string address)
    : cluster_(std::move(cluster)), address_(std::move(address)) {}

EmbeddedBroker::~EmbeddedBroker() = default;

Result<std::unique_ptr<EmbeddedBroker>> EmbeddedBroker::start(
    std::int32_t partitions, const std::vector<std::string>& topics) {
  auto cluster = std::make_unique<Cluster>();
  std::array<char, 512> why{};
  ConfHandle conf(rd_kafka_conf_new());
  // The host of the brokers is a client without any, and would say so.
  rd_kafka_conf_set(conf.get(), "log_level", "3", why.data(), why.size());
  cluster->host.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), why.data(), why.size()));
  if (!cluster->host) {
    return fail(ErrorCode::kIo, std::string("starting the embedded broker: ") + why.data());
  }
  static_cast<void>(conf.release());  // rd_kafka_new() has taken it
  cluster->brokers.reset(rd_kafka_mock_cluster_new(cluster->host.get(), 1));
  if (!cluster->brokers) {
    return fail(ErrorCode::kIo, "starting the embedded broker: no socket on 127.0.0.1");
  }
  for (const auto& topic : topics) {
    const auto error =
        rd_kafka_mock_topic_create(cluster->brokers.get(), topic.c_str(), partitions, 1);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return tl::unexpected(error_of("making topic " + topic + " in the embedded broker", error));
    }
  }
  std::string address = rd_kafka_mock_cluster_bootstraps(cluster->brokers.get());
  return std::unique_ptr<EmbeddedBroker>(
      new EmbeddedBroker(std::move(cluster), std::move(address)));
}

}  // namespace crowdflow::kafka
