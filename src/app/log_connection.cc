#include "app/log_connection.h"

namespace crowdflow::app {

kafka::ConnectOptions connect_options(const config::RunConfig& config,
                                      const log::TopicNames& names) {
  kafka::ConnectOptions options;
  options.brokers = config.brokers;
  options.client_id = config.instance.empty() ? "crowdflow" : config.instance;
  options.properties = config.kafka;
  options.warm_topics = {names.readings,       names.zone_states, names.alerts,
                         names.alerts_current, names.journal,     names.dead_letters};
  return options;
}

}  // namespace crowdflow::app
