#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

// HTTP as our handlers see it: plain values, no library behind them.
namespace crowdflow::http {

struct HeaderField {
  std::string name;
  std::string value;
};

struct Request {
  std::string method;  // upper case, "GET"
  std::string path;    // begins with '/'; up to the '?', as sent
  std::string query;   // after the '?'
  std::vector<HeaderField> headers;
  std::string body;

  // The value of the first field of this name, in any case of letters; empty when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  // Whether the client takes a gzip body.
  [[nodiscard]] bool accepts_gzip() const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  // Sent instead of `body` when not empty: bytes that live as long as the server.
  std::string_view lasting_body;
  // Beside those that every response carries. Without a Cache-Control of its own: no-store.
  std::vector<HeaderField> headers;

  [[nodiscard]] std::string_view content() const {
    return lasting_body.empty() ? std::string_view(body) : lasting_body;
  }
};

// An error as application/problem+json (RFC 9457). `detail`: what to do about it, for people.
[[nodiscard]] Response problem(int status, std::string_view detail);

// "Not Found" for 404.
[[nodiscard]] std::string_view reason_phrase(int status);

// Whether a page from `origin` ("https://host:port", the Origin header) may open a connection to
// `host` (the Host header): the same host and port, or no browser at all (no origin).
[[nodiscard]] bool same_origin(std::string_view origin, std::string_view host);

// "Fri, 09 Feb 2018 11:00:00 GMT"
[[nodiscard]] std::string http_date(std::chrono::sys_seconds time);

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace crowdflow::http
