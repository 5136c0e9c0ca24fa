#include "support/tcp_proxy.h"

#include <array>
#include <cerrno>
#include <gtest/gtest.h>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "support/eventually.h"
#include "support/port.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  void say(std::string_view text) const {
    EXPECT_EQ(send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  // All that arrives until it is `text`.
  [[nodiscard]] testing::AssertionResult hears(std::string_view text) {
    return eventually(5s, [&] {
      pump();
      return heard_ == text ? testing::AssertionSuccess()
                            : testing::AssertionFailure() << "heard \"" << heard_ << "\"";
    });
  }
  [[nodiscard]] testing::AssertionResult is_closed() {
    return eventually(5s, [&] {
      pump();
      return closed_;
    });
  }
  [[nodiscard]] const std::string& heard() {
    pump();
    return heard_;
  }

 private:
  void pump() {
    std::array<char, 4096> buffer{};
    while (!closed_) {
      const ssize_t got = recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got > 0) {
        heard_.append(buffer.data(), static_cast<std::size_t>(got));
        continue;
      }
      closed_ = got == 0 || errno == ECONNRESET;
      return;
    }
  }

  int fd_;
  std::string heard_;
  bool closed_ = false;
};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

class TcpProxyTest : public testing::Test {
 protected:
  TcpProxyTest() {
    const sockaddr_in address = loopback(server_port_);
    const int yes = 1;
    setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    EXPECT_EQ(bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    EXPECT_EQ(listen(listener_.get(), 8), 0);
  }

  [[nodiscard]] Socket connect_client() const {
    Socket client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(proxy_.port());
    EXPECT_EQ(connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    return client;
  }
  [[nodiscard]] Socket accept_server() const {
    pollfd ready{.fd = listener_.get(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(poll(&ready, 1, 5000), 1);
    return Socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }

  const std::uint16_t server_port_ = free_port();
  const Socket listener_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  TcpProxy proxy_{free_port(), server_port_};
};

TEST_F(TcpProxyTest, CarriesBothWays) {
  Socket client = connect_client();
  Socket server = accept_server();
  client.say("question");
  ASSERT_TRUE(server.hears("question"));
  server.say("answer");
  ASSERT_TRUE(client.hears("answer"));
  EXPECT_EQ(proxy_.counts().connections, 1U);
  EXPECT_EQ(proxy_.counts().bytes_to_server, 8U);
  EXPECT_EQ(proxy_.counts().bytes_to_client, 6U);
}

TEST_F(TcpProxyTest, TellsEachSideThatTheOtherHasEnded) {
  auto client = std::make_unique<Socket>(connect_client());
  Socket server = accept_server();
  client.reset();
  EXPECT_TRUE(server.is_closed());
}

TEST_F(TcpProxyTest, CutsWhatThereIsAndTakesNewConnections) {
  Socket client = connect_client();
  Socket server = accept_server();
  proxy_.cut();
  EXPECT_TRUE(client.is_closed());
  EXPECT_TRUE(server.is_closed());
  EXPECT_EQ(proxy_.counts().cut, 1U);
  const Socket again = connect_client();
  Socket there = accept_server();
  again.say("again");
  EXPECT_TRUE(there.hears("again"));
}

TEST_F(TcpProxyTest, RefusesUntilHealed) {
  proxy_.set({.refuses = true});
  EXPECT_FALSE(accepts_connections(proxy_.port()));
  proxy_.heal();
  EXPECT_TRUE(accepts_connections(proxy_.port()));
}

TEST_F(TcpProxyTest, HoldsOneWayAndDeliversLater) {
  Socket client = connect_client();
  Socket server = accept_server();
  proxy_.set({.to_server = TcpProxy::Way::kHolds});
  client.say("question");
  server.say("other way");
  ASSERT_TRUE(client.hears("other way"));
  ASSERT_TRUE(eventually(5s, [&] { return proxy_.counts().held == 1; }));
  EXPECT_EQ(server.heard(), "");
  proxy_.heal();
  EXPECT_TRUE(server.hears("question"));
}

TEST_F(TcpProxyTest, HoldsNothingOfAConnectionThatSaysNothing) {
  auto client = std::make_unique<Socket>(connect_client());
  Socket server = accept_server();
  proxy_.set({.to_server = TcpProxy::Way::kHolds});
  client.reset();
  const Socket another = connect_client();
  another.say("question");
  ASSERT_TRUE(eventually(5s, [&] { return proxy_.counts().held > 0; }));
  EXPECT_EQ(proxy_.counts().held, 1U);
  proxy_.heal();
  EXPECT_TRUE(server.is_closed());
}

TEST_F(TcpProxyTest, SwallowsOneWayAndResetsWhenHealed) {
  Socket client = connect_client();
  Socket server = accept_server();
  proxy_.set({.to_server = TcpProxy::Way::kSwallows});
  client.say("question");
  server.say("other way");
  ASSERT_TRUE(client.hears("other way"));
  ASSERT_TRUE(eventually(5s, [&] { return proxy_.counts().swallowed == 8; }));
  proxy_.heal();
  EXPECT_TRUE(client.is_closed());
  EXPECT_TRUE(server.is_closed());
  EXPECT_EQ(server.heard(), "");
}

TEST_F(TcpProxyTest, KeepsOrderWhenItIsSlow) {
  Socket client = connect_client();
  Socket server = accept_server();
  proxy_.set({.delay = 20ms, .bytes_per_second = 100'000});
  std::string all;
  for (int i = 0; i < 50; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    client.say(line);
    all += line;
  }
  EXPECT_TRUE(server.hears(all));
  EXPECT_EQ(proxy_.counts().delayed, all.size());
}

}  // namespace
}  // namespace crowdflow::test
