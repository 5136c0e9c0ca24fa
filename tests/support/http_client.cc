#include "support/http_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <netdb.h>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace crowdflow::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view kNewline = "\r\n";

struct Address {
  std::string host;
  std::string port;
  std::string target;  // path and query
};

std::optional<Address> parse_url(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  const std::string_view authority = url.substr(0, url.find('/'));
  const std::string_view target = url.substr(authority.size());
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos;
  return Address{.host = std::string(authority.substr(0, colon)),
                 .port = has_port ? std::string(authority.substr(colon + 1)) : "80",
                 .target = target.empty() ? "/" : std::string(target)};
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// A connection whose every wait ends at one deadline. `error` is empty as long as all went well.
class Connection {
 public:
  explicit Connection(steady_clock::time_point deadline) : deadline_(deadline) {}
  ~Connection() {
    if (fd_ >= 0) close(fd_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool open(const Address& address) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found) != 0) {
      error = "unknown host " + address.host;
      return false;
    }
    fd_ = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const bool under_way =
        connect(fd_, found->ai_addr, found->ai_addrlen) == 0 || errno == EINPROGRESS;
    freeaddrinfo(found);
    if (!under_way) return failed("connect");
    if (!wait_for(POLLOUT)) return false;
    int outcome = 0;
    socklen_t length = sizeof outcome;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &outcome, &length);
    errno = outcome;
    return outcome == 0 || failed("connect");
  }

  bool send_all(std::string_view data) {
    while (!data.empty()) {
      const ssize_t sent = send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EAGAIN) {
        if (!wait_for(POLLOUT)) return false;
      } else if (sent < 0) {
        return failed("send");
      } else {
        data.remove_prefix(static_cast<std::size_t>(sent));
      }
    }
    return true;
  }

  // Appends what comes until the other side closes, or until `complete` says that it is all.
  template <typename Complete>
  bool receive(std::string& data, Complete complete) {
    std::array<char, 64 * 1024> buffer;
    while (!complete(data)) {
      const ssize_t got = recv(fd_, buffer.data(), buffer.size(), 0);
      if (got == 0) return true;
      if (got > 0) {
        data.append(buffer.data(), static_cast<std::size_t>(got));
      } else if (errno != EAGAIN) {
        return failed("receive");
      } else if (!wait_for(POLLIN)) {
        return false;
      }
    }
    return true;
  }

  std::string error;

 private:
  bool failed(const char* what) {
    error = std::string(what) + ": " + std::generic_category().message(errno);
    return false;
  }

  bool wait_for(short events) {
    const auto left = std::chrono::ceil<milliseconds>(deadline_ - steady_clock::now()).count();
    pollfd waited{.fd = fd_, .events = events, .revents = 0};
    if (left > 0 && poll(&waited, 1, static_cast<int>(left)) > 0) return true;
    error = "no answer in time";
    return false;
  }

  const steady_clock::time_point deadline_;
  int fd_ = -1;
};

// Nothing when the framing is broken or cut short.
std::optional<std::string> join_chunks(std::string_view data) {
  std::string body;
  while (true) {
    std::size_t size = 0;
    const std::size_t line = data.find(kNewline);
    if (line == std::string_view::npos) return std::nullopt;
    const auto parsed = std::from_chars(data.data(), data.data() + line, size, 16);
    if (parsed.ec != std::errc()) return std::nullopt;
    data.remove_prefix(line + kNewline.size());
    if (size == 0) return body;
    if (data.size() < size + kNewline.size()) return std::nullopt;
    body.append(data.substr(0, size));
    data.remove_prefix(size + kNewline.size());
  }
}

std::optional<std::size_t> content_length(const HttpResponse& response) {
  const std::string text = response.header("content-length");
  std::size_t length = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || parsed.ec != std::errc()) return std::nullopt;
  return length;
}

bool parse_head(std::string_view head, HttpResponse& response) {
  const std::string_view status_line = head.substr(0, head.find(kNewline));
  if (!status_line.starts_with("HTTP/1.") || status_line.size() < 12) return false;
  const char* digits = status_line.data() + 9;
  if (std::from_chars(digits, digits + 3, response.status).ec != std::errc()) return false;
  head.remove_prefix(std::min(head.size(), status_line.size() + kNewline.size()));
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find(kNewline));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return false;
    response.headers.emplace_back(lower(line.substr(0, colon)), trim(line.substr(colon + 1)));
    head.remove_prefix(std::min(head.size(), line.size() + kNewline.size()));
  }
  return true;
}

HttpResponse no_answer(std::string why) {
  HttpResponse response;
  response.error = std::move(why);
  return response;
}

HttpResponse parse(std::string_view data) {
  HttpResponse response;
  const std::size_t end = data.find("\r\n\r\n");
  if (end == std::string_view::npos || !parse_head(data.substr(0, end), response)) {
    return no_answer("not an HTTP answer: \"" + std::string(data.substr(0, 100)) + "\"");
  }
  const std::string_view body = data.substr(end + 4);
  if (response.header("transfer-encoding") == "chunked") {
    std::optional<std::string> joined = join_chunks(body);
    if (!joined) return no_answer("the answer's chunks are cut short");
    response.body = std::move(*joined);
    return response;
  }
  const std::size_t length = content_length(response).value_or(body.size());
  if (body.size() < length) return no_answer("the answer is cut short");
  response.body = body.substr(0, length);
  return response;
}

// A server may keep the connection open although it was asked to close it.
bool is_whole(std::string_view data) {
  const std::size_t end = data.find("\r\n\r\n");
  if (end == std::string_view::npos) return false;
  HttpResponse response;
  if (!parse_head(data.substr(0, end), response)) return true;
  const std::optional<std::size_t> length = content_length(response);
  return length && data.size() >= end + 4 + *length;
}

}  // namespace

std::string HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

HttpResponse http(const HttpRequest& request) {
  const std::optional<Address> address = parse_url(request.url);
  if (!address) return no_answer("not an http:// address: " + request.url);

  std::string head = request.method + " " + address->target +
                     " HTTP/1.1\r\nHost: " + address->host + ":" + address->port +
                     "\r\nConnection: close\r\n";
  for (const auto& [name, value] : request.headers) {
    head.append(name).append(": ").append(value).append(kNewline);
  }
  if (!request.body.empty() || request.method != "GET") {
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  head += kNewline;

  Connection connection(steady_clock::now() + request.limit);
  std::string data;
  if (!connection.open(*address) || !connection.send_all(head + request.body) ||
      !connection.receive(data, is_whole)) {
    return no_answer(request.url + ": " + connection.error);
  }
  return parse(data);
}

HttpResponse http_get(const std::string& url) { return http({.url = url}); }

HttpResponse http_post(const std::string& url, std::string body, const std::string& content_type) {
  return http({.method = "POST",
               .url = url,
               .headers = {{"Content-Type", content_type}},
               .body = std::move(body)});
}

std::string url_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      result += c;
    } else {
      result.append({'%', kHex[byte >> 4U], kHex[byte & 0xFU]});
    }
  }
  return result;
}

}  // namespace crowdflow::test
