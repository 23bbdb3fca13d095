"""The smoke test against a server whose answers are given: what passes, what fails, and within which time."""

from __future__ import annotations

import io
import json
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from rich.console import Console

from deploy.release import smoke
from deploy.release.environment import Environment
from deploy.terminal import Terminal
from mercat.edge import certificates

GOOD = {
    "/": (200, "text/html", "<h1>Shop</h1>"),
    "/api/v1/products": (200, "application/json", '{"items": []}'),
    "/api/v1/categories": (200, "application/json", "{}"),
    "/.well-known/jwks.json": (200, "application/json", "{}"),
    "/api/v1/checkout/countries": (200, "application/json", "{}"),
    "/api/v1/payments/configuration": (200, "application/json", "{}"),
    "/api/v1/shop": (200, "application/json", "{}"),
    "/api/v1/cart": (200, "application/json", '{"lines": []}'),
    "POST /api/v1/cart": (201, "application/json", '{"cart_token": "secret"}'),
}


@contextmanager
def shop(tls=None, **wrong):
    """`wrong`: an answer in place of a good one, or a list: each once, and the last for ever."""
    answers = {**GOOD, **wrong}
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self, before=""):
            asked.append(before + self.path)
            if tls and self.headers["Host"] != "shop.example":
                raise AssertionError(self.headers["Host"])
            found = answers.get(before + self.path, (404, "text/plain", "nothing here"))
            if isinstance(found, list):
                found = found.pop(0) if len(found) > 1 else found[0]
            status, kind, body = found
            if self.path == "/api/v1/cart" and not before and self.headers["Cart-Token"] != "secret":
                status = 401
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def do_POST(self):
            self.do_GET("POST ")

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join()


def ask(url, *, seconds=0.0):
    smoke.ask(url, Terminal(Console(file=io.StringIO())), seconds=seconds)


def test_shop_that_works_passes_and_every_service_was_asked():
    with shop() as (url, asked):
        ask(url)
    assert asked[:2] == ["/", "/api/v1/products"]
    assert set(asked) == set(GOOD)


@pytest.mark.parametrize(
    ("path", "answer", "told"),
    [
        ("/", (403, "text/html", "denied"), "the shop's page: GET / answered 403: denied"),
        ("/", (200, "application/json", "{}"), "the shop's page"),
        ("/api/v1/products", (503, "text/plain", "no"), "the list of products: GET /api/v1/products answered 503"),
        ("/api/v1/products", (200, "text/plain", "not JSON"), "the list of products: JSONDecodeError"),
        ("/.well-known/jwks.json", (502, "text/plain", ""), "identity at /.well-known/jwks.json"),
        ("/api/v1/payments/configuration", (500, "text/plain", ""), "payments at /api/v1/payments/configuration"),
        ("POST /api/v1/cart", (500, "text/plain", ""), "a cart: POST /api/v1/cart answered 500"),
        ("POST /api/v1/cart", (201, "application/json", json.dumps({"cart_token": "x"})), "a cart: GET .* 401"),
    ],
)
def test_wrong_answer_is_told_with_its_question(path, answer, told):
    with shop(**{path: answer}) as (url, _), pytest.raises(smoke.Smoke, match=told):
        ask(url)


def test_shop_without_a_real_name_or_certificate_is_asked_where_it_listens(tmp_path):
    names = set()
    certificates.ensure(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "localhost.pem", tmp_path / "localhost.key")
    tls.sni_callback = lambda _socket, name, _context: names.add(name)
    with shop(tls) as (url, asked):
        smoke.ask("https://shop.example", Terminal(Console(file=io.StringIO())), at=url.partition("//")[2])
    assert (set(asked), names) == (set(GOOD), {"shop.example"})
    with shop(tls) as (url, _), pytest.raises(smoke.Smoke, match="CERTIFICATE_VERIFY_FAILED"):
        ask(url.replace("http:", "https:"))


def test_edge_that_hears_of_the_new_pods_a_moment_later_passes():
    unheard = (503, "text/plain", "")
    with shop(**{"/": [unheard, GOOD["/"]]}) as (url, asked):
        ask(url, seconds=60)
        assert asked.count("/") == 2
    with shop(**{"/": unheard}) as (url, asked):
        with pytest.raises(smoke.Smoke):
            ask(url, seconds=1.5)
        assert 1 <= asked.count("/") <= 2


def test_server_that_does_not_answer_ends_in_time():
    began = time.monotonic()
    with pytest.raises(smoke.Smoke, match="the shop's page: Connect"):
        ask("http://127.0.0.1:9")
    assert time.monotonic() - began < smoke._EACH_SECONDS + 5


def test_address_is_the_handovers_or_the_environments():
    assert smoke.address(Environment("cluster", {})) == "https://shop.cluster.example"
    assert smoke.address(Environment("production", {"domain": "d.cloudfront.net"})) == "https://d.cloudfront.net"
