"""P03 P10: kill -9 at each failpoint of an order: no order is lost, none is charged twice, no job is held.

The failpoints are those in the source of orders, payments and catalog, and those of the chassis' jobs, periodic work
and inbox. The three services are killed at the same time, each at one failpoint after the other, while customers order,
and staff send, cancel, pay back and take back what they bought. A kill ends one process at one of the next passages of
the failpoint, chosen at random; the supervisor restarts it.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from proofs import checks, once
from proofs.after_sale import AfterSale
from proofs.asked import Asked
from proofs.by_hand import ByHand
from proofs.customers import Customers
from proofs.nudges import CLAIMS, TIME_TO_PAY_IS_OVER
from proofs.shop_work import ShopWork
from proofs.staff import staff_of
from proofs.store import FAILPOINTS, ProofStore
from proofs.waiting import eventually

TITLE = "P03 P10: kill -9 at each failpoint of an order"
# Kills at each failpoint by default, for a few minutes in all. The promise is about 50: `--kills 50`.
KILLS = 2
SERVICES = ("orders", "payments", "catalog")
SETTINGS = {
    **{f"FAILPOINTS_{service.upper()}": f"folder:{FAILPOINTS}/{service}" for service in SERVICES},
    "HOLD_SECONDS_ORDERS": "3600",
    "MERCAT_RESTART_SECONDS": "0.25",
    "PAYMENT_METHODS": "card,cash",
}
# The failpoints of the chassis that an order passes, by service.
CHASSIS_POINTS = {
    "orders": (
        *("jobs.taken", "jobs.worked", "periodic.taken", "inbox.before_commit", "inbox.after_commit"),
        *("idempotency.claimed", "idempotency.worked", "idempotency.stored"),
    ),
    "payments": ("jobs.taken", "jobs.worked", "periodic.taken"),
    "catalog": ("periodic.taken",),
}
# A kill comes at one of this many passages, so that not every kill hits the same job.
PASSAGES, PATIENCE = 4, 90.0
# So many processes serve before the next kill. With one, a service may serve nobody: each of its processes dies at what
# it takes up when it starts. With `--replicas 3`, one is killed while another is restarted.
SERVING = 2
_POINT = re.compile(r'failpoints\.point\("([a-z_.]+)"\)')


@dataclass
class Point:
    """A failpoint of a service and its results: `expected` is the final status of each order made while it was on.

    `seconds`: from when its kills were asked for until they came.
    """

    service: str
    name: str
    kills: int = 0
    seconds: float = 0.0
    expected: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.service} {self.name}: {self.kills} kills, {len(self.expected)} orders, "
            f"{len(self.lost)} lost, {len(self.double)} double"
        )


def points_of(root: Path) -> dict[str, list[str]]:
    """The failpoints that orders pass, by service."""
    found = {}
    for service in SERVICES:
        files = [path for path in (root / "services" / service).rglob("*.py") if "tests" not in path.parts]
        own = {name for path in files for name in _POINT.findall(path.read_text(encoding="utf-8"))}
        found[service] = sorted(own) + list(CHASSIS_POINTS[service])
    return found


async def prove(store: ProofStore, *, kills: int = KILLS, points_from: Sequence[str] = ("",)) -> list[str]:
    """Run the proof; prints a line for each failpoint. `points_from`: only at those whose names begin so."""
    points = [
        Point(service, name)
        for service, names in points_of(store.store.root).items()
        for name in names
        if name.startswith(tuple(points_from))
    ]
    armed: dict[str, Point] = {}

    def acknowledge(order: str, end: str) -> None:
        for point in armed.values():
            point.expected[order] = end

    began, asked = time.monotonic(), Asked()
    customers = Customers(store, acknowledge, lambda: [point.name for point in armed.values()])
    async with staff_of(store) as staff:
        customers.scenarios += AfterSale(customers, staff, asked).scenarios
        customers.scenarios += ByHand(customers, staff, asked).scenarios
        customers.scenarios += ShopWork(store, customers, staff, asked).scenarios
        async with customers:
            found = await asyncio.gather(*(_kill_all(store, points, name, kills, armed) for name in SERVICES))
    complaints = [*itertools.chain(*found), *customers.complaints, *await _lost_refunds(store, customers.refunds)]
    print(f"  {sum(point.kills for point in points)} kills in {time.monotonic() - began:.0f} s", flush=True)
    await store.rows("orders", TIME_TO_PAY_IS_OVER)
    ended = time.monotonic()
    complaints += await checks.remaining(store, checks.everything, 180)
    complaints += await checks.remaining(store, partial(once.complaints, asked), 30)
    print(f"  the records were checked {time.monotonic() - ended:.0f} s later", flush=True)
    await _judge(store, points)
    for point in points:
        print(f"  {point}", flush=True)
        complaints += [f"{point.name}: {what}" for what in (*point.lost, *point.double)]
    print(f"  {asked}", flush=True)
    print(f"  {await _transfers(store)}", flush=True)
    return complaints + _unexpected_ends(store, points)


async def _kill_all(
    store: ProofStore, points: list[Point], service: str, kills: int, armed: dict[str, Point]
) -> list[str]:
    """Kill a service at each of its failpoints in turn; returns complaints about kills that did not happen."""
    complaints = []
    for point in points:
        if point.service == service:
            armed[service] = point
            try:
                while point.kills < kills:
                    await _kill(store, point)
            except TimeoutError as error:
                _file(store, point).unlink(missing_ok=True)
                complaints.append(f"{service} {point.name}: {error}")
            print(f"    {service} {point.name}: {point.kills} kills, {point.seconds:.0f} s until them", flush=True)
    armed.pop(service, None)
    return complaints


def _file(store: ProofStore, point: Point) -> Path:
    return store.failpoints / point.service / point.name


async def _kill(store: ProofStore, point: Point) -> None:
    """Make one process die at the failpoint, and wait until enough of the service serve again."""
    file, before, began = _file(store, point), _restarts(store, point.service), time.monotonic()
    file.parent.mkdir(parents=True, exist_ok=True)
    complete = file.with_suffix(".new")
    complete.write_text(str(random.randint(1, PASSAGES)))  # noqa: S311 -- no secret
    complete.rename(file)
    await eventually(lambda: not file.exists(), PATIENCE, "a passage of the failpoint")
    point.kills += 1

    await eventually(lambda: _restarts(store, point.service) > before, PATIENCE, "the end of the process")
    for sql in CLAIMS[point.service]:
        await store.rows(point.service, sql)
    point.seconds += time.monotonic() - began

    def ready() -> bool:
        processes = store.processes(point.service)
        return sum(entry.condition == "ready" for entry in processes) >= min(SERVING, len(processes))

    await eventually(ready, PATIENCE, "the restart of the process")


def _restarts(store: ProofStore, service: str) -> int:
    return sum(entry.restarts for entry in store.processes(service))


async def _lost_refunds(store: ProofStore, asked: list[str]) -> list[str]:
    """Complaints about refunds that were answered and are not known. The checks of the records count transfers."""
    known = {str(row["id"]) for row in await store.rows("payments", "select id from refunds")}
    print(f"  {len(asked)} refunds were asked for, of {len(known)}", flush=True)
    return [f"refund {refund_id} is lost" for refund_id in asked if refund_id not in known]


async def _transfers(store: ProofStore) -> str:
    """How many refunds are how many transfers at the provider. What differs is a complaint of the checks before."""
    known = {str(row["id"]) for row in await store.rows("payments", "select id from refunds")}
    made = Counter(each["metadata"].get("refund_id") for each in await store.at_provider("refunds"))
    in_dashboard, twice = made.pop(None, 0), sum(times > 1 for times in made.values())
    return (
        f"{len(known)} refunds: {made.total()} transfers that were asked for, {twice} of them made twice, "
        f"and {in_dashboard} made in the provider's dashboard"
    )


async def _judge(store: ProofStore, points: list[Point]) -> None:
    """Compare each acknowledged order with its expected final status, and with the provider's captures."""
    rows = await store.rows("orders", "select id::text, status, total from orders")
    orders = {row["id"]: (row["status"], row["total"]) for row in rows}
    captured = await store.captures()
    for point in points:
        for order, end in point.expected.items():
            status, total = orders.get(order, ("missing", 0))
            if status != end:
                point.lost.append(f"order {order} is {status} and not {end}")
            if captured.get(order, []) != [total] * (status == "paid"):
                point.double.append(f"order {order} ({status}, {total}) was charged {captured.get(order, [])}")


def _unexpected_ends(store: ProofStore, points: list[Point]) -> list[str]:
    """Complaints about processes that ended without a kill."""
    kills = {name: sum(p.kills for p in points if p.service == name) for name in SERVICES}
    return unexpected({name: _restarts(store, name) for name in SERVICES}, kills)


def unexpected(ends: Mapping[str, int], kills: Mapping[str, int]) -> list[str]:
    """Complaints about each service that ended more or less often than it was killed."""
    return [
        f"{name} ended {number} times, {kills[name]} of them killed"
        for name, number in ends.items()
        if number != kills[name]
    ]
