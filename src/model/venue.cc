#include <crowdflow/venue.h>

namespace crowdflow {

std::string venue_version(std::string_view file_bytes) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : file_bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  std::string hex(16, '0');
  for (auto digit = hex.rbegin(); digit != hex.rend(); ++digit, hash >>= 4U) {
    *digit = "0123456789abcdef"[hash & 0xFU];
  }
  return hex;
}

}  // namespace crowdflow
