"""Traefik itself, in front of a real service and of one of which nothing is left: whatever is sent, problems come back.

What remains is Go's own: a request that is not HTTP is answered before anything of Traefik's sees it.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from chassis.testing import live_service
from chassis.testing.servers import child_process
from chassis.testing.waiting import wait_until
from local_servers import child
from mercat.config import services
from mercat.edge import certificates, traefik
from mercat.installation import Installation
from mercat.installation import installation as installations
from mercat.tests.conftest import add_service
from mercat.tests.servers import free_ports, serving, status

HOOK = b"/webhooks/stripe"
READ = b"/api/v1/payments/configuration"
DEAD = b"/api/v1/dead"
CHUNKED = b"Transfer-Encoding: chunked"
JSON = b"Content-Type: application/json"


class Answer(NamedTuple):
    status: int
    head: bytes
    document: dict[str, object]


@pytest.fixture(scope="module")
def port(bench, tmp_path_factory) -> Iterator[int]:
    payments, dead, *others = free_ports(2 + len(installations.PORTS))
    ports = dict(zip(installations.PORTS, others, strict=True))
    folder = tmp_path_factory.mktemp("edge")
    (folder / "project").mkdir()
    user_settings = {"PATH": os.environ["PATH"], "PUBLIC_URL": "https://shop.example:8443"}
    installation = Installation(root=folder / "project", state=folder / "state", user_settings=user_settings)
    installation.make_folders()
    add_service(installation, "payments", payments, routes="/webhooks/stripe, /api/v1/payments")
    add_service(installation, "dead", dead, routes=DEAD.decode())
    keys: dict[str, Any] = {
        f"STRIPE_{name}": "sk_test_x" for name in ("SECRET_KEY", "PUBLISHABLE_KEY", "WEBHOOK_SECRET")
    }
    pages = [sys.executable, "-m", "mercat.edge.error_page", str(ports["error_page"])]
    with (
        pytest.MonkeyPatch.context() as patch,
        live_service("payments", bench, port=payments, STRIPE_API_BASE="http://127.0.0.1:1", **keys),
        serving("portal", ports["portal"]),
        child_process(pages),
    ):
        patch.setattr(installations, "PORTS", ports)
        certificates.ensure(installation.certificates)
        traefik.write_configuration(installation, services.discover(installation.root))
        with child_process(child.command(traefik.command(installation)), stdout=subprocess.DEVNULL):
            wait_until(lambda: status(ports["http"], "/about") == 200, what="traefik")
            wait_until(lambda: status(ports["http"], DEAD.decode()) == 503, what="the error page")
            wait_until(lambda: status(ports["http"], READ.decode()) == 200, what="payments")
            yield ports["http"]


def send(
    port: int, method: bytes, path: bytes, *headers: bytes, body: bytes = b"", host: bytes = b"localhost"
) -> Answer:
    lines = [b"%s %s HTTP/1.1" % (method, path), b"Host: %s" % host, b"Connection: close", *headers, b"", b""]
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(b"\r\n".join(lines) + body)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    head, _, content = answer.partition(b"\r\n\r\n")
    problem = b"content-type: application/problem+json" in head.lower()
    return Answer(int(head.split(b" ", 2)[1]), head, json.loads(content) if problem else {})


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def long(length: int) -> bytes:
    return b"Content-Length: %d" % length


BIG = b"x" * 3_000_000
POSTS = {
    "a chunk size that is none": (400, "malformed-request", (JSON, CHUNKED), b"zz\r\nabc\r\n"),
    "the same without a type": (400, "malformed-request", (CHUNKED,), b"zz\r\nabc\r\n"),
    "a chunk longer than its size": (400, "malformed-request", (JSON, CHUNKED), b"2\r\nabcdef\r\n0\r\n\r\n"),
    "a good chunk, then none": (400, "malformed-request", (JSON, CHUNKED), b"2\r\nab\r\nzz\r\n"),
    "a size beyond all numbers": (400, "malformed-request", (JSON, CHUNKED), b"fffffffffffffffff\r\nab"),
    "too large by its length": (413, "content-too-large", (JSON, long(len(BIG))), BIG),
    "too large in a chunk": (413, "content-too-large", (JSON, CHUNKED), chunk(BIG)),
    "far too large": (413, "content-too-large", (JSON, long(7 * len(BIG))), BIG * 7),
    "a signature that is not ASCII": (400, "webhook-not-authentic", (b"Stripe-Signature: t=1,v1=\xe9", long(2)), b"{}"),
    "more headers than a service reads": (
        431,
        "headers-too-large",
        (long(2), *(b"a%d: b" % n for n in range(200))),
        b"{}",
    ),
}


@pytest.mark.parametrize(("expected", "kind", "headers", "body"), POSTS.values(), ids=POSTS.keys())
def test_malformed_body_is_answered_with_a_problem(port, expected, kind, headers, body):
    answer = send(port, b"POST", HOOK, *headers, body=body)
    assert (answer.status, answer.document.get("type")) == (expected, kind)
    assert answer.document["status"] == expected
    for name in (b"x-request-id: ", b"cache-control: no-store", b"x-content-type-options: nosniff"):
        assert name in answer.head.lower()


@pytest.mark.parametrize(
    ("expected", "path", "host"),
    [
        (404, b"/", b"evil.example"),
        (404, b"/mail", b"evil.example"),
        (404, b"/nowhere/%F0%9F%98%80", b"evil.example"),
        (400, READ + b"%2fx", b"localhost"),
        (400, READ + b"/%5Cx", b"localhost"),
        (400, READ + b"/%00", b"localhost"),
        (400, b"/..%2f..%2finternal", b"evil.example"),
        (503, DEAD, b"localhost"),
        (503, DEAD + b"/below?a=b", b"localhost"),
    ],
)
def test_request_without_a_service_is_answered_with_a_problem(port, expected, path, host):
    for method in (b"GET", b"DELETE"):
        answer = send(port, method, path, host=host)
        assert (answer.status, answer.document.get("status")) == (expected, expected)
        assert (b"retry-after: " in answer.head.lower()) is (expected == 503)


@pytest.mark.parametrize("headers", [(long(2),), (CHUNKED,)])
def test_write_to_an_unavailable_service_is_answered_with_a_problem(port, headers):
    answer = send(port, b"POST", DEAD, *headers, body=b"{}" if headers[0] != CHUNKED else chunk(b"{}"))
    assert (answer.status, answer.document["type"]) == (503, "dependency-unavailable")


def test_public_name_is_served_over_https_only_and_without_tools(port):
    secure = b"X-Forwarded-Proto: https"
    assert send(port, b"GET", READ, secure, host=b"shop.example").status == 200
    for method, code in ((b"GET", 301), (b"POST", 308)):
        plain = send(port, method, READ + b"?a=b", long(0), host=b"shop.example")
        assert plain.status == code
        assert b"\r\nlocation: https://shop.example:8443/api/v1/payments/configuration?a=b" in plain.head.lower()
    for path in (b"/mail", b"/mail/api/messages", b"/docs", b"/about", b"/_portal/state", b"//mail", b"/x/../mail"):
        for sent in (path, path.replace(b"a", b"%61", 1)):
            assert send(port, b"GET", sent, secure, host=b"shop.example").status == 404, sent


def test_longest_allowed_request_is_accepted(port):
    """See test_edge_fits for what they allow."""
    for expected, longest in (
        (422, (READ + b"?x=" + b"x" * (traefik.MAX_HEADER_BYTES - 1_000),)),  # the service's own word: it takes no x
        (200, (READ, b"X-Long: " + b"x" * (traefik.MAX_HEADER_BYTES - 1_000))),
    ):
        assert send(port, b"GET", *longest).status == expected


@pytest.mark.parametrize(
    ("expected", "request_line"),
    [
        (400, b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x"),
        (400, b"GET / HTTP/1.1\r\nHost: localhost\r\na b: c"),
        (400, b"GET /%zz HTTP/1.1\r\nHost: localhost"),
        (400, b"GET / HTTP/1.1"),
        (431, b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"x" * (traefik.MAX_HEADER_BYTES + 8_192)),
        (501, b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip"),
        (500, b"GET /webhooks/stripe HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz"),
        (505, b"GET / HTTP/9.9\r\nHost: localhost"),
    ],
)
def test_malformed_http_is_refused_in_plain_text(port, expected, request_line):
    """Documented in the README: should Go or Traefik learn better, it can go there."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(request_line + b"\r\nConnection: close\r\n\r\n")
        head, _, body = connection.recv(65_536).partition(b"\r\n\r\n")
    assert int(head.split(b" ", 2)[1]) == expected
    assert b"text/plain" in head
    assert len(body) < 100
