#include "http/router.h"

#include <utility>

#include <crowdflow/check.h>

namespace crowdflow::http {
namespace {

template <typename Methods>
std::string allowed(const Methods& methods) {
  std::string names = "OPTIONS";
  for (const auto& [method, handler] : methods) {
    names += ", " + method;
    if (method == "GET") names += ", HEAD";
  }
  return names;
}

}  // namespace

void Router::add(std::string method, std::string path, Handler handler) {
  paths_[std::move(path)][std::move(method)] = std::move(handler);
}

void Router::add_later(std::string method, std::string path, LaterHandler handler,
                       LaterOptions options) {
  paths_[std::move(path)][std::move(method)] =
      Later{.handler = std::move(handler), .options = std::move(options)};
}

const Router::Later* Router::later(std::string_view method, std::string_view path) const {
  const auto methods = paths_.find(path);
  if (methods == paths_.end()) return nullptr;
  const auto found = methods->second.find(method);
  return found == methods->second.end() ? nullptr : std::get_if<Later>(&found->second);
}

Response Router::answer(const Request& request) const {
  const auto path = paths_.find(request.path);
  if (path == paths_.end()) return problem(404, "there is nothing at " + request.path);

  const Methods& methods = path->second;
  const auto method = methods.find(request.method == "HEAD" ? "GET" : request.method);
  if (method != methods.end()) {
    const auto* handler = std::get_if<Handler>(&method->second);
    CROWDFLOW_CHECK(handler != nullptr, "a request that is answered later has no answer now");
    return (*handler)(request);
  }

  Response response = request.method == "OPTIONS"
                          ? Response{.status = 204, .content_type = ""}
                          : problem(405, request.path + " does not take " + request.method);
  response.headers.push_back({"Allow", allowed(methods)});
  return response;
}

}  // namespace crowdflow::http
