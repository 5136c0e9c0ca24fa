// ReadingMemory: how a reading is written as bytes.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <utility>

#include "engine/reading_memory.h"

namespace crowdflow {
namespace {

// An entry: a head; a tag, more flags, the stamp, the parts that these name, and two numbers.
//
// The head of most holds both numbers, and has no tag because the one before holds on.
constexpr std::uint64_t kInHead = 10;  // numbers below this
constexpr std::uint8_t kHeadsWithNumbers = kInHead * kInHead;
constexpr std::uint8_t kLongHead = 2 * kHeadsWithNumbers;  // those from here on are flags
constexpr std::uint8_t kLongGone = 0x01;
constexpr std::uint8_t kHasTag = 0x02;
constexpr std::uint8_t kHasSequence = 0x04;  // it is not the expected one
constexpr std::uint8_t kHasMore = 0x08;

// A tag: kind and interval.
constexpr std::uint8_t kKindMask = 0x07;
constexpr int kIntervalShift = 3;

bool is_gone(std::uint8_t head) {
  return head < kLongHead ? head >= kHeadsWithNumbers : ((head - kLongHead) & kLongGone) != 0;
}

constexpr std::uint8_t kCapped = 0x01;
constexpr std::uint8_t kLate = 0x02;
constexpr std::uint8_t kHasTime = 0x04;  // it is not the stamp
constexpr std::uint8_t kHasBootId = 0x08;
constexpr std::uint8_t kHasZone = 0x10;
constexpr std::uint8_t kBeginsRun = 0x20;
constexpr std::uint8_t kHasRun = 0x40;

enum IntervalIs : std::uint8_t { kNone, kEvery, kStep, kOther };

// All differences wrap around: any two values have one.
constexpr std::uint64_t difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b);
}
constexpr std::int64_t sum(std::int64_t a, std::uint64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + b);
}
constexpr std::int64_t micros(EventTime t) { return t.time_since_epoch().count(); }
constexpr EventTime moment(std::int64_t micros) { return EventTime{Span{micros}}; }

std::uint8_t* put(std::uint8_t* out, std::uint64_t value) {
  while (value >= 0x80) {
    *out++ = static_cast<std::uint8_t>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<std::uint8_t>(value);
  return out;
}
std::uint64_t get(const std::uint8_t*& in) {
  std::uint64_t value = 0;
  int shift = 0;
  while (*in >= 0x80) {
    value |= static_cast<std::uint64_t>(*in++ & 0x7f) << shift;
    shift += 7;
  }
  return value | static_cast<std::uint64_t>(*in++) << shift;
}

// Small differences of either sign in few bytes.
constexpr std::uint64_t zigzag(std::uint64_t difference) {
  return (difference << 1) ^ (0 - (difference >> 63));
}
constexpr std::uint64_t unzigzag(std::uint64_t bits) { return (bits >> 1) ^ (0 - (bits & 1)); }
std::uint8_t* put_signed(std::uint8_t* out, std::uint64_t difference) {
  return put(out, zigzag(difference));
}
std::uint64_t get_signed(const std::uint8_t*& in) { return unzigzag(get(in)); }

// Two numbers: the first byte holds both when they are small, else the first or its lowest bits.
constexpr std::uint64_t kSmall = 12;
constexpr std::uint64_t kFirstAlone = kSmall * kSmall;
constexpr std::uint64_t kFirstBegins = 192;
constexpr int kBitsBegun = 6;
static_assert(kFirstBegins + (1 << kBitsBegun) == 256);

std::uint8_t* put_two(std::uint8_t* out, std::uint64_t first, std::uint64_t second) {
  if (first < kSmall && second < kSmall) {
    *out++ = static_cast<std::uint8_t>(first * kSmall + second);
    return out;
  }
  if (first < kFirstBegins - kFirstAlone) {
    *out++ = static_cast<std::uint8_t>(kFirstAlone + first);
  } else {
    const std::uint64_t bits = zigzag(first);
    *out++ = static_cast<std::uint8_t>(kFirstBegins | (bits & ((1 << kBitsBegun) - 1)));
    out = put(out, bits >> kBitsBegun);
  }
  return put_signed(out, second);
}
std::pair<std::uint64_t, std::uint64_t> get_two(const std::uint8_t*& in) {
  const std::uint64_t head = *in++;
  if (head < kFirstAlone) return {head / kSmall, head % kSmall};
  if (head < kFirstBegins) return {head - kFirstAlone, get_signed(in)};
  const std::uint64_t first = unzigzag(get(in) << kBitsBegun | (head - kFirstBegins));
  return {first, get_signed(in)};
}

// Of bytes that may be anything: those of the entry that they begin with; 0 when there is none.
// `tag`: of the entry before.
std::size_t entry_size(std::span<const std::uint8_t> bytes, std::uint32_t tag,
                       std::uint32_t most_tag) {
  const std::uint8_t* in = bytes.data();
  const std::uint8_t* const end = in + bytes.size();
  const auto skip = [&](int numbers) {
    for (; numbers > 0; --numbers) {
      constexpr std::ptrdiff_t kLongest = 10;
      const std::uint8_t* const last = in + std::min(end - in, kLongest);
      while (in != last && *in >= 0x80)
        ++in;
      if (in == last) return false;
      ++in;
    }
    return true;
  };
  const std::uint8_t head = *in++;
  const bool in_head = head < kLongHead;
  const unsigned flags = in_head ? 0U : static_cast<unsigned>(head - kLongHead);
  constexpr unsigned kFlags = kLongGone | kHasTag | kHasSequence | kHasMore;
  if (flags > kFlags || end - in < std::popcount(flags & (kHasTag | kHasMore))) return 0;
  if ((flags & kHasTag) != 0) tag = *in++;
  if (tag > most_tag) return 0;
  const std::uint8_t more = (flags & kHasMore) != 0 ? *in++ : std::uint8_t{0};
  constexpr auto kNumbers = static_cast<std::uint8_t>(kHasTime | kHasBootId | kHasZone | kHasRun);
  const bool has_interval = tag >> kIntervalShift == kOther;
  if (!skip(1 + ((flags & kHasSequence) != 0 ? 1 : 0) + (has_interval ? 1 : 0) +
            std::popcount(static_cast<unsigned>(more & kNumbers)))) {
    return 0;
  }
  if (in_head) return static_cast<std::size_t>(in - bytes.data());
  if (in == end) return 0;
  const std::uint8_t numbers = *in++;
  if (!skip(numbers < kFirstAlone ? 0 : numbers < kFirstBegins ? 1 : 2)) return 0;
  return static_cast<std::size_t>(in - bytes.data());
}

// So many bytes are made free together, because what is told by the oldest lies elsewhere.
constexpr std::uint32_t kForgetTogether = 32;

// Sensors number all their readings, or none.
constexpr std::uint64_t expected_after(std::uint64_t sequence) {
  return sequence == 0 ? 0 : sequence + 1;
}

}  // namespace

void ReadingMemory::mark_gone(std::uint32_t place) {
  std::uint8_t& head = data_[place];
  if (is_gone(head)) return;
  head = static_cast<std::uint8_t>(head + (head < kLongHead ? kHeadsWithNumbers : kLongGone));
}

ReadingMemory::Written ReadingMemory::write(const Taken& taken, const Marks& marks,
                                            std::uint8_t* bytes) const {
  const Span every = std::chrono::milliseconds{every_ms_};
  const std::uint64_t step = difference(micros(taken.stamp), micros(newest_.stamp));
  const std::int64_t interval = taken.interval.count();
  const IntervalIs interval_is = interval == 0                                  ? kNone
                                 : taken.interval == every                      ? kEvery
                                 : static_cast<std::uint64_t>(interval) == step ? kStep
                                                                                : kOther;
  const bool has_sequence = taken.sequence != expected_after(newest_.sequence);
  std::uint8_t more = 0;
  if (taken.capped) more |= kCapped;
  if (taken.late) more |= kLate;
  if (taken.time != taken.stamp) more |= kHasTime;
  if (taken.boot_id != newest_.boot_id) more |= kHasBootId;
  if (taken.zone != kOutside) more |= kHasZone;
  if (marks.begins_run) more |= kBeginsRun;
  if (marks.runs_back != 0) more |= kHasRun;

  const auto tag = static_cast<std::uint8_t>(static_cast<unsigned>(taken.kind) |
                                             static_cast<unsigned>(interval_is) << kIntervalShift);
  const bool has_tag = tag != tag_;
  const bool is_register = taken.kind == StatementKind::kCountTotal;
  const std::uint64_t first = difference(taken.first, is_register ? rest().entries : 0);
  const std::uint64_t second = difference(taken.second, is_register ? rest().exits : 0);
  const bool in_head =
      !has_tag && !has_sequence && more == 0 && first < kInHead && second < kInHead;

  std::uint8_t* out = bytes;
  if (in_head) {
    *out++ =
        static_cast<std::uint8_t>(first * kInHead + second + (marks.gone ? kHeadsWithNumbers : 0U));
  } else {
    *out++ = static_cast<std::uint8_t>(
        kLongHead + ((marks.gone ? kLongGone : 0U) | (has_tag ? kHasTag : 0U) |
                     (has_sequence ? kHasSequence : 0U) | (more != 0 ? kHasMore : 0U)));
  }
  if (has_tag) *out++ = tag;
  if (more != 0) *out++ = more;
  out = put_signed(out, step - static_cast<std::uint64_t>(every.count()));
  if (has_sequence) out = put_signed(out, taken.sequence - newest_.sequence);
  if (interval_is == kOther) out = put_signed(out, difference(interval, every.count()));
  if (more != 0) {
    if ((more & kHasTime) != 0) {
      out = put_signed(out, difference(micros(taken.time), micros(taken.stamp)));
    }
    if ((more & kHasBootId) != 0) out = put(out, taken.boot_id);
    if ((more & kHasZone) != 0) out = put(out, taken.zone);
    if ((more & kHasRun) != 0) out = put(out, marks.runs_back);
  }
  if (!in_head) out = put_two(out, first, second);
  return {.bytes = static_cast<std::uint32_t>(out - bytes), .tag = tag};
}

bool ReadingMemory::add_plain_count(EventTime stamp, Span interval, std::uint64_t sequence,
                                    std::uint64_t boot_id, std::uint64_t entries,
                                    std::uint64_t exits) {
  if (stamp <= newest_.stamp || sequence != expected_after(newest_.sequence) ||
      boot_id != newest_.boot_id || entries >= kInHead || exits >= kInHead) {
    return false;
  }
  const Span every = std::chrono::milliseconds{every_ms_};
  const std::uint64_t step = difference(micros(stamp), micros(newest_.stamp));
  const IntervalIs interval_is = interval == Span{0} ? kNone : interval == every ? kEvery : kStep;
  if (interval_is == kStep && static_cast<std::uint64_t>(interval.count()) != step) return false;
  if (tag_ != (static_cast<unsigned>(StatementKind::kCountDelta) |
               static_cast<unsigned>(interval_is) << kIntervalShift)) {
    return false;
  }
  if (free_bytes() <= kMostPlainBytes) {
    while (free_bytes() <= kForgetTogether) {
      if (!forget_plain()) forget_oldest();
    }
  }
  std::array<std::uint8_t, kMostPlainBytes> bytes;  // NOLINT(*-member-init): written next, and hot
  bytes[0] = static_cast<std::uint8_t>(entries * kInHead + exits);
  const std::uint8_t* const out =
      put_signed(&bytes[1], step - static_cast<std::uint64_t>(every.count()));
  append(bytes.data(), static_cast<std::uint32_t>(out - bytes.data()));
  newest_is_register_ = false;
  newest_.stamp = stamp;
  newest_.sequence = sequence;
  return true;
}

bool ReadingMemory::forget_plain() {
  if (begin_ == end_ || capacity() - begin_ <= kMostPlainBytes) return false;
  Chain& base = rest().base;
  const std::uint8_t* in = data_ + begin_;
  if (*in++ >= kHeadsWithNumbers) return false;
  if ((base.tag & kKindMask) != static_cast<std::uint8_t>(StatementKind::kCountDelta) ||
      base.tag >> kIntervalShift == kOther) {
    return false;
  }
  const std::uint64_t step =
      get_signed(in) +
      static_cast<std::uint64_t>(Span{std::chrono::milliseconds{every_ms_}}.count());
  const EventTime stamp = moment(sum(micros(base.newest.stamp), step));
  rest().forgotten_until = std::max(rest().forgotten_until, stamp);
  const std::uint64_t sequence = expected_after(base.newest.sequence);
  if (stamp > base.newest.stamp) {
    base.newest.stamp = stamp;
    base.newest.sequence = sequence;
  }
  begin_ = static_cast<std::uint32_t>(in - data_);
  return true;
}

std::uint32_t ReadingMemory::read(std::uint32_t place, Chain& chain, Entry& entry) const {
  std::array<std::uint8_t, kMostBytes> bytes;  // NOLINT(*-member-init): written when used
  const std::uint8_t* start = data_ + place;
  const std::uint32_t before_wrap = capacity() - place;
  if (before_wrap < kMostBytes) {
    std::memcpy(bytes.data(), start, before_wrap);
    std::memcpy(bytes.data() + before_wrap, data_, kMostBytes - before_wrap);
    start = bytes.data();
  }
  place += static_cast<std::uint32_t>(decode(start, chain, entry) - start);
  return place < capacity() ? place : place - capacity();
}

const std::uint8_t* ReadingMemory::decode(const std::uint8_t* in, Chain& chain,
                                          Entry& entry) const {
  const std::uint8_t head = *in++;
  const bool in_head = head < kLongHead;
  const auto flags = static_cast<std::uint8_t>(in_head ? 0 : head - kLongHead);
  const auto tag = (flags & kHasTag) != 0 ? *in++ : static_cast<std::uint8_t>(chain.tag);
  const std::uint8_t more = (flags & kHasMore) != 0 ? *in++ : 0;
  const Span every = std::chrono::milliseconds{every_ms_};

  entry.marks.gone = is_gone(head);
  Taken& taken = entry.taken;
  taken.kind = static_cast<StatementKind>(tag & kKindMask);
  const std::uint64_t step = get_signed(in) + static_cast<std::uint64_t>(every.count());
  taken.stamp = moment(sum(micros(chain.newest.stamp), step));
  taken.time = taken.stamp;
  taken.sequence = (flags & kHasSequence) != 0 ? chain.newest.sequence + get_signed(in)
                                               : expected_after(chain.newest.sequence);
  switch (static_cast<IntervalIs>(tag >> kIntervalShift)) {
    case kNone:
      break;
    case kEvery:
      taken.interval = every;
      break;
    case kStep:
      taken.interval = Span{static_cast<std::int64_t>(step)};
      break;
    case kOther:
      taken.interval = Span{sum(every.count(), get_signed(in))};
      break;
  }
  taken.boot_id = chain.newest.boot_id;
  if (more != 0) {
    taken.capped = (more & kCapped) != 0;
    entry.marks.begins_run = (more & kBeginsRun) != 0;
    taken.late = (more & kLate) != 0;
    if ((more & kHasTime) != 0) taken.time = moment(sum(micros(taken.stamp), get_signed(in)));
    if ((more & kHasBootId) != 0) taken.boot_id = get(in);
    if ((more & kHasZone) != 0) taken.zone = static_cast<ZoneIndex>(get(in));
    if ((more & kHasRun) != 0) entry.marks.runs_back = static_cast<std::uint32_t>(get(in));
  }
  const bool is_register = taken.kind == StatementKind::kCountTotal;
  const auto [first, second] = in_head ? std::pair<std::uint64_t, std::uint64_t>(
                                             head % kHeadsWithNumbers / kInHead, head % kInHead)
                                       : get_two(in);
  taken.first = sum(is_register ? chain.entries : 0, first);
  taken.second = sum(is_register ? chain.exits : 0, second);

  chain.follow(taken);
  chain.tag = tag;
  return in;
}

bool ReadingMemory::follow(std::span<const std::uint8_t> entries, const Sane& sane, Chain& chain,
                           std::uint32_t& run) const {
  const std::uint8_t* in = entries.data();
  const std::uint8_t* const end = in + entries.size();
  while (in != end) {
    const std::size_t size = entry_size({in, end}, chain.tag, kMostTag);
    if (size == 0) return false;
    Entry entry;
    decode(in, chain, entry);
    in += size;
    if (entry.marks.begins_run) ++run;
    const bool in_place = entry.taken.kind != StatementKind::kCountTotal || has_register_place_;
    if (!in_place || !sane.holds(entry.taken)) return false;
  }
  return true;
}

}  // namespace crowdflow
