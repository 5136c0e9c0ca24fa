#include "app/verification_report.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "wire/json.h"
#include "wire/messages.h"

namespace crowdflow::app {
namespace {

using processor::Verification;
using Kind = Verification::Difference::Kind;

constexpr std::size_t kBytesShown = 64;

std::string hex(std::string_view bytes) {
  std::string text = std::to_string(bytes.size()) + " bytes that are none of ours:";
  for (const char c : bytes.substr(0, kBytesShown)) {
    char two[8];
    std::snprintf(two, sizeof two, " %02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    text += two;
  }
  return bytes.size() > kBytesShown ? text + " ..." : text;
}

std::string alert_in_words(const processor::OutRecord& record) {
  v1::Alert alert;
  return wire::parse(record.value, alert) ? wire::to_json(alert) : hex(record.value);
}

// In quotes; what is not a printable character of ASCII as \xNN.
std::string quote(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes) {
    if (c >= ' ' && c <= '~') {
      text += c;
      continue;
    }
    char code[8];
    std::snprintf(code, sizeof code, "\\x%02x",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    text += code;
  }
  return text + '"';
}

// Its key and headers, and how its value begins.
std::string letter_in_words(const processor::OutRecord& letter) {
  std::string text = letter.has_key ? "key " + quote(letter.key) : "no key";
  for (const wire::RecordHeader& header : letter.headers)
    text += ", " + header.name + ' ' + quote(header.value);
  const std::string_view value = letter.value;
  return text + ", value of " + std::to_string(value.size()) +
         " bytes: " + quote(value.substr(0, kBytesShown)) +
         (value.size() > kBytesShown ? " ..." : "");
}

// A batch without its states, and the one of them that is meant.
std::string batch_in_words(v1::ZoneStateBatch batch, int state) {
  const int states = batch.states_size();
  std::string said;
  if (state < states) {
    said = " state " + std::to_string(state) + ' ' + wire::to_json(batch.states(state));
  }
  batch.clear_states();
  return wire::to_json(batch) + " with " + std::to_string(states) + " states" + said;
}

// Large venues have large batches: of two, what differs first is shown.
std::pair<std::string, std::string> batches_in_words(std::string_view held,
                                                     std::string_view expected) {
  v1::ZoneStateBatch a;
  v1::ZoneStateBatch b;
  const bool a_read = !held.empty() && wire::parse(held, a);
  const bool b_read = !expected.empty() && wire::parse(expected, b);
  int first = 0;
  if (a_read && b_read) {
    const int both = std::min(a.states_size(), b.states_size());
    while (first < both && wire::to_bytes(a.states(first)) == wire::to_bytes(b.states(first)))
      ++first;
  }
  return {a_read ? batch_in_words(std::move(a), first) : hex(held),
          b_read ? batch_in_words(std::move(b), first) : hex(expected)};
}

std::string headline(const Verification& verification, const log::TopicNames& topics) {
  const auto& difference = *verification.difference();
  const std::string at =
      verification.at().topic + " partition " + std::to_string(verification.at().partition);
  const std::string journal =
      topics.journal + " offset " + std::to_string(difference.journal_offset);
  const std::string offset = " offset " + std::to_string(difference.offset);
  switch (difference.kind) {
    case Kind::kMissing:
      return at + ": a record is missing that " + journal + " gives";
    case Kind::kUnexplained:
      return at + offset + ": no journal record explains this record";
    case Kind::kDiffers:
      break;
  }
  return at + offset + ": the record is not what " + journal + " gives";
}

void print_difference(const Verification& verification, const log::TopicNames& topics) {
  const auto& difference = *verification.difference();
  std::printf("%s\n", headline(verification, topics).c_str());
  const auto held_record = difference.held.value_or(processor::OutRecord{});
  const auto expected_record = difference.expected.value_or(processor::OutRecord{});
  const auto in_words =
      verification.at().topic == topics.dead_letters ? letter_in_words : alert_in_words;
  const auto [held, expected] = verification.at().topic == topics.zone_states
                                    ? batches_in_words(held_record.value, expected_record.value)
                                    : std::pair{in_words(held_record), in_words(expected_record)};
  if (difference.kind != Kind::kMissing) std::printf("  held:     %s\n", held.c_str());
  if (difference.kind != Kind::kUnexplained) std::printf("  expected: %s\n", expected.c_str());
}

}  // namespace

bool report(std::span<const Verification> verifications, const log::TopicNames& topics) {
  bool good = true;
  for (const Verification& verification : verifications) {
    std::printf("%s partition %d: %llu records are the same, byte for byte%s",
                verification.at().topic.c_str(), verification.at().partition,
                static_cast<unsigned long long>(verification.same()),
                verification.difference() ? ", and then one differs" : "");
    if (verification.expired() > 0) {
      std::printf(" (%llu older ones have expired)",
                  static_cast<unsigned long long>(verification.expired()));
    }
    std::printf("\n");
    if (verification.difference()) {
      print_difference(verification, topics);
      good = false;
    } else if (verification.at().topic == topics.zone_states && verification.same() == 0) {
      std::printf("nothing was said of this venue in that time: nothing has been verified\n");
      good = false;
    }
  }
  return good;
}

}  // namespace crowdflow::app
