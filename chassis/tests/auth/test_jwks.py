import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chassis import auth, problems
from chassis.auth import jwks
from chassis.tests.auth.support import (
    KEY,
    OTHER,
    Clock,
    access,
)


class Issuer:
    """A JWKS server that a test changes while it runs."""

    def __init__(self) -> None:
        self.body = b""
        self.status = 200
        self.hits = 0
        self.gate = threading.Event()
        self.gate.set()
        self.publish(k1=KEY)

    def publish(self, **keys: ec.EllipticCurvePrivateKey) -> None:
        self.body = json.dumps({"keys": [auth.jwk(key.public_key(), kid) for kid, key in keys.items()]}).encode()

    def start(self) -> None:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.hits += 1
                assert self.path == "/.well-known/jwks.json"
                issuer.gate.wait(10)
                self.send_response(issuer.status)
                self.send_header("Content-Length", str(len(issuer.body)))
                self.end_headers()
                try:
                    self.wfile.write(issuer.body)
                except OSError:
                    self.close_connection = True  # the other side had enough

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def stop(self) -> None:
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    served = Issuer()
    served.start()
    yield served
    served.stop()


async def test_keys_are_fetched_once_and_kept(issuer: Issuer):
    source = auth.Jwks([issuer.url])
    found = await asyncio.gather(*(source.key("k1") for _ in range(50)))
    assert {key.public_numbers() for key in found if key} == {KEY.public_key().public_numbers()}
    await source.key("k1")
    assert issuer.hits == 1
    await source.aclose()


async def test_a_token_is_verified_by_the_fetched_key(issuer: Issuer):
    subject = auth.Verifier(auth.Jwks([issuer.url]), audience="orders", issuer="mercat")
    assert (await subject.principal(access())).roles == ("merchandiser",)


async def test_an_unknown_kid_fetches_again_at_most_once_in_ten_seconds(issuer: Issuer):
    clock = Clock()
    source = auth.Jwks([issuer.url], clock=clock)
    await source.key("k1")
    issuer.publish(k1=KEY, k2=OTHER)
    assert await source.key("k2") is None
    assert issuer.hits == 1
    clock.at += 10
    found = await asyncio.gather(*(source.key("k2") for _ in range(20)))
    assert all(found)
    assert issuer.hits == 2
    assert await source.key("k3") is None
    assert issuer.hits == 2


async def test_keys_are_fetched_again_after_five_minutes_and_old_ones_are_dropped(issuer: Issuer):
    clock = Clock()
    source = auth.Jwks([issuer.url], clock=clock)
    await source.key("k1")
    clock.at += 301
    issuer.publish(k2=OTHER)
    assert await source.key("k1") is None
    assert await source.key("k2") is not None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"keys":[]}', b'{"keys":[{"kid":"k1","kty":"oct","k":"AA"}]}', b"x" * 70_000]
)
async def test_cached_keys_are_used_for_a_day_while_the_issuer_answers_invalid_documents(issuer: Issuer, body: bytes):
    clock = Clock()
    source = auth.Jwks([issuer.url], clock=clock)
    await source.key("k1")
    issuer.body = body
    clock.at += 86_399
    assert await source.key("k1") is not None
    assert issuer.hits == 2
    # It failed a moment ago: nobody waits for another try.
    assert await source.key("k1") is not None
    assert issuer.hits == 2
    clock.at += 1
    with pytest.raises(problems.Unavailable):
        await source.key("k1")


async def test_an_issuer_that_hangs_delays_no_token_whose_key_is_cached(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(jwks, "PATIENCE", 0.01)
    clock = Clock()
    source = auth.Jwks([issuer.url], clock=clock)
    await source.key("k1")
    issuer.gate.clear()
    clock.at += 301
    assert await source.key("k1") is not None
    assert source._fetch is not None
    await source.aclose()
    assert source._fetch is None


async def test_another_replica_of_the_issuer_is_asked_when_one_fails(issuer: Issuer):
    failing = Issuer()
    failing.start()
    failing.status = 503
    source = auth.Jwks([failing.url, issuer.url])
    assert await source.key("k1") is not None
    assert (failing.hits, issuer.hits) == (1, 1)
    failing.stop()


async def test_without_any_key_the_answer_is_unavailable_not_refused(issuer: Issuer):
    issuer.status = 500
    source = auth.Jwks([issuer.url])
    with pytest.raises(problems.Unavailable, match="cannot be checked"):
        await source.key("k1")
    with pytest.raises(problems.Unavailable):
        await auth.Jwks([]).key("k1")


def test_keys_at_hand_are_replaced_at_once():
    source = auth.StaticKeys({"a": KEY.public_key()})
    source.replace({"b": OTHER.public_key()})
    assert asyncio.run(source.key("a")) is None
    assert asyncio.run(source.key("b")) is not None


def test_unsupported_keys_of_a_set_are_ignored():
    good = auth.jwk(KEY.public_key(), "k1")
    document = {"keys": [{**good, "kid": "x", "alg": "RS256"}, {"kty": "EC"}, good]}
    assert list(jwks.parse(json.dumps(document).encode())) == ["k1"]
