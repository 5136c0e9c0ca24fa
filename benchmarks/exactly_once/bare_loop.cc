#include "exactly_once/bare_loop.h"

#include <future>

#include "exactly_once/measured.h"
#include "exactly_once/plain_client.h"

namespace crowdflow::bench {
namespace {

constexpr int kPatienceMs = 30'000;
constexpr const char* kRetryBackoffMs = "10";

void must_do(rd_kafka_error_t* error, const char* what) {
  const kafka::ErrorHandle owned(error);
  if (owned) give_up(std::string(what) + ": " + rd_kafka_error_string(owned.get()));
}

}  // namespace

struct BareLoop::State {
  State(const std::string& brokers, std::string from, const std::string& to)
      : topic(std::move(from)),
        consumer(plain_client(RD_KAFKA_CONSUMER, brokers,
                              {{"group.id", "bare"},
                               {"enable.auto.commit", "false"},
                               {"auto.offset.reset", "earliest"},
                               {"isolation.level", "read_committed"},
                               {"fetch.wait.max.ms", "100"}})),
        producer(plain_client(RD_KAFKA_PRODUCER, brokers,
                              {{"transactional.id", "bare"},
                               {"linger.ms", "5"},
                               // While the broker still completes the transaction before, it
                               // refuses the next one: 100 ms of waiting then is the default.
                               {"retry.backoff.ms", kRetryBackoffMs}})),
        out(rd_kafka_topic_new(producer.get(), to.c_str(), nullptr)) {
    must_do(rd_kafka_init_transactions(producer.get(), kPatienceMs), "opening the bare producer");
    // Otherwise the first transaction waits a second for it.
    const rd_kafka_metadata_t* answer = nullptr;
    rd_kafka_metadata(producer.get(), 0, out.get(), &answer, kPatienceMs);
    const kafka::MetadataHandle metadata(answer);
    const kafka::PartitionListHandle list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    must(rd_kafka_subscribe(consumer.get(), list.get()) == RD_KAFKA_RESP_ERR_NO_ERROR,
         "subscribing");
  }

  [[nodiscard]] bool assigned() const {
    rd_kafka_topic_partition_list_t* list = nullptr;
    rd_kafka_assignment(consumer.get(), &list);
    const kafka::PartitionListHandle owned(list);
    return owned && owned->cnt > 0;
  }

  void pass_on(const rd_kafka_message_t& record) const {
    must_do(rd_kafka_begin_transaction(producer.get()), "beginning");
    must(rd_kafka_produce(out.get(), 0, RD_KAFKA_MSG_F_COPY, record.payload, record.len, nullptr, 0,
                          nullptr) == 0,
         "the bare loop cannot write");
    const kafka::PartitionListHandle list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), record.partition)->offset =
        record.offset + 1;
    const kafka::GroupMetadataHandle group(rd_kafka_consumer_group_metadata(consumer.get()));
    must_do(
        rd_kafka_send_offsets_to_transaction(producer.get(), list.get(), group.get(), kPatienceMs),
        "sending an offset");
    must_do(rd_kafka_commit_transaction(producer.get(), kPatienceMs), "committing");
  }

  const std::string topic;
  const ClientHandle consumer;
  const ClientHandle producer;
  const kafka::TopicHandle out;
  std::promise<void> has_its_partition;
};

BareLoop::BareLoop(const std::string& brokers, const std::string& from, const std::string& to)
    : state_(std::make_shared<State>(brokers, from, to)),
      thread_([this](std::stop_token stop) { run(std::move(stop)); }) {}

void BareLoop::run(std::stop_token stop) {
  bool told = false;
  while (!stop.stop_requested()) {
    const kafka::MessageHandle record(rd_kafka_consumer_poll(state_->consumer.get(), 100));
    if (!told && state_->assigned()) {
      told = true;
      state_->has_its_partition.set_value();
    }
    if (record && record->err == RD_KAFKA_RESP_ERR_NO_ERROR) state_->pass_on(*record);
  }
}

void BareLoop::wait_until_assigned() {
  must(state_->has_its_partition.get_future().wait_for(std::chrono::seconds{30}) ==
           std::future_status::ready,
       "the bare loop gets no partition");
}

}  // namespace crowdflow::bench
