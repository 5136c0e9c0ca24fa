#!/usr/bin/env python3
"""The proof that each rule of dashboard_lint.py can fail: the shipped dashboard, broken on purpose."""

import copy
import json
import tempfile
import unittest
from pathlib import Path

from dashboard_lint import Lint

SHIPPED = (Path(__file__).parent / '../../deploy/grafana/dashboards/venue-overview.json').resolve()


def first_panel(dashboard):
    return next(panel for panel in dashboard['panels'] if panel['type'] != 'row')


class DashboardLint(unittest.TestCase):
    def lint(self, break_it):
        dashboard = copy.deepcopy(json.loads(SHIPPED.read_text(encoding='utf-8')))
        break_it(dashboard)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'broken.json'
            path.write_text(json.dumps(dashboard), encoding='utf-8')
            return '\n'.join(Lint(path).check())

    def expect(self, text, break_it):
        self.assertIn(text, self.lint(break_it))

    def expect_of_query(self, text, expression):
        def break_it(dashboard):
            first_panel(dashboard)['targets'][0]['expr'] = expression
        self.expect(text, break_it)

    def test_finds_nothing_in_what_is_shipped(self):
        self.assertEqual(self.lint(lambda dashboard: None), '')

    def test_wants_a_description_a_unit_and_a_title(self):
        self.expect('no description', lambda d: first_panel(d).update(description=''))
        self.expect('no unit', lambda d: first_panel(d)['fieldConfig']['defaults'].update(unit=''))
        self.expect('no title', lambda d: first_panel(d).update(title=''))

    def test_wants_the_datasource_variable_everywhere(self):
        wrong = {'type': 'prometheus', 'uid': 'abc'}
        self.expect('datasource', lambda d: first_panel(d).update(datasource=None))
        self.expect('datasource', lambda d: first_panel(d)['targets'][0].update(datasource=wrong))
        self.expect('datasource', lambda d: d['annotations']['list'][0].update(datasource=wrong))
        self.expect('datasource', lambda d: d['templating']['list'][1].update(datasource=wrong))
        self.expect('no variable "datasource"', lambda d: d['templating']['list'].pop(0))

    def test_wants_rates_over_the_rate_interval(self):
        self.expect_of_query('$__rate_interval', 'sum(rate(crowdflow_commits_total[5m]))')
        self.expect_of_query('without rate()', 'crowdflow_commits_total')

    def test_wants_queries_that_prometheus_can_parse(self):
        self.expect_of_query('queries', 'sum(crowdflow_build_info')
        self.expect_of_query('an empty query', '')
        self.expect_of_query('not one that Grafana', 'up{job="$job"}')
        self.expect_of_query('without the variable $venue', 'crowdflow_zone_occupancy_persons')

    def test_wants_every_panel_in_its_own_place(self):
        def overlap(dashboard):
            first, second = [p for p in dashboard['panels'] if p['type'] != 'row'][:2]
            second['gridPos'] = first['gridPos']
        self.expect('lies over', overlap)
        self.expect('wider', lambda d: first_panel(d)['gridPos'].update(w=30))
        self.expect('used twice', lambda d: first_panel(d).update(id=1))

    def test_wants_few_panels_and_variables(self):
        def many(dashboard):
            dashboard['panels'] += [first_panel(dashboard)] * 10
        self.expect('nobody reads them', many)

        def many_variables(dashboard):
            dashboard['templating']['list'] += [dashboard['templating']['list'][1]] * 3
        self.expect('at most 4', many_variables)

    def test_wants_what_provisioning_needs(self):
        self.expect('id belongs', lambda d: d.update(id=7))
        self.expect('no uid', lambda d: d.update(uid=''))
        self.expect('schemaVersion', lambda d: d.update(schemaVersion=16))
        self.expect('__inputs', lambda d: d.update(__inputs=[]))
        self.expect('expected label_values',
                    lambda d: d['templating']['list'][1].update(definition='up'))
        self.expect('refresh 2', lambda d: d['templating']['list'][1].update(refresh=1))
        self.expect('huge regex', lambda d: d['templating']['list'][1].update(allValue=None))


if __name__ == '__main__':
    unittest.main()
