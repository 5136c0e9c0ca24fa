#include "http/server.h"

#include <gtest/gtest.h>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "unit/http/loopback_client.h"

namespace crowdflow::http {
namespace {

using test::HttpClient;
using test::Reply;

class ServerTest : public testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    server_ = std::make_unique<Server>(std::move(options));
    server_->handle("GET", "/hello", [](const Request& request) {
      return Response{.content_type = "text/plain", .body = "hello " + request.query};
    });
    server_->handle("POST", "/echo",
                    [](const Request& request) { return Response{.body = request.body}; });
    const auto started = server_->start();
    ASSERT_TRUE(started.has_value()) << started.error().message;
  }
  HttpClient client() { return HttpClient(server_->port()); }

  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersWithWhatTheHandlerSays) {
  start();
  const Reply reply = client().get("/hello?you");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "hello you");
  EXPECT_EQ(reply.headers.at("Content-Type"), "text/plain");
}

TEST_F(ServerTest, ProtectsEveryAnswer) {
  start();
  for (const char* path : {"/hello", "/nothing"}) {
    Reply reply = client().get(path);
    EXPECT_EQ(reply.headers["X-Content-Type-Options"], "nosniff");
    EXPECT_EQ(reply.headers["Cache-Control"], "no-store");
    EXPECT_EQ(reply.headers["Referrer-Policy"], "no-referrer");
    const std::string policy = reply.headers["Content-Security-Policy"];
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos) << policy;
    EXPECT_EQ(policy.find("unsafe"), std::string::npos) << policy;
    EXPECT_TRUE(reply.headers["Date"].ends_with(" GMT"));
  }
}

TEST_F(ServerTest, AnswersHeadWithoutTheBody) {
  start();
  HttpClient one = client();
  one.send("HEAD /hello?you HTTP/1.1\r\nHost: test\r\n\r\n");
  const Reply reply = one.receive(true);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("Content-Length"), "9");
  EXPECT_EQ(one.get("/hello").body, "hello ") << "the connection goes on";
}

TEST_F(ServerTest, SaysWhatIsWrongInJson) {
  start();
  const Reply missing = client().get("/nothing");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.headers.at("Content-Type"), "application/problem+json");
  EXPECT_EQ(client().get("/echo").status, 405);
}

TEST_F(ServerTest, KeepsAConnectionForFurtherRequests) {
  start();
  HttpClient one = client();
  EXPECT_EQ(one.get("/hello?1").body, "hello 1");
  one.send("GET /hello?2 HTTP/1.1\r\nHost: x\r\n\r\nGET /hello?3 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(one.receive().body, "hello 2");
  EXPECT_EQ(one.receive().body, "hello 3");
  EXPECT_EQ(one.get("/hello?4", "Connection: close\r\n").body, "hello 4");
  EXPECT_TRUE(one.closed());
}

TEST_F(ServerTest, TakesBodiesWholeAndInChunks) {
  start();
  HttpClient one = client();
  one.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(one.receive().body, "abc");
  one.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
  EXPECT_EQ(one.receive().body, "abc");
}

TEST_F(ServerTest, SpeaksHttp10AndTheAbsoluteForm) {
  start();
  HttpClient old = client();
  old.send("GET /hello?old HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.receive().body, "hello old");
  EXPECT_TRUE(old.closed());
  EXPECT_EQ(client().get("http://test/hello?proxy").body, "hello proxy");
}

TEST_F(ServerTest, RefusesWhatIsNotARequest) {
  start();
  const std::vector<std::string> wrong{
      "\r\n\r\n\r\n",
      "hello\r\n\r\n",
      "GET /hello\r\n\r\n",
      "GET /hello HTTP/9.9\r\nHost: x\r\n\r\n",
      "GET hello HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /hello HTTP/1.1\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: x\r\nBad Name: y\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8),
      std::string(64, '\0'),
  };
  for (const std::string& bytes : wrong) {
    HttpClient one = client();
    one.send(bytes);
    EXPECT_EQ(one.receive().status, 400) << bytes;
  }
  EXPECT_EQ(client().get("/hello").status, 200) << "and goes on serving others";
}

TEST_F(ServerTest, RefusesHeadersThatAreTooLong) {
  start({.header_limit = 1000});
  EXPECT_EQ(client().get("/hello", "A: " + std::string(900, 'a') + "\r\n").status, 200);
  EXPECT_EQ(client().get("/hello", "A: " + std::string(1100, 'a') + "\r\n").status, 431);
  EXPECT_EQ(client().get("/" + std::string(100'000, 'a')).status, 431);
}

TEST_F(ServerTest, RefusesBodiesThatAreTooLong) {
  start({.body_limit = 1000});
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\n";
  HttpClient fits = client();
  fits.send(head + "Content-Length: 1000\r\n\r\n" + std::string(1000, 'a'));
  EXPECT_EQ(fits.receive().status, 200);
  HttpClient announced = client();
  EXPECT_TRUE(
      announced.send(head + "Content-Length: 10000000\r\n\r\n" + std::string(10'000'000, 'a')));
  EXPECT_EQ(announced.receive().status, 413);
  HttpClient chunked = client();
  chunked.send(head + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'a'));
  EXPECT_EQ(chunked.receive().status, 413);
}

// A path that keeps what it is sent, for the test to answer.
class AnsweredLater : public ServerTest {
 protected:
  void start(ServerOptions options = {}, LaterOptions later = {}) {
    server_ = std::make_unique<Server>(std::move(options));
    server_->handle("GET", "/hello", [](const Request&) { return Response{.body = "hello"}; });
    server_->handle_later(
        "POST", "/later",
        [this](Request request, http::Reply reply) {
          const std::lock_guard lock(mutex_);
          kept_.emplace_back(std::move(request), std::move(reply));
        },
        std::move(later));
    ASSERT_TRUE(server_->start().has_value());
  }
  void TearDown() override { kept_.clear(); }

  std::pair<Request, http::Reply> take() {
    EXPECT_TRUE(test::eventually([&] {
      const std::lock_guard lock(mutex_);
      return !kept_.empty();
    }));
    const std::lock_guard lock(mutex_);
    std::pair<Request, http::Reply> first = std::move(kept_.front());
    kept_.erase(kept_.begin());
    return first;
  }
  static std::string post(const std::string& body, const std::string& headers = "") {
    return "POST /later HTTP/1.1\r\nHost: x\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  std::mutex mutex_;
  std::vector<std::pair<Request, http::Reply>> kept_;
};

TEST_F(AnsweredLater, ARequestWaitsWhileOthersAreServed) {
  start();
  HttpClient one = client();
  one.send(post("abc"));
  auto [request, reply] = take();
  EXPECT_EQ(request.body, "abc");
  EXPECT_EQ(client().get("/hello").status, 200);
  reply({.status = 202, .body = "taken"});
  const Reply answer = one.receive();
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, "taken");
  one.send(post("more"));
  take().second({.body = "again"});
  EXPECT_EQ(one.receive().body, "again") << "the connection goes on";
}

TEST_F(AnsweredLater, AnEmptyBodyIsHandedOnToo) {
  start();
  HttpClient one = client();
  one.send(post(""));
  take().second({.body = "empty"});
  EXPECT_EQ(one.receive().body, "empty");
}

TEST_F(AnsweredLater, ADroppedReplyIsAnError) {
  start();
  HttpClient one = client();
  one.send(post("abc"));
  {
    const auto dropped = take();
  }
  EXPECT_EQ(one.receive().status, 500);
}

TEST_F(AnsweredLater, APathMayTakeLongerBodiesThanOthersOrShorter) {
  start({.body_limit = 10}, {.body_limit = 1000});
  HttpClient fits = client();
  fits.send(post(std::string(1000, 'a')));
  take().second({.body = "taken"});
  EXPECT_EQ(fits.receive().status, 200);
  HttpClient announced = client();
  announced.send(post(std::string(1001, 'a')));
  EXPECT_EQ(announced.receive().status, 413);
  HttpClient chunked = client();
  chunked.send("POST /later HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
               std::string(1001, 'a'));
  EXPECT_EQ(chunked.receive().status, 413);
}

TEST_F(AnsweredLater, ThePathSaysItselfWhatATooLongBodyIsTold) {
  start({}, {.body_limit = 10, .refuse = [](int status) {
               return Response{.status = status, .body = "ten bytes at most"};
             }});
  HttpClient one = client();
  one.send(post("eleven bytes"));
  const Reply reply = one.receive();
  EXPECT_EQ(reply.status, 413);
  EXPECT_EQ(reply.body, "ten bytes at most");
}

TEST_F(AnsweredLater, BodiesThatAreReceivedAtOnceAreBounded) {
  start({.bodies_limit = 1500}, {.body_limit = 1000});
  HttpClient slow = client();
  slow.send("POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc");
  ASSERT_TRUE(test::eventually([&] {
    HttpClient other = client();
    other.send(post(std::string(900, 'a')));
    return other.receive().status == 503;
  }));
  HttpClient small = client();
  small.send(post("abc"));
  EXPECT_EQ(take().first.body, "abc") << "there is room for it";
  slow.send(std::string(997, 'a'));
  EXPECT_EQ(take().first.body.size(), 1000U);
  HttpClient next = client();
  next.send(post(std::string(900, 'b')));
  EXPECT_EQ(take().first.body, std::string(900, 'b')) << "there is room again";
}

TEST_F(AnsweredLater, AClientThatAsksFirstIsToldToGoOn) {
  start({}, {.body_limit = 10});
  const std::string head = "POST /later HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n";
  HttpClient one = client();
  one.send(head + "Content-Length: 3\r\n\r\n");
  EXPECT_EQ(one.receive().status, 100);
  one.send("abc");
  take().second({.body = "taken"});
  EXPECT_EQ(one.receive().body, "taken");
  HttpClient refused = client();
  refused.send(head + "Content-Length: 11\r\n\r\n");
  EXPECT_EQ(refused.receive().status, 413) << "before it has sent the body";
}

TEST_F(AnsweredLater, StoppingWaitsForAnAnswerThatIsGivenInTime) {
  start({.stop_timeout = std::chrono::seconds(60)});
  HttpClient one = client();
  one.send(post("abc"));
  auto [request, reply] = take();
  std::thread stopping([&] { server_->stop(); });
  reply({.body = "just in time"});
  EXPECT_EQ(one.receive().body, "just in time");
  stopping.join();
}

TEST_F(ServerTest, ClosesAConnectionThatDoesNotFinishItsRequest) {
  start({.request_timeout = std::chrono::milliseconds(100)});
  HttpClient silent = client();
  HttpClient halting = client();
  halting.send("GET /hello HTTP/1.1\r\nHo");
  EXPECT_TRUE(silent.closed());
  EXPECT_TRUE(halting.closed());
}

TEST_F(ServerTest, OutlivesAClientThatGoesInTheMiddle) {
  start();
  client().send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 30\r\n\r\nabc");
  EXPECT_EQ(client().get("/hello").status, 200);
}

TEST_F(ServerTest, ClosesConnectionsBeyondTheLimit) {
  start({.max_connections = 2});
  auto first = std::make_unique<HttpClient>(server_->port());
  HttpClient second = client();
  EXPECT_EQ(first->get("/hello").status, 200);
  EXPECT_EQ(second.get("/hello").status, 200);
  EXPECT_EQ(client().get("/hello").status, 0);
  first.reset();
  EXPECT_TRUE(test::eventually([&] { return client().get("/hello").status == 200; }));
}

TEST_F(ServerTest, ServesAssetsAndTheIndexAtTheRoot) {
  server_ = std::make_unique<Server>(ServerOptions{});
  {
    const std::vector<Asset> assets{{.path = "/index.html",
                                     .content_type = "text/html; charset=utf-8",
                                     .etag = "W/\"7\"",
                                     .bytes = "<p>"},
                                    {.path = "/a.js", .etag = "W/\"8\"", .bytes = "let a"}};
    server_->serve(assets);
  }
  ASSERT_TRUE(server_->start().has_value());
  EXPECT_EQ(client().get("/").body, "<p>");
  EXPECT_EQ(client().get("/index.html").headers.at("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(client().get("/a.js").body, "let a");
  HttpClient again = client();
  EXPECT_EQ(again.get("/", "If-None-Match: W/\"7\"\r\n").status, 304);
  EXPECT_EQ(again.get("/a.js").status, 200) << "the 304 had no body to confuse it";
}

TEST_F(ServerTest, SaysThatAPortIsTaken) {
  start();
  Server second(ServerOptions{.port = server_->port()});
  const auto started = second.start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, ErrorCode::kIo);
  EXPECT_EQ(started.error().message,
            "cannot listen on 127.0.0.1 port " + std::to_string(server_->port()) +
                ": another program uses this port; stop it or choose another port");
}

TEST_F(ServerTest, RefusesAnAddressThatIsNone) {
  Server server(ServerOptions{.address = "localhost"});
  const auto started = server.start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, ErrorCode::kInvalid);
}

TEST_F(ServerTest, RunsWhatIsPostedInOrder) {
  start();
  std::vector<int> order;
  for (int i = 0; i < 100; ++i)
    server_->post([&order, i] { order.push_back(i); });
  const auto seen = test::on_server(*server_, [&order] { return order; });
  ASSERT_EQ(seen.size(), 100U);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(seen[static_cast<std::size_t>(i)], i);
}

TEST_F(ServerTest, RepeatsPeriodicWorkUntilItStops) {
  int runs = 0;
  Server server(ServerOptions{});
  server.every(std::chrono::milliseconds(1), [&runs] { ++runs; });
  ASSERT_TRUE(server.start().has_value());
  EXPECT_TRUE(
      test::eventually([&] { return test::on_server(server, [&runs] { return runs; }) >= 3; }));
  server.stop();
  const int then = runs;
  server.stop();
  EXPECT_EQ(runs, then);
}

TEST_F(ServerTest, StopsWithoutWaitingForIdleConnections) {
  start({.stop_timeout = std::chrono::seconds(60)});
  HttpClient idle = client();
  EXPECT_EQ(idle.get("/hello").status, 200);
  HttpClient halting = client();
  halting.send("GET /hello HT");
  server_->stop();
  EXPECT_TRUE(idle.closed());
  EXPECT_EQ(client().get("/hello").status, 0);
}

}  // namespace
}  // namespace crowdflow::http
