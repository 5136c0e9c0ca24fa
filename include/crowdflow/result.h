#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace crowdflow {

// What kind of failure it is, for code that decides what to do next. People read Error::message.
enum class ErrorCode {
  kInvalid,      // the input is wrong; the same call fails again
  kUnsupported,  // the input is of a later version than this program knows
  kNotFound,     // a file, topic or id that does not exist
  kUnavailable,  // the other side does not answer now; the same call may succeed later
  kFenced,       // somebody newer has taken over our work
  kAborted,      // a transaction came to nothing; the same may be sent again once it is aborted
  kIo,           // the operating system refused
};

struct Error {
  ErrorCode code = ErrorCode::kInvalid;
  // What happened, where, and what was expected, in words; no trailing full stop.
  std::string message;
};

// The outcome of an operation that can fail. Nothing in this library throws on purpose.
template <typename T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace crowdflow
