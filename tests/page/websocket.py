"""Text frames over a socket (RFC 6455), both ends, with the standard library only."""

import base64
import hashlib
import os
import socket
import struct
from urllib.parse import urlsplit

MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


class Closed(Exception):
    """The other end is gone."""


def accept_key(key):
    return base64.b64encode(hashlib.sha1((key + MAGIC).encode()).digest()).decode()


def connect(url, timeout):
    """Opens ws://host:port/path and returns a WebSocket."""
    parts = urlsplit(url)
    sock = socket.create_connection((parts.hostname, parts.port), timeout)
    key = base64.b64encode(os.urandom(16)).decode()
    sock.sendall((f'GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n'
                  f'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
                  f'Sec-WebSocket-Key: {key}\r\n\r\n').encode())
    head = b''
    while not head.endswith(b'\r\n\r\n'):
        byte = sock.recv(1)
        if not byte:
            raise Closed(f'{url}: no answer')
        head += byte
    lines = head.decode().split('\r\n')
    accepted = [line.split(':', 1)[1].strip() for line in lines
                if line.lower().startswith('sec-websocket-accept:')]
    if ' 101 ' not in lines[0] or accepted != [accept_key(key)]:
        raise Closed(f'{url}: {lines[0]}')
    return WebSocket(sock, masked=True)


class WebSocket:
    """One thread may send while another receives. A client masks what it sends."""

    def __init__(self, sock, masked):
        self.sock = sock
        self.masked = masked

    def send(self, text, opcode=TEXT):
        payload = text.encode() if isinstance(text, str) else text
        mask_bit = 0x80 if self.masked else 0
        head = bytes([0x80 | opcode])
        if len(payload) < 126:
            head += bytes([mask_bit | len(payload)])
        elif len(payload) < 1 << 16:
            head += bytes([mask_bit | 126]) + struct.pack('>H', len(payload))
        else:
            head += bytes([mask_bit | 127]) + struct.pack('>Q', len(payload))
        if self.masked:
            mask = os.urandom(4)
            head += mask
            payload = self.unmask(payload, mask)
        try:
            self.sock.sendall(head + payload)
        except OSError as error:
            raise Closed(str(error)) from error

    def receive(self):
        """The next text message. Raises Closed, or TimeoutError of the socket's timeout."""
        message = b''
        while True:
            first, second = self.read(2)
            length = second & 0x7F
            if length == 126:
                length, = struct.unpack('>H', self.read(2))
            elif length == 127:
                length, = struct.unpack('>Q', self.read(8))
            mask = self.read(4) if second & 0x80 else None
            payload = self.read(length)
            if mask:
                payload = self.unmask(payload, mask)
            opcode = first & 0x0F
            if opcode == CLOSE:
                raise Closed('closed by the other end')
            if opcode == PING:
                self.send(payload, PONG)
            elif opcode in (TEXT, BINARY, CONTINUATION):
                message += payload
                if first & 0x80:
                    return message.decode()

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()

    def read(self, size):
        data = b''
        while len(data) < size:
            try:
                part = self.sock.recv(min(size - len(data), 1 << 20))
            except TimeoutError:
                raise
            except OSError as error:
                raise Closed(str(error)) from error
            if not part:
                raise Closed('the connection ended')
            data += part
        return data

    @staticmethod
    def unmask(payload, mask):
        if not payload:
            return payload
        repeated = (mask * (len(payload) // 4 + 1))[:len(payload)]
        number = int.from_bytes(payload, 'big') ^ int.from_bytes(repeated, 'big')
        return number.to_bytes(len(payload), 'big')
