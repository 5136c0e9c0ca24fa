#include <algorithm>
#include <string>
#include <utility>

#include "processor/next_commit.h"
#include "processor/session.h"

namespace crowdflow::processor {
namespace {

constexpr std::chrono::seconds kReportEvery{1};
// What a dead letter or a forward takes beside its record's bytes: mostly its headers.
constexpr std::size_t kMadeBytes = 1536;

}  // namespace

// ---- from the engine threads ----

void Session::ask() {
  const auto now = options_.steady_now();
  if (!owned_.empty() && now - last_report_ >= kReportEvery) {
    last_report_ = now;
    for (auto& [partition, owned] : owned_)
      owned.progress_wanted = true;
  }
  const bool interval_over = now - last_ask_ >= options_.commit_interval;
  for (auto& [partition, owned] : owned_) {
    if (owned.lane->asked()) continue;
    const bool wanted = interval_over && (owned.fed || owned.progress_wanted);
    if (!wanted && !owned.ask_again) continue;
    owned.lane->ask(owned.position, owned.progress_wanted, std::move(owned.emptied));
    owned.fed = owned.ask_again = owned.progress_wanted = false;
    last_ask_ = now;
  }
}

void Session::collect() {
  HandOver hand_over;
  for (auto& [partition, owned] : owned_) {
    std::size_t of_alerts = 0;
    while (owned.lane->take(hand_over)) {
      if (!hand_over.asked) ++of_alerts;
      note_what_records_make(owned, hand_over);
      if (hand_over.progress) owned.progress = std::move(hand_over.progress);
      owned.snapshots->worked(hand_over.busy);
      if (auto& cut = hand_over.pending.snapshot) {
        owned.snapshots->cut(*std::exchange(cut, std::nullopt), options_.steady_now());
      }
      if (!hand_over.pending.entries.empty()) collected_.push_back(std::move(hand_over));
    }
    if (of_alerts >= Lane::kAlertHandOvers) owned.ask_again = true;
  }
}

void Session::note_what_records_make(Owned& owned, const HandOver& hand_over) {
  const auto records = hand_over.position - std::exchange(owned.handed_over, hand_over.position);
  if (records <= 0) return;
  const std::size_t made =
      hand_over.pending.dead_letters.size() + hand_over.pending.forwards.size();
  owned.made_by_a_record = made * kMadeBytes / static_cast<std::size_t>(records);
}

bool Session::commit_due() const {
  const bool interval_over = options_.steady_now() - last_commit_ >= options_.commit_interval;
  if (collected_.empty()) return interval_over && sending_snapshots();
  if (left_over_) return true;
  const bool all_answered =
      std::ranges::none_of(owned_, [](const auto& owned) { return owned.second.lane->asked(); });
  return all_answered || is_urgent() ||
         options_.steady_now() - last_ask_ >= options_.commit_interval;
}

bool Session::is_urgent() const {
  return std::ranges::any_of(collected_, [](const HandOver& hand_over) {
    return !hand_over.pending.outputs.alerts.empty();
  });
}

void Session::begin_commit() {
  last_commit_ = options_.steady_now();
  const bool urgent = is_urgent();
  Commit commit;
  commit.hand_overs = take_next_commit(collected_, options_.states_in_commit);
  left_over_ = !collected_.empty();
  for (HandOver& hand_over : commit.hand_overs) {
    Owned& owned = owned_.at(hand_over.partition);
    owned.committed = hand_over.position;
    owned.uncommitted_bytes = 0;
    hand_over.newest_snapshot = owned.snapshots->newest();
    hand_over.page = ++owned.page;
  }
  // Alerts do not wait for chunks; and those of one partition are enough to wait for.
  const auto sends = urgent ? std::nullopt : next_to_send();
  if (sends) sending_ = sends;
  // Of the partitions that it writes for, and no others: a position is that of a journal record,
  // and the first one of a partition may still be on its way.
  for (auto& [partition, owned] : owned_) {
    const std::size_t chunks_before = commit.chunks.size();
    if (partition == sends) owned.snapshots->add_chunks(commit.chunks);
    const bool hands_over = std::ranges::find(commit.hand_overs, partition, &HandOver::partition) !=
                            commit.hand_overs.end();
    if (!hands_over && commit.chunks.size() == chunks_before) continue;
    commit.positions.push_back(
        {.at = readings(partition), .offset = owned.committed, .note = std::to_string(owned.page)});
  }
  commit.assignment = assignment_;
  commits_->begin(std::move(commit));
}

// The partition whose snapshot goes on or, when that is complete, the next one that has one. None
// before its first page: no position is committed then.
std::optional<std::int32_t> Session::next_to_send() const {
  const auto sends = [](const auto& each) {
    return each.second.page > 0 && each.second.snapshots->sending();
  };
  const auto here = sending_ ? owned_.lower_bound(*sending_) : owned_.begin();
  auto next = std::find_if(here, owned_.end(), sends);
  if (next == owned_.end()) next = std::find_if(owned_.begin(), here, sends);
  if (next == owned_.end() || !sends(*next)) return std::nullopt;
  return next->first;
}

Result<void> Session::end_commit() {
  auto done = commits_->end();
  if (!done) return tl::unexpected(done.error());
  const WallTime now = options_.now();
  for (HandOver& hand_over : done->hand_overs) {
    report_.committed(hand_over.pending, now);
    owned_.at(hand_over.partition).emptied = std::move(hand_over.pending);
  }
  for (auto& [partition, owned] : owned_) {
    if (owned.snapshots->committed()) report_.saved(owned.snapshots->newest()->bytes);
  }
  report_.commit_took(std::chrono::duration<double>(options_.steady_now() - last_commit_).count());
  return {};
}

// When every lane has told its progress.
void Session::report_progress() {
  if (std::ranges::any_of(owned_, [](const auto& owned) { return !owned.second.progress; })) return;
  if (owned_.empty()) {
    if (options_.steady_now() - last_report_ < kReportEvery) return;
    last_report_ = options_.steady_now();
  }
  report_.begin(options_.now());
  for (auto& [partition, owned] : owned_) {
    report_.partition(partition, *owned.progress, owned.held_at_tick);
    owned.progress.reset();
  }
  report_.publish();
}

}  // namespace crowdflow::processor
