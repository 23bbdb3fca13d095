"""What no well-behaved client sends, straight to the server that production runs."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from chassis.testing import live_service

Address = tuple[str, int]
BOTH = (b"/internal/payments", b"/webhooks/stripe")  # a body that the framework reads, and one that we read


@pytest.fixture(scope="module")
def address(bench) -> Iterator[Address]:
    keys: dict[str, Any] = {
        f"STRIPE_{name}": "sk_test_x" for name in ("SECRET_KEY", "PUBLISHABLE_KEY", "WEBHOOK_SECRET")
    }
    with live_service("payments", bench, STRIPE_API_BASE="http://127.0.0.1:1", **keys) as service:
        host, _, port = service.url.removeprefix("http://").partition(":")
        yield host, int(port)


def send(address: Address, path: bytes, headers: bytes, body: bytes) -> tuple[int, bytes, dict[str, object]]:
    """Status, head, and the document of the answer."""
    head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n" % path
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall(head + headers + b"\r\n" + body)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), head.lower(), json.loads(content) if content else {}


CHUNKED = b"Transfer-Encoding: chunked\r\n"
NONSENSE = {
    "a size that is no number": (CHUNKED, b"zz\r\nabc\r\n"),
    "a chunk longer than it says": (CHUNKED, b"5\r\nabcdefgh\r\n0\r\n\r\n"),
    "a size beyond all numbers": (CHUNKED, b"fffffffffffffffff\r\nab"),
    "a signature that is not ASCII": (b"Stripe-Signature: t=1,v1=\xe9\r\nContent-Length: 2\r\n", b"{}"),
}


@pytest.mark.parametrize("path", BOTH)
def test_invalid_http_is_a_client_error(address: Address, path: bytes):
    for what, (headers, body) in NONSENSE.items():
        status, head, document = send(address, path, headers, body)
        assert status in {400, 401}, what
        assert b"content-type: application/problem+json" in head, what
        assert document["status"] == status


@pytest.mark.parametrize("path", BOTH)
def test_a_too_large_body_is_413_with_and_without_a_length(address: Address, path: bytes):
    body = b"x" * 1_500_000
    for headers, sent in (
        (b"Content-Length: %d\r\n" % len(body), body),
        (CHUNKED, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)),
    ):
        status, head, document = send(address, path, headers, sent)
        assert (status, document["type"]) == (413, "content-too-large")
        assert b"content-type: application/problem+json" in head
