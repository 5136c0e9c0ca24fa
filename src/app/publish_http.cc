// Publishing to a gateway.

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <optional>
#include <thread>
#include <utility>

#include "app/publish_outlet.h"
#include "http/client.h"

namespace crowdflow::app {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds kAnswerPatience{30};
constexpr seconds kLongestPause{30};

class HttpOutlet final : public PublishOutlet {
 public:
  HttpOutlet(http::Client client, HttpOutletOptions options)
      : client_(std::move(client)), options_(std::move(options)) {}

  // Again and again while the server says so: what is sent twice counts once.
  Result<void> send(const OutgoingRecord& record) override {
    const auto deadline = Clock::now() + options_.patience;
    while (true) {
      const auto answer = client_.post(
          options_.whole ? "/api/v1/readings" : "/api/v1/readings?partial=true",
          {{"Content-Type", std::string(record.content_type)}}, record.value, kAnswerPatience);
      const bool busy = answer && (answer->status == 429 || answer->status == 503);
      if (answer && !busy) return take(*answer, record);
      const seconds pause = answer ? pause_of(*answer) : seconds{1};
      if (Clock::now() + pause > deadline) {
        return answer ? tl::unexpected(error_of(*answer)) : tl::unexpected(answer.error());
      }
      std::this_thread::sleep_for(pause);
    }
  }

  Result<void> finish() override { return {}; }
  [[nodiscard]] std::uint64_t readings_sent() const override { return sent_; }

 private:
  static seconds pause_of(const http::Response& answer) {
    for (const http::HeaderField& field : answer.headers) {
      int said = 0;
      if (!http::equal_ignoring_case(field.name, "Retry-After")) continue;
      std::from_chars(field.value.data(), field.value.data() + field.value.size(), said);
      return std::clamp(seconds{said}, seconds{1}, kLongestPause);
    }
    return seconds{1};
  }

  static std::optional<boost::json::object> object_in(const std::string& text) {
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(text, error);
    if (error || !value.is_object()) return std::nullopt;
    return value.as_object();
  }

  static std::string text_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
  }

  static std::uint64_t number_of(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_int64() && value->as_int64() >= 0
               ? static_cast<std::uint64_t>(value->as_int64())
               : 0;
  }

  [[nodiscard]] Error error_of(const http::Response& answer) const {
    const auto said = object_in(answer.body);
    const std::string detail = said ? text_of(*said, "detail") : "";
    return {ErrorCode::kUnavailable, client_.server() + " answers " +
                                         std::to_string(answer.status) + ' ' +
                                         std::string(http::reason_phrase(answer.status)) +
                                         (detail.empty() ? "" : ": " + detail)};
  }

  Result<void> take(const http::Response& answer, const OutgoingRecord& record) {
    const auto said = object_in(answer.body);
    const bool understood = answer.status == 202 || answer.status == 422;
    if (!understood || !said) return tl::unexpected(error_of(answer));
    if (answer.status == 202) sent_ += number_of(*said, "taken");
    const auto* errors = said->if_contains("errors");
    if (errors != nullptr && errors->is_array()) {
      for (const auto& each : errors->as_array()) {
        if (each.is_object()) refuse(each.as_object(), record);
      }
    }
    for (std::uint64_t i = number_of(*said, "errors_not_shown"); i > 0; --i)
      options_.refused(record.lines.front(),
                       "one of the readings from this line on: the server "
                       "shows no more");
    return {};
  }

  void refuse(const boost::json::object& error, const OutgoingRecord& record) const {
    const std::uint64_t index = number_of(error, "index");
    const std::uint64_t line =
        index < record.lines.size() ? record.lines[index] : record.lines.front();
    options_.refused(line, text_of(error, "field") + ": " + text_of(error, "detail"));
  }

  http::Client client_;
  const HttpOutletOptions options_;
  std::uint64_t sent_ = 0;
};

}  // namespace

Result<std::unique_ptr<PublishOutlet>> publish_to(HttpOutletOptions options) {
  auto client = http::Client::make(options.url);
  if (!client) return fail(client.error().code, "--url: " + client.error().message);
  return std::make_unique<HttpOutlet>(std::move(*client), std::move(options));
}

}  // namespace crowdflow::app
