#!/usr/bin/env python3
"""Runs every query of Grafana dashboards against a real Prometheus, as Grafana would.

usage: dashboard_queries.py --prometheus URL [--wait SECONDS] [--rules FILE]... DASHBOARD.json...

Fails when a query is refused or answers with nothing but emptiness or NaN; so does a variable
without values and, for rule files, a metric that they name and Prometheus does not have. Tries again
until --wait is over (a rate needs two scrapes). What may be empty stands in MAY_BE_EMPTY.
"""

import argparse
import json
import math
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from dashboard import Dashboard, substitute

# By panel and refId, or metric: why an empty answer is right.
MAY_BE_EMPTY = {
    'annotation Alarms': 'there is an alarm now and then only',
    'Oddities by sensor A': 'good sensors have none',
    'crowdflow_sensor_oddities_total': 'good sensors have none',
}
METRIC = re.compile(r'\b(?:crowdflow|process)_[a-z_]+\b')
COMMENT_OR_TEXT = re.compile(r'#.*|^\s*(?:summary|description|annotations|- alert):.*', re.MULTILINE)


class Prometheus:
    def __init__(self, url):
        self.url = url.rstrip('/')

    def get(self, path, **parameters):
        """The answer's data; a string says why there is none."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f'{self.url}{path}?{query}', timeout=10) as response:
                return json.load(response)['data']
        except urllib.error.HTTPError as error:
            return error.read().decode(errors='replace')
        except (urllib.error.URLError, TimeoutError, KeyError, ValueError) as error:
            return str(error)

    def problem_of_query(self, expression):
        """None when it answers, else what is wrong with it."""
        data = self.get('/api/v1/query', query=expression)
        if isinstance(data, str):
            return data
        samples = [data] if data['resultType'] == 'scalar' else data['result']
        values = [float(s['result'][1] if 'result' in s else s['value'][1]) for s in samples]
        if not values:
            return 'no answer'
        return 'only NaN' if all(math.isnan(value) for value in values) else None

    def problem_of_label(self, selector, label):
        parameters = {'match[]': selector} if selector else {}
        data = self.get(f'/api/v1/label/{label}/values', **parameters)
        if isinstance(data, str):
            return data
        return None if data else 'no values'


def questions(dashboards, rule_files):
    """(where it stands, what to ask, function that asks and returns the problem or None)"""
    for path in dashboards:
        dashboard = Dashboard(path)
        for where, expression in dashboard.expressions():
            expression = substitute(expression)
            yield where, expression, lambda p, e=expression: p.problem_of_query(e)
        for name, selector, label in dashboard.label_queries():
            selector = substitute(selector)
            yield (f'variable {name}', f'label_values({selector}, {label})',
                   lambda p, s=selector, l=label: p.problem_of_label(s, l))
    for path in rule_files:
        code = COMMENT_OR_TEXT.sub('', Path(path).read_text(encoding='utf-8'))
        for metric in sorted(set(METRIC.findall(code))):
            yield metric, f'count({metric})', lambda p, m=metric: p.problem_of_query(f'count({m})')


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('--prometheus', required=True, metavar='URL')
    parser.add_argument('--wait', type=float, default=0, metavar='SECONDS')
    parser.add_argument('--rules', action='append', default=[], metavar='FILE')
    parser.add_argument('dashboards', nargs='*', metavar='DASHBOARD.json')
    options = parser.parse_args(arguments)

    prometheus = Prometheus(options.prometheus)
    open_questions = list(questions(options.dashboards, options.rules))
    asked = len(open_questions)
    if asked == 0:
        parser.error('nothing to ask: name a dashboard or a rule file')
    give_up = time.monotonic() + options.wait
    while True:
        problems = [(*question, question[2](prometheus)) for question in open_questions]
        problems = [p for p in problems if p[3] and not (p[0] in MAY_BE_EMPTY
                                                         and p[3] == 'no answer')]
        open_questions = [p[:3] for p in problems]
        if not problems or time.monotonic() > give_up:
            break
        time.sleep(1)
    for where, what, _, problem in problems:
        print(f'{where}: {problem}\n    {what}')
    print(f'{asked - len(problems)} of {asked} queries answer')
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
