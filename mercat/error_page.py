"""The edge's own answers, as problem+json: what Traefik cannot hand to a service, or could not bring back from it.

`python -m mercat.error_page PORT` listens on loopback, for Traefik alone. At `/_edge/problems/<status>` it answers with
the problem of that status; wherever else it is asked, it stands in for a service of which nothing is left: 503.
It depends on nothing of the store, so that it is there when nothing else is.
"""

from __future__ import annotations

import json
import re
import secrets
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGES = "/_edge/problems/"
_PAGE = re.compile(rf"{PAGES}([45][0-9]{{2}})")
_AWAY = ("dependency-unavailable", "Something we depend on does not answer", "Try again in a few seconds.")
# Type and title are those of chassis.problems; a test holds them together.
PROBLEMS = {
    400: ("malformed-request", "The request could not be read", "Its address or its body cannot be read here."),
    404: ("not-found", "There is nothing here", "Nothing is known by this name or at this address."),
    405: ("method-not-allowed", "This address does not take that method", "Ask it in another way."),
    413: ("content-too-large", "The request's body is too large", "Send less at once."),
    422: ("validation-error", "Some of the values are not valid", "See the API docs."),
    431: ("headers-too-large", "The request's headers are too large", "Send fewer headers, and a shorter address."),
    502: _AWAY,
    503: _AWAY,
    504: _AWAY,
}
_OTHER = ("internal-error", "Something went wrong on our side", "Quote the request_id if you ask us about it.")
_HEADERS = {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-site",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
_RETRY_AFTER = "5"
_MOST_READ = 65_536


def document(status: int, detail: str = "") -> dict[str, Any]:
    """The problem of a status, with an id of its own."""
    kind, title, usual = PROBLEMS.get(status, _OTHER)
    request_id = secrets.token_hex(16)
    return {"type": kind, "title": title, "status": status, "detail": detail or usual, "request_id": request_id}


class Handler(BaseHTTPRequestHandler):
    """Answers every method at every path."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def answer(self) -> None:
        self._read_what_came()
        self._send(self._asked(503))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815 -- the library's names

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """The library's own refusals, such as of more headers than it reads: the client's, which Traefik passes on."""
        self.close_connection = True
        self._send(self._asked(code))

    def _asked(self, otherwise: int) -> int:
        """The status that Traefik asks for."""
        page = _PAGE.fullmatch(getattr(self, "path", "").partition("?")[0])
        return int(page[1]) if page else otherwise

    def _send(self, status: int) -> None:
        problem = document(status)
        body = json.dumps(problem).encode()
        self.send_response_only(status)
        own = {"X-Request-Id": problem["request_id"], "Content-Length": str(len(body))}
        for name, value in {**_HEADERS, **own}.items():
            self.send_header(name, value)
        if status in {502, 503, 504}:
            self.send_header("Retry-After", _RETRY_AFTER)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _read_what_came(self) -> None:
        """The next request begins behind the body of this one; a long one ends the connection instead."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal() or int(length) > _MOST_READ:
            self.close_connection = True
        else:
            self.rfile.read(int(length))

    def log_message(self, *_: object) -> None:
        """Traefik counts its answers, and services log theirs."""


class Server(ThreadingHTTPServer):
    """A thread for each of Traefik's connections, which are bounded."""

    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever(
        poll_interval=3600
    )  # nobody asks it to stop but by a signal


if __name__ == "__main__":
    main()
