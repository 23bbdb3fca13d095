"""API keys in a service that asks shop: how long an answer is good, what a guess costs, and what a key is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import msgspec
import pytest
from aiohttp import web
from fastapi import APIRouter, Depends

from chassis.auth import CurrentPrincipal, InvalidToken, MaybePrincipal, Principal, Verifier, require
from chassis.cache import Cache, Valkey
from chassis.http import ServiceClient
from chassis.limits.addresses import Proxies
from chassis.limits.gcra import Local
from chassis.problems import RateLimited, Unavailable
from chassis.sessions import api_keys
from chassis.sessions.api_keys import ApiKeys, KeyFacts, draw, hashed
from chassis.testing import RunningApp, running_app
from chassis.tests.http.support import KEY, Replica, refusing
from chassis.values import uuid7


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Asked:
    """What shop would answer."""

    def __init__(self) -> None:
        self.known: dict[bytes, KeyFacts] = {}
        self.away = False
        self.times = 0

    def made(self) -> str:
        key = draw()
        self.known[hashed(key)] = KeyFacts(uuid7(), ["orders:read"])
        return key

    async def __call__(self, key_hash: bytes) -> KeyFacts | None:
        self.times += 1
        if self.away:
            raise Unavailable
        return self.known.get(key_hash)


def at(place: int) -> dict[str, Any]:
    """The scope of a request from one of many networks."""
    return {"client": (f"192.0.2.{place}", 1), "headers": []}


HERE = at(1)


def keys(clock: Clock, asked: Asked) -> ApiKeys:
    return ApiKeys(Cache(Valkey(None), "test", clock=clock), asked, Proxies([]), guesses=Local(clock=lambda: 0))


async def test_an_answer_is_good_for_two_seconds_and_a_half_and_a_minute_while_shop_is_away() -> None:
    clock, asked = Clock(), Asked()
    known, key = keys(clock, asked), asked.made()
    principal = await known.principal(key, HERE)
    assert (sorted(principal.scopes), principal.roles) == (["orders:read"], ("api-key",))
    clock.now = 2.4
    assert await known.principal(key, HERE) == principal
    assert asked.times == 1
    clock.now, asked.away = 60.0, True
    assert await known.principal(key, HERE) == principal
    clock.now = 63.0
    with pytest.raises(Unavailable):
        await known.principal(key, HERE)
    asked.away = False
    assert await known.principal(key, HERE) == principal
    asked.known.clear()
    clock.now = 66.0
    with pytest.raises(InvalidToken, match="key"):
        await known.principal(key, HERE)


async def guessed(known: ApiKeys, place: int, most: int = 700) -> RateLimited:
    """The refusal of who guesses until there is one."""
    with pytest.raises(RateLimited) as refused:
        for _ in range(most):
            with pytest.raises(InvalidToken):
                await known.principal(draw(), at(place))
    return refused.value


async def test_guesses_are_bounded_and_keys_that_are_known_are_asked_about_all_the_same() -> None:
    clock, asked = Clock(), Asked()
    known, key = keys(clock, asked), asked.made()
    await known.principal(key, HERE)
    for place in range(2, 8):
        refused = await guessed(known, place)
        assert int(refused.headers["Retry-After"]) >= 1
    assert asked.times == 600
    clock.now = 3.0
    before = asked.times
    assert (await known.principal(key, HERE)).roles == ("api-key",)
    assert asked.times == before + 1


async def test_who_guesses_does_not_keep_others_new_keys_out() -> None:
    asked = Asked()
    known = keys(Clock(), asked)
    await guessed(known, 2)
    assert asked.times == 120
    assert (await known.principal(asked.made(), HERE)).roles == ("api-key",)
    with pytest.raises(RateLimited):
        await known.principal(asked.made(), at(2))


async def test_the_keys_that_are_known_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "MOST_KNOWN", 2)
    asked = Asked()
    known = keys(Clock(), asked)
    for _ in range(4):
        await known.principal(asked.made(), HERE)
    assert len(known._good) == 2


router = APIRouter(prefix="/api/v1/doors")


@router.get("/staff")
async def staff(who: Annotated[Principal, Depends(require("orders:read"))]) -> str:
    return str(who.account_id)


@router.get("/own")
async def own(_who: CurrentPrincipal) -> None:
    """What is one customer's."""


@router.get("/anybody")
async def anybody(_who: MaybePrincipal) -> None:
    """What is a customer's or a guest's."""


@pytest.fixture
async def hello(bench) -> AsyncIterator[RunningApp]:
    async with running_app("hello", bench) as service:
        service.app.router.routes[:0] = router.routes
        yield service


async def test_a_key_opens_what_staff_do_and_nothing_of_a_customers(hello: RunningApp) -> None:
    asked = Asked()
    headers = {"Authorization": f"Bearer {asked.made()}"}

    async def opened(place: str) -> httpx.Response:
        return await hello.client.get(f"/api/v1/doors/{place}", headers=headers)

    assert (await opened("staff")).status_code == 401
    hello.ctx.get(Verifier).api_keys = ApiKeys(hello.ctx.cache, asked, hello.ctx.limiter.proxies)
    answers = [await opened(place) for place in ("staff", "own", "anybody")]
    assert [answer.status_code for answer in answers] == [200, 403, 403]
    assert answers[0].json() == str(next(iter(asked.known.values())).key_id)


async def test_shop_is_asked_by_the_hash_and_a_refusal_is_no_key():
    key, facts = draw(), KeyFacts(uuid7(), ["orders:read"])

    async def answer(request: web.Request) -> web.StreamResponse:
        known = request.path == f"/internal/api-keys/{hashed(key).hex()}"
        return web.json_response(msgspec.to_builtins(facts)) if known else await refusing(404, type="x")(request)

    async with Replica(answer).running() as shop:
        client = ServiceClient("orders", KEY, {"shop": [shop.url]})
        try:
            find = api_keys.asking(client)
            assert await find(hashed(key)) == facts
            assert await find(hashed(draw())) is None
        finally:
            await client.aclose()
    assert key not in str([request.path_qs for request, _ in shop.seen])
