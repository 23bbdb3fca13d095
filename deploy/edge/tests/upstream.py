"""A small service that tells in JSON what reached it: the server behind the edges of the tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PROBLEM = {"type": "rate-limited", "title": "Too many requests", "status": 429, "detail": "the service's own"}


class Upstream(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, name: str, address: tuple[str, int]) -> None:
        super().__init__(address, Telling)
        self.name = name
        self.asked = 0


class Telling(BaseHTTPRequestHandler):
    """At `.../answers/<status>` it answers with a problem of that status, at `.../hangs-up` not at all."""

    server: Upstream
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        if self.path.startswith("/health"):
            return self._send(200, {"service": self.server.name})
        self.server.asked += 1
        path = self.path.partition("?")[0]
        if path.endswith("/hangs-up"):
            self.close_connection = True
            return None
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "Transfer-Encoding" in self.headers:
            body = self._chunks()
        if "/answers/" in path:
            status = int(path.rpartition("/")[2])
            return self._send(status, {**PROBLEM, "status": status})
        headers = {name.lower(): value for name, value in self.headers.items()}
        tells = {"service": self.server.name, "method": self.command, "path": self.path, "body": body.decode()}
        return self._send(200, {**tells, "headers": headers})

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815 -- the library's names

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _send(self, status: int, document: dict[str, object]) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/problem+json" if status >= 400 else "application/json")
        self.send_header("Server", "secret/1.0")
        if status in {429, 503}:
            self.send_header("Retry-After", "77")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def upstream(name: str, address: str, port: int) -> Iterator[Upstream]:
    server = Upstream(name, (address, port))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
