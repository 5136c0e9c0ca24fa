#!/usr/bin/env python3
"""What deploy/ ships against the real thing: `crowdflow demo`, scraped by a Prometheus with the
shipped configuration and rules, answers every query of the shipped dashboards.

usage: dashboards_answer_test.py CROWDFLOW
"""

import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import dashboard_queries

DEPLOY = (Path(__file__).parent / '../../deploy').resolve()
START_LIMIT_S = 30
ANSWER_LIMIT_S = 60


class Program:
    """A child process with its output in a file; ended at the end of the with."""

    def __init__(self, folder, name, *command):
        self.output = folder / f'{name}.log'
        self.file = self.output.open('w', encoding='utf-8')
        self.process = subprocess.Popen(command, cwd=folder, stdout=self.file,
                                        stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.file.close()

    def until(self, what, ask):
        """What ask() says once it says something."""
        give_up = time.monotonic() + START_LIMIT_S
        while time.monotonic() < give_up and self.process.poll() is None:
            answer = ask()
            if answer:
                return answer
            time.sleep(0.1)
        sys.exit(f'{what} did not come:\n{self.output.read_text(encoding="utf-8")}')


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def replace(text, old, new):
    if old not in text:
        sys.exit(f'prometheus.yml has no {old}')
    return text.replace(old, new)


def configure(folder, target):
    """The shipped configuration, for another port and a hurried reader."""
    text = (DEPLOY / 'prometheus.yml').read_text(encoding='utf-8')
    text = replace(text, '127.0.0.1:8080', target)
    text = replace(text, 'scrape_interval: 5s', 'scrape_interval: 1s')
    text = replace(text, 'evaluation_interval: 5s', 'evaluation_interval: 1s')
    (folder / 'prometheus.yml').write_text(text, encoding='utf-8')
    rules = (DEPLOY / 'alerts.rules.yml').read_text(encoding='utf-8')
    (folder / 'alerts.rules.yml').write_text(rules, encoding='utf-8')


def unhealthy_rules(prometheus):
    groups = dashboard_queries.Prometheus(prometheus).get('/api/v1/rules')['groups']
    rules = [rule for group in groups for rule in group['rules']]
    return [f'{rule["name"]}: {rule["health"]} {rule.get("lastError", "")}'
            for rule in rules if rule['health'] != 'ok'] if rules else ['no alert rules']


def rules_are_healthy(prometheus):
    give_up = time.monotonic() + START_LIMIT_S  # until each was evaluated once
    while (wrong := unhealthy_rules(prometheus)) and time.monotonic() < give_up:
        time.sleep(0.5)
    print('\n'.join(wrong) or 'all alert rules are healthy')
    return not wrong


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    dashboards = sorted(map(str, (DEPLOY / 'grafana/dashboards').glob('*.json')))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Program(folder, 'crowdflow', arguments[0], 'demo', '--port', '0') as demo:
            page = demo.until('the demo\'s address', lambda: re.search(
                r'page: http://(\S+?)/?\s', demo.output.read_text(encoding='utf-8')))[1]
            configure(folder, page)
            port = free_port()
            url = f'http://127.0.0.1:{port}'
            with Program(folder, 'prometheus', 'prometheus', '--config.file=prometheus.yml',
                         '--storage.tsdb.path=data', f'--web.listen-address=127.0.0.1:{port}',
                         '--scrape.discovery-reload-interval=100ms') as prometheus:
                prometheus.until('Prometheus', lambda: answers(f'{url}/-/ready'))
                failed = dashboard_queries.main(
                    ['--prometheus', url, '--wait', str(ANSWER_LIMIT_S), '--rules',
                     str(DEPLOY / 'alerts.rules.yml'), *dashboards])
                return 0 if rules_are_healthy(url) and not failed else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
