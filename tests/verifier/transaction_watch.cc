#include "verifier/transaction_watch.h"

namespace crowdflow::test {

void TransactionWatch::see(std::string_view bytes) {
  // A client sends a request at a time: its length in 4 bytes, then what it asks for in 2. The end
  // of a transaction waits for the answer to this one.
  constexpr std::string_view kProduce("\x00\x00", 2);
  if (bytes.size() < 6 || bytes.substr(4, 2) != kProduce) return;
  if (bytes.find("journal") == std::string_view::npos) return;
  const std::lock_guard lock(mutex_);
  ++begun_;
  began_.notify_all();
}

bool TransactionWatch::wait_for_next(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return began_.wait_for(lock, limit, [this, before = begun_] { return begun_ > before; });
}

}  // namespace crowdflow::test
