"""B4: work that has stopped is set going and given up in the service that it stands in, once, by who may."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from proofs.attack.people import boss_of, long_ago, program
from proofs.shopper import PASSWORD, Shopper
from proofs.store import SERVICES, ProofStore

TITLE = "Stopped work: of one service alone, once, and what cannot be undone by a person who proved who they are"
AT_ONCE = 6
_JOB = """
insert into jobs (id, name, payload, tries, held_at, error) overriding system value
values ($1, 'proofs.nothing', '{}', 8, now(), '<script>alert(1)</script>')
"""
_LETTER = """
insert into inbox_dead (producer, aggregate, aggregate_id, version, event_id, type, occurred_at, data, state, tries)
values ($1, 'thing', $2::uuid, 1, $3, 'proofs.nothing', now(), '{}', 'dead', 8)
"""
_JOBS = "select count(*) from jobs where id = $1 and held_at is not null"
_LETTERS = """
select coalesce(array_agg(producer order by producer), '{}') from inbox_dead where event_id = $1 and state = 'dead'
"""
_GONE = ("delete from jobs where name = 'proofs.nothing'", "delete from inbox_dead where type = 'proofs.nothing'")


class Planted(NamedTuple):
    """A held job of orders, and two events of one id that orders gave up: of catalog and of payments."""

    job: int
    event: str
    things: tuple[str, str]


async def prove(store: ProofStore) -> list[str]:
    """Run the attacks; returns those that succeeded."""
    async with AsyncExitStack() as stack:
        boss = await stack.enter_async_context(boss_of(store))
        reading = await stack.enter_async_context(program(store, boss, "operations:read"))
        writing = await stack.enter_async_context(program(store, boss, "operations:read", "operations:write"))
        planted = await stack.enter_async_context(_planted(store))
        wrong = await _programs(reading, writing, planted)
        wrong += await _unproved(boss, planted)
        wrong += await _elsewhere(boss, planted)
        wrong += await _bent(boss, planted)
        if (await _left(store, planted)) != (1, ["catalog", "payments"]):
            return [*wrong, f"what had stopped is changed: {await _left(store, planted)}"]
        return wrong + await _once(store, boss, planted)


@asynccontextmanager
async def _planted(store: ProofStore) -> AsyncIterator[Planted]:
    made = Planted(
        900_000_000_000_000 + secrets.randbelow(10**9),
        f"{secrets.randbelow(10**9)}.1",
        (str(uuid.uuid4()), str(uuid.uuid4())),
    )
    await store.rows("orders", _JOB, made.job)
    for producer, thing in zip(("catalog", "payments"), made.things, strict=True):
        await store.rows("orders", _LETTER, producer, thing, made.event)
    try:
        yield made
    finally:
        for statement in _GONE:
            await store.rows("orders", statement)


async def _left(store: ProofStore, planted: Planted) -> tuple[int, list[str]]:
    """What of it is held still."""
    jobs = await store.value("orders", _JOBS, planted.job)
    return int(jobs), list(await store.value("orders", _LETTERS, planted.event))


def _path(service: str, end: str = "") -> str:
    return f"/api/v1/admin/operations/{service}{end}"


def _given_up(planted: Planted, service: str = "orders") -> list[str]:
    return [_path(service, f"/jobs/{planted.job}"), _path(service, f"/events/{planted.event}?producer=catalog")]


async def _programs(reading: Shopper, writing: Shopper, planted: Planted) -> list[str]:
    """A key that reads changes nothing; one that writes gives nothing up, which only a person does."""
    nothing, wrong = {"producer": "nobody"}, []
    for service in SERVICES:
        told = [
            (await reading.call("GET", _path(service))).status,
            (await reading.call("POST", _path(service, "/redrives"), json=nothing)).status,
            (await reading.call("POST", _path(service, "/releases"), json={"name": "proofs.other"})).status,
            (await writing.call("POST", _path(service, "/redrives"), json=nothing)).status,
        ]
        wrong += [] if told == [200, 403, 403, 200] else [f"{service}, by keys: {told}"]
    for path in _given_up(planted):
        refused = (await reading.call("DELETE", path)).status, (await writing.call("DELETE", path)).type
        wrong += [] if refused == (403, "step-up-required") else [f"DELETE {path} by keys: {refused}"]
    return wrong


async def _unproved(boss: Shopper, planted: Planted) -> list[str]:
    """By an administrator's session that somebody stole."""
    old = await long_ago(boss)
    told = [(await boss.call("DELETE", path, **old)).type for path in _given_up(planted)]
    boss.headers.pop("Authorization")
    await boss.sign_in(PASSWORD)
    return [] if told == ["step-up-required"] * 2 else [f"what cannot be undone, by an old session: {told}"]


async def _elsewhere(boss: Shopper, planted: Planted) -> list[str]:
    """Ask every other service for what stands in orders."""
    wrong = []
    for service in SERVICES:
        if service == "orders":
            continue
        told = [(await boss.call("DELETE", path)).status for path in _given_up(planted, service)]
        again = await boss.call("POST", _path(service, "/releases"), json={"job": planted.job})
        events = await boss.call("POST", _path(service, "/redrives"), json={"only": planted.things[0]})
        counts = (again.body.get("released"), events.body.get("redriven"))
        if (told, counts) != ([404, 404], (0, 0)):
            wrong.append(f"what stands in orders, asked of {service}: {told}, {counts}")
    return wrong


async def _bent(boss: Shopper, planted: Planted) -> list[str]:
    """Ids, names and bodies that could be read as more than one thing."""
    job, event = planted.job, planted.event
    wrong = []
    for path in (
        f"/jobs/{job}%20or%201%3D1",
        f"/jobs/{2**64 + job}",
        f"/jobs/-{job}",
        f"/jobs/{job}%00",
        f"/events/{event}'--",
        "/events/%25",
        f"/events/{event}%2f..%2f{event}",
        f"/events/{event}?producer=catalog'%20or%201%3D1",
        f"/events/{event}?producer=%25",
    ):
        answer = await boss.call("DELETE", _path("orders", path))
        if answer.status not in {400, 404, 422}:
            wrong.append(f"DELETE {path}: {answer}")
    for end, body in (
        ("/releases", {"name": "proofs._othing"}),
        ("/releases", {"name": "proofs.%"}),
        ("/releases", {"job": str(job)}),
        ("/releases", {"job": 2**64}),
        ("/releases", {"name": "proofs.other", "job": job}),
        ("/releases", {"names": ["proofs.nothing"]}),
        ("/redrives", {"only": "%"}),
        ("/redrives", {"only": f"{planted.things[0]}' or '1'='1"}),
        ("/redrives", {"producer": "catalog'--"}),
        ("/redrives", {"producer": "identity", "only": planted.things[0]}),
        ("/redrives", {"service": "orders"}),
    ):
        answer = await boss.call("POST", _path("orders", end), json=body)
        if answer.status != 422 and 0 not in {answer.body.get("released"), answer.body.get("redriven")}:
            wrong.append(f"{end} of {body}: {answer}")
    return wrong


async def _once(store: ProofStore, boss: Shopper, planted: Planted) -> list[str]:
    """Two services count their events alike: the one that is meant is named. Then each is given up once."""
    path = _path("orders", f"/events/{planted.event}")
    unclear = await boss.call("DELETE", path)
    wrong = [] if unclear.status == 422 else [f"an id that events of two services have: {unclear}"]
    again = await asyncio.gather(*(boss.call("DELETE", f"{path}?producer=catalog") for _ in range(AT_ONCE)))
    left = await _left(store, planted)
    told = sorted([each.status for each in again])
    wrong += [] if (told, left) == ([204, *[404] * (AT_ONCE - 1)], (1, ["payments"])) else [f"an event: {told}, {left}"]
    path, wish = _path("orders", "/releases"), {"job": planted.job}
    answers = await asyncio.gather(*(boss.call("POST", path, json=wish) for _ in range(AT_ONCE)))
    released = sum([each.body["released"] for each in answers])
    shown = await boss.call("GET", "/api/v1/admin/audit/orders?action=event.discarded&limit=100")
    lines = [each for each in shown.body["items"] if each["object"] == f"event:{planted.event}"]
    print(f"  {AT_ONCE} at once: an event {told}, a job released {released} time(s), {len(lines)} audited", flush=True)
    return wrong if (released, len(lines)) == (1, 1) else [*wrong, f"released {released}, audited {len(lines)}"]
