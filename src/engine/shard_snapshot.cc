// Shard as bytes, and back.
//
// The format, version 1 (snapshot_writer.h has how a number is written):
//
//   8 bytes  "CFSHARD\n"
//   fixed    version of the format
//   sections, each: tag (1 byte), length of what follows (fixed), content
//     1 shard  the clock and what is known of it; whether levels were forgotten
//     2 venue  one for each, by id: id, version of its file, and sections of its own:
//       1 time      always the first
//       2 zones     2, 3 and 4 only when venue time has started
//       3 openings
//       4 sensors
//       5 alarms
//   fixed    snapshot_checksum.h of all before
//
// What is in a section stands above the function that writes it, in *_snapshot.cc. Times are told
// by their difference from venue time. What follows from the venue's file (sizes, who feeds whom)
// or from the rest (levels in the ring, the newest reading) is not written.
//
// A change that a reader of version 1 cannot pass over is a new version, and load() goes on reading
// the earlier ones: tests/data/snapshots has one of each. A section with another tag is passed
// over.

#include <algorithm>
#include <utility>

#include <crowdflow/shard.h>

#include "engine/snapshot_checksum.h"
#include "engine/snapshot_reader.h"
#include "engine/snapshot_writer.h"
#include "engine/venue_engine.h"

namespace crowdflow {
namespace {

constexpr std::string_view kMagic{"CFSHARD\n"};
constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kFixed = sizeof(std::uint64_t);

enum Tag : std::uint8_t { kShard = 1, kVenue = 2 };

constexpr std::uint8_t kTicked = 1;
constexpr std::uint8_t kProven = 2;
constexpr std::uint8_t kLevelsForgotten = 4;

tl::unexpected<Error> invalid(std::string what) {
  return fail(ErrorCode::kInvalid, "snapshot: " + std::move(what));
}

std::string quote(std::string_view text) { return '"' + std::string(text) + '"'; }

// The sections, when the frame around them is right.
Result<SnapshotReader> open(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return invalid("the bytes are none: they begin otherwise");
  if (bytes.size() < kMagic.size() + 2 * kFixed) return invalid("it ends too early");
  const std::size_t start = kMagic.size() + kFixed;
  const std::size_t end = bytes.size() - kFixed;
  const std::uint64_t version = SnapshotReader(bytes.substr(kMagic.size(), kFixed)).fixed();
  if (version > kVersion) {
    return fail(ErrorCode::kUnsupported, "snapshot: format " + std::to_string(version) +
                                             ", and this program knows formats up to " +
                                             std::to_string(kVersion));
  }
  if (version == 0) return invalid("there is no format 0");
  if (SnapshotReader(bytes.substr(end)).fixed() != snapshot_checksum(bytes.substr(0, end))) {
    return invalid("its checksum is not that of its " + std::to_string(bytes.size()) +
                   " bytes: some were lost or changed");
  }
  return SnapshotReader(bytes.substr(start, end - start), start);
}

// The venue of that id among those that are expected, which it is taken from.
Result<std::shared_ptr<const Venue>> take_venue(std::string_view id, std::string_view version,
                                                std::vector<std::shared_ptr<const Venue>>& left) {
  const auto at =
      std::ranges::find(left, id, [](const auto& venue) -> std::string_view { return venue->id; });
  if (at == left.end()) return invalid("it has venue " + quote(id) + ", which is not expected");
  if ((*at)->version != version) {
    return invalid("venue " + quote(id) + " is of version " + quote(version) + ", expected " +
                   quote((*at)->version));
  }
  std::shared_ptr<const Venue> venue = std::move(*at);
  left.erase(at);
  return venue;
}

}  // namespace

void Shard::save(std::string& out) const {
  const std::size_t start = out.size();
  std::size_t about = 64;
  for (const auto& venue : venues_)
    about += venue->snapshot_bytes();
  out.reserve(start + about);
  out += kMagic;
  SnapshotWriter to(out);
  to.fixed(kVersion);
  SnapshotWriter::Section shard = to.section(kShard);
  to.byte(static_cast<std::uint8_t>((ticked_ ? kTicked : 0U) | (tick_.proven ? kProven : 0U) |
                                    (levels_forgotten_ ? kLevelsForgotten : 0U)));
  to.integer(tick_.now.time_since_epoch().count());
  shard.end();
  for (const auto& engine : venues_) {
    SnapshotWriter::Section venue = to.section(kVenue);
    to.text(engine->venue().id);
    to.text(engine->venue().version);
    engine->save(to);
    venue.end();
  }
  to.fixed(snapshot_checksum(std::string_view(out).substr(start)));
}

Result<Shard> Shard::load(std::string_view bytes,
                          std::span<const std::shared_ptr<const Venue>> venues) {
  Result<SnapshotReader> opened = open(bytes);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  SnapshotReader& from = *opened;
  std::vector<std::shared_ptr<const Venue>> left(venues.begin(), venues.end());
  Shard shard;
  bool has_shard = false;
  while (from.ok() && !from.at_end()) {
    auto [tag, inside] = from.section();
    from.expect(tag != kShard || !has_shard, "a second clock");
    from.expect(tag != kVenue || has_shard, "a venue before the clock");
    if (!from.ok()) break;
    if (tag == kShard) {
      has_shard = true;
      const std::uint8_t flags = inside.byte();
      shard.ticked_ = (flags & kTicked) != 0;
      shard.levels_forgotten_ = (flags & kLevelsForgotten) != 0;
      shard.tick_ = {.now = WallTime{inside.time().time_since_epoch()},
                     .proven = (flags & kProven) != 0};
    } else if (tag == kVenue) {
      const std::string_view id = inside.text();
      const std::string_view version = inside.text();
      if (!inside.ok()) return invalid(inside.wrong());
      auto venue = take_venue(id, version, left);
      if (!venue) return tl::unexpected(std::move(venue.error()));
      const bool in_order = shard.venues_.empty() || shard.venues_.back()->venue().id < id;
      if (!in_order) return invalid("venue " + quote(id) + " is not in the order of ids");
      auto engine = std::make_unique<VenueEngine>(std::move(*venue), shard.levels_forgotten_);
      engine->load(inside);
      if (!inside.ok()) return invalid("venue " + quote(id) + ": " + inside.wrong());
      shard.venues_.push_back(std::move(engine));
    }
    from.fail_as(inside);
  }
  from.expect(has_shard, "the clock is missing");
  if (!from.ok()) return invalid(from.wrong());
  if (!left.empty()) return invalid("it lacks venue " + quote(left.front()->id));
  return shard;
}

}  // namespace crowdflow
