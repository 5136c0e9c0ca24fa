#include "http/client.h"

#include <gmock/gmock.h>
#include <thread>

#include "http/server.h"

namespace crowdflow::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class ClientTest : public testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    server_ = std::make_unique<Server>(std::move(options));
    server_->handle("POST", "/echo", [this](const Request& request) {
      ++posts_;
      return Response{.status = 202,
                      .content_type = "text/plain",
                      .body = std::string(request.header("X-Said")) + ' ' + request.body};
    });
    server_->handle_later(
        "POST", "/never",
        [this](const Request&, Reply reply) { kept_.push_back(std::move(reply)); }, {});
    ASSERT_TRUE(server_->start().has_value());
  }
  [[nodiscard]] Client client() const {
    auto made = Client::make("http://127.0.0.1:" + std::to_string(server_->port()) + "/");
    EXPECT_TRUE(made.has_value());
    return std::move(*made);
  }
  void TearDown() override { kept_.clear(); }

  std::unique_ptr<Server> server_;
  int posts_ = 0;
  std::vector<Reply> kept_;
};

TEST_F(ClientTest, PostsOverOneConnection) {
  start({.max_connections = 1});
  Client one = client();
  for (const std::string body : {"one", "two", ""}) {
    const auto answer = one.post("/echo", {{"X-Said", "I said"}}, body, 5s);
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    EXPECT_EQ(answer->status, 202);
    EXPECT_EQ(answer->content_type, "text/plain");
    EXPECT_EQ(answer->body, "I said " + body);
  }
  const auto missing = one.post("/nowhere", {}, "x", 5s);
  ASSERT_TRUE(missing.has_value());
  EXPECT_EQ(missing->status, 404);
}

TEST_F(ClientTest, ConnectsAgainWhenTheServerHasClosed) {
  start({.request_timeout = 50ms});
  Client one = client();
  ASSERT_TRUE(one.post("/echo", {}, "one", 5s).has_value());
  std::this_thread::sleep_for(200ms);  // the server closes what is silent for longer
  const auto again = one.post("/echo", {}, "two", 5s);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(posts_, 2);
}

TEST_F(ClientTest, EndsWaitingWhenPatienceEnds) {
  start();
  Client one = client();
  const auto none = one.post("/never", {}, "x", 100ms);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(none.error().message, HasSubstr("does not answer"));
  EXPECT_TRUE(one.post("/echo", {}, "x", 5s).has_value()) << "by a new connection";
}

TEST_F(ClientTest, SaysThatNobodyIsThere) {
  start();
  Client one = client();
  server_->stop();
  const auto none = one.post("/echo", {}, "x", 5s);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, ErrorCode::kUnavailable);
}

TEST(ClientUrl, IsAHostAndAPort) {
  EXPECT_EQ(Client::make("http://localhost")->server(), "http://localhost:80");
  EXPECT_EQ(Client::make("http://[::1]:8080/")->server(), "http://[::1]:8080");
  for (const char* url : {"", "localhost:8080", "https://localhost", "http://", "http://:80",
                          "http://localhost:80x", "http://localhost/page", "http://[::1"}) {
    EXPECT_FALSE(Client::make(url).has_value()) << url;
  }
  EXPECT_THAT(Client::make("https://localhost").error().message, HasSubstr("proxy"));
}

}  // namespace
}  // namespace crowdflow::http
