"""A real Chromium, headless, driven by the Chrome DevTools Protocol."""

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import websocket

START_S = 60  # a cold disk and busy cores; warm it is one second
CALL_S = 30

FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
         '--no-first-run', '--disable-background-networking', '--disable-component-update',
         '--disable-sync', '--disable-extensions', '--disable-default-apps', '--mute-audio',
         '--disable-field-trial-config', '--hide-scrollbars', '--force-color-profile=srgb',
         '--font-render-hinting=none', '--remote-debugging-port=0']

KEYS = {'Enter': ('Enter', 13, '\r'), 'Escape': ('Escape', 27, ''), 'Tab': ('Tab', 9, ''),
        'ArrowDown': ('ArrowDown', 40, ''), 'ArrowUp': ('ArrowUp', 38, ''),
        'Home': ('Home', 36, ''), 'End': ('End', 35, '')}


def find():
    for name in ('chromium', 'chromium-browser', 'google-chrome'):
        path = shutil.which(name)
        if path:
            return path
    raise FileNotFoundError('no chromium on the PATH (Debian: apt-get install chromium)')


class Chromium:
    """Starts in a fresh profile; close() ends it and removes the profile."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix='crowdflow-chromium-')
        self.log = open(Path(self.profile) / 'chromium.log', 'wb')
        self.process = subprocess.Popen(
            [find(), *FLAGS, f'--user-data-dir={self.profile}', 'about:blank'],
            stdout=self.log, stderr=self.log, start_new_session=True)
        try:
            self.socket = websocket.connect(self.address(), CALL_S)
        except BaseException:
            self.close()
            raise
        self.next_id = 0
        self.pages = {}

    def address(self):
        port_file = Path(self.profile) / 'DevToolsActivePort'
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            lines = port_file.read_text().split('\n') if port_file.exists() else []
            if len(lines) == 2:
                return f'ws://127.0.0.1:{lines[0]}{lines[1]}'
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.log.flush()
        said = (Path(self.profile) / 'chromium.log').read_text(errors='replace')
        raise RuntimeError(f'chromium did not start:\n{said[-2000:]}')

    def call(self, method, params=None, session=None):
        self.next_id += 1
        wanted = self.next_id
        message = {'id': wanted, 'method': method, 'params': params or {}}
        if session:
            message['sessionId'] = session
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.receive())
            if answer.get('id') == wanted:
                if 'error' in answer:
                    raise RuntimeError(f'{method}: {answer["error"]["message"]}')
                return answer['result']
            page = self.pages.get(answer.get('sessionId'))
            if page:
                page.hear(answer)

    def open(self, url, width=1280, height=720, dark=False):
        target = self.call('Target.createTarget', {'url': 'about:blank'})['targetId']
        session = self.call('Target.attachToTarget', {'targetId': target, 'flatten': True})
        page = Page(self, target, session['sessionId'])
        self.pages[page.session] = page
        for domain in ('Page', 'Runtime', 'Log'):
            page.call(f'{domain}.enable')
        page.resize(width, height)
        page.prefer(dark=dark)
        page.call('Page.navigate', {'url': url})
        return page

    def close(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.log.close()
        shutil.rmtree(self.profile, ignore_errors=True)


class Page:
    def __init__(self, browser, target, session):
        self.browser = browser
        self.target = target
        self.session = session
        self.errors = []  # what the page's console complained about

    def call(self, method, params=None):
        return self.browser.call(method, params, self.session)

    def hear(self, event):
        params = event.get('params', {})
        if event['method'] == 'Runtime.exceptionThrown':
            details = params['exceptionDetails']
            self.errors.append(details.get('exception', {}).get('description', details['text']))
        elif event['method'] == 'Runtime.consoleAPICalled' and params['type'] == 'error':
            self.errors.append(' '.join(str(arg.get('value')) for arg in params['args']))
        elif event['method'] == 'Log.entryAdded' and params['entry']['level'] == 'error':
            self.errors.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")

    def evaluate(self, expression):
        answer = self.call('Runtime.evaluate', {'expression': expression, 'returnByValue': True,
                                                'awaitPromise': True})
        if 'exceptionDetails' in answer:
            raise RuntimeError(f'{expression}: {answer["exceptionDetails"]}')
        return answer['result'].get('value')

    def wait(self, expression, seconds=15):
        """Until the expression is true."""
        deadline = time.monotonic() + seconds
        while not self.evaluate(f'!!({expression})'):
            if time.monotonic() > deadline:
                text = self.evaluate('document.body.innerText')
                raise AssertionError(f'not within {seconds} s: {expression}\n{text}')
            time.sleep(0.05)

    def text(self, selector):
        return self.evaluate(f'document.querySelector({json.dumps(selector)})?.innerText ?? null')

    def texts(self, selector):
        return self.evaluate(
            f'[...document.querySelectorAll({json.dumps(selector)})].map(e => e.innerText)')

    def press(self, key):
        name, code, text = KEYS.get(key, (key, 0, key))
        event = {'key': name, 'code': name, 'windowsVirtualKeyCode': code, 'text': text}
        self.call('Input.dispatchKeyEvent', {'type': 'keyDown', **event})
        self.call('Input.dispatchKeyEvent', {'type': 'keyUp', **event, 'text': ''})

    def type(self, text):
        for letter in text:
            self.press(letter)

    def point(self, selector):
        """Moves the pointer onto the middle of the element and returns where that is."""
        x, y = self.evaluate(
            f'(r => [r.x + r.width / 2, r.y + r.height / 2])'
            f'(document.querySelector({json.dumps(selector)}).getBoundingClientRect())')
        self.call('Input.dispatchMouseEvent', {'type': 'mouseMoved', 'x': x, 'y': y})
        return x, y

    def click(self, selector):
        x, y = self.point(selector)
        for kind in ('mousePressed', 'mouseReleased'):
            self.call('Input.dispatchMouseEvent',
                      {'type': kind, 'x': x, 'y': y, 'button': 'left', 'clickCount': 1})

    def resize(self, width, height):
        self.call('Emulation.setDeviceMetricsOverride',
                  {'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': False})

    def prefer(self, dark=False, reduced_motion=True):
        self.call('Emulation.setEmulatedMedia', {'features': [
            {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'},
            {'name': 'prefers-reduced-motion',
             'value': 'reduce' if reduced_motion else 'no-preference'}]})

    def screenshot(self, path):
        picture = self.call('Page.captureScreenshot', {'format': 'png'})['data']
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(base64.b64decode(picture))

    def close(self):
        self.browser.call('Target.closeTarget', {'targetId': self.target})
        self.browser.pages.pop(self.session, None)
