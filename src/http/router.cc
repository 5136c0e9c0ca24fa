#include "http/router.h"

#include <utility>

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

Response Router::answer(const Request& request) const {
  const auto path = paths_.find(request.path);
  if (path == paths_.end()) return problem(404, "there is nothing at " + request.path);

  const Methods& methods = path->second;
  const auto method = methods.find(request.method == "HEAD" ? "GET" : request.method);
  if (method != methods.end()) return method->second(request);

  Response response = request.method == "OPTIONS"
                          ? Response{.status = 204, .content_type = ""}
                          : problem(405, request.path + " does not take " + request.method);
  response.headers.push_back({"Allow", allowed(methods)});
  return response;
}

}  // namespace crowdflow::http
