#include "support/port.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstddef>
#include <netinet/in.h>
#include <random>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <crowdflow/check.h>

namespace crowdflow::test {
namespace {

int open_socket(int family) {
  const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CROWDFLOW_CHECK(fd >= 0, "no socket");
  return fd;
}

// A name in the abstract socket namespace belongs to one process and goes with it, without a file
// to clean up; it is seen from inside a chroot too.
bool reserve(std::uint16_t port) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = "crowdflow-test-port-" + std::to_string(port);
  std::copy(name.begin(), name.end(), address.sun_path + 1);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const int fd = open_socket(AF_UNIX);  // stays open: that is the reservation
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), length) == 0) return true;
  close(fd);
  return false;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool can_listen(std::uint16_t port) {
  const sockaddr_in address = loopback(port);
  const int fd = open_socket(AF_INET);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool bound = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return bound;
}

}  // namespace

std::uint16_t free_port() {
  std::random_device random;
  std::uniform_int_distribution<int> ports(12000, 19999);
  for (int tries = 0; tries < 1000; ++tries) {
    const auto port = static_cast<std::uint16_t>(ports(random));
    if (can_listen(port) && reserve(port)) return port;
  }
  CROWDFLOW_CHECK(false, "no free port on 127.0.0.1");
  return 0;
}

bool accepts_connections(std::uint16_t port) {
  const sockaddr_in address = loopback(port);
  const int fd = open_socket(AF_INET);
  const bool yes = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return yes;
}

}  // namespace crowdflow::test
