"""Serves the page's bundle and a scene, as `crowdflow` serves the page and the live feed."""

import json
import mimetypes
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import websocket

# As strict as it gets: the page must work under it.
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
          "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")


class Console:
    """Fields may be changed while pages are open: `scene`, `quiet` (say nothing), `refuse`."""

    def __init__(self, bundle, scene, rate_hz=4):
        self.bundle = Path(bundle).resolve()
        self.scene = scene
        self.quiet = False
        self.refuse = False
        self.connected = 0  # connections ever made
        self.lock = threading.Lock()
        self.open = []      # [websocket, sequence]
        console = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_GET(self):
                console.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.address = f'http://127.0.0.1:{self.server.server_address[1]}/'
        self.stopped = threading.Event()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        threading.Thread(target=self.speak, args=(1 / rate_hz,), daemon=True).start()

    def answer(self, request):
        path = request.path.split('?')[0]
        if path == '/api/v1/live':
            self.upgrade(request)
            return
        file = (self.bundle / path.lstrip('/')).resolve()
        if file.is_dir():
            file = file / 'index.html'
        if self.bundle not in file.parents or not file.is_file():
            request.send_error(404)
            return
        body = file.read_bytes()
        request.send_response(200)
        request.send_header('Content-Type', mimetypes.guess_type(file.name)[0] or 'text/plain')
        request.send_header('Content-Length', str(len(body)))
        request.send_header('Content-Security-Policy', POLICY)
        request.end_headers()
        request.wfile.write(body)

    def upgrade(self, request):
        if self.refuse:
            request.send_error(503)
            return
        key = request.headers['Sec-WebSocket-Key']
        request.send_response(101)
        request.send_header('Upgrade', 'websocket')
        request.send_header('Connection', 'Upgrade')
        request.send_header('Sec-WebSocket-Accept', websocket.accept_key(key))
        request.end_headers()
        request.wfile.flush()
        request.close_connection = True
        socket = websocket.WebSocket(request.connection, masked=False)
        with self.lock:
            self.connected += 1
            if not self.quiet:
                socket.send(json.dumps(self.scene.snapshot(time.time()) | {'sequence': 1}))
            self.open.append([socket, 1])
        try:
            while True:
                socket.receive()
        except (websocket.Closed, TimeoutError):
            with self.lock:
                self.open = [entry for entry in self.open if entry[0] is not socket]

    def speak(self, pause):
        while not self.stopped.wait(pause):
            if not self.quiet:
                self.tell()

    def tell(self, raw=None, skip=0):
        """An update to every page now; `raw` instead of one, `skip` sequence numbers left out."""
        message = self.scene.update(time.time())
        with self.lock:
            for entry in self.open:
                entry[1] += 1 + skip
                try:
                    entry[0].send(raw or json.dumps(message | {'sequence': entry[1]}))
                except websocket.Closed:
                    pass  # its reader takes it from the list

    def drop(self):
        with self.lock:
            for entry in self.open:
                entry[0].close()

    def close(self):
        self.stopped.set()
        self.drop()
        self.server.shutdown()
        self.server.server_close()
