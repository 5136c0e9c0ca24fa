#!/usr/bin/env python3
"""`crowdflow demo`, looked at in a real Chromium until its surge raises an alarm.

usage: demo_test.py CROWDFLOW PICTURES [option of crowdflow demo...]

Saves PICTURES/demo-surge.png and demo-surge-dark.png.
"""

import re
import signal
import subprocess
import sys
import threading
import time
import unittest

from chromium import Chromium

CROWDFLOW = PICTURES = None
OPTIONS = []
FIRST_DENSITY_S = 20.0  # a bound against hanging; on an idle machine it is below 3 s, as printed
ALARM_S = 180          # the demo's cycle takes about two minutes


class Demo:
    """The program; its address is the first that it prints after `page:`."""

    def __init__(self):
        self.started = time.monotonic()
        self.process = subprocess.Popen([CROWDFLOW, 'demo', '--port', '0', *OPTIONS],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True, errors='replace')
        self.said = []
        self.address = None
        self.known = threading.Event()
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self):
        for line in self.process.stdout:
            self.said.append(line)
            found = re.search(r'page:\s*(http://\S+)', re.sub(r'\x1b\[[0-9;]*m', '', line))
            if found and not self.known.is_set():
                self.address = found[1]
                self.known.set()
        self.known.set()

    def wait_for_address(self, seconds=30):
        self.known.wait(seconds)
        if self.address is None:
            raise AssertionError(f'no page: address within {seconds} s:\n{"".join(self.said)}')
        return self.address

    def end(self):
        """As Ctrl-C does. Returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(15)
            self.listener.join()
            self.process.stdout.close()
            return self.process.returncode
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError('crowdflow demo did not end within 15 s of SIGINT') from None


class DemoTest(unittest.TestCase):
    def test_the_surge_raises_an_alarm_on_the_page(self):
        browser = Chromium()
        self.addCleanup(browser.close)
        demo = Demo()
        self.addCleanup(demo.end)
        page = browser.open(demo.wait_for_address())
        page.wait('[...document.querySelectorAll("td.density")]'
                  '.some(cell => /\\d/.test(cell.innerText))', 60)
        first = time.monotonic() - demo.started
        print(f'first density on the page {first:.2f} s after the start', file=sys.stderr)
        self.assertLess(first, FIRST_DENSITY_S)

        zones = page.evaluate('document.querySelectorAll("tr.zone").length')
        self.assertGreaterEqual(zones, 15)
        page.wait('document.querySelector(".open-alarms .alarm") || '
                  'document.querySelector("h1").innerText.startsWith("Connection lost")', ALARM_S)
        # A few seconds later the crowd is at its densest, and the picture worth taking.
        page.wait('/· ([5-9]|\\d\\d) s/'
                  '.test(document.querySelector(".alarm-since")?.innerText)', 20)
        worst = page.evaluate('''(r => ({zone: r.cells[0].innerText.trim(),
            letter: r.querySelector('.chip text').textContent,
            kind: r.className, density: r.querySelector('.density').innerText}))
            (document.querySelector('tr.zone'))''')
        alarm = page.text('.open-alarms .alarm')
        page.screenshot(f'{PICTURES}/demo-surge.png')
        page.prefer(dark=True)
        page.screenshot(f'{PICTURES}/demo-surge-dark.png')
        print(f'{alarm!r}\n{worst}', file=sys.stderr)

        self.assertIn(worst['zone'], alarm)
        self.assertIn(worst['letter'], 'EF')
        self.assertRegex(worst['kind'], 'is-(critical|warning)')
        self.assertRegex(alarm, r'Since \d\d:\d\d:\d\d')
        self.assertRegex(page.evaluate('document.title'), r'^\(\d+\) .*alarm')
        self.assertIn('Live', page.text('.link-state'))
        self.assertLess(page.evaluate('document.querySelectorAll("tr.has-no-data").length'),
                        zones / 2)
        self.assertEqual(page.evaluate('document.documentElement.scrollHeight <= innerHeight'),
                         True)
        self.assertIsNone(page.text('.misread'), 'every frame can be read')
        self.assertEqual(page.errors, [], 'the browser complained')
        self.assertEqual(demo.end(), 0, ''.join(demo.said[-20:]))


if __name__ == '__main__':
    CROWDFLOW, PICTURES, *OPTIONS = sys.argv[1:]
    unittest.main(argv=sys.argv[:1], verbosity=2)
