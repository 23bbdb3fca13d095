"""A proxy before Stripe's double that does what the double does not: store a 500 under its idempotency key, as Stripe
does, or answer what a test sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

import httpx
import msgspec

from payments.tests.double import serving

BROKEN = (500, msgspec.json.encode({"error": {"type": "api_error", "message": "Something went wrong."}}))


@dataclass
class StripeProxy:
    """`answer` is given to every call, or to those that `only` names ("capture"); each of `answers`
    once, before. The next call that `breaks` names is
    lost before or after it reached the double, and every repetition with its key gets the same 500 back.
    """

    behind: str
    url: str = ""
    answer: tuple[int, bytes] | None = None
    only: str | None = None
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    breaks: str | None = None
    after: bool = True
    kept: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)

    def handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes, bool]:
        """Status, body, and whether it is a replay."""
        operation = _operation(method, path)
        self.calls.append(operation)
        if self.answers:
            return *self.answers.pop(0), False
        if self.answer is not None and self.only in {None, operation}:
            return *self.answer, False
        key = headers.get("Idempotency-Key", "")
        if key in self.kept:
            return *BROKEN, True
        breaks = operation == self.breaks
        if breaks:
            self.kept.add(key)
            self.breaks = None
        if breaks and not self.after:
            return *BROKEN, False
        answer = httpx.request(method, self.behind + path, headers=headers, content=body, timeout=60)
        return *(BROKEN if breaks else (answer.status_code, answer.content)), False


def _operation(method: str, path: str) -> str:
    last = path.partition("?")[0].rpartition("/")[2]
    if last == "payment_intents":
        return "create" if method == "POST" else "list"
    if last == "refunds":
        return "refund" if method == "POST" else "refunds"
    return last if method == "POST" else "retrieve"


@contextmanager
def proxy_before(double_url: str) -> Iterator[StripeProxy]:
    front = StripeProxy(double_url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            passed = {
                name: self.headers[name]
                for name in ("Authorization", "Idempotency-Key", "Content-Type", "Stripe-Version")
                if self.headers[name]
            }
            status, answer, replayed = front.handle(self.command, self.path, passed, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            if replayed:
                self.send_header("Idempotent-Replayed", "true")
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self) -> None:
            self._any()

        def do_POST(self) -> None:
            self._any()

        def do_DELETE(self) -> None:
            self._any()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(Handler) as port:
        front.url = f"http://127.0.0.1:{port}"
        yield front
