#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crowdflow::test {

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http://127.0.0.1:PORT/path?query
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds limit{10'000};  // for all of it
};

struct HttpResponse {
  int status = 0;  // 0: there is no answer, `error` says why
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  std::string error;

  // The first header of that name (in lower case); empty when there is none.
  [[nodiscard]] std::string header(std::string_view name) const;
};

// One request on a connection of its own (HTTP/1.1, no TLS, no redirects).
[[nodiscard]] HttpResponse http(const HttpRequest& request);

[[nodiscard]] HttpResponse http_get(const std::string& url);
[[nodiscard]] HttpResponse http_post(const std::string& url, std::string body,
                                     const std::string& content_type = "application/json");

// Percent-encodes what is not plain in a query.
[[nodiscard]] std::string url_encode(std::string_view text);

}  // namespace crowdflow::test
