#include "verifier/transaction_watch.h"

#include <algorithm>

namespace crowdflow::test {
namespace {

// Of requests, as Kafka's protocol numbers them.
constexpr unsigned kProduce = 0;
constexpr unsigned kInitProducerId = 22;
constexpr unsigned kAddPartitionsToTxn = 24;
constexpr unsigned kAddOffsetsToTxn = 25;
constexpr unsigned kEndTxn = 26;
constexpr unsigned kTxnOffsetCommit = 28;
// Length in 4 bytes, what is asked for in 2, its version, 4 more, the length of the client's name.
constexpr std::size_t kHeader = 14;
constexpr unsigned kMostVersion = 32;
constexpr unsigned kLongestName = 64;

unsigned number(std::string_view bytes) {
  unsigned value = 0;
  for (const char byte : bytes)
    value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

void TransactionWatch::see(std::string_view bytes) {
  // Requests begin where a piece begins, if it is not the rest of a long one: that looks like none.
  while (bytes.size() >= kHeader) {
    const std::size_t size = std::size_t{4} + number(bytes.substr(0, 4));
    see_request(bytes.substr(0, size));
    bytes.remove_prefix(std::min(size, bytes.size()));
  }
}

void TransactionWatch::see_request(std::string_view request) {
  if (request.size() < kHeader || number(request.substr(6, 2)) > kMostVersion) return;
  const unsigned name = number(request.substr(12, 2));
  if (name == 0 || name > kLongestName) return;
  const unsigned asked = number(request.substr(4, 2));
  const std::lock_guard lock(mutex_);
  // The end of a transaction waits for the answers to all that it has written.
  if (asked == kProduce && request.find("journal") != std::string_view::npos) {
    if (!open_) ++begun_;
    open_ = true;
    idle_ = false;
    ++writes_;
    wrote_.notify_all();
  } else if (asked == kEndTxn || asked == kInitProducerId) {
    open_ = false;
    idle_ = true;
    idle_since_ = std::chrono::steady_clock::now();
  } else if (asked == kAddPartitionsToTxn || asked == kAddOffsetsToTxn ||
             asked == kTxnOffsetCommit) {
    idle_ = false;
  }
}

bool TransactionWatch::wait_for_next(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return wrote_.wait_for(lock, limit, [this, before = writes_] { return writes_ > before; });
}

std::uint64_t TransactionWatch::open() const {
  const std::lock_guard lock(mutex_);
  return open_ ? begun_ : 0;
}

bool TransactionWatch::idle_for(std::chrono::milliseconds time) const {
  const std::lock_guard lock(mutex_);
  return idle_ && std::chrono::steady_clock::now() - idle_since_ >= time;
}

void TransactionWatch::forget() {
  const std::lock_guard lock(mutex_);
  open_ = false;
}

}  // namespace crowdflow::test
