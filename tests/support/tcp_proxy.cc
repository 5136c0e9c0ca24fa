#include "support/tcp_proxy.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <crowdflow/check.h>

namespace crowdflow::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kMostWaiting = 1024 * 1024;  // bytes, each way
constexpr int kLookMs = 20;                        // so often for what is held: nobody tells of it

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int open_socket() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  CROWDFLOW_CHECK(fd >= 0, "no socket");
  return fd;
}

int listen_on(std::uint16_t port) {
  const int fd = open_socket();
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in address = loopback(port);
  CROWDFLOW_CHECK(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
                  "the proxy's port is taken");
  CROWDFLOW_CHECK(listen(fd, 64) == 0, "cannot listen");
  return fd;
}

void reset(int fd) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(fd);
}

void send_small_things_at_once(int fd) {
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

bool just_busy() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

// What one side has said and the other has not heard.
struct Pipe {
  struct Piece {
    Clock::time_point due;
    std::string bytes;
  };
  int from = -1;
  int to = -1;
  std::deque<Piece> waiting;
  std::size_t waiting_bytes = 0;
  Clock::time_point last_due{};
  bool is_to_server = false;
  bool ended = false;       // `from` says no more
  bool told_ended = false;  // and `to` knows
  bool lost = false;        // bytes, for good
  bool was_held = false;
};

struct Connection {
  int client = -1;
  int server = -1;
  bool connecting = true;
  Pipe to_server;
  Pipe to_client;
  bool broken = false;
};

}  // namespace

class TcpProxy::Loop {
 public:
  Loop(std::uint16_t port, std::uint16_t server_port)
      : port_(port), server_port_(server_port), bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    CROWDFLOW_CHECK(bell_ >= 0, "no eventfd");
    listener_ = listen_on(port_);
    thread_ = std::thread([this] { run(); });
  }
  ~Loop() {
    tell([](Orders& orders) { orders.end = true; });
    thread_.join();
    close(bell_);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  struct Orders {
    Weather weather;
    std::function<void(std::string_view)> watch;
    bool cut = false;
    bool end = false;
  };

  // Returns when the thread has done what it was told.
  template <typename Change>
  void tell(Change change) {
    std::unique_lock lock(mutex_);
    change(orders_);
    const std::uint64_t mine = ++told_;
    const std::uint64_t ring = 1;
    CROWDFLOW_CHECK(write(bell_, &ring, sizeof ring) == sizeof ring, "the bell is broken");
    done_.wait(lock, [&] { return obeyed_ >= mine; });
  }

  [[nodiscard]] Counts counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  template <typename Change>
  void count(Change change) {
    const std::lock_guard lock(mutex_);
    change(counts_);
  }

  void run() {
    while (!obey()) {
      wait();
      if (listener_ >= 0) accept_all();
      for (Connection& connection : connections_)
        serve(connection);
      connections_.remove_if([&](Connection& connection) {
        const bool over = connection.to_server.told_ended && connection.to_client.told_ended;
        if (!connection.broken && !over) return false;
        connection.broken ? break_off(connection) : close_both(connection);
        return true;
      });
    }
    for (Connection& connection : connections_)
      close_both(connection);
    if (listener_ >= 0) close(listener_);
  }

  // True: end.
  bool obey() {
    std::uint64_t rings = 0;
    static_cast<void>(read(bell_, &rings, sizeof rings));
    const std::lock_guard lock(mutex_);
    const Weather before = std::exchange(weather_, orders_.weather);
    watch_ = orders_.watch;
    if (weather_.refuses && listener_ >= 0) close(std::exchange(listener_, -1));
    if (!weather_.refuses && listener_ < 0 && !orders_.end) listener_ = listen_on(port_);
    const bool heals_up =
        before.to_server == Way::kSwallows && weather_.to_server != Way::kSwallows;
    const bool heals_down =
        before.to_client == Way::kSwallows && weather_.to_client != Way::kSwallows;
    const bool all = std::exchange(orders_.cut, false);
    connections_.remove_if([&](Connection& connection) {
      const bool lost =
          (heals_up && connection.to_server.lost) || (heals_down && connection.to_client.lost);
      if (!all && !lost) return false;
      break_off(connection);
      ++counts_.cut;
      return true;
    });
    obeyed_ = told_;
    done_.notify_all();
    return orders_.end;
  }

  void wait() {
    std::vector<pollfd> fds{{.fd = bell_, .events = POLLIN, .revents = 0}};
    if (listener_ >= 0) fds.push_back({.fd = listener_, .events = POLLIN, .revents = 0});
    auto due = Clock::time_point::max();
    for (const Connection& connection : connections_) {
      short client = 0;
      short server = 0;
      interest(connection.to_server, weather_.to_server, client, server, due);
      interest(connection.to_client, weather_.to_client, server, client, due);
      if (connection.connecting) server = POLLOUT;
      // Nobody to listen to: poll would still tell of a hang-up, again and again.
      fds.push_back({.fd = client != 0 ? connection.client : -1, .events = client, .revents = 0});
      fds.push_back({.fd = server != 0 ? connection.server : -1, .events = server, .revents = 0});
    }
    const bool holds = weather_.to_server == Way::kHolds || weather_.to_client == Way::kHolds;
    int timeout = holds && !connections_.empty() ? kLookMs : -1;
    if (due != Clock::time_point::max()) {
      const auto left = std::chrono::ceil<milliseconds>(due - Clock::now());
      const auto wait = static_cast<int>(std::max<milliseconds::rep>(left.count(), 0));
      timeout = timeout < 0 ? wait : std::min(timeout, wait);
    }
    poll(fds.data(), fds.size(), timeout);
  }

  static void interest(const Pipe& pipe, Way way, short& from, short& to, Clock::time_point& due) {
    if (way == Way::kHolds) return;
    if (!pipe.ended && pipe.waiting_bytes < kMostWaiting) from |= POLLIN;
    if (pipe.waiting.empty()) return;
    if (pipe.waiting.front().due <= Clock::now()) {
      to |= POLLOUT;
    } else {
      due = std::min(due, pipe.waiting.front().due);
    }
  }

  void accept_all() {
    while (true) {
      const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (client < 0) return;
      send_small_things_at_once(client);
      const int server = open_socket();
      send_small_things_at_once(server);
      const sockaddr_in address = loopback(server_port_);
      const int done = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address);
      if (done != 0 && errno != EINPROGRESS) {
        close(server);
        reset(client);
        continue;
      }
      Connection& made = connections_.emplace_back();
      made.client = made.to_server.from = made.to_client.to = client;
      made.server = made.to_client.from = made.to_server.to = server;
      made.connecting = done != 0;
      made.to_server.is_to_server = true;
      count([](Counts& counts) { ++counts.connections; });
    }
  }

  void serve(Connection& connection) {
    if (connection.connecting) {
      pollfd ready{.fd = connection.server, .events = POLLOUT, .revents = 0};
      if (poll(&ready, 1, 0) == 0) return;
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(connection.server, SOL_SOCKET, SO_ERROR, &error, &size);
      connection.connecting = false;
      connection.broken = error != 0;
      if (connection.broken) return;
    }
    connection.broken =
        !carry(connection.to_server, weather_.to_server, &Counts::bytes_to_server) ||
        !carry(connection.to_client, weather_.to_client, &Counts::bytes_to_client);
  }

  // False: the connection is broken.
  bool carry(Pipe& pipe, Way way, std::uint64_t Counts::* carried) {
    if (way == Way::kHolds) {
      note_held(pipe);
      return true;
    }
    pipe.was_held = false;
    return hear(pipe, way) && say(pipe, carried);
  }

  void note_held(Pipe& pipe) {
    int bytes = 0;  // an end alone is none
    if (pipe.was_held || ioctl(pipe.from, FIONREAD, &bytes) != 0 || bytes == 0) return;
    pipe.was_held = true;
    count([](Counts& counts) { ++counts.held; });
  }

  bool hear(Pipe& pipe, Way way) {
    while (!pipe.ended && pipe.waiting_bytes < kMostWaiting) {
      const ssize_t got = recv(pipe.from, chunk_.data(), chunk_.size(), 0);
      if (got < 0) return just_busy();
      if (got == 0) {
        pipe.ended = true;
        break;
      }
      const auto size = static_cast<std::size_t>(got);
      if (way == Way::kSwallows) {
        pipe.lost = true;
        count([size](Counts& counts) { counts.swallowed += size; });
        continue;
      }
      if (pipe.lost) continue;  // what follows a hole is of no use to anybody
      const auto now = Clock::now();
      auto due = std::max(pipe.last_due, now + weather_.delay);
      if (weather_.bytes_per_second > 0) {
        due += std::chrono::microseconds(1'000'000 * size / weather_.bytes_per_second);
      }
      pipe.last_due = due;
      if (watch_ && pipe.is_to_server) watch_({chunk_.data(), size});
      if (due > now) count([size](Counts& counts) { counts.delayed += size; });
      pipe.waiting.push_back({.due = due, .bytes = std::string(chunk_.data(), size)});
      pipe.waiting_bytes += size;
    }
    return true;
  }

  bool say(Pipe& pipe, std::uint64_t Counts::* carried) {
    const auto now = Clock::now();
    while (!pipe.waiting.empty() && pipe.waiting.front().due <= now) {
      std::string& bytes = pipe.waiting.front().bytes;
      const ssize_t sent = send(pipe.to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) return just_busy();
      const auto size = static_cast<std::size_t>(sent);
      count([&](Counts& counts) { counts.*carried += size; });
      pipe.waiting_bytes -= size;
      bytes.erase(0, size);
      if (bytes.empty()) pipe.waiting.pop_front();
    }
    if (pipe.ended && pipe.waiting.empty() && !pipe.told_ended) {
      shutdown(pipe.to, SHUT_WR);
      pipe.told_ended = true;
    }
    return true;
  }

  static void break_off(const Connection& connection) {
    reset(connection.client);
    reset(connection.server);
  }
  static void close_both(const Connection& connection) {
    close(connection.client);
    close(connection.server);
  }

  const std::uint16_t port_;
  const std::uint16_t server_port_;
  const int bell_;

  // The thread's own.
  Weather weather_;
  std::function<void(std::string_view)> watch_;
  int listener_ = -1;
  std::list<Connection> connections_;
  std::array<char, kChunk> chunk_{};

  mutable std::mutex mutex_;
  std::condition_variable done_;
  Orders orders_;
  std::uint64_t told_ = 0;
  std::uint64_t obeyed_ = 0;
  Counts counts_;

  std::thread thread_;
};

TcpProxy::TcpProxy(std::uint16_t port, std::uint16_t server_port)
    : port_(port), loop_(std::make_unique<Loop>(port, server_port)) {}

TcpProxy::~TcpProxy() = default;

void TcpProxy::watch(std::function<void(std::string_view)> watch) {
  loop_->tell([&](Loop::Orders& orders) { orders.watch = std::move(watch); });
}

void TcpProxy::set(const Weather& weather) {
  loop_->tell([&](Loop::Orders& orders) { orders.weather = weather; });
}

void TcpProxy::cut() {
  loop_->tell([](Loop::Orders& orders) { orders.cut = true; });
}

TcpProxy::Counts TcpProxy::counts() const { return loop_->counts(); }

}  // namespace crowdflow::test
