#!/usr/bin/env python3
"""Checks Grafana dashboards without Grafana.

usage: dashboard_lint.py DASHBOARD.json...

Prints file: panel: what and why; exits 1 when there is anything to print. Needs promtool, which
parses every query.
"""

import json
import re
import subprocess
import sys
import tempfile

from dashboard import Dashboard, substitute

MOST_PANELS = 25
MOST_VARIABLES = 4
# What Grafana 9 to 11 understand without converting.
SCHEMA_VERSIONS = range(36, 40)
DATASOURCE = {'type': 'prometheus', 'uid': '${datasource}'}
RANGE = re.compile(r'\[([^\]]*)\]')
# A counter or a histogram's bucket that is not inside rate(), increase() or the like.
BARE_COUNTER = re.compile(r'(?<!rate\()(?<!increase\()\b\w+_(?:total|bucket)\b')


class Lint:
    def __init__(self, path):
        self.dashboard = Dashboard(path)
        self.found = []

    def say(self, where, text):
        self.found.append(f'{self.dashboard.path.name}: {where}: {text}')

    def check(self):
        self.check_whole()
        self.check_variables()
        for annotation in self.dashboard.annotations():
            self.check_datasource(f'annotation {annotation.get("name")}', annotation)
        panels = list(self.dashboard.panels())
        if len(panels) > MOST_PANELS:
            self.say('dashboard', f'{len(panels)} panels, at most {MOST_PANELS}: nobody reads them')
        for panel in panels:
            self.check_panel(panel)
        self.check_places()
        for where, expression in self.dashboard.expressions():
            self.check_expression(where, expression)
        if not self.found:
            self.check_syntax()
        return self.found

    def check_whole(self):
        top = self.dashboard.json
        if top.get('id') is not None:
            self.say('dashboard', 'id belongs to one Grafana: null in a file')
        for key in ('uid', 'title', 'description', 'tags', 'refresh'):
            if not top.get(key):
                self.say('dashboard', f'no {key}')
        if top.get('schemaVersion') not in SCHEMA_VERSIONS:
            self.say('dashboard', f'schemaVersion {top.get("schemaVersion")}, expected '
                                  f'{SCHEMA_VERSIONS[0]} to {SCHEMA_VERSIONS[-1]}')
        if '__inputs' in top or '${DS_' in json.dumps(top):
            self.say('dashboard', '__inputs are not resolved when a dashboard is provisioned')

    def check_variables(self):
        variables = self.dashboard.variables()
        if len(variables) > MOST_VARIABLES:
            self.say('variables', f'{len(variables)}, at most {MOST_VARIABLES}')
        if not any(v.get('type') == 'datasource' and v.get('name') == 'datasource'
                   and v.get('query') == 'prometheus' for v in variables):
            self.say('variables', 'no variable "datasource" of type datasource for prometheus')
        asked = {name for name, _, _ in self.dashboard.label_queries()}
        for variable in variables:
            name = variable.get('name')
            if not variable.get('label'):
                self.say(f'variable {name}', 'no label')
            if variable.get('type') == 'query':
                self.check_datasource(f'variable {name}', variable)
                if name not in asked:
                    self.say(f'variable {name}', 'expected label_values(selector, label)')
                if variable.get('refresh') != 2:
                    self.say(f'variable {name}', 'refresh 2: when the time range changes')
                if variable.get('includeAll') and variable.get('allValue') != '.*':
                    self.say(f'variable {name}', '"All" without allValue .* becomes a huge regex')

    def check_datasource(self, where, thing):
        if thing.get('datasource') != DATASOURCE:
            self.say(where, f'datasource {thing.get("datasource")}, expected {DATASOURCE}')

    def check_panel(self, panel):
        title = panel.get('title') or f'panel {panel.get("id")}'
        if not panel.get('title'):
            self.say(title, 'no title')
        if len(panel.get('description', '')) < 20:
            self.say(title, 'no description that says what is shown')
        if not panel.get('fieldConfig', {}).get('defaults', {}).get('unit'):
            self.say(title, 'no unit')
        self.check_datasource(title, panel)
        targets = panel.get('targets', [])
        if not targets:
            self.say(title, 'no query')
        if len({target.get('refId') for target in targets}) != len(targets):
            self.say(title, 'a refId is used twice')
        for target in targets:
            self.check_datasource(f'{title} {target.get("refId")}', target)

    def check_places(self):
        taken = {}
        ids = set()
        for panel in self.dashboard.panels(rows=True):
            title = panel.get('title')
            if panel.get('id') in ids:
                self.say(title, f'id {panel.get("id")} is used twice')
            ids.add(panel.get('id'))
            place = panel.get('gridPos', {})
            if place.get('x', 0) + place.get('w', 0) > 24:
                self.say(title, 'wider than the 24 columns')
            for x in range(place.get('x', 0), place.get('x', 0) + place.get('w', 0)):
                for y in range(place.get('y', 0), place.get('y', 0) + place.get('h', 0)):
                    other = taken.setdefault((x, y), title)
                    if other != title:
                        self.say(title, f'lies over {other}')
                        return

    def check_expression(self, where, expression):
        if not expression:
            self.say(where, 'an empty query')
        for span in RANGE.findall(expression):
            if span != '$__rate_interval':
                self.say(where, f'[{span}]: a fixed range shows nothing at another scrape interval; '
                                'use $__rate_interval')
        for counter in BARE_COUNTER.findall(expression):
            self.say(where, f'{counter} without rate() or increase()')
        for selector in re.findall(r'crowdflow_zone_(?!info)\w+(\{[^}]*\})?', expression):
            if '$venue' not in selector:
                self.say(where, 'a zone metric without the variable $venue')
        try:
            substitute(expression)
        except KeyError as unknown:
            self.say(where, f'the variable {unknown} is not one that Grafana or the tests know')

    def check_syntax(self):
        """promtool parses each query as if it were a recording rule."""
        rules = [{'record': f'query:{number}', 'expr': substitute(expression)}
                 for number, (_, expression) in enumerate(self.dashboard.expressions())]
        # JSON is YAML too.
        with tempfile.NamedTemporaryFile('w', suffix='.yml') as file:
            json.dump({'groups': [{'name': 'dashboard', 'rules': rules}]}, file)
            file.flush()
            result = subprocess.run(['promtool', 'check', 'rules', '--lint=none', file.name],
                                    capture_output=True, text=True, check=False)
        if result.returncode != 0:
            self.say('queries', (result.stdout + result.stderr).strip())


def main(arguments):
    if not arguments or arguments[0].startswith('-'):
        print(__doc__, file=sys.stderr)
        return 2
    found = [line for path in arguments for line in Lint(path).check()]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
