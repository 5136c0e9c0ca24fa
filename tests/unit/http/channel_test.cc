#include "http/channel.h"

#include <gtest/gtest.h>
#include <string>
#include <thread>

#include "http/server.h"
#include "unit/http/loopback_client.h"

namespace crowdflow::http {
namespace {

using std::chrono::milliseconds;
using test::eventually;
using test::LiveListener;
using test::on_server;

// A server with one channel that counts: the snapshot says "snapshot n", a broadcast "n", each
// followed by `padding` bytes.
class ChannelTest : public testing::Test {
 protected:
  void start(ServerOptions options = {}, std::size_t padding = 0) {
    padding_ = std::string(padding, ' ');
    server_ = std::make_unique<Server>(std::move(options));
    channel_ = &server_->channel("/live", [this] { return frame("snapshot "); });
    const auto started = server_->start();
    ASSERT_TRUE(started.has_value()) << started.error().message;
  }

  void broadcast_next() {
    server_->post([this] {
      ++count_;
      channel_->broadcast(frame(""));
    });
  }

  LiveListener listener(const std::string& origin = "") {
    return LiveListener(server_->port(), "/live", origin);
  }
  std::size_t clients() {
    return on_server(*server_, [this] { return channel_->clients(); });
  }

  std::unique_ptr<Server> server_;
  Channel* channel_ = nullptr;

 private:
  Frame frame(const std::string& what) {
    return std::make_shared<const std::string>(what + std::to_string(count_) + padding_);
  }

  int count_ = 0;
  std::string padding_;
};

TEST_F(ChannelTest, GivesEachClientASnapshotAndThenEveryBroadcast) {
  start();
  LiveListener early = listener();
  EXPECT_EQ(early.receive(), "snapshot 0");
  broadcast_next();
  EXPECT_EQ(early.receive(), "1");
  LiveListener late = listener();
  EXPECT_EQ(late.receive(), "snapshot 1");
  broadcast_next();
  EXPECT_EQ(early.receive(), "2");
  EXPECT_EQ(late.receive(), "2");
  EXPECT_EQ(clients(), 2U);
}

TEST_F(ChannelTest, ForgetsAClientThatGoes) {
  start();
  {
    LiveListener gone = listener();
    EXPECT_EQ(gone.receive(), "snapshot 0");
    EXPECT_EQ(clients(), 1U);
  }
  EXPECT_TRUE(eventually([this] { return clients() == 0; }));
  broadcast_next();
  EXPECT_EQ(listener().receive(), "snapshot 1");
}

TEST_F(ChannelTest, IsNotOpenToPagesOfOtherOrigins) {
  start({.allowed_origins = {"https://wall.example"}});
  const LiveListener foreign = listener("http://evil.example");
  EXPECT_FALSE(foreign.open());
  EXPECT_EQ(foreign.handshake_status(), 403);
  EXPECT_FALSE(listener("null").open());
  EXPECT_TRUE(listener("https://wall.example").open());
  EXPECT_TRUE(listener("http://test:" + std::to_string(server_->port())).open());
}

TEST_F(ChannelTest, TellsPlainHttpToUpgrade) {
  start();
  const test::Reply reply = test::HttpClient(server_->port()).get("/live");
  EXPECT_EQ(reply.status, 426);
  EXPECT_EQ(reply.headers.at("Upgrade"), "websocket");
  EXPECT_FALSE(LiveListener(server_->port(), "/elsewhere").open());
}

TEST_F(ChannelTest, RefusesABrokenHandshake) {
  start();
  test::HttpClient client(server_->port());
  const test::Reply reply = client.get("/live",
                                       "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                       "Sec-WebSocket-Version: 7\r\n");
  EXPECT_EQ(reply.status, 426);
  EXPECT_EQ(clients(), 0U);
}

// The slow one reads nothing while far more is said than the kernel and the queue hold. The other
// one misses nothing meanwhile; the slow one then sees rising numbers, skips what it missed by a
// snapshot, and ends at the newest.
TEST_F(ChannelTest, BringsASlowClientUpToDateBySnapshot) {
  constexpr int kBroadcasts = 200;
  start({}, 64 * 1024);
  LiveListener slow = listener();
  LiveListener quick = listener();
  ASSERT_TRUE(quick.receive().value_or("").starts_with("snapshot 0"));
  for (int i = 1; i <= kBroadcasts; ++i) {
    broadcast_next();
    ASSERT_EQ(std::stoi(quick.receive().value_or("0")), i);
  }
  EXPECT_EQ(on_server(*server_, [this] { return channel_->resynchronised(); }), 1U);

  int seen = -1;
  int messages = 0;
  int snapshots = 0;
  while (seen != kBroadcasts) {
    const std::string text = slow.receive().value_or("");
    ASSERT_NE(text, "");
    const bool snapshot = text.starts_with("snapshot ");
    const int number = std::stoi(snapshot ? text.substr(9) : text);
    if (!snapshot) {
      ASSERT_EQ(number, seen + 1) << "a gap without a snapshot";
    }
    ASSERT_GT(number, seen);
    seen = number;
    snapshots += snapshot ? 1 : 0;
    ++messages;
  }
  EXPECT_EQ(snapshots, 2);
  EXPECT_LT(messages, 40);
}

TEST_F(ChannelTest, DropsAClientThatGivesNoSignOfLife) {
  start({.silence_timeout = milliseconds(200)});
  LiveListener dead = listener();  // reads nothing, so answers no ping
  EXPECT_TRUE(eventually([this] { return clients() == 1; }));
  EXPECT_TRUE(eventually([this] { return clients() == 0; }));
}

TEST_F(ChannelTest, KeepsAClientThatOnlyListens) {
  start({.silence_timeout = milliseconds(600)});
  LiveListener alive = listener();
  EXPECT_EQ(alive.receive(), "snapshot 0");
  EXPECT_EQ(alive.receive(milliseconds(1000)), std::nullopt) << "nothing was said";
  EXPECT_EQ(clients(), 1U);
}

TEST_F(ChannelTest, IgnoresWhatClientsSayAndRefusesMuchOfIt) {
  start();
  LiveListener talkative = listener();
  EXPECT_EQ(talkative.receive(), "snapshot 0");
  talkative.send("anything");
  broadcast_next();
  EXPECT_EQ(talkative.receive(), "1");
  talkative.send(std::string(100'000, 'x'));
  EXPECT_EQ(talkative.receive(), std::nullopt);
  EXPECT_TRUE(eventually([this] { return clients() == 0; }));
}

TEST_F(ChannelTest, SaysThatItGoesAway) {
  start();
  LiveListener one = listener();
  EXPECT_EQ(one.receive(), "snapshot 0");
  std::jthread stopping([this] { server_->stop(); });
  EXPECT_EQ(one.receive(), std::nullopt);
  EXPECT_EQ(one.close_code(), 1001);
}

TEST_F(ChannelTest, StopsThoughAClientDoesNotRead) {
  start({.stop_timeout = milliseconds(200)}, 64 * 1024);
  LiveListener stuck = listener();
  EXPECT_TRUE(eventually([this] { return clients() == 1; }));
  for (int i = 0; i < 50; ++i)
    broadcast_next();
  server_->stop();
}

}  // namespace
}  // namespace crowdflow::http
