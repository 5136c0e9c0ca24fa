#pragma once

#include <librdkafka/rdkafka.h>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/result.h>

#include "kafka/handles.h"
#include "kafka/kafka_log.h"
#include "kafka/quiet_log.h"
#include "kafka/settings.h"
#include "log/log.h"

namespace crowdflow::kafka {

// What all clients of one log share, and outlives each of them. Threads: any.
class Connection {
 public:
  explicit Connection(ConnectOptions options);

  [[nodiscard]] const ConnectOptions& options() const { return options_; }
  [[nodiscard]] QuietLog& quiet_log() { return quiet_log_; }

  [[nodiscard]] log::Health health() const;
  // The brokers have answered, and every partition that we watch can be read and written.
  void is_well();
  // They have not; adds the last trouble that any client met.
  void is_ill(std::string_view why);
  // What a client met: "127.0.0.1:9092: Connect failed: Connection refused".
  void met_trouble(std::string_view text);

 private:
  const ConnectOptions options_;
  QuietLog quiet_log_;

  mutable std::mutex mutex_;
  log::Health health_;
  std::string trouble_;
};

// Who is called back, by the thread that polls the client.
class ClientOwner {
 public:
  virtual ~ClientOwner() = default;
  virtual void on_rebalance(rd_kafka_resp_err_t, const rd_kafka_topic_partition_list_t*) {}
  virtual void on_delivery(const rd_kafka_message_t&) {}
};

// One librdkafka instance with its threads. Messages of it may be held as long as it lives; its end
// leaves no group and waits for no delivery, so that it takes no longer than its threads need.
class Client {
 public:
  // `owner` must be there as long as anybody polls.
  [[nodiscard]] static Result<std::shared_ptr<Client>> make(std::shared_ptr<Connection> connection,
                                                            Role role,
                                                            const std::vector<Setting>& own,
                                                            ClientOwner* owner);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] rd_kafka_t* get() const { return client_; }
  [[nodiscard]] Connection& connection() const { return *connection_; }

 private:
  struct Callbacks;
  Client(std::shared_ptr<Connection> connection, ClientOwner* owner);

  const std::shared_ptr<Connection> connection_;
  ClientOwner* const owner_;
  rd_kafka_t* client_ = nullptr;
};

}  // namespace crowdflow::kafka
