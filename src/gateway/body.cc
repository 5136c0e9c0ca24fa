#include "gateway/body.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <zlib.h>

#include "wire/framing.h"
#include "wire/record_headers.h"

namespace crowdflow::gateway {
namespace {

constexpr std::string_view kTypes =
    "application/json, application/x-ndjson, application/x-protobuf or application/protobuf";

tl::unexpected<Problem> refuse(int status, std::string_view type, std::string detail) {
  return tl::unexpected(Problem{.status = status, .type = type, .detail = std::move(detail)});
}

std::string shortened(std::string_view text) { return std::string(text.substr(0, 80)); }

class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, 15 + 16) == Z_OK; }  // gzip alone
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Several gzip members, one behind the other, are one body.
  tl::expected<std::string, Problem> inflate_all(std::string& compressed, std::size_t max_bytes) {
    const auto damaged = [] {
      return refuse(400, "malformed", "the body says that it is gzip, and is not, or is cut");
    };
    if (!ready_) return damaged();
    std::string out;
    std::array<char, 64 * 1024> piece;
    stream_.next_in = reinterpret_cast<Bytef*>(compressed.data());
    stream_.avail_in = static_cast<uInt>(compressed.size());
    int said = Z_OK;
    while (said != Z_STREAM_END || stream_.avail_in > 0) {
      if (said == Z_STREAM_END && inflateReset(&stream_) != Z_OK) return damaged();
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = piece.size();
      said = inflate(&stream_, Z_NO_FLUSH);
      if (said != Z_OK && said != Z_STREAM_END) return damaged();
      out.append(piece.data(), piece.size() - stream_.avail_out);
      if (out.size() > max_bytes) {
        return refuse(413, "too-large",
                      "decompressed, the body is longer than " + std::to_string(max_bytes) +
                          " bytes; send fewer readings at once");
      }
    }
    return out;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

tl::expected<bool, Problem> read_partial(std::string_view query) {
  if (query.empty() || query == "partial=false") return false;
  if (query == "partial=true") return true;
  return refuse(400, "malformed",
                "found the query \"" + shortened(query) + "\", expected partial=true or none");
}

}  // namespace

tl::expected<Body, Problem> read_body(http::Request& request, std::size_t max_bytes) {
  // What a page from elsewhere makes a browser send comes from nobody who may count people.
  if (!http::same_origin(request.header("Origin"), request.header("Host"))) {
    return refuse(403, "foreign-origin", "pages of this origin may not publish readings here");
  }
  Body body;
  const auto partial = read_partial(request.query);
  if (!partial) return tl::unexpected(partial.error());
  body.partial = *partial;

  const std::string_view type = request.header("Content-Type");
  const std::optional<wire::Encoding> encoding = wire::encoding_of(type);
  if (!encoding) {
    return refuse(415, "unsupported-type",
                  (type.empty() ? "found no Content-Type"
                                : "found the Content-Type \"" + shortened(type) + '"') +
                      ", expected " + std::string(kTypes));
  }
  body.content_type =
      *encoding == wire::Encoding::kJson ? wire::kJsonContentType : wire::kProtobufContentType;
  const std::string_view coding = request.header("Content-Encoding");
  if (coding.empty() || http::equal_ignoring_case(coding, "identity")) {
    body.bytes = std::move(request.body);
  } else if (http::equal_ignoring_case(coding, "gzip") ||
             http::equal_ignoring_case(coding, "x-gzip")) {
    auto inflated = Inflater().inflate_all(request.body, max_bytes);
    if (!inflated) return tl::unexpected(inflated.error());
    body.bytes = std::move(*inflated);
  } else {
    return refuse(
        415, "unsupported-type",
        "found the Content-Encoding \"" + shortened(coding) + "\", expected gzip or none");
  }
  return body;
}

}  // namespace crowdflow::gateway
