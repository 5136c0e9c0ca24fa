#include "kafka/settings.h"

#include <array>
#include <string_view>

namespace crowdflow::kafka {
namespace {

bool reads(Role role) { return role == Role::kControl || role == Role::kReader; }

// What a user may know better for one network or machine.
std::vector<Setting> defaults(Role role) {
  std::vector<Setting> settings{
      {"socket.nagle.disable", "true"},  // 40 ms otherwise, now and then
      {"socket.keepalive.enable", "true"},
      {"socket.timeout.ms", "10000"},  // a broker that says nothing for so long is away
      {"reconnect.backoff.ms", "50"},
      {"reconnect.backoff.max.ms", "1000"},  // after an outage, back within a second or so
      {"message.max.bytes", "16777216"},     // the topics' own limits decide
      // Nobody is told that a partition has another leader: one who does not ask waits for the
      // one that is dead, for five minutes.
      {"topic.metadata.refresh.interval.ms", "2000"},
  };
  if (role == Role::kReader) {
    settings.insert(settings.end(), {
                                        // Of each partition: room for some tenths of a second
                                        // of catching up.
                                        {"queued.min.messages", "100000"},
                                        {"queued.max.messages.kbytes", "32768"},
                                        {"fetch.message.max.bytes", "4194304"},
                                        {"fetch.error.backoff.ms", "100"},
                                        {"session.timeout.ms", "10000"},
                                        {"heartbeat.interval.ms", "2000"},
                                        // The longest for which a restore may hold up the
                                        // others' assignment.
                                        {"max.poll.interval.ms", "300000"},
                                    });
  } else if (!reads(role)) {
    settings.insert(settings.end(), {
                                        {"linger.ms", "5"},  // a flush does not wait for it
                                        {"retry.backoff.ms", "10"},
                                    });
  }
  return settings;
}

// What the port promises depends on these.
std::vector<Setting> fixed(Role role, const ConnectOptions& options) {
  std::vector<Setting> settings{{"bootstrap.servers", options.brokers},
                                {"client.id", options.client_id}};
  if (reads(role)) {
    // Positions are committed in transactions or not at all, and reading starts where it is told
    // to: an offset that is gone is an error, never a silent jump.
    settings.insert(settings.end(), {
                                        {"enable.auto.commit", "false"},
                                        {"enable.auto.offset.store", "false"},
                                        {"auto.offset.reset", "error"},
                                        {"allow.auto.create.topics", "false"},
                                        // Also where nobody joins it: a client of no group that
                                        // asks for positions crashes when their coordinator has
                                        // only just started (librdkafka's issue 5040).
                                        {"group.id", options.client_id + ".alone"},
                                    });
  }
  switch (role) {
    case Role::kControl:
      // Asked for the end of a partition, a broker tells a read-committed client the last stable
      // offset; bounds are about all that is there.
      settings.push_back({"isolation.level", "read_uncommitted"});
      break;
    case Role::kReader:
      settings.insert(settings.end(),
                      {
                          {"isolation.level", "read_committed"},
                          {"enable.partition.eof", "true"},
                          // So that partition p of every topic goes to the same member.
                          {"partition.assignment.strategy", "range"},
                          {"fetch.min.bytes", "1"},
                          {"fetch.wait.max.ms", std::to_string(options.fetch_wait.count())},
                      });
      break;
    case Role::kWriter:
      settings.push_back({"transaction.timeout.ms",
                          std::to_string(std::chrono::milliseconds(kTransactionTimeout).count())});
      [[fallthrough]];
    case Role::kAppender:
      settings.insert(settings.end(), {{"enable.idempotence", "true"}, {"acks", "all"}});
      break;
  }
  return settings;
}

// Names and ids that a client gets from its owner, and librdkafka's other words for ours.
constexpr std::array<std::string_view, 4> kReserved{
    "group.instance.id", "transactional.id", "metadata.broker.list", "request.required.acks"};

Result<void> refuse_reserved(const ConnectOptions& options) {
  const auto refuse = [&](const std::string& name) -> Result<void> {
    if (!options.properties.contains(name)) return {};
    return fail(ErrorCode::kInvalid,
                "kafka property " + name + ": crowdflow sets it by itself; remove it");
  };
  for (const auto name : kReserved) {
    if (auto done = refuse(std::string(name)); !done) return done;
  }
  for (const auto role : {Role::kControl, Role::kReader, Role::kWriter, Role::kAppender}) {
    for (const auto& setting : fixed(role, options)) {
      if (auto done = refuse(setting.name); !done) return done;
    }
  }
  return {};
}

Result<void> set(rd_kafka_conf_t* conf, const std::vector<Setting>& settings) {
  std::array<char, 512> why{};
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why.data(), why.size()) !=
        RD_KAFKA_CONF_OK) {
      return fail(ErrorCode::kInvalid, "kafka property " + name + ": " + why.data());
    }
  }
  return {};
}

}  // namespace

Result<ConfHandle> make_conf(Role role, const ConnectOptions& options,
                             const std::vector<Setting>& own) {
  if (auto done = refuse_reserved(options); !done) return tl::unexpected(done.error());
  std::vector<Setting> users;
  users.reserve(options.properties.size());
  for (const auto& [name, value] : options.properties)
    users.push_back({name, value});

  ConfHandle conf(rd_kafka_conf_new());
  for (const auto& settings : {defaults(role), users, fixed(role, options), own}) {
    if (auto done = set(conf.get(), settings); !done) return tl::unexpected(done.error());
  }
  return conf;
}

}  // namespace crowdflow::kafka
