#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/result.h>

#include "http/message.h"

namespace crowdflow::http {

// Sends requests to one server, one after the other, over a connection that it keeps and, when it
// has ended, makes again. Blocks. Threads: one at a time.
class Client {
 public:
  // `url`: http://HOST[:PORT], with or without a '/' behind it. kInvalid: not such a URL.
  [[nodiscard]] static Result<Client> make(std::string_view url);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // The answer, whatever its status; its headers are in `headers`. `patience`: for all of it.
  // kUnavailable: there is none, and it is not known whether the request has arrived.
  [[nodiscard]] Result<Response> post(const std::string& path,
                                      const std::vector<HeaderField>& headers, std::string body,
                                      std::chrono::milliseconds patience);

  // "http://HOST:PORT"
  [[nodiscard]] const std::string& server() const;

 private:
  struct State;
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace crowdflow::http
