#!/usr/bin/env python3
"""Puts bugs into a copy of the sources, one at a time; a test must find each: the simulation, or, of
those below the port, a test of the port on a real Kafka, or one of a place that both pass by.

usage: bugs.py SOURCE WORK [NAME...]

SOURCE is the checkout, WORK a folder to build in (kept, so that the next time is faster). A bug
that is not found, or whose place in the sources is gone, fails: then the test, or this list, has to be
mended.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

# Name: (file, what stands there once, what a careless hand would have written, and what has to find
# it: seeds of the simulation to try, or a test of the port as "executable:test").
BUGS = {
    "positions_off_by_one": (
        "src/processor/session_commits.cc",
        ".offset = owned.committed,",
        ".offset = owned.committed + 1,",
        200),
    "positions_one_too_low": (
        "src/processor/session_commits.cc",
        ".offset = owned.committed,",
        ".offset = std::max<std::int64_t>(owned.committed - 1, 0),",
        200),
    "positions_without_a_journal": (
        "src/processor/session_commits.cc",
        "    if (!hands_over && commit.chunks.size() == chunks_before) continue;\n",
        "    if (!hands_over && commit.chunks.size() == chunks_before + 99) continue;\n",
        "test_processor:*ThatItLeavesOver*"),
    "a_position_before_the_first_page_taken_for_lost_history": (
        "src/processor/restore.cc",
        "from_the_first = committed_page_ == 0 && committed_ <= held_.low;",
        "from_the_first = false;",
        "test_simulation:*BeforeTheFirstPage*"),
    "positions_of_what_was_only_pushed": (
        "src/processor/session_commits.cc",
        "    owned.committed = hand_over.position;\n",
        "    owned.committed = owned.position;\n",
        200),
    "what_a_commit_left_over_forgotten": (
        "src/processor/next_commit.cc",
        "  return std::exchange(collected, std::move(left));\n",
        "  return std::exchange(collected, {});\n",
        1000),
    "a_tick_left_out_of_the_journal": (
        "src/processor/partition_work.cc",
        "  pending_.entries.emplace_back(tick);\n",
        "  if (tick.now.time_since_epoch().count() % 7 != 0) {\n"
        "    pending_.entries.emplace_back(tick);\n"
        "  }\n",
        200),
    "a_cut_told_before_what_preceded_it": (
        "src/processor/partition_work.cc",
        "  pending_.entries.emplace_back(wire::SnapshotCut{generation});\n",
        "  pending_.entries.insert(pending_.entries.begin(), wire::SnapshotCut{generation});\n",
        1000),
    "origins_forgotten_in_a_snapshot": (
        "src/processor/partition_work.cc",
        "  work->forwarded_until_ = std::move(parts->header.forwarded_until);\n",
        "",
        2000),
    "repeated_forwards_taken_again": (
        "src/processor/partition_work.cc",
        "  if (offset <= known->second) return true;\n",
        "",
        1000),
    "an_aborted_commit_taken_for_done": (
        "src/processor/committer.cc",
        "    if (attempt == kAttempts) "
        "return fail(ErrorCode::kUnavailable, done.error().message);\n",
        "    return {};\n",
        500),
    "an_unknown_outcome_taken_for_an_abort": (
        "src/processor/committer.cc",
        "    if (done || done.error().code != ErrorCode::kAborted) return done;\n",
        "    if (done) return done;\n"
        "    if (done.error().code == ErrorCode::kUnavailable) {\n"
        "      if (auto opened = writer_->open(); !opened) return opened;\n"
        "      continue;\n"
        "    }\n"
        "    if (done.error().code != ErrorCode::kAborted) return done;\n",
        1000),
    "a_skipped_abort": (
        "src/processor/committer.cc",
        "    if (auto aborted = writer_->abort(); !aborted) return aborted;\n",
        "",
        1000),
    "a_partition_without_its_journal": (
        "src/processor/records_to_commit.cc",
        "  return write(topics.journal, hand_over.partition, page);\n",
        "  if (hand_over.partition == 1) return {};\n"
        "  return write(topics.journal, hand_over.partition, page);\n",
        200),
    "a_stale_end_of_the_journal_believed": (
        "src/processor/restore.cc",
        "(journalled != committed_ || last->page != committed_page_)",
        "(journalled != committed_)",
        3000),
    "a_first_commit_taken_back_called_lost_history": (
        "src/processor/restore.cc",
        ".history_missing = held_.low > 0 || journal->low > 0",
        ".history_missing = held_.low > 0 || journal->high > 0",
        1000),
    "a_whole_journal_without_its_first_page_called_expired": (
        "src/processor/restore.cc",
        "before_the_first = !last && journal_held_.low == 0 &&",
        "before_the_first = journal_held_.high == 0 &&",
        "test_simulation:*WaitsWhileAWholeJournal*"),
    "catching_up_stands_still_after_each_commit": (
        "src/processor/session_commits.cc",
        "    owned.uncommitted_bytes = 0;\n",
        "    if (!left_over_) owned.uncommitted_bytes = 0;\n",
        "test_processor:*LeavesAnotherPartitionOver*"),
    "an_end_that_commits_nothing": (
        "src/processor/session.cc",
        "  while (!collected_.empty()) {\n    begin_commit();\n",
        "  while (false) {\n    begin_commit();\n",
        "test_processor:*EndsWithTheCommitUnderWay*"),
    "partitions_given_back_with_work_undone": (
        "src/processor/session.cc",
        "    if (auto done = finish(); !done) return done;\n",
        "",
        1000),
    "levels_forgotten_beside_a_snapshot_not_seen_yet": (
        "src/processor/snapshot_reader.cc",
        "  const bool is_awaited = held->low <= name.snapshots_from;\n",
        "  const bool is_awaited = false;\n",
        "test_processor:*DoesNotKnowOfItYet*"),
    "no_end_to_what_waits_for_a_commit": (
        "src/processor/session.cc",
        "  return bytes > kMostUncommitted;\n",
        "  return bytes > 1000 * kMostUncommitted;\n",
        "test_processor:*TakesNoMoreThanMayWait*"),
    "readings_that_expired_untaken_not_missed": (
        "src/processor/restore.cc",
        "if (!*whole || position > std::max(journalled, committed_)) begin",
        "if (!*whole) begin",
        "test_processor:*WhatCameNextHasExpired*"),
    "venues_of_others_shown_as_they_were": (
        "src/processor/report.cc",
        "    venue = {.venue = std::move(venue.venue), .progress = {}, .zones = {}, .oddities = {}};\n",
        "    venue.progress.started = true;\n",
        "test_processor:*GoneToAnotherEngine*"),
    "a_life_begun_again_after_its_snapshot": (
        "src/processor/restore.cc",
        "? cut != nullptr && cut->generation == *generation\n",
        "? std::holds_alternative<wire::ShardStart>(entry) ||\n"
        "  (cut != nullptr && cut->generation == *generation)\n",
        3000),
    "venue_time_not_restored": (
        "src/engine/venue_engine_snapshot.cc",
        "  if (from.flag()) venue_time_at_tick_ = from.time_from(present);\n",
        "  if (from.flag()) {\n"
        "    venue_time_at_tick_ = std::min(from.time_from(present), present - Span{1});\n"
        "  }\n",
        2000),
    "forwards_committed_before_they_arrived": (
        "src/kafka/appender.cc",
        "  const auto error = rd_kafka_flush(producer_->get(), static_cast<int>(patience));\n",
        "  static_cast<void>(patience);\n"
        "  const auto error = RD_KAFKA_RESP_ERR_NO_ERROR;\n",
        "integration_kafka_log:*ReadsAndWritesOnThroughAKilledBroker*"),
    "membership_of_the_first_assignment_for_ever": (
        "src/kafka/reader.cc",
        "void KafkaReader::capture_membership() {\n",
        "void KafkaReader::capture_membership() {\n"
        "  if (membership_) return;\n",
        "integration_kafka_positions:*AreTakenFromAMember*"),
    "a_client_in_no_state_taken_for_a_wrong_request": (
        "src/kafka/errors.cc",
        "    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:\n",
        "    case RD_KAFKA_RESP_ERR__STATE:\n"
        "    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:\n",
        "integration_kafka_positions:*AreNoWrongRequest*"),
    "positions_without_a_membership": (
        "src/kafka/reader.cc",
        "rd_kafka_consumer_group_metadata(client_->get())",
        "rd_kafka_consumer_group_metadata_new(options_.group.c_str())",
        "integration_kafka_positions:*AreRefusedFromAMember*"),
    "a_writer_that_fences_nobody": (
        "src/kafka/writer.cc",
        "{{\"transactional.id\", name}}",
        "{{\"transactional.id\", name + std::to_string(Clock::now().time_since_epoch().count())}}",
        "integration_kafka_log:*FencesTheEarlierWriter*"),
    "a_new_partition_asked_once_where_it_ends": (
        "src/kafka/offsets.cc",
        "  return error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||\n"
        "         error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||\n",
        "  return error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||\n",
        "integration_kafka_log:*HasOnlyJustBeenMade*"),
    "a_broker_believed_that_denies_what_it_has_slept_through": (
        "src/kafka/reader_errors.cc",
        "constexpr std::chrono::seconds kLeaderPatience{10};",
        "constexpr std::chrono::seconds kLeaderPatience{0};",
        "integration_kafka_log:*SaysTooEarly*"),
    "an_end_that_an_earlier_assignment_heard": (
        "src/kafka/reader.cc",
        "  if (cursor == nullptr || !cursor->heard) return std::nullopt;\n",
        "  if (cursor == nullptr) return std::nullopt;\n",
        "integration_kafka_positions:*EarlierAssignment*"),
    "readers_of_what_was_aborted": (
        "src/kafka/settings.cc",
        "{\"isolation.level\", \"read_committed\"},",
        "{\"isolation.level\", \"read_uncommitted\"},",
        "integration_kafka_log:*NeverShowsWhatWasAborted*"),
}


def copy_sources(source: pathlib.Path, tree: pathlib.Path) -> None:
    """What git knows, as it is now; files that are the same keep their times, for the build."""
    listed = subprocess.run(
        ["git", "-C", source, "ls-files", "-z", "src", "include", "proto", "cmake", "tests",
         "examples", "web/dist", "CMakeLists.txt", "CMakePresets.json"],
        check=True, capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        target = tree / name
        data = (source / name).read_bytes()
        if target.exists() and target.read_bytes() == data:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        shutil.copymode(source / name, target)


def build(tree: pathlib.Path, target: str) -> subprocess.CompletedProcess:
    return subprocess.run(["cmake", "--build", tree / "build/dev", "--target", target],
                          capture_output=True, text=True)


class Simulation:
    """Finds it within so many seeds."""

    target = "simulate_commits"

    def __init__(self, seeds: int):
        self.words = f"{seeds} seeds"
        self.complaint = re.compile(r"^PROBLEM", re.MULTILINE)
        self.arguments = ["--seeds", str(seeds)]


class NamedTest:
    """Finds it with one test of an executable."""

    def __init__(self, place: str):
        self.words = place
        self.target, test = place.split(":")
        self.complaint = re.compile(r"FAILED  \] \S*" + test.strip("*").replace("*", ".*"))
        self.arguments = ["--gtest_brief=1", f"--gtest_filter={test}"]


def finder(by) -> "Simulation | NamedTest":
    return Simulation(by) if isinstance(by, int) else NamedTest(by)


def passes(tree: pathlib.Path, find) -> bool:
    """False: it complains, dies or never ends. Of anything else that goes wrong it is the fault."""
    try:
        done = subprocess.run([tree / "build/dev/bin" / find.target, *find.arguments],
                              capture_output=True, text=True, timeout=900)
    except subprocess.TimeoutExpired:
        return False
    said = done.stdout + done.stderr
    if done.returncode > 0 and not find.complaint.search(said):
        raise RuntimeError(f"{find.words} could not be asked:\n{said[-2000:]}")
    return done.returncode == 0


def try_bug(tree: pathlib.Path, name: str) -> str:
    """Why the bug counts as missed; nothing when it was found."""
    file, right, wrong, by = BUGS[name]
    find = finder(by)
    path = tree / file
    text = path.read_text()
    if text.count(right) != 1:
        return f"{file} has its place {text.count(right)} times, expected once"
    path.write_text(text.replace(right, wrong))
    try:
        built = build(tree, find.target)
        if built.returncode != 0:
            return f"does not build:\n{built.stdout[-2000:]}"
        return f"not found by {find.words}" if passes(tree, find) else ""
    finally:
        path.write_text(text)


def main() -> int:
    if len(sys.argv) < 3:
        print(__doc__)
        return 2
    source, work = (pathlib.Path(arg).resolve() for arg in sys.argv[1:3])
    tree = work / "tree"
    copy_sources(source, tree)
    subprocess.run(["cmake", "--preset", "dev"], cwd=tree, check=True, capture_output=True)
    names = sys.argv[3:] or BUGS
    os.environ.setdefault("CROWDFLOW_KAFKA_JARS", str(source / "build/kafka-jars"))
    for by in {BUGS[name][3] if isinstance(BUGS[name][3], str) else 200 for name in names}:
        find = finder(by)
        if build(tree, find.target).returncode != 0 or not passes(tree, find):
            print(f"without any bug: {find.target} does not build, or fails with {find.words}")
            return 1
    missed = 0
    for name in names:
        why = try_bug(tree, name)
        print(f"{name}: {why or 'found'}", flush=True)
        missed += bool(why)
    print(f"{missed} missed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
