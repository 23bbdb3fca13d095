"""One table of requests: the laptop's edge and the cluster's answer them alike."""

from __future__ import annotations

import socket
import ssl
import warnings

import pytest

from deploy.edge.tests.asking import Answer, ask, ask_plainly, new_client, tls_context
from deploy.edge.tests.edges import Edge

JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
ORDERS = "/api/v1/orders"
# What reaches which service, and with which path.
ROUTED = {
    "a route": (ORDERS, "orders", ORDERS),
    "a path below a route": (f"{ORDERS}/1/items", "orders", f"{ORDERS}/1/items"),
    "a query": (f"{ORDERS}?a=b&c=%2f%00&d=..", "orders", f"{ORDERS}?a=b&c=%2f%00&d=.."),
    "a semicolon in a query": (f"{ORDERS}?a=b;c=d", "orders", f"{ORDERS}?a=b&c=d"),
    "a slash at the end": (f"{ORDERS}/", "orders", f"{ORDERS}/"),
    "another service": ("/api/v1/products/1", "catalog", "/api/v1/products/1"),
    "the longer of two routes": ("/api/v1/admin/orders", "orders", "/api/v1/admin/orders"),
    "slashes in a row": ("//api///v1//orders//1", "orders", f"{ORDERS}/1"),
    "a dot": (f"{ORDERS}/./1", "orders", f"{ORDERS}/1"),
    "two dots": (f"{ORDERS}/../products", "catalog", "/api/v1/products"),
    "escaped dots": (f"{ORDERS}/%2e%2E/products", "catalog", "/api/v1/products"),
    "more dots than folders": (f"/../..{ORDERS}", "orders", ORDERS),
    "three dots": (f"{ORDERS}/...", "orders", f"{ORDERS}/..."),
    "a dot at the end": (f"{ORDERS}/1.", "orders", f"{ORDERS}/1."),
    "a semicolon": (f"{ORDERS}/1;a=b", "orders", f"{ORDERS}/1;a=b"),
    "an escaped semicolon": (f"{ORDERS}/1%3Ba", "orders", f"{ORDERS}/1%3Ba"),
    "an escaped question mark": (f"{ORDERS}/1%3Fa", "orders", f"{ORDERS}/1%3Fa"),
    "an escaped hash": (f"{ORDERS}/1%23a", "orders", f"{ORDERS}/1%23a"),
    "an escaped percent sign": (f"{ORDERS}/1%252fa", "orders", f"{ORDERS}/1%252fa"),
    "an escaped letter": ("/api/v1/%6Frders", "orders", ORDERS),
    "escaped text": (f"{ORDERS}/a%20%C3%BC", "orders", f"{ORDERS}/a%20%C3%BC"),
}
# Where programs ask, and no service has anything.
UNROUTED = {
    "the root of programs": "/api",
    "an escaped letter": "/%61pi/v1/nothing",
    "slashes in a row": "//api//v1",
    "a longer word": f"{ORDERS}x",
    "capitals of a service": "/api/v1/Orders",
    "a dot after a route": f"{ORDERS}.",
    "a semicolon after a route": f"{ORDERS};/1",
    "an internal path": "/internal/feed",
    "dots to an internal path": f"{ORDERS}/../../../internal/feed",
    "metrics": "/metrics",
    "health": "/health/ready",
    "Traefik's API": "/api/rawdata",
    "webhooks": "/webhooks/nobody",
    "what is well known": "/.well-known/nothing",
}
# What the edge refuses: status and type of the problem, path, and headers.
REFUSED = {
    "an escaped slash": (400, "malformed-request", f"{ORDERS}%2f1"),
    "an escaped slash in capitals": (400, "malformed-request", f"{ORDERS}/..%2F..%2Finternal"),
    "an escaped backslash": (400, "malformed-request", f"{ORDERS}/%5cx"),
    "a backslash": (400, "malformed-request", f"{ORDERS}\\1"),
    "an escaped NUL": (400, "malformed-request", f"{ORDERS}/%00"),
    "another host in the address": (404, "not-found", f"http://evil.example{ORDERS}"),
    "a service that hangs up": (502, "dependency-unavailable", f"{ORDERS}/hangs-up"),
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def is_problem(answer: Answer, status: int, kind: str) -> bool:
    named = (answer.status, answer.document["type"], answer.document["status"]) == (status, kind, status)
    return named and answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("path", "service", "seen"), ROUTED.values(), ids=ROUTED)
def test_request_reaches_its_service(edge: Edge, path: str, service: str, seen: str) -> None:
    answer = ask(edge, path)
    assert (answer.status, answer.document["service"], answer.document["path"]) == (200, service, seen)


@pytest.mark.parametrize("path", UNROUTED.values(), ids=UNROUTED)
def test_other_paths_reach_no_service(edge: Edge, path: str) -> None:
    for method in ("GET", "DELETE"):
        assert is_problem(ask(edge, path, method=method), 404, "not-found")


@pytest.mark.parametrize(("status", "kind", "path"), REFUSED.values(), ids=REFUSED)
def test_refusal_is_a_problem(edge: Edge, status: int, kind: str, path: str) -> None:
    for method in ("GET", "DELETE"):
        answer = ask(edge, path, method=method)
        assert is_problem(answer, status, kind)
        assert ("retry-after" in answer.headers) is (status >= 502)
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "shop.example.evil.example", "localhost.evil.example", "[::1]"])
def test_other_host_names_are_not_found(edge: Edge, host: str) -> None:
    assert is_problem(ask(edge, ORDERS, host=host), 404, "not-found")


def test_the_host_name_may_have_capitals_a_port_or_a_dot(edge: Edge) -> None:
    for host in (edge.host.upper(), f"{edge.host}:443", f"{edge.host}."):
        assert ask(edge, ORDERS, host=host).document["service"] == "orders"
    absolute = ask(edge, f"http://{edge.host}{ORDERS}", host="evil.example")
    assert absolute.document["service"] == "orders"


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_passed_on_with_its_body(edge: Edge, method: str) -> None:
    body = b'{"a": 1}' if method in {"POST", "PUT", "PATCH"} else b""
    answer = ask(edge, ORDERS, JSON, method=method, body=body)
    assert answer.status == 200
    if method != "HEAD":
        assert (answer.document["method"], answer.document["body"]) == (method, body.decode())


def test_a_chunked_body_is_passed_on(edge: Edge) -> None:
    answer = ask(edge, ORDERS, JSON, CHUNKED, method="POST", body=b'8\r\n{"a": 1}\r\n0\r\n\r\n')
    assert answer.document["body"] == '{"a": 1}'


@pytest.mark.parametrize("body", [b"zz\r\n{}\r\n", b"2\r\nabcdef\r\n0\r\n\r\n", b"2\r\nab\r\nzz\r\n"])
def test_a_malformed_chunked_body_is_a_problem(edge: Edge, body: bytes) -> None:
    for method in ("POST", "PUT", "PATCH"):
        assert is_problem(ask(edge, ORDERS, JSON, CHUNKED, method=method, body=body), 400, "malformed-request")


@pytest.mark.parametrize("status", [400, 401, 404, 409, 413, 422, 429, 500, 503])
def test_error_of_a_service_is_passed_on_unchanged(edge: Edge, status: int) -> None:
    for method in METHODS:
        answer = ask(edge, f"{ORDERS}/answers/{status}", JSON, method=method, body=b"{}" if method == "POST" else b"")
        assert answer.status == status
        assert method == "HEAD" or answer.document["detail"] == "the service's own"
        assert answer.headers.get("retry-after") == ("77" if status in {429, 503} else None)


def test_a_service_without_pods_is_unavailable(edge: Edge) -> None:
    answer = ask(edge, "/api/v1/payments")
    if edge.name == "cluster":  # in Traefik's own words: a service's 503 must keep its type and Retry-After
        assert (answer.status, answer.headers["content-type"]) == (503, "text/plain; charset=utf-8")
    else:
        assert is_problem(answer, 503, "dependency-unavailable")


def test_reads_are_tried_again_and_writes_are_not(edge: Edge) -> None:
    def times(method: str) -> int:
        before = edge.services["orders"].asked
        assert ask(edge, f"{ORDERS}/hangs-up", method=method).status == 502
        return edge.services["orders"].asked - before

    assert [times(method) for method in ("POST", "PUT", "PATCH", "DELETE")] == [1, 1, 1, 1]
    assert times("GET") >= 3
    assert times("HEAD") >= 3


def test_headers_that_only_services_set_and_hop_by_hop_headers_are_removed(edge: Edge) -> None:
    sent = {
        "X-Deadline": "1",
        "X-Request-Id": "abcdefgh-1",
        "X_Request_Id": "abcdefgh-2",
        "X.Forwarded.For": "6.6.6.6",
        "X_Forwarded_For": "6.6.6.6",
        "Keep-Alive": "timeout=5",
        "Proxy-Authorization": "Basic eDp5",
        "Proxy-Connection": "keep-alive",
        "TE": "gzip",
        "Trailer": "X-Sum",
    }
    seen = ask(edge, ORDERS, *(f"{name}: {value}" for name, value in sent.items())).document["headers"]
    assert not {name.lower() for name in sent} & set(seen)
    assert "6.6.6.6" not in str(seen)
    named = ask(edge, ORDERS, "X-Mine: 1", "Connection: X-Mine, X-Forwarded-Proto").document["headers"]
    assert "x-mine" not in named
    assert named["x-forwarded-proto"] == "https"


def test_other_headers_are_passed_on(edge: Edge) -> None:
    sent = {"traceparent": "00-x", "authorization": "Bearer x", "cookie": "a=b", "idempotency-key": "k"}
    seen = ask(edge, ORDERS, *(f"{name}: {value}" for name, value in sent.items())).document["headers"]
    assert sent.items() <= seen.items()


@pytest.mark.parametrize("path", [ORDERS, f"{ORDERS}/answers/404", f"{ORDERS}/hangs-up", f"{ORDERS}/%00", "/nowhere"])
def test_answers_have_the_headers_of_the_edge(edge: Edge, path: str) -> None:
    headers = ask(edge, path).headers
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers


def test_address_of_a_client_behind_the_load_balancer_is_told(edge: Edge) -> None:
    client = new_client()
    seen = ask(edge, ORDERS, client=f"6.6.6.6, {client}").document["headers"]
    assert seen["x-forwarded-for"] == f"6.6.6.6, {client}, 127.0.0.1"
    assert (seen["x-forwarded-proto"], seen["host"]) == ("https", edge.host)


def test_plain_http_is_redirected_to_https(edge: Edge) -> None:
    for method, status in {"GET": 301, "POST": 308}.items():
        answer = ask_plainly(edge, f"{ORDERS}?a=b", method=method)
        assert (answer.status, answer.headers["location"]) == (status, f"https://{edge.host}{ORDERS}?a=b")


def test_too_long_headers_are_refused(edge: Edge) -> None:
    assert ask(edge, ORDERS, f"X-Long: {'x' * 31_000}").status == 200
    assert ask(edge, ORDERS, f"X-Long: {'x' * 41_000}").status == 431


@pytest.mark.parametrize(
    "line",
    ["Content-Length: x", "Content-Length: 1\r\nContent-Length: 2", "a b: c", "Transfer-Encoding: gzip", "A : b"],
)
def test_malformed_http_reaches_no_service(edge: Edge, line: str) -> None:
    before = edge.services["orders"].asked
    assert ask(edge, ORDERS, line, method="POST").status in {400, 501}
    assert edge.services["orders"].asked == before


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_new_versions_of_tls_are_spoken_with_strong_ciphers(edge: Edge, version: ssl.TLSVersion) -> None:
    assert handshake(edge, version).startswith(("TLS_", "ECDHE-ECDSA-"))


def test_old_tls_is_refused(edge: Edge) -> None:
    with warnings.catch_warnings(), pytest.raises(ssl.SSLError):
        warnings.simplefilter("ignore", DeprecationWarning)
        handshake(edge, ssl.TLSVersion.TLSv1_1)
    for weak in ("ECDHE-ECDSA-AES128-SHA", "AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"):
        with pytest.raises(ssl.SSLError):
            handshake(edge, ssl.TLSVersion.TLSv1_2, weak)


def handshake(edge: Edge, version: ssl.TLSVersion, ciphers: str = "") -> str:
    context = tls_context()
    context.minimum_version = context.maximum_version = version
    if ciphers:
        context.set_ciphers(f"{ciphers}@SECLEVEL=0")
    with (
        socket.create_connection(("127.0.0.1", edge.https), timeout=60) as plain,
        context.wrap_socket(plain, server_hostname=edge.host) as tls,
    ):
        cipher = tls.cipher()
        assert cipher is not None
        return cipher[0]
