#pragma once

#include <librdkafka/rdkafka.h>
#include <string>
#include <string_view>

#include <crowdflow/result.h>

#include "kafka/handles.h"

// librdkafka's errors as ours.
namespace crowdflow::kafka {

[[nodiscard]] ErrorCode code_of(rd_kafka_resp_err_t error);

// "<what>: <librdkafka's words>"
[[nodiscard]] Error error_of(std::string_view what, rd_kafka_resp_err_t error);
[[nodiscard]] Error error_of(std::string_view what, const rd_kafka_error_t& error);

// A client that has failed for good (fenced, sequence lost, ...) says so in every call; this is
// why. Nothing when it lives.
[[nodiscard]] Result<void> alive(rd_kafka_t* client, std::string_view what);

}  // namespace crowdflow::kafka
