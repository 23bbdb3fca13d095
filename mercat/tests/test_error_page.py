from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from chassis import problems
from mercat.edge import error_page
from mercat.edge.error_page import PROBLEM_PATH, ErrorPageHandler, ErrorPageServer

OURS = {kind.type: kind for kind in problems.Problem.__subclasses__()}


@pytest.fixture
def port() -> Iterator[int]:
    with ErrorPageServer(("127.0.0.1", 0), ErrorPageHandler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def ask(connection: http.client.HTTPConnection, method: str, path: str, **options):
    connection.request(method, path, **options)
    answer = connection.getresponse()
    return answer, answer.read()


def test_problems_are_those_of_the_chassis(port):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for status in (400, 404, 413, 431, 502, 503, 504, 500, 599):
            answer, body = ask(connection, "GET", f"{PROBLEM_PATH}{status}?a=b")
            told = json.loads(body)
            assert (answer.status, told["status"]) == (status, status)
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.headers["X-Request-Id"] == told["request_id"]
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Retry-After"] == ("5" if status in {502, 503, 504} else None)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "Server" not in answer.headers
            ours = OURS.get(told["type"])
            assert ours is None or ours.title == told["title"]
    known = {kind for kind, _, _ in error_page.PROBLEMS.values()}
    assert known - set(OURS) == {"headers-too-large"}


def test_a_person_gets_a_page_where_the_shop_is_away(port):
    accept = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for path in ("/", "/de/products", f"{PROBLEM_PATH}502"):
            answer, body = ask(connection, "GET", path, headers=accept)
            assert answer.status in {502, 503}
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == ("5", "no-store")
            style = re.search(rb"<style>(.*?)</style>", body)
            assert style
            allowed = base64.b64encode(hashlib.sha256(style[1]).digest()).decode()
            assert f"style-src 'sha256-{allowed}'" in answer.headers["Content-Security-Policy"]
        for method, path in (("POST", "/"), ("GET", f"{PROBLEM_PATH}404")):
            answer, body = ask(connection, method, path, headers=accept)
            assert json.loads(body)["status"] == answer.status


def test_other_paths_answer_503(port):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            for path in ("/", "/api/v1/orders", "/404", f"{PROBLEM_PATH}200"):
                answer, body = ask(connection, method, path, body=b"x" * 100)
                assert (answer.status, json.loads(body)["type"]) == (503, "dependency-unavailable")
        answer, body = ask(connection, "HEAD", "/")
        assert (answer.status, body) == (503, b"")
        assert int(answer.headers["Content-Length"]) > 100


@pytest.mark.parametrize(
    "headers", [{"Transfer-Encoding": "chunked"}, {"Content-Length": "900000"}, {"Content-Length": "x"}]
)
def test_unread_body_closes_the_connection(port, headers):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        answer, _ = ask(connection, "POST", "/", body=b"0\r\n\r\n", headers=headers)
        assert answer.status == 503
        assert answer.headers["Connection"] == "close"


def test_body_sent_after_the_answer_does_not_reset_the_connection(port):
    chunk = b"2\r\n{}\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
        while connection.recv(65_536):
            pass
        for _ in range(100):
            connection.sendall(chunk)
        assert connection.recv(1) == b""


def test_client_that_never_stops_sending_is_cut_off(port, monkeypatch):
    monkeypatch.setattr(error_page, "_LINGER_SECONDS", 0.3)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n")
        while connection.recv(65_536):
            pass
        deadline = time.monotonic() + 30
        with pytest.raises(ConnectionError):
            while time.monotonic() < deadline:
                connection.sendall(b"x")
                time.sleep(0.02)


def test_request_refused_by_the_library_is_a_problem(port):
    many = b"".join(b"a%d: b\r\n" % number for number in range(150))
    for request, status in (
        (b"GET %s502 HTTP/1.1\r\n%s\r\n" % (PROBLEM_PATH.encode(), many), 502),
        (b"GET / HTTP/1.1\r\n%s\r\n" % many, 431),
        (b"BREW / HTTP/1.1\r\n\r\n", 501),
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(request)
            answer = b""
            while part := connection.recv(65_536):
                answer += part
        head, _, body = answer.partition(b"\r\n\r\n")
        assert int(head.split()[1]) == json.loads(body)["status"] == status
