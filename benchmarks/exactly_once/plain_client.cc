#include "exactly_once/plain_client.h"

#include <array>

#include "exactly_once/measured.h"

namespace crowdflow::bench {
namespace {

constexpr int kPatienceMs = 30'000;

void learn(rd_kafka_t* client, rd_kafka_topic_t* topic) {
  const rd_kafka_metadata_t* answer = nullptr;
  const auto error = rd_kafka_metadata(client, 0, topic, &answer, kPatienceMs);
  const kafka::MetadataHandle metadata(answer);
  must(error == RD_KAFKA_RESP_ERR_NO_ERROR, "no metadata of a topic");
}

}  // namespace

ClientHandle plain_client(rd_kafka_type_t type, const std::string& brokers,
                          const Settings& settings) {
  kafka::ConfHandle conf(rd_kafka_conf_new());
  std::array<char, 512> why{};
  const auto set = [&](const std::string& name, const std::string& value) {
    must(rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), why.data(), why.size()) ==
             RD_KAFKA_CONF_OK,
         why.data());
  };
  set("bootstrap.servers", brokers);
  set("socket.nagle.disable", "true");
  for (const auto& [name, value] : settings)
    set(name, value);
  ClientHandle client(rd_kafka_new(type, conf.get(), why.data(), why.size()));
  must(client != nullptr, why.data());
  static_cast<void>(conf.release());  // the client has taken it
  if (type == RD_KAFKA_CONSUMER) rd_kafka_poll_set_consumer(client.get());
  return client;
}

ClientHandle consumer_at_end(const std::string& brokers, const std::string& topic, int partitions) {
  ClientHandle client = plain_client(RD_KAFKA_CONSUMER, brokers,
                                     {{"group.id", "observer"},
                                      {"enable.auto.commit", "false"},
                                      {"isolation.level", "read_committed"},
                                      {"fetch.wait.max.ms", "100"}});
  const kafka::TopicHandle known(rd_kafka_topic_new(client.get(), topic.c_str(), nullptr));
  learn(client.get(), known.get());
  const kafka::PartitionListHandle list(rd_kafka_topic_partition_list_new(partitions));
  for (int partition = 0; partition < partitions; ++partition) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    must(rd_kafka_query_watermark_offsets(client.get(), topic.c_str(), partition, &low, &high,
                                          kPatienceMs) == RD_KAFKA_RESP_ERR_NO_ERROR,
         "where does " + topic + " end?");
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = high;
  }
  must(rd_kafka_assign(client.get(), list.get()) == RD_KAFKA_RESP_ERR_NO_ERROR, "assigning");
  return client;
}

PlainProducer::PlainProducer(const std::string& brokers, const std::vector<std::string>& topics,
                             Settings settings)
    : client_(plain_client(RD_KAFKA_PRODUCER, brokers, settings)) {
  for (const std::string& topic : topics) {
    topics_.emplace_back(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
    learn(client_.get(), topics_.back().get());
  }
}

void PlainProducer::send(std::size_t topic, std::int32_t partition, std::string_view key,
                         std::string_view value) {
  // The call takes a pointer to non-const, but with F_COPY nothing is written through it.
  while (rd_kafka_produce(topics_[topic].get(), partition, RD_KAFKA_MSG_F_COPY,
                          const_cast<char*>(value.data()), value.size(), key.data(), key.size(),
                          nullptr) != 0) {
    must(rd_kafka_last_error() == RD_KAFKA_RESP_ERR__QUEUE_FULL, "a record cannot be sent");
    rd_kafka_poll(client_.get(), 10);
  }
}

void PlainProducer::serve() { rd_kafka_poll(client_.get(), 0); }

void PlainProducer::flush() {
  must(rd_kafka_flush(client_.get(), kPatienceMs) == RD_KAFKA_RESP_ERR_NO_ERROR,
       "records are not acknowledged");
}

Follower::Follower(const std::string& brokers, const std::string& topic, int partitions, Tell tell)
    : client_(consumer_at_end(brokers, topic, partitions)),
      thread_([this, tell = std::move(tell)](std::stop_token stop) {
        while (!stop.stop_requested()) {
          const kafka::MessageHandle message(rd_kafka_consumer_poll(client_.get(), 100));
          if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) tell(*message);
        }
      }) {}

}  // namespace crowdflow::bench
