#!/usr/bin/env python3
"""A small hall whose counter speaks once a minute, run by the program itself, in a real Chromium.

usage: small_hall_test.py CROWDFLOW PICTURES

Saves PICTURES/small-hall.png.
"""

import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

from chromium import Chromium

CROWDFLOW = PICTURES = None
VENUE = """crowdflow: v1
venue: { id: village-hall, name: Village hall, time_zone: Europe/London }
zones: [ { id: main-hall, name: Main hall, area: 220, kind: standing } ]
openings:
  - { id: front, to: main-hall, width: 1.8, sensor: { id: front-counter, every: 1m } }
starts: empty
"""


class SmallHallTest(unittest.TestCase):
    def test_a_slow_counters_zone_keeps_its_number_with_its_age(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        venue = Path(folder.name) / 'village-hall.yaml'
        venue.write_text(VENUE)
        program = subprocess.Popen(
            [CROWDFLOW, 'run', '--embedded', f'{folder.name}/log', '--venue', str(venue),
             '--port', '0'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(program.stdout.close)
        self.addCleanup(program.wait)
        self.addCleanup(program.terminate)
        address = next(re.search(r'http://[\d.:]+', line)[0] for line in program.stdout
                       if 'page:' in line)
        threading.Thread(target=program.stdout.read, daemon=True).start()

        # Older than the ten seconds after which a counter that speaks each second has failed.
        spoken = time.time() - 40
        reading = {'venue_id': 'village-hall', 'sensor_id': 'front-counter',
                   'event_time': datetime.fromtimestamp(spoken, timezone.utc).isoformat(),
                   'interval': '60s', 'count_delta': {'entries': 115, 'exits': 0}}
        urllib.request.urlopen(urllib.request.Request(
            f'{address}/api/v1/readings', json.dumps(reading).encode(),
            {'Content-Type': 'application/json'})).close()

        browser = Chromium()
        self.addCleanup(browser.close)
        page = browser.open(address, 1100, 420)
        page.wait('/115/.test(document.querySelector("tr.zone")?.innerText)', 30)
        self.assertNotIn('has-no-data', page.evaluate('document.querySelector("tr.zone").className'))
        self.assertEqual(page.evaluate('document.querySelector("tr.zone .chip text").textContent'),
                         'A')
        age = page.text('tr.zone .age')
        self.assertRegex(age, r'^(4\d|5\d) s|^1 min')
        page.screenshot(f'{PICTURES}/small-hall.png')
        self.assertTrue(page.evaluate('''(name => name.scrollWidth <= name.clientWidth)
            (document.querySelector('tr.zone th'))'''), 'the name of the zone is cut')
        self.assertEqual(page.errors, [], 'the browser complained')


if __name__ == '__main__':
    CROWDFLOW, PICTURES = sys.argv[1:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
