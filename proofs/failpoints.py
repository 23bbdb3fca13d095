"""P03 P10: kill -9 at each failpoint of an order: no order is lost, none is charged twice, no job is held.

The failpoints are those in the source of orders, payments and catalog, and those of the chassis' jobs, periodic work
and inbox. The three services are killed at the same time, each at one failpoint after the other, while customers order.
A kill ends one process at one of the next passages of the failpoint, chosen at random; the supervisor restarts it.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from proofs import checks
from proofs.customers import Customers
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
}
# The failpoints of the chassis that an order passes, by service.
CHASSIS_POINTS = {
    "orders": ("jobs.taken", "jobs.worked", "periodic.taken", "inbox.before_commit", "inbox.after_commit"),
    "payments": ("jobs.taken", "jobs.worked", "periodic.taken"),
    "catalog": ("periodic.taken",),
}
# Not passed by orders, but by imports and stock adjustments: services/catalog/tests/test_crash.py kills there.
OTHER_POINTS = frozenset({"import.batch", "adjust.committed"})
# A kill comes at one of this many passages, so that not every kill hits the same job.
PASSAGES, PATIENCE = 4, 90.0
_POINT = re.compile(r'failpoints\.point\("([a-z_.]+)"\)')
# Expires the claims of a killed process at once. The leases of jobs and of the inbox expire by themselves: each
# take-over counts as a try, and a job is held after eight.
_LEASES = (
    "update idempotency set claimed_until = now() where status is null",
    "update job_schedule set next_at = now(), leased_until = now()",
)
_OWN_LEASES = {
    "orders": (
        "update orders set next_attempt_at = now() where next_attempt_at > now() and status <> 'pending_payment'",
    ),
    "payments": (
        "update payments set claimed_until = now(), version = version + 1 where claimed_until > now()",
        "update payments set next_check_at = now(), version = version + 1 where next_check_at > now()",
    ),
    "catalog": (),
}
_TIME_TO_PAY_IS_OVER = """
update orders set expires_at = now(), next_attempt_at = now() where status in ('placed', 'pending_payment')
"""


@dataclass
class Point:
    """A failpoint of a service and its results: `expected` is the final status of each order made while it was on."""

    service: str
    name: str
    kills: int = 0
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
        found[service] = sorted(own - OTHER_POINTS) + list(CHASSIS_POINTS[service])
    return found


async def prove(store: ProofStore, *, kills: int = KILLS) -> list[str]:
    """Run the proof; prints a line for each failpoint."""
    points = [Point(service, name) for service, names in points_of(store.store.root).items() for name in names]
    armed: dict[str, Point] = {}

    def acknowledge(order: str, end: str) -> None:
        for point in armed.values():
            point.expected[order] = end

    began = time.monotonic()
    async with Customers(store, acknowledge) as customers:
        found = await asyncio.gather(*(_kill_all(store, points, name, kills, armed) for name in SERVICES))
    complaints = [*itertools.chain(*found), *customers.complaints]
    print(f"  {sum(point.kills for point in points)} kills in {time.monotonic() - began:.0f} s", flush=True)
    await store.rows("orders", _TIME_TO_PAY_IS_OVER)
    ended = time.monotonic()
    complaints += await checks.remaining(store, checks.everything, 180)
    print(f"  the records were checked {time.monotonic() - ended:.0f} s later", flush=True)
    await _judge(store, points)
    for point in points:
        print(f"  {point}", flush=True)
        complaints += [f"{point.name}: {what}" for what in (*point.lost, *point.double)]
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
    armed.pop(service, None)
    return complaints


def _file(store: ProofStore, point: Point) -> Path:
    return store.failpoints / point.service / point.name


async def _kill(store: ProofStore, point: Point) -> None:
    """Make one process die at the failpoint, and wait until the supervisor has restarted it."""
    file, before = _file(store, point), _restarts(store, point.service)
    file.parent.mkdir(parents=True, exist_ok=True)
    complete = file.with_suffix(".new")
    complete.write_text(str(random.randint(1, PASSAGES)))  # noqa: S311 -- no secret
    complete.rename(file)
    await eventually(lambda: not file.exists(), PATIENCE, "a passage of the failpoint")
    point.kills += 1

    def ready() -> bool:
        return all(entry.condition == "ready" for entry in store.processes(point.service))

    await eventually(lambda: _restarts(store, point.service) > before, PATIENCE, "the end of the process")
    for sql in (*_LEASES, *_OWN_LEASES[point.service]):
        await store.rows(point.service, sql)
    await eventually(ready, PATIENCE, "the restart of the process")


def _restarts(store: ProofStore, service: str) -> int:
    return sum(entry.restarts for entry in store.processes(service))


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
    kills: Mapping[str, int] = {name: sum(p.kills for p in points if p.service == name) for name in SERVICES}
    ends = {name: _restarts(store, name) for name in SERVICES}
    return [f"{name} ended {ends[name]} times, {kills[name]} of them killed" for name in SERVICES if ends != kills]
