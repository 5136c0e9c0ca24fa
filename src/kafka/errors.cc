#include "kafka/errors.h"

#include <array>

namespace crowdflow::kafka {

ErrorCode code_of(rd_kafka_resp_err_t error) {
  switch (error) {
    // Somebody else runs under our name. That the group has moved our partitions is not among
    // these: its members go on with what they hold then.
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
      return ErrorCode::kFenced;

    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return ErrorCode::kNotFound;

    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
      return ErrorCode::kInvalid;

    // Also that a client is in no state for a step (__STATE), since another has failed beside it.
    default:
      return ErrorCode::kUnavailable;
  }
}

Error error_of(std::string_view what, rd_kafka_resp_err_t error) {
  return {code_of(error), std::string(what) + ": " + rd_kafka_err2str(error)};
}

Error error_of(std::string_view what, const rd_kafka_error_t& error) {
  return {code_of(rd_kafka_error_code(&error)),
          std::string(what) + ": " + rd_kafka_error_string(&error)};
}

Result<void> alive(rd_kafka_t* client, std::string_view what) {
  std::array<char, 512> text{};
  const auto error = rd_kafka_fatal_error(client, text.data(), text.size());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return fail(code_of(error), std::string(what) + ": " + text.data());
}

}  // namespace crowdflow::kafka
