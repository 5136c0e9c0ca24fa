#pragma once

#include <filesystem>

#include <crowdflow/result.h>

#include "embedded/sqlite.h"

// What has to be on the disk itself, not only in the operating system's memory.
namespace crowdflow::embedded {

// Makes the folder when it is missing, and its name last.
[[nodiscard]] Result<void> make_folder(const std::filesystem::path& folder);
// The names of the files in it last.
[[nodiscard]] Result<void> sync_folder(const std::filesystem::path& folder);

// That the index of the write-ahead log, `place`-shm, can be made. SQLite makes sure of room for it
// by one byte in each 4 KiB: on a full disk with smaller blocks, writing between them would end the
// process (SIGBUS). kUnavailable: the disk is full.
[[nodiscard]] Result<void> check_room_for_index(const Place& place);

// Writes what the write-ahead log of `place` holds once more and waits until it lasts. After a
// failed fsync the operating system takes its memory for what is on the disk, which it is not; who
// reads the log back from there would build on what the next power cut takes away. No connection
// may write meanwhile.
[[nodiscard]] Result<void> make_wal_last(const Place& place);

}  // namespace crowdflow::embedded
