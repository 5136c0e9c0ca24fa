#!/usr/bin/env python3
"""The page in a real Chromium, before a console that plays scenes.

usage: page_test.py BUNDLE PICTURES [unittest options]
"""

import sys
import time
import unittest

import scenes
from chromium import Chromium
from console import Console

BUNDLE = PICTURES = None
NORMAL_SENTENCE = 'All 20 zones normal'


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Chromium()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def setUp(self):
        self.expected_errors = []

    def show(self, scene, fragment='', **window):
        self.console = Console(BUNDLE, scene)
        self.addCleanup(self.console.close)
        self.page = self.browser.open(self.console.address + fragment, **window)
        self.addCleanup(self.page.close)
        return self.page

    def tearDown(self):
        errors = [error for error in self.page.errors
                  if not any(expected in error for expected in self.expected_errors)]
        self.assertEqual(errors, [], 'the browser complained')

    def wait_for_sentence(self, text, seconds=15):
        self.page.wait(f'document.querySelector("h1")?.innerText === {text!r}', seconds)

    def row(self, zone):
        """The row's class and what each of its cells says."""
        return self.page.evaluate(
            f'(r => r && {{kind: r.className, open: r.dataset.open, '
            f'cells: [...r.cells].map(c => c.innerText.trim())}})'
            f'(document.querySelector(\'tr[data-zone$="/{zone}"]\'))')

    def zones(self):
        return self.page.evaluate(
            '[...document.querySelectorAll("tr.zone")].map(r => r.dataset.zone.split("/")[1])')

    def counts(self):
        return [int(text) for text in self.page.texts('.count-number')]

    def picture(self, name):
        self.page.screenshot(f'{PICTURES}/{name}.png')


class Calm(PageTest):
    def test_twenty_zones_fit_one_screen_without_scrolling(self):
        page = self.show(scenes.Scene())
        self.wait_for_sentence(NORMAL_SENTENCE)
        self.assertEqual(self.counts(), [0, 0, 0, 20])
        self.assertEqual(len(self.zones()), 20)
        for width, height in ((1280, 720), (1366, 768), (1920, 1080), (3840, 2160)):
            page.resize(width, height)
            fits = page.evaluate(
                '[document.documentElement, document.querySelector(".zones-scroll")]'
                '.every(e => e.scrollHeight <= e.clientHeight && e.scrollWidth <= e.clientWidth)')
            self.assertTrue(fits, f'{width}x{height} scrolls')
        self.assertIn('No alarm is open', page.text('.alarms'))
        self.assertEqual(page.evaluate('document.title'), f'{NORMAL_SENTENCE} · crowdflow')
        page.resize(1280, 720)
        self.picture('calm')

    def test_nothing_normal_has_a_colour(self):
        page = self.show(scenes.Scene())
        self.wait_for_sentence(NORMAL_SENTENCE)
        colourful = page.evaluate('''
            [...document.querySelectorAll('tbody *, .open-alarms *')].flatMap(e => {
              const style = getComputedStyle(e);
              return [style.color, style.backgroundColor, style.fill, style.stroke]
                .map(c => c.match(/^rgb\\((\\d+), (\\d+), (\\d+)\\)$/))
                .filter(c => c && Math.max(...c.slice(1)) - Math.min(...c.slice(1)) > 40)
                .map(c => e.outerHTML + c[0]);
            })''')
        self.assertEqual(colourful, [])

    def test_a_row_says_all_that_is_asked(self):
        scene = scenes.Scene()
        scene.density['harbour-arena', 'plaza-south'] = lambda t: 1.25
        self.show(scene)
        self.wait_for_sentence(NORMAL_SENTENCE)
        cells = self.row('plaza-south')['cells']
        self.assertEqual(cells[0], 'South gate plaza')
        self.assertEqual(''.join(cells[1].split()), 'CSteady')
        self.assertEqual(cells[3:7], ['1.25', '2,000', '150', '146'])
        self.assertRegex(cells[-1], r'^[0-2] s$')

    def test_a_network_that_hides_everything_but_this_server_is_enough(self):
        page = self.show(scenes.Scene())
        self.wait_for_sentence(NORMAL_SENTENCE)
        elsewhere = page.evaluate('performance.getEntriesByType("resource").map(e => e.name)'
                                  '.filter(name => !name.startsWith(location.origin)'
                                  ' && !name.startsWith("data:"))')
        self.assertEqual(elsewhere, [])


class Surge(PageTest):
    def test_the_worst_comes_first_with_its_alarm(self):
        page = self.show(scenes.surge(time.time()))
        self.wait_for_sentence('Critical alarm: South gate plaza')
        self.assertEqual(self.counts(), [1, 2, 0, 17])
        self.assertEqual(self.zones()[:3], ['plaza-south', 'turnstiles-south', 'corridor-south'])
        self.assertIn('is-critical', self.row('plaza-south')['kind'])
        alarms = page.texts('.open-alarms .alarm')
        self.assertEqual(len(alarms), 2)
        for word in ('South gate plaza', 'Critical', 'over the limit of 4.0', 'Since '):
            self.assertIn(word, alarms[0])
        self.assertIn('High', alarms[1])
        self.assertEqual(len(page.texts('.quiet-alarms li')), 2)
        self.assertTrue(page.evaluate('document.title').startswith('(2) Critical alarm'))
        self.assertIn('%3E2%3C', page.evaluate('document.getElementById("favicon").href'))
        self.picture('surge')
        page.prefer(dark=True)
        self.picture('surge-dark')

    def test_an_alarm_that_is_raised_and_cleared_moves_through_the_page(self):
        scene = scenes.Scene()
        page = self.show(scene)
        self.wait_for_sentence(NORMAL_SENTENCE)
        scene.raise_alarm('food-court', 'CRITICAL', 4.1, 4.0, time.time())
        self.wait_for_sentence('Critical alarm: Food court')
        page.wait('document.querySelector("[aria-live]").innerText.startsWith('
                  '"Critical alarm: Food court")')
        self.assertEqual(self.zones()[0], 'food-court')
        scene.raise_alarm('food-court', 'CRITICAL', 3.7, 4.0, time.time(), active=False)
        self.wait_for_sentence(NORMAL_SENTENCE)
        self.assertRegex(page.text('.quiet-alarms li'), r'Food court\s+critical, \d+ s')

    def test_the_detail_names_the_numbers_and_their_source(self):
        page = self.show(scenes.surge(time.time()), '#zone=harbour-arena/plaza-south')
        page.wait('document.querySelector(".detail")')
        detail = page.text('.detail')
        for words in ('South gate plaza', 'of 8,000', '1600 m²', 'per min', '10 s to', 'Gate 1',
                      'All sensors of the zone speak', 'fruin-queueing, limit 4 people/m²',
                      'J. J. Fruin', '5.26'):
            self.assertIn(words, detail)
        self.assertEqual(len(page.texts('.open-alarms .alarm')), 2, 'alarms stay in sight')
        self.picture('detail')


class WithoutData(PageTest):
    def test_a_silent_sensor_and_a_zone_never_heard_are_no_data(self):
        page = self.show(scenes.without_data(time.time()))
        self.wait_for_sentence('No data from 2 of 20 zones')
        self.assertEqual(self.counts(), [0, 0, 2, 18])
        self.assertEqual(self.zones()[:2], ['stairs-3', 'fan-shop'])
        silent, never = self.row('stairs-3'), self.row('fan-shop')
        for row in (silent, never):
            self.assertIn('has-no-data', row['kind'])
            self.assertEqual(''.join(row['cells'][1].split()), '?Nodata')
        self.assertEqual(never['cells'][3:7], ['–'] * 4, 'never read as empty')
        self.assertIn('≈', self.row('food-court')['cells'][3])
        page.click('tr[data-zone$="/stairs-3"] a')
        page.wait('document.querySelector(".detail")')
        hatched = page.evaluate('[...document.querySelectorAll("tr.has-no-data")].every(row => '
                                'getComputedStyle(row).backgroundImage.startsWith("repeating"))')
        self.assertTrue(hatched, 'also under the pointer')
        self.assertIn('A sensor that feeds the zone has fallen silent.', page.text('.detail'))
        self.picture('no-data')

    def test_a_zone_of_which_nothing_is_said_any_more_turns_to_no_data(self):
        scene = scenes.Scene()
        page = self.show(scene)
        self.wait_for_sentence(NORMAL_SENTENCE)
        scene.silent.add(('harbour-arena', 'stand-b'))
        self.wait_for_sentence('No data from Stand B', 20)
        self.assertRegex(self.row('stand-b')['cells'][-1], r'^1[1-9] s$')
        scene.silent.clear()
        self.wait_for_sentence(NORMAL_SENTENCE)
        page.wait('document.querySelector("[aria-live]").innerText.startsWith('
                  '"Stand B is normal again")')


class Connection(PageTest):
    def setUp(self):
        super().setUp()
        self.expected_errors = ['WebSocket connection to']

    def wait_for_second_connection(self):
        deadline = time.monotonic() + 10
        while self.console.connected < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(self.console.connected, 2)

    def test_a_console_that_falls_silent_is_lost_after_three_seconds_and_found_again(self):
        page = self.show(scenes.surge(time.time()))
        self.wait_for_sentence('Critical alarm: South gate plaza')
        self.console.quiet = self.console.refuse = True
        page.wait('document.querySelector("h1").innerText.startsWith("Connection lost at ")', 6)
        self.assertEqual(page.evaluate('document.querySelector(".page").dataset.link'), 'lost')
        self.assertIn('Lost', page.text('.link-state'))
        page.wait('document.title.startsWith("? Connection lost")')
        self.assertIn('%3E%3F%3C', page.evaluate('document.getElementById("favicon").href'))
        self.assertIn('grayscale', page.evaluate(
            'getComputedStyle(document.querySelector("main")).filter'))
        self.picture('lost')

        page.wait('document.querySelectorAll("tr.has-no-data").length === 20', 15)
        # Rows have moved and changed at once: what is drawn must be what the classes say.
        drawn = page.evaluate('[...document.querySelectorAll("tr.zone .bar")]'
                              '.every(bar => getComputedStyle(bar).visibility === "hidden")')
        self.assertTrue(drawn, 'a row without data still draws its density')
        self.assertEqual(len(page.texts('.open-alarms .alarm')), 2, 'alarms are still known')

        self.console.quiet = self.console.refuse = False
        self.wait_for_sentence('Critical alarm: South gate plaza')
        self.assertIn('Live', page.text('.link-state'))

    def test_a_connection_that_comes_back_at_once_is_not_worth_a_word(self):
        page = self.show(scenes.Scene())
        self.wait_for_sentence(NORMAL_SENTENCE)
        page.evaluate('window.seen = new Set(); new MutationObserver(() => '
                      'seen.add(document.title)).observe(document.head, '
                      '{subtree: true, childList: true, characterData: true})')
        self.console.drop()
        self.wait_for_second_connection()
        self.wait_for_sentence(NORMAL_SENTENCE)
        self.assertEqual(page.evaluate('[...seen].filter(t => t.startsWith("?"))'), [])

    def test_a_malformed_frame_is_counted_and_answered_with_a_new_snapshot(self):
        page = self.show(scenes.Scene())
        self.wait_for_sentence(NORMAL_SENTENCE)
        self.console.tell(raw='{"type":"update","sequence":')
        page.wait('document.querySelector(".misread")?.innerText.includes("1 frame unreadable")')
        self.wait_for_second_connection()
        self.wait_for_sentence(NORMAL_SENTENCE)
        self.assertEqual(len(self.zones()), 20)

    def test_a_gap_in_the_sequence_is_answered_with_a_new_snapshot(self):
        page = self.show(scenes.Scene())
        self.wait_for_sentence(NORMAL_SENTENCE)
        self.console.tell(skip=1)
        self.wait_for_second_connection()
        self.wait_for_sentence(NORMAL_SENTENCE)
        self.assertIsNone(page.text('.misread'))

    def test_a_console_that_was_never_reached_is_said_and_tried_again(self):
        console = Console(BUNDLE, scenes.Scene())
        self.addCleanup(console.close)
        console.refuse = True
        self.page = page = self.browser.open(console.address)
        self.addCleanup(page.close)
        self.wait_for_sentence('The console cannot be reached')
        self.assertIn('keeps trying by itself', page.text('main'))
        self.picture('unreachable')
        console.refuse = False
        self.wait_for_sentence(NORMAL_SENTENCE)

    def test_a_console_without_its_log_says_so(self):
        scene = scenes.Scene()
        page = self.show(scene)
        self.wait_for_sentence(NORMAL_SENTENCE)
        scene.feed = {'reachable': False, 'reason': 'localhost:9092: connection refused'}
        self.wait_for_sentence('The log cannot be reached')
        self.assertIn('connection refused', page.text('.headline .note'))

    def test_a_console_without_a_venue_says_what_to_do(self):
        page = self.show(scenes.Scene(venues=0))
        self.wait_for_sentence('No venue yet')
        self.assertIn('crowdflow run --config FILE', page.text('main'))
        self.picture('no-venue')


class Operator(PageTest):
    def focused(self):
        return self.page.evaluate('document.activeElement.innerText')

    def test_keys_find_move_open_close_pause_and_help(self):
        page = self.show(scenes.surge(time.time()))
        self.wait_for_sentence('Critical alarm: South gate plaza')
        page.press('ArrowDown')
        self.assertEqual(self.focused(), 'South gate plaza')
        page.press('ArrowDown')
        self.assertEqual(self.focused(), 'South turnstile hall')
        page.press('Enter')
        page.wait('document.querySelector("#detail-title")?.innerText === "South turnstile hall"')
        self.assertIn('zone=harbour-arena/turnstiles-south', page.evaluate('location.hash'))
        page.press('ArrowUp')
        page.wait('document.querySelector("#detail-title")?.innerText === "South gate plaza"')
        page.press('Escape')
        page.wait('!document.querySelector(".detail")')
        page.press('/')
        page.type('stairs')
        page.wait('document.querySelectorAll("tr.zone").length === 4')
        self.assertIn('16 more zones hidden by the filter', page.text('.filtered'))
        self.assertEqual(page.evaluate('location.hash'), '#find=stairs')
        page.press('Escape')
        page.wait('document.querySelectorAll("tr.zone").length === 20')
        page.evaluate('document.activeElement.blur()')
        page.press('?')
        page.wait('document.querySelector("dialog[open]")')
        self.picture('help')
        page.press('Escape')
        page.wait('!document.querySelector("dialog")')

    def test_pausing_holds_the_table_and_never_an_alarm(self):
        scene = scenes.Scene()
        page = self.show(scene)
        self.wait_for_sentence(NORMAL_SENTENCE)
        page.press('p')
        page.wait('document.querySelector(".page").dataset.held === "true"')
        before = page.text('tbody')
        scene.density['harbour-arena', 'fan-shop'] = lambda t: 9.0
        scene.raise_alarm('fan-shop', 'CRITICAL', 9.0, 4.0, time.time())
        self.wait_for_sentence('Critical alarm: Fan shop')
        self.assertEqual(page.text('tbody'), before)
        self.assertEqual(self.counts(), [1, 0, 0, 19])
        self.assertEqual(len(page.texts('.open-alarms .alarm')), 1)
        self.assertIn('The table is held as of', page.text('.headline .note'))
        self.picture('paused')
        page.press('p')
        page.wait('document.querySelector("tr.zone").dataset.zone.endsWith("/fan-shop")')

    def test_counts_filter_and_the_address_keeps_it(self):
        page = self.show(scenes.surge(time.time()))
        self.wait_for_sentence('Critical alarm: South gate plaza')
        page.click('.count-warning')
        page.wait('document.querySelectorAll("tr.zone").length === 2')
        self.assertEqual(page.evaluate('location.hash'), '#show=warning')
        page.call('Page.reload')
        page.wait('document.querySelectorAll("tr.zone").length === 2')
        self.assertEqual(page.evaluate(
            'document.querySelector(".count-warning").getAttribute("aria-pressed")'), 'true')
        page.click('.filtered button')
        page.wait('document.querySelectorAll("tr.zone").length === 20')

    def test_rows_never_change_places_under_the_pointer(self):
        scene = scenes.Scene()
        page = self.show(scene)
        self.wait_for_sentence(NORMAL_SENTENCE)
        page.point('tr[data-zone$="/stand-c"] a')
        before = self.zones()
        scene.density['harbour-arena', 'tunnel'] = lambda t: 3.0
        page.wait('document.querySelector(\'tr[data-zone$="/tunnel"]\').className'
                  '.includes("is-warning")')
        self.assertEqual(self.zones(), before)
        self.assertIn('order held', page.text('thead'))
        page.point('h1')
        page.wait('document.querySelector("tr.zone").dataset.zone.endsWith("/tunnel")')

    def test_a_row_that_moves_keeps_the_focus(self):
        scene = scenes.Scene()
        page = self.show(scene)
        self.wait_for_sentence(NORMAL_SENTENCE)
        page.press('End')
        last = self.zones()[-1]
        name = self.focused()
        # Half a minute later the order is not held any more.
        page.evaluate('(now => performance.now = () => now() + 31000)'
                      '(performance.now.bind(performance))')
        scene.density['harbour-arena', last] = lambda t: 9.0
        page.wait(f'document.querySelector("tr.zone").dataset.zone.endsWith("/{last}")')
        self.assertEqual(self.focused(), name)
        self.assertEqual(page.evaluate(
            'document.querySelectorAll("tr.zone a[tabindex=\'0\']").length'), 1)

    def test_two_venues_share_the_table_with_a_column(self):
        page = self.show(scenes.Scene(venues=2, zones=10))
        self.wait_for_sentence(NORMAL_SENTENCE)
        self.assertIn('Venue', page.text('thead'))
        page.press('/')
        page.type('station')
        page.wait('document.querySelectorAll("tr.zone").length === 10')
        self.picture('two-venues')

    def test_a_narrow_window_scrolls_down_and_never_sideways(self):
        page = self.show(scenes.surge(time.time()), width=400, height=800)
        self.wait_for_sentence('Critical alarm: South gate plaza')
        self.assertTrue(page.evaluate('document.documentElement.scrollWidth <= innerWidth'))
        self.picture('narrow')


if __name__ == '__main__':
    BUNDLE, PICTURES = sys.argv[1:3]
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
