"""Small servers that tell what reached them, and ports for them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from local_servers.ports import free_port


class Server(ThreadingHTTPServer):
    daemon_threads = True
    name = ""
    answered = 0


class Telling(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        self.server.answered += not self.path.startswith(("/health", "/_portal"))
        length = int(self.headers.get("Content-Length") or 0)
        body = {
            "server": self.server.name,
            "path": self.path,
            "read": len(self.rfile.read(length)),
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }
        content = json.dumps(body).encode()
        self.send_response(500 if self.path.endswith("/fails") else 200)
        self.send_header("Strict-Transport-Security", "max-age=31536000")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer  # noqa: N815 -- names of the standard library

    def log_message(self, *_) -> None:
        pass


class Breaking(Telling):
    """Well by its health, but it hangs up on every question."""

    def answer(self) -> None:
        if self.path == "/health/ready":
            super().answer()
        else:
            self.server.answered += 1
            self.close_connection = True

    do_GET = do_POST = answer  # noqa: N815 -- names of the standard library


@contextmanager
def serving(name: str, port: int, kind=Telling, address: str = "127.0.0.1") -> Iterator[Server]:
    server = Server((address, port), kind)
    server.name = name
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_ports(number: int) -> list[int]:
    return [free_port() for _ in range(number)]


def status(port: int, path: str, **headers: str) -> int:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=60).status_code
    except httpx.HTTPError:
        return 0
