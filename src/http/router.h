#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "http/message.h"
#include "http/reply.h"

namespace crowdflow::http {

// Answers one request. Runs on the server's thread: it may not block.
using Handler = std::function<Response(const Request&)>;

// Finds the handler of a request by its exact path and method.
// Threads: filled before the server starts, then only read.
class Router {
 public:
  // A second handler for the same path and method replaces the first.
  void add(std::string method, std::string path, Handler handler);
  // The same for a request that is answered later.
  void add_later(std::string method, std::string path, LaterHandler handler, LaterOptions options);

  struct Later {
    LaterHandler handler;
    LaterOptions options;
  };
  // Who answers it later; nullptr: nobody, ask answer().
  [[nodiscard]] const Later* later(std::string_view method, std::string_view path) const;

  // The handler's answer. 404 without such a path, 405 with Allow without such a method. HEAD goes
  // to GET's handler (whoever sends the answer leaves its body away), OPTIONS says what is allowed.
  [[nodiscard]] Response answer(const Request& request) const;

 private:
  using Methods = std::map<std::string, std::variant<Handler, Later>, std::less<>>;

  std::map<std::string, Methods, std::less<>> paths_;
};

}  // namespace crowdflow::http
