#pragma once

#include <cstdint>

namespace crowdflow::test {

// A TCP port of 127.0.0.1 that nobody listens on, and that no other test process is given as long
// as this one lives. Between 12000 and 19999, where the kernel takes no ports for outgoing
// connections from and run-kafka takes none either: a server stopped and started again finds its
// port free.
[[nodiscard]] std::uint16_t free_port();

// Whether somebody accepts connections there.
[[nodiscard]] bool accepts_connections(std::uint16_t port);

}  // namespace crowdflow::test
