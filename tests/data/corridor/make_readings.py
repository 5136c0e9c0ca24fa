#!/usr/bin/env python3
"""Turns recorded walks through a corridor into what its two door sensors would have said.

usage: make_readings.py          write RUN.ndjson and RUN.truth.csv for every run
       make_readings.py --check  write nothing: say whether the files here are what the walks give,
                                 and whether the walks give what was published about them

The walks are trajectories/RUN.txt.xz (see README.md): person, frame, x, y, z in centimetres, 16
frames a second. People come over the line y = 4 m (sensor `entry`) and leave over y = -4 m (sensor
`exit`). Someone who steps back over a line is counted back.
"""

import csv
import io
import json
import lzma
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
FRAMES_PER_SECOND = 16
FRAME_ZERO = datetime(2009, 5, 12, 10, 0, 0, tzinfo=timezone.utc)
# Where a line is, in centimetres. Whoever walks on has an ever smaller y.
LINES = {'entry': 400.0, 'exit': -400.0}

# Published with the walks: people, and the most that were in the corridor at once.
PUBLISHED = {
    'uo-050-180-180': (61, 10),
    'uo-100-180-180': (121, 19),
    'uo-180-180-180': (220, 30),
    'uo-180-180-095': (159, 41),
}


def read_walks(run):
    """Person -> [(frame, y)], by frame."""
    walks = defaultdict(list)
    with lzma.open(HERE / 'trajectories' / f'{run}.txt.xz', 'rt', encoding='ascii') as lines:
        for line in lines:
            person, frame, _, y, _ = line.split()
            walks[int(person)].append((int(frame), float(y)))
    for walk in walks.values():
        walk.sort()
    return walks


def is_beyond(line, y):
    return y < LINES[line]


def is_inside(y):
    return is_beyond('entry', y) and not is_beyond('exit', y)


def seconds_of(walks):
    """How many whole seconds it takes until the last person is out of sight."""
    last_frame = max(walk[-1][0] for walk in walks.values())
    return last_frame // FRAMES_PER_SECOND + 1


def count_crossings(walks):
    """(sensor, second, 'entries' or 'exits') -> people; second n is frames [16 n, 16 n + 16)."""
    crossings = Counter()
    for walk in walks.values():
        for (_, before), (frame, after) in zip(walk, walk[1:]):
            for line in LINES:
                if is_beyond(line, before) != is_beyond(line, after):
                    direction = 'entries' if is_beyond(line, after) else 'exits'
                    crossings[line, frame // FRAMES_PER_SECOND, direction] += 1
    return crossings


def count_inside(walks):
    """Frame -> people in the corridor. From where people are, not from how they came there."""
    inside = Counter()
    for walk in walks.values():
        inside.update(frame for frame, y in walk if is_inside(y))
    return inside


def time_after(seconds):
    return (FRAME_ZERO + timedelta(seconds=seconds)).strftime('%Y-%m-%dT%H:%M:%SZ')


def readings_text(run, walks):
    crossings = count_crossings(walks)
    lines = []
    for second in range(seconds_of(walks)):
        for sensor in LINES:
            lines.append(json.dumps({
                'venue_id': run,
                'sensor_id': sensor,
                'boot_id': 1,
                'sequence': second + 1,
                'event_time': time_after(second + 1),
                'interval': '1s',
                'count_delta': {
                    'entries': crossings[sensor, second, 'entries'],
                    'exits': crossings[sensor, second, 'exits'],
                },
            }, separators=(',', ':')))
    return '\n'.join(lines) + '\n'


def truth_text(walks):
    """At the instant at which second n ends, the last frame before it holds."""
    inside = count_inside(walks)
    out = io.StringIO()
    rows = csv.writer(out, lineterminator='\n')
    rows.writerow(['second_end', 'people'])
    for second in range(1, seconds_of(walks) + 1):
        rows.writerow([time_after(second), inside[second * FRAMES_PER_SECOND - 1]])
    return out.getvalue()


def derived_files(run):
    walks = read_walks(run)
    return {HERE / f'{run}.ndjson': readings_text(run, walks),
            HERE / f'{run}.truth.csv': truth_text(walks)}


def check_files(run):
    for path, text in derived_files(run).items():
        if not path.exists():
            yield f'{path.name} is missing'
        elif path.read_text(encoding='utf-8') != text:
            yield f'{path.name} is not what the walks give'


def check_published(run):
    people, peak = PUBLISHED[run]
    walks = read_walks(run)
    if len(walks) != people:
        yield f'{len(walks)} people, published {people}'
    highest = max(count_inside(walks).values())
    if highest != peak:
        yield f'at most {highest} people at once, published {peak}'


def check_readings_against_truth(run):
    """The committed readings, added up, must give the committed truth at every second."""
    readings = [json.loads(line)
                for line in (HERE / f'{run}.ndjson').read_text(encoding='utf-8').splitlines()]
    with open(HERE / f'{run}.truth.csv', encoding='utf-8', newline='') as file:
        truth = {row['second_end']: int(row['people']) for row in csv.DictReader(file)}

    net = {'entry': Counter(), 'exit': Counter()}
    for reading in readings:
        delta = reading['count_delta']
        net[reading['sensor_id']][reading['event_time']] += delta['entries'] - delta['exits']
    for sensor, seconds in net.items():
        if seconds.total() != PUBLISHED[run][0]:
            yield f'{seconds.total()} people over {sensor}, published {PUBLISHED[run][0]}'
        if seconds.keys() != truth.keys():
            yield f'{sensor} does not speak in every second'
    level = 0
    for second, people in truth.items():
        level += net['entry'][second] - net['exit'][second]
        if level != people:
            yield f'{second}: {level} people by the readings, in truth {people}'
            return  # what follows is off by as much


def check():
    problems = [f'{run}: {problem}'
                for run in PUBLISHED
                for step in (check_files, check_published, check_readings_against_truth)
                for problem in step(run)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def main(arguments):
    if arguments == ['--check']:
        return check()
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    for run in PUBLISHED:
        for path, text in derived_files(run).items():
            path.write_text(text, encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
