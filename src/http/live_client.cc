#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>

#include <crowdflow/check.h>

#include "http/connection.h"

namespace crowdflow::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// Clients have nothing to say to us.
constexpr std::size_t kMostFromClient = 4 * 1024;
// What the kernel keeps for a client beyond Channel::kMaxQueued. Left alone it grows to megabytes:
// minutes of old frames that a slow client would have to take before it gets a fresh snapshot.
constexpr int kSendBuffer = 128 * 1024;

}  // namespace

// One listener of a channel. Lives until its reading has ended and its last write has come back.
class LiveClient : public std::enable_shared_from_this<LiveClient> {
 public:
  LiveClient(beast::tcp_stream stream, Channel& channel)
      : channel_(channel), socket_(std::move(stream)) {}

  asio::awaitable<void> run(const BeastRequest& request, Hub& hub, Seat& seat) {
    beast::get_lowest_layer(socket_).expires_never();
    beast::error_code error;
    beast::get_lowest_layer(socket_).socket().set_option(
        asio::socket_base::send_buffer_size(kSendBuffer), error);
    socket_.set_option(
        websocket::stream_base::timeout{.handshake_timeout = hub.options.request_timeout,
                                        .idle_timeout = hub.options.silence_timeout,
                                        .keep_alive_pings = true});
    // Beast names itself and its version; that is nobody's business.
    socket_.set_option(websocket::stream_base::decorator(
        [](websocket::response_type& response) { response.erase(beast::http::field::server); }));
    socket_.read_message_max(kMostFromClient);
    socket_.auto_fragment(false);
    socket_.text(true);
    std::tie(error) = co_await socket_.async_accept(request, kAwait);
    if (error) co_return;

    channel_.clients_.push_back(this);
    seat.at_stop([this] { say_goodbye(); });
    if (hub.stopping) say_goodbye();
    send_next();
    beast::flat_buffer ignored;
    while (!error) {
      std::tie(error, std::ignore) = co_await socket_.async_read(ignored, kAwait);
      ignored.clear();
    }
    seat.at_stop([] {});
    ended_ = true;
    std::erase(channel_.clients_, this);
  }

  void offer(const Frame& frame) {
    if (needs_snapshot_) return;  // which will hold what this frame says
    if (queue_.size() == Channel::kMaxQueued) {
      queue_.clear();
      needs_snapshot_ = true;
      ++channel_.resynchronised_;
    } else {
      queue_.push_back(frame);
    }
    send_next();
  }

 private:
  void send_next() {
    if (sending_ != nullptr || ended_) return;
    if (needs_snapshot_) {
      sending_ = channel_.snapshot_();
      needs_snapshot_ = false;
    } else if (!queue_.empty()) {
      sending_ = std::move(queue_.front());
      queue_.pop_front();
    } else {
      return;
    }
    CROWDFLOW_CHECK(sending_ != nullptr, "a channel's frames and snapshots are not null");
    socket_.async_write(asio::buffer(*sending_),
                        [self = shared_from_this()](beast::error_code error, std::size_t) {
                          self->sending_ = nullptr;
                          // A failed write ends the reading too, and with it everything.
                          if (error) beast::get_lowest_layer(self->socket_).close();
                          self->send_next();
                        });
  }

  void say_goodbye() {
    ended_ = true;
    socket_.async_close(websocket::close_code::going_away,
                        [self = shared_from_this()](beast::error_code) {});
  }

  Channel& channel_;
  websocket::stream<beast::tcp_stream> socket_;
  std::deque<Frame> queue_;
  Frame sending_;               // the write under way
  bool needs_snapshot_ = true;  // the next thing to send
  bool ended_ = false;          // nothing more is sent
};

asio::awaitable<void> serve_live(beast::tcp_stream stream, const BeastRequest& request,
                                 Channel& channel, Hub& hub, Seat& seat) {
  const auto client = std::make_shared<LiveClient>(std::move(stream), channel);
  co_await client->run(request, hub, seat);
}

Channel::Channel(std::function<Frame()> snapshot) : snapshot_(std::move(snapshot)) {}
Channel::~Channel() = default;

void Channel::broadcast(const Frame& frame) {
  for (LiveClient* client : clients_)
    client->offer(frame);
}

}  // namespace crowdflow::http
