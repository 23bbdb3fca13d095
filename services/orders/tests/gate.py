"""A wire between two services that can be cut: before a call is delivered, or after, when its answer is lost."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

PROBLEM = b'{"type": "made-up", "title": "Made up", "status": %d, "request_id": "x"}'


@dataclass
class Cut:
    """Calls whose path ends so: `mode` "refuse" (not delivered), "lose" (no answer), or a status to answer instead."""

    ending: str
    mode: str
    times: int


@dataclass
class Gate:
    target: str
    url: str = ""
    cuts: list[Cut] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def cut(self, ending: str, mode: str, times: int = 1_000) -> None:
        self.cuts.append(Cut(ending, mode, times))

    def mend(self) -> None:
        self.cuts.clear()

    def mode(self, path: str) -> str:
        with self._lock:
            self.asked.append(path.partition("?")[0])
            for cut in self.cuts:
                if path.partition("?")[0].endswith(cut.ending) and cut.times:
                    cut.times -= 1
                    return cut.mode
        return ""

    @contextmanager
    def open(self) -> Iterator[Gate]:
        client = httpx.Client(timeout=60)
        server = _Server(("127.0.0.1", 0), _handler(self, client))
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            client.close()
            server.server_close()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, _request: object, _address: object) -> None:
        """A long poll that ends with the test is no trouble."""


def _named(problem: bytes, kind: str) -> bytes:
    return json.dumps({**json.loads(problem), "type": kind}).encode()


def _handler(gate: Gate, client: httpx.Client) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            mode = gate.mode(self.path)
            if mode and mode not in {"refuse", "lose"}:
                status, _, kind = mode.partition(" ")
                told = PROBLEM % int(status)
                self._answer(int(status), "application/problem+json", told if not kind else _named(told, kind))
                return
            if mode != "refuse":
                headers = {k: v for k, v in self.headers.items() if k.lower() not in {"host", "connection"}}
                answer = client.request(self.command, gate.target + self.path, content=body, headers=headers)
            if mode:
                self._answer(503, "text/plain", b"cut")
                return
            self._answer(answer.status_code, answer.headers.get("content-type", ""), answer.content)

        do_GET = do_POST = _pass  # noqa: N815 -- http.server's names

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
