"""Signatures and pauses, without a database; and where a message may be sent."""

from __future__ import annotations

import base64
from ipaddress import ip_network

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from chassis.http import public_connector
from chassis.values import uuid7
from shop.tests.receiver import Receiver
from shop.webhooks import client as clients
from shop.webhooks.client import WebhookClient
from shop.webhooks.domain.retries import MOST_TRIES, PAUSES, pause_after
from shop.webhooks.domain.signature import secret, signature


def test_signatures_are_those_of_the_specification() -> None:
    """The example of the libraries of Standard Webhooks."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signature([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature([key, key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}') == f"{made} {made}"


def test_secrets_differ_by_key_endpoint_and_number() -> None:
    one, other = uuid7(), uuid7()
    made = {secret(key, of, number) for key in (b"a", b"b") for of in (one, other) for number in (1, 2)}
    assert len(made) == 8
    assert {len(each) for each in made} == {32}


def test_a_message_is_tried_for_more_than_a_day_and_then_given_up() -> None:
    assert sum(PAUSES) > 86_400
    assert [pause_after(tries) for tries in range(1, MOST_TRIES + 2)] == [*PAUSES, None, None]
    assert list(PAUSES) == sorted(PAUSES)


class Inside(AbstractResolver):
    """Every name leads inside."""

    async def resolve(self, host: str, port: int = 0, family: int = 2) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is open."""


async def test_no_message_is_sent_inside_and_no_redirect_followed(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_connector, "make_resolver", Inside)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    outside = WebhookClient(ports=[receiver.port], networks=[])
    for host in ("127.0.0.1", "[::1]", "erp.example.com", "2130706433", "169.254.169.254"):
        told = await outside.send(f"http://{host}:{receiver.port}/hook", {}, "{}")
        assert told.status is None, host
        assert told.error, host
        assert "127" not in told.error, host
    await outside.aclose()
    inside = WebhookClient(ports=[receiver.port], networks=[ip_network("127.0.0.0/8")])
    assert receiver.got == []
    receiver.status, receiver.headers = 307, {"Location": receiver.url("/elsewhere")}
    assert (await inside.send(receiver.url(), {}, "{}")).status == 307
    assert len(receiver.got) == 1
    assert "port 1" in str((await inside.send("http://127.0.0.1:1/", {}, "{}")).error)
    await inside.aclose()


async def test_what_is_wrong_with_a_receiver_is_told(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "TOTAL_SECONDS", 0.2)
    made = WebhookClient(ports=[receiver.port, 1], networks=[ip_network("127.0.0.0/8")])
    assert "No answer" in str((await made.send(receiver.url("/hangs"), {}, "{}")).error)
    receiver.ended.set()
    assert "reached" in str((await made.send("http://127.0.0.1:1/", {}, "{}")).error)
    assert "no server" in str((await made.send("http://nobody.invalid/", {}, "{}")).error)
    await made.aclose()
