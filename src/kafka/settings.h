#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <crowdflow/result.h>

#include "kafka/handles.h"
#include "kafka/kafka_log.h"

namespace crowdflow::kafka {

// After this the brokers undo an open transaction.
inline constexpr std::chrono::seconds kTransactionTimeout{10};

enum class Role {
  kControl,  // asks about topics, offsets and groups; reads and writes nothing
  kReader,
  kWriter,    // in transactions
  kAppender,  // idempotent, without transactions
};

struct Setting {
  std::string name;
  std::string value;
};

// Our defaults, then the user's properties, then what our promises rest on together with `own`
// (names and ids of this one client). kInvalid: a property that librdkafka does not know, a value
// that it does not take, or the user's try to set what must be as it is.
[[nodiscard]] Result<ConfHandle> make_conf(Role role, const ConnectOptions& options,
                                           const std::vector<Setting>& own);

}  // namespace crowdflow::kafka
