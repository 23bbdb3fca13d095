"""The faults of the drill: each happens under load, and the store must come out of it whole."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from chassis.db import UNREACHABLE
from chassis.testing.waiting import eventually
from deploy.drills.failover import load
from deploy.drills.failover.cluster import Cluster
from deploy.drills.failover.load import Record
from deploy.drills.failover.node import Node
from deploy.drills.failover.verdict import Outcome
from proofs import checks
from proofs.shopper import Answer, shopper
from proofs.store import ProofStore

BEFORE, AFTER, LONGEST = 5.0, 3.0, 90.0
_READ_BACK = 16  # orders that are asked for at once
Fault = Callable[[Node], None]
_REFUSALS: tuple[type[BaseException], ...] = (*UNREACHABLE, asyncpg.PostgresError, OSError)
PROBE = "create table if not exists probe (id bigint primary key)"


@dataclass
class Probe:
    """Writes straight to one node, whoever is the primary: those that it acknowledged, and when (monotonic)."""

    cluster: Cluster
    node: Node
    acknowledged: dict[int, float] = field(default_factory=dict)
    refusals: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Write for as long as the block runs."""
        task = asyncio.create_task(self._write())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.result()  # it ended by an error of its own

    async def _write(self) -> None:
        for number in itertools.count(time.time_ns()):
            try:
                async with asyncio.timeout(5):
                    await self.cluster.execute(f"insert into probe values ({number})", node=self.node)
                self.acknowledged[number] = time.monotonic()
            except _REFUSALS as error:
                self.refusals.add(type(error).__name__)
            await asyncio.sleep(0.1)

    async def complaints(self) -> list[str]:
        """What it acknowledged and is not there, and what it acknowledged after another one was the primary."""
        there = {row["id"] for row in await self.cluster.execute("select id from probe")}
        lost = self.acknowledged.keys() - there
        late = [number for number, at in self.acknowledged.items() if at > self.cluster.changed]
        counts = {f"{len(lost)} writes that are lost": lost, f"{len(late)} writes beside the new one": late}
        return [f"the old primary acknowledged {what}" for what, numbers in counts.items() if numbers]


async def case(store: ProofStore, cluster: Cluster, fault: Fault, mended: Fault) -> Outcome:
    """One fault of the primary under load: `mended` brings the old one back as a standby."""
    await cluster.execute(PROBE)
    old = cluster.primary
    probe = Probe(cluster, old)
    async with load.running(store) as record:
        async with probe.running():
            await asyncio.sleep(BEFORE)
            began = time.monotonic()
            fault(old)
            write = await _recovered(cluster, old, record, began)
            primary = cluster.changed - began
            await asyncio.sleep(AFTER)
        mended(old)
    await cluster.whole(60)
    # First, as they wait until what is under way has ended.
    books = await checks.remaining(store, checks.everything, 90)
    return Outcome(
        primary,
        write,
        *_reads(record, began, began + write),
        record.statuses,
        record.slowest,
        len(record.orders),
        await lost(store, record),
        record.unknown,
        f"{len(probe.acknowledged)} acknowledged, then {', '.join(sorted(probe.refusals))}",
        books,
        [*record.complaints, *await probe.complaints()],
    )


async def _recovered(cluster: Cluster, old: Node, record: Record, began: float) -> float:
    """Seconds until a write was acknowledged after another primary was there; LONGEST where none was."""

    def written() -> bool:
        return cluster.primary is not old and record.writes[-1] > cluster.changed

    try:
        await eventually(written, LONGEST, "a write", every=0.05)
    except TimeoutError:
        return LONGEST
    return next(at for at in record.writes if at > cluster.changed) - began


def _reads(record: Record, began: float, ended: float) -> tuple[int, int]:
    """How many catalog reads began in this time, and how many of them were answered."""
    found = [right for at, right in record.reads if began <= at <= ended]
    return len(found), sum(found)


async def lost(store: ProofStore, record: Record) -> list[str]:
    """The acknowledged orders that are not there, or not paid though they were paid for."""
    gate = asyncio.Semaphore(_READ_BACK)

    async def there(order: str, token: str) -> Answer:
        async with gate, shopper(store, https=False) as reader:
            reader.headers["Order-Token"] = token
            return await reader.retry(lambda: reader.call("GET", f"/api/v1/orders/{order}"), 30)

    answers = await asyncio.gather(*(there(*each) for each in record.orders.items()))
    found = dict(zip(record.orders, answers, strict=True))
    return [order for order, answer in found.items() if not _is_right(answer, bought=order in record.bought)]


def _is_right(answer: Answer, *, bought: bool) -> bool:
    return answer.status == 200 and (not bought or answer.body["status"] == "paid")


async def unsafe(store: ProofStore, cluster: Cluster) -> int:
    """Acknowledged orders lost where replication is asynchronous and a standby is late: the drill must see them."""
    await cluster.configure(synchronous_mode=False)
    await cluster.whole(60, standby="replica")
    old = cluster.primary
    async with load.running(store, patience=1) as record:
        await asyncio.sleep(BEFORE)
        old.standbys.clear()
        held = len(record.orders)
        await eventually(lambda: len(record.orders) >= held + 5, 30, "orders that no standby has")
        known = Record(orders=dict(record.orders))
        old.kill_postgres()
        await eventually(lambda: cluster.primary is not old, LONGEST, "another primary")
    return len(await lost(store, known))


CASES: dict[str, tuple[str, Fault, Fault]] = {
    "killed": ("PostgreSQL of the primary is killed", Node.kill_postgres, Node.heal),
    "lost": ("The machine of the primary is lost", Node.lose, Node.come_back),
    "cut": ("The primary is alive, cut off from etcd and its standbys", Node.cut, Node.heal),
    "frozen": ("The same, and Patroni stands still: nobody stops the old primary", Node.freeze, Node.heal),
}
