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
  // Waits until one writes to the journal; false: none did.
  [[nodiscard]] bool wait_for_next(std::chrono::milliseconds limit);
  // The number of the one that has written to the journal and has not been told to end; 0: none.
  [[nodiscard]] std::uint64_t open() const;
  // So long it has asked for nothing that belongs to a transaction, the end of the last one apart.
  [[nodiscard]] bool idle_for(std::chrono::milliseconds time) const;
  // The engine is gone.
  void forget();

 private:
  void see_request(std::string_view request);

  mutable std::mutex mutex_;
  std::condition_variable wrote_;
  std::uint64_t writes_ = 0;
  std::uint64_t begun_ = 0;
  bool open_ = false;  // written to
  bool idle_ = true;   // and nothing asked for that comes before
  std::chrono::steady_clock::time_point idle_since_{};
};

}  // namespace crowdflow::test
