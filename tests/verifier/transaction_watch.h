#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace crowdflow::test {

// Whether an engine has a transaction open, by what it asks the broker for. Any thread.
class TransactionWatch {
 public:
  // What goes to the broker, as it comes.
  void see(std::string_view bytes);
  // Waits for the next one to begin; false: none did.
  [[nodiscard]] bool wait_for_next(std::chrono::milliseconds limit);

 private:
  std::mutex mutex_;
  std::condition_variable began_;
  std::uint64_t begun_ = 0;
};

}  // namespace crowdflow::test
