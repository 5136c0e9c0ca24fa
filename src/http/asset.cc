#include "http/asset.h"

#include <algorithm>

namespace crowdflow::http {
namespace {

std::string_view opaque(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  return etag;
}

// Whether an If-None-Match list holds the tag, by the weak comparison of RFC 9110.
bool holds(std::string_view list, std::string_view etag) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    std::string_view item = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
    item.remove_suffix(item.size() - std::min(item.find_last_not_of(' ') + 1, item.size()));
    if (item == "*" || (!item.empty() && opaque(item) == opaque(etag))) return true;
  }
  return false;
}

}  // namespace

Response answer(const Asset& asset, const Request& request) {
  Response response{.content_type = std::string(asset.content_type)};
  response.headers = {{"ETag", std::string(asset.etag)},
                      {"Cache-Control", "no-cache"},
                      {"Vary", "Accept-Encoding"}};
  if (holds(request.header("If-None-Match"), asset.etag)) {
    response.status = 304;
    response.content_type.clear();
    return response;
  }
  response.lasting_body = asset.bytes;
  if (!asset.gzip.empty() && request.accepts_gzip()) {
    response.lasting_body = asset.gzip;
    response.headers.push_back({"Content-Encoding", "gzip"});
  }
  return response;
}

}  // namespace crowdflow::http
