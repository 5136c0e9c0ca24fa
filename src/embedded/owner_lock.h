#pragma once

#include <filesystem>

#include <crowdflow/result.h>

namespace crowdflow::embedded {

// That this process is the one that writes in a folder. Ends with the process, however it ends.
class OwnerLock {
 public:
  // kFenced: another one does; says which.
  [[nodiscard]] static Result<OwnerLock> take(const std::filesystem::path& folder);
  ~OwnerLock();
  OwnerLock(OwnerLock&& other) noexcept : handle_(other.handle_) { other.handle_ = -1; }
  OwnerLock(const OwnerLock&) = delete;
  OwnerLock& operator=(const OwnerLock&) = delete;
  OwnerLock& operator=(OwnerLock&&) = delete;

 private:
  explicit OwnerLock(int handle) : handle_(handle) {}
  int handle_ = -1;
};

}  // namespace crowdflow::embedded
