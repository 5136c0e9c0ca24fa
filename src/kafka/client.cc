#include "kafka/client.h"

#include <array>

namespace crowdflow::kafka {

Connection::Connection(ConnectOptions options) : options_(std::move(options)) {
  health_.reason = "connecting to " + options_.brokers;
}

log::Health Connection::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

void Connection::is_well() {
  const std::lock_guard lock(mutex_);
  health_ = {.reachable = true, .reason = {}};
  trouble_.clear();
}

void Connection::is_ill(std::string_view why) {
  const std::lock_guard lock(mutex_);
  health_.reachable = false;
  health_.reason = why;
  if (!trouble_.empty()) health_.reason += " (" + trouble_ + ")";
}

void Connection::met_trouble(std::string_view text) {
  const std::lock_guard lock(mutex_);
  trouble_ = text;
}

// librdkafka's opaque pointer is the Client.
struct Client::Callbacks {
  static void log(const rd_kafka_t* client, int level, const char* kind, const char* text) {
    const auto* self = static_cast<Client*>(rd_kafka_opaque(client));
    self->connection_->quiet_log().write(level, rd_kafka_name(client), kind, text);
  }
  static void error(rd_kafka_t*, int, const char* text, void* opaque) {
    static_cast<Client*>(opaque)->connection_->met_trouble(text);
  }
  static void rebalance(rd_kafka_t*, rd_kafka_resp_err_t what,
                        rd_kafka_topic_partition_list_t* partitions, void* opaque) {
    static_cast<Client*>(opaque)->owner_->on_rebalance(what, partitions);
  }
  static void delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    static_cast<Client*>(opaque)->owner_->on_delivery(*message);
  }
};

Client::Client(std::shared_ptr<Connection> connection, ClientOwner* owner)
    : connection_(std::move(connection)), owner_(owner) {}

Result<std::shared_ptr<Client>> Client::make(std::shared_ptr<Connection> connection, Role role,
                                             const std::vector<Setting>& own, ClientOwner* owner) {
  auto conf = make_conf(role, connection->options(), own);
  if (!conf) return tl::unexpected(conf.error());

  const std::shared_ptr<Client> self(new Client(std::move(connection), owner));
  rd_kafka_conf_set_opaque(conf->get(), self.get());
  rd_kafka_conf_set_log_cb(conf->get(), &Callbacks::log);
  rd_kafka_conf_set_error_cb(conf->get(), &Callbacks::error);
  if (role == Role::kReader) rd_kafka_conf_set_rebalance_cb(conf->get(), &Callbacks::rebalance);
  if (role == Role::kAppender) rd_kafka_conf_set_dr_msg_cb(conf->get(), &Callbacks::delivery);

  const bool consumer = role == Role::kControl || role == Role::kReader;
  std::array<char, 512> why{};
  self->client_ = rd_kafka_new(consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf->get(),
                               why.data(), why.size());
  if (self->client_ == nullptr) {
    return fail(ErrorCode::kInvalid, std::string("kafka client: ") + why.data());
  }
  static_cast<void>(conf->release());  // rd_kafka_new() has taken it
  if (role == Role::kReader) rd_kafka_poll_set_consumer(self->client_);
  return self;
}

Client::~Client() {
  if (client_ != nullptr) rd_kafka_destroy_flags(client_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

}  // namespace crowdflow::kafka
