#include "kafka/appender.h"

#include <algorithm>
#include <utility>

#include "kafka/errors.h"
#include "kafka/partitions.h"

namespace crowdflow::kafka {

Result<std::unique_ptr<KafkaAppender>> KafkaAppender::make(std::shared_ptr<Connection> connection) {
  std::unique_ptr<KafkaAppender> self(new KafkaAppender);
  auto client = Client::make(std::move(connection), Role::kAppender, {}, self.get());
  if (!client) return tl::unexpected(client.error());
  self->producer_ = std::make_unique<Producer>(std::move(*client));
  self->producer_->warm_up();
  return self;
}

Result<void> KafkaAppender::append(const log::Append& record) {
  // No waiting: who reads as well has something better to do.
  auto done = producer_->queue(record, std::chrono::milliseconds{0});
  rd_kafka_poll(producer_->get(), 0);  // delivery reports take room in the same queue
  return done;
}

Result<void> KafkaAppender::flush(std::chrono::milliseconds wait) {
  const auto patience = std::clamp<std::chrono::milliseconds::rep>(wait.count(), 0, 3'600'000);
  const auto error = rd_kafka_flush(producer_->get(), static_cast<int>(patience));
  if (lost_ > 0) {
    const auto lost = std::exchange(lost_, 0);
    return fail(first_loss_.code, std::to_string(lost) + (lost == 1 ? " record" : " records") +
                                      " did not arrive; " + first_loss_.message);
  }
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  if (auto living = alive(producer_->get(), "writing"); !living) return living;
  const auto waiting = rd_kafka_outq_len(producer_->get());
  return fail(ErrorCode::kUnavailable, std::to_string(waiting) +
                                           " records are not acknowledged after " +
                                           std::to_string(wait.count()) + " ms");
}

void KafkaAppender::on_delivery(const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  if (lost_++ > 0) return;
  const char* topic = message.rkt == nullptr ? "?" : rd_kafka_topic_name(message.rkt);
  first_loss_ = error_of(name_of({.topic = topic, .partition = message.partition}), message.err);
}

}  // namespace crowdflow::kafka
