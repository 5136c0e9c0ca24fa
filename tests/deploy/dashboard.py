"""A Grafana dashboard as its JSON file has it (classic schema), for the checks beside this file."""

import json
import re
from pathlib import Path

# What Grafana puts in place of its variables, as far as a query's meaning depends on it.
VARIABLES = {'__rate_interval': '30s', '__interval': '5s', '__range': '15m', 'venue': '.*',
             'zone': '.*'}
VARIABLE = re.compile(r'\$(\w+)|\$\{(\w+)(?::\w+)?\}')
LABEL_VALUES = re.compile(r'label_values\((?:(.*),\s*)?(\w+)\)')


class Dashboard:
    def __init__(self, path):
        self.path = Path(path)
        self.json = json.loads(self.path.read_text(encoding='utf-8'))

    def panels(self, rows=False):
        """All panels, those inside rows too; the rows themselves when asked for."""
        for panel in self.json.get('panels', []):
            if panel.get('type') != 'row' or rows:
                yield panel
            yield from panel.get('panels', [])

    def variables(self):
        return self.json.get('templating', {}).get('list', [])

    def annotations(self):
        return self.json.get('annotations', {}).get('list', [])

    def expressions(self):
        """(where it stands, PromQL with Grafana's variables in it)"""
        for panel in self.panels():
            for target in panel.get('targets', []):
                yield f'{panel.get("title")} {target.get("refId")}', target.get('expr', '')
        for annotation in self.annotations():
            yield f'annotation {annotation.get("name")}', annotation.get('expr', '')

    def label_queries(self):
        """(variable, selector or '', label) of the variables that ask for the values of a label"""
        for variable in self.variables():
            if variable.get('type') == 'query':
                match = LABEL_VALUES.fullmatch(variable.get('definition', '').strip())
                if match:
                    yield variable['name'], match[1] or '', match[2]


def substitute(text, variables=None):
    """The text with every Grafana variable replaced; KeyError names one that is not known."""
    values = {**VARIABLES, **(variables or {})}
    return VARIABLE.sub(lambda match: values[match[1] or match[2]], text)
