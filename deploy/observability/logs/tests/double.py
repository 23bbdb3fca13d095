"""A small part of Elasticsearch and Kibana on loopback, for the scripts that ask them: keeps what is put, and refuses.

It knows nothing of what a body means: the types of Elasticsearch's client are asked for that (test_settings.py).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Double(ThreadingHTTPServer):
    """What was put, by path; paths that answer 503 so many times; how often each was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.kept: dict[str, Any] = {}
        self.away: dict[str, int] = {}
        self.asked: list[str] = []
        self.snapshots: list[str] = []
        self.refused = ""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Double

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        pass

    def _answer(self, status: int, body: Any) -> None:
        content = json.dumps(body, separators=(",", ":")).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _request(self) -> None:
        path = self.path.removeprefix("/")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append(f"{self.command} {path}")
        if self.headers["Authorization"] != "Basic ZWxhc3RpYzpzZWNyZXQ=":  # elastic:secret
            self._answer(401, {"error": "who?"})
        elif self.server.away.get(path, 0) > 0:
            self.server.away[path] -= 1
            self._answer(503, {"error": "starting"})
        elif path == self.server.refused:
            self._answer(400, {"error": {"type": "mapper_parsing_exception"}})
        else:
            self._answer(*self._act(path, body))

    def _act(self, path: str, body: bytes) -> tuple[int, Any]:
        kept = self.server.kept
        if path.startswith("api/saved_objects/_import"):
            lines = body.split(b"\r\n\r\n", 1)[1].split(b"\r\n--")[0].splitlines()
            kept["kibana"] = [json.loads(line) for line in lines]
            return 200, {"success": bool(self.headers["kbn-xsrf"])}
        if path.startswith("_snapshot/") and self.command == "GET":
            return 200, {"snapshots": [{"snapshot": name} for name in self.server.snapshots]}
        if "/_restore" in path:
            kept[path] = json.loads(body)
            return 200, {"snapshot": {"snapshot": "s", "indices": ["restored-logs-mercat.app"]}}
        if path.startswith("_data_stream/"):
            if body:
                return 400, {"error": "it does not support having a body"}
            if path in kept:
                return 400, {"error": {"type": "resource_already_exists_exception"}}
        kept[path] = json.loads(body) if body else None
        return 200, {"acknowledged": True}

    do_GET = do_PUT = do_POST = _request  # noqa: N815 -- the base class's names


@contextmanager
def double() -> Iterator[Double]:
    """One that runs."""
    server = Double()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
