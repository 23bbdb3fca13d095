"""The server of Traefik's error pages: problem+json, and HTML for people, for requests that no service could answer.

`python -m mercat.edge.error_page PORT [ADDRESS]` listens on loopback, or at that address, for Traefik only. At
`/_edge/problems/<status>` it answers with the problem of that status; at any other path with 503, in place of a service
that has no healthy replica. It uses nothing else of the store, so that it works when all else fails.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import signal
import socket
import sys
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PROBLEM_PATH = "/_edge/problems/"
_PAGE = re.compile(rf"{PROBLEM_PATH}([45][0-9]{{2}})")
_UNAVAILABLE = ("dependency-unavailable", "Something we depend on does not answer", "Try again in a few seconds.")
# Types and titles are those of the chassis; a test compares them.
PROBLEMS = {
    400: ("malformed-request", "The request could not be read", "Its address or its body cannot be read here."),
    404: ("not-found", "There is nothing here", "Nothing is known by this name or at this address."),
    405: ("method-not-allowed", "This address does not take that method", "Ask it in another way."),
    413: ("content-too-large", "The request's body is too large", "Send less at once."),
    422: ("validation-error", "Some of the values are not valid", "See the API docs."),
    431: ("headers-too-large", "The request's headers are too large", "Send fewer headers, and a shorter address."),
    502: _UNAVAILABLE,
    503: _UNAVAILABLE,
    504: _UNAVAILABLE,
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
_AWAY = frozenset([502, 503, 504])
_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1.5rem}"
    "h1{font-weight:400}"
)
# Shown where the service of pages itself is away. In both languages of the pages, since nothing says which is right.
_HTML = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>One moment, please</title><style>{_STYLE}</style></head>
<body><main><h1>One moment, please</h1>
<p>The shop does not answer right now. Please try again in a few seconds.</p>
<p lang="de">Der Shop antwortet gerade nicht. Bitte versuchen Sie es in einigen Sekunden noch einmal.</p>
<p><a href="">Try again</a> · <a href="" lang="de">Noch einmal versuchen</a></p></main></body></html>
""".encode()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HTML_HEADERS = {
    **_HEADERS,
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
    "frame-ancestors 'none'",
}
_MAX_DISCARDED_BYTES = 65_536
_LINGER_SECONDS = 10.0


def problem_document(status: int, detail: str = "") -> dict[str, Any]:
    """The problem document of a status, with a new request id."""
    kind, title, usual = PROBLEMS.get(status, _OTHER)
    request_id = secrets.token_hex(16)
    return {"type": kind, "title": title, "status": status, "detail": detail or usual, "request_id": request_id}


class ErrorPageHandler(BaseHTTPRequestHandler):
    """Answers every method at every path with a problem document, or a page where a person asked for one."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def answer(self) -> None:
        """Answer one request."""
        self._discard_body()
        self._send(self._requested_status(503))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815 -- the library's names

    def finish(self) -> None:
        """End the connection once the other side has: closed while it still sends a body, it would lose the answer.

        Whoever goes on sending is waited for a few seconds in all, not for each part of what they send.
        """
        super().finish()
        end = time.monotonic() + _LINGER_SECONDS
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while (left := end - time.monotonic()) > 0:
                self.connection.settimeout(left)
                if not self.connection.recv(_MAX_DISCARDED_BYTES):
                    break

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Answer requests that the library refuses, such as those with too many headers."""
        self.close_connection = True
        self._send(self._requested_status(code))

    def _requested_status(self, otherwise: int) -> int:
        """The status in the path, or the given one."""
        page = _PAGE.fullmatch(getattr(self, "path", "").partition("?")[0])
        return int(page[1]) if page else otherwise

    def _send(self, status: int) -> None:
        problem = problem_document(status)
        page = status in _AWAY and self._wants_page()
        headers, body = (_HTML_HEADERS, _HTML) if page else (_HEADERS, json.dumps(problem).encode())
        self.send_response_only(status)
        own = {"X-Request-Id": problem["request_id"], "Content-Length": str(len(body))}
        for name, value in {**headers, **own}.items():
            self.send_header(name, value)
        if status in _AWAY:
            self.send_header("Retry-After", _RETRY_AFTER)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _wants_page(self) -> bool:
        """Whether a browser asks for a document."""
        return self.command in {"GET", "HEAD"} and "text/html" in getattr(self, "headers", {}).get("Accept", "")

    def _discard_body(self) -> None:
        """Read the request's body, so that the next request can follow; close the connection instead if it is long."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal() or int(length) > _MAX_DISCARDED_BYTES:
            self.close_connection = True
        else:
            self.rfile.read(int(length))

    def log_message(self, *_: object) -> None:
        """Log nothing: Traefik counts these answers."""


class ErrorPageServer(ThreadingHTTPServer):
    """One thread for each connection; Traefik opens a bounded number."""

    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    """Serve at the port and the address given as arguments, until SIGTERM."""
    # The first process of a container ends by no signal that it does not handle.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    address = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
    ErrorPageServer((address, int(sys.argv[1])), ErrorPageHandler).serve_forever(
        poll_interval=3600  # only a signal ends it
    )


if __name__ == "__main__":
    main()
