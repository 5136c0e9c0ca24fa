#!/usr/bin/env python3
"""What the program costs on its embedded log: one process, one file, no broker.

    ./dev bench small-hall latency [--rounds 300]      POST of the reading that passes a limit to the
                                                       alarm at a WebSocket client, against two durable
                                                       SQLite inserts, turn by turn
    ./dev bench small-hall steady [--minutes 10]       1,000 readings/s: CPU, memory, size of the file
    ./dev bench small-hall publish [--readings 1000000]  `crowdflow publish` of a file, against SQLite's
                                                       own bulk insert of the same lines
    --folder DIR   on the disk that is to be measured (default: the build's)
"""

import argparse
import datetime
import http.client
import json
import os
import pathlib
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'page'))
import websocket  # noqa: E402

PROGRAM = ROOT / 'build' / 'bench' / 'bin' / 'crowdflow'
BEGIN = datetime.datetime(2018, 2, 9, 11, 0, 0, tzinfo=datetime.timezone.utc)

ONE_ROOM = '''crowdflow: v1
venue: { id: hall, time_zone: UTC }
zones: [ { id: hall, area: 20 } ]
sensors: [ { id: camera, kind: camera, in: hall, counts: occupancy, every: 1s } ]
rules:
  - { id: dense, when: density, over: 2, priority: high }
'''


def many_doors(doors):
    lines = ['crowdflow: v1', 'venue: { id: hall, time_zone: UTC }', 'zones:']
    lines += [f'  - {{ id: zone-{i}, area: 200 }}' for i in range(doors // 5)]
    lines.append('openings:')
    lines += [f'  - {{ id: door-{i}, to: zone-{i // 5}, width: 2, sensor: counter-{i} }}'
              for i in range(doors)]
    return '\n'.join(lines) + '\n'


def stamp(second):
    return (BEGIN + datetime.timedelta(seconds=second)).strftime('%Y-%m-%dT%H:%M:%SZ')


def delta(door, second):
    return (f'{{"venue_id":"hall","sensor_id":"counter-{door}","sequence":{second + 1},'
            f'"event_time":"{stamp(second + 1)}","interval":"1s",'
            f'"count_delta":{{"entries":{(door + second) % 3},"exits":{second % 3}}}}}\n')


class Run:
    """`crowdflow run --embedded`, until closed."""

    def __init__(self, folder, venue):
        self.folder = pathlib.Path(folder)
        file = self.folder / 'hall.yaml'
        file.write_text(venue)
        self.log = self.folder / 'log'
        self.process = subprocess.Popen(
            [PROGRAM, 'run', '--embedded', self.log, '--venue', file, '--port', '0'],
            stdout=subprocess.PIPE, stderr=open(self.folder / 'stderr', 'w'), text=True)
        self.port = int(re.search(r':(\d+)/', self.process.stdout.readline()).group(1))
        self.connection = http.client.HTTPConnection('127.0.0.1', self.port)
        while self.get('/readyz')[0] != 200:
            time.sleep(0.05)

    def get(self, path):
        self.connection.request('GET', path)
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()

    def post(self, body):
        self.connection.request('POST', '/api/v1/readings', body,
                                {'content-type': 'application/x-ndjson'})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status // 100 != 2:
            sys.exit(f'{answer.status}: {text}')

    def applied(self):
        found = re.search(r'^crowdflow_readings_total\{result="applied"\} (\S+)',
                          self.get('/metrics')[1], re.M)
        return int(float(found.group(1))) if found else 0

    def cpu_seconds(self):
        fields = open(f'/proc/{self.process.pid}/stat').read().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def peak_mib(self):
        status = open(f'/proc/{self.process.pid}/status').read()
        return int(re.search(r'VmHWM:\s+(\d+)', status).group(1)) / 1024

    def file_mib(self):
        return sum(f.stat().st_size for f in self.log.iterdir()) / 2**20

    def close(self):
        self.process.terminate()
        self.process.wait(30)


def durable_table(folder):
    base = sqlite3.connect(pathlib.Path(folder) / 'baseline.sqlite', isolation_level=None)
    base.execute('PRAGMA journal_mode=WAL')
    base.execute('PRAGMA synchronous=FULL')
    base.execute('CREATE TABLE record (at INTEGER PRIMARY KEY, value BLOB)')
    return base


def spread(name, values):
    ordered = sorted(values)
    p50, p99 = statistics.median(ordered), ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    print(f'{name}: p50 {p50 * 1000:.2f} ms, p99 {p99 * 1000:.2f} ms, {len(ordered)} times')
    return p50, p99


def latency(options, folder):
    run = Run(folder, ONE_ROOM)
    base = durable_table(folder)
    live = websocket.connect(f'ws://127.0.0.1:{run.port}/api/v1/live', 10)
    live.receive()
    second = 0

    def say(people):
        nonlocal second
        second += 1
        run.post(json.dumps({'venue_id': 'hall', 'sensor_id': 'camera', 'sequence': second,
                             'event_time': stamp(second), 'occupancy': {'people': people}}) + '\n')

    def wait_for(active):
        while True:
            alerts = json.loads(live.receive()).get('alerts') or []
            if any(a['condition_active'] == active for a in alerts):
                return

    say(0)
    alarms, inserts = [], []
    for i in range(options.rounds):
        began = time.perf_counter()
        # The answer to the POST may come before or after the alarm: it is not waited for first.
        poster = threading.Thread(target=say, args=(100,))
        poster.start()
        wait_for(True)
        alarms.append(time.perf_counter() - began)
        poster.join()
        say(0)
        wait_for(False)
        began = time.perf_counter()
        for j in range(2):
            base.execute('INSERT INTO record VALUES (?, ?)', (2 * i + j, b'x' * 200))
        inserts.append(time.perf_counter() - began)
        time.sleep(0.1)  # an alarm by itself, not one of a flood
    run.close()
    a50, a99 = spread('POST to alarm', alarms)
    b50, b99 = spread('two durable inserts', inserts)
    print(f'ratio: p50 {a50 / b50:.2f} (budget 3), p99 {a99 / b99:.2f} (budget 5)')


def steady(options, folder):
    doors, seconds = 1000, int(options.minutes * 60)
    run = Run(folder, many_doors(doors))
    cpu, began = run.cpu_seconds(), time.monotonic()
    for second in range(seconds):
        run.post(''.join(delta(door, second) for door in range(doors)))
        if (second + 1) % 60 == 0:
            print(f'minute {(second + 1) // 60}: {run.file_mib():.1f} MiB on disk, peak memory '
                  f'{run.peak_mib():.0f} MiB', flush=True)
        time.sleep(max(0, began + second + 1 - time.monotonic()))
    took = time.monotonic() - began
    while run.applied() < doors * seconds:
        time.sleep(0.1)
    print(f'{doors * seconds} readings in {took:.0f} s, 1,000 a POST: '
          f'{(run.cpu_seconds() - cpu) / took * 100:.1f} % of a core, peak memory '
          f'{run.peak_mib():.0f} MiB, {run.file_mib():.1f} MiB on disk')
    run.close()


def publish(options, folder):
    doors = 1000
    file = pathlib.Path(folder) / 'readings.ndjson'
    with open(file, 'w') as out:
        for second in range(options.readings // doors):
            out.writelines(delta(door, second) for door in range(doors))
    count = options.readings // doors * doors
    run = Run(folder, many_doors(doors))
    began = time.perf_counter()
    subprocess.run([PROGRAM, 'publish', '--url', f'http://127.0.0.1:{run.port}', file], check=True,
                   stdout=subprocess.DEVNULL)
    sent = time.perf_counter() - began
    while run.applied() < count:
        time.sleep(0.05)
    done = time.perf_counter() - began
    base = durable_table(folder)
    began = time.perf_counter()
    with open(file) as lines:
        base.execute('BEGIN')
        base.executemany('INSERT INTO record (value) VALUES (?)', ((line,) for line in lines))
        base.execute('COMMIT')
    bulk = time.perf_counter() - began
    run.close()
    print(f'publish: {count / sent:,.0f} readings/s acknowledged, {count / done:,.0f} applied and '
          f'said; SQLite, one transaction, a line a row: {count / bulk:,.0f} rows/s; ratio '
          f'{bulk / sent:.2f}')


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('what', choices=['latency', 'steady', 'publish'])
    parser.add_argument('--rounds', type=int, default=300)
    parser.add_argument('--minutes', type=float, default=10)
    parser.add_argument('--readings', type=int, default=1_000_000)
    parser.add_argument('--folder', default=ROOT / 'build' / 'bench')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        {'latency': latency, 'steady': steady, 'publish': publish}[options.what](options, folder)


if __name__ == '__main__':
    main()
