"""CPU of each process by what shoppers do: reading alone, signing in alone, then all of it with orders, at three rates.

Arrivals are open-loop: the next shopper comes when the clock says so, whether or not the one before was served. Half of
the rounds say what a read, a sign-in and an order cost, the other half what the three rates took: so these can
contradict it (deploy/capacity compares them). Every other round runs backwards, as the machine's load drifts.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from chassis.cache.client import Client
from chassis.testing import eventually
from mercat.config import environment
from proofs.bench.idle import cpu_milliseconds, processes_of
from proofs.products import Variant
from proofs.shopper import PASSWORD, shopper
from proofs.store import SERVICES, ProofStore

ROUNDS, SECONDS = 6, 20
# Each shopper of the three rates reads so many pages of products; each second one signs in.
READS, SIGNED_IN = 12, 2
# How many shoppers a second read or sign in alone; and how many do all of it.
ALONE, RATES = 3, (1, 3, 6)
PROCESSES = (*SERVICES, "pages", "postgres", "valkey", "traefik")
Counts = dict[str, int]
Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Phase:
    """What was done in so many seconds by how many shoppers, warm-up too; and each process' CPU meanwhile, in ms."""

    seconds: float
    counts: Counts
    cpu: dict[str, float]
    shoppers: int = 0

    def a_second(self) -> dict[str, Any]:
        """The same by the second: counts, and CPU in thousandths of a core."""
        rates = {f"{name}_a_second": round(count / self.seconds, 2) for name, count in self.counts.items()}
        return {**rates, "millicores": {name: spent / self.seconds for name, spent in self.cpu.items()}}


@dataclass(frozen=True)
class Shop:
    """What shoppers find: variants with stock, products, and people who can sign in."""

    store: ProofStore
    shelf: Sequence[Variant]
    slugs: Sequence[str]
    people: Sequence[str]


async def measured(shop: Shop) -> dict[str, Any]:
    """Costs of the parts, and what the three rates took: medians over the rounds."""
    await _round(shop, 0)
    before = await _stored(shop.store)
    rounds = [await _round(shop, number) for number in range(1, ROUNDS + 1)]
    after = await _stored(shop.store)
    costs = _costs(rounds[::2])
    return {
        "idle_millicores": _rounded(costs["rest"]),
        "ms_a_read": _rounded(costs["reads"]),
        "ms_a_sign_in": _rounded(costs["sign_ins"]),
        "ms_an_order": _rounded(costs["orders"]),
        **_growth(before, after, rounds),
        "points": [_point([phases[str(rate)] for phases in rounds[1::2]]) for rate in RATES],
    }


async def _round(shop: Shop, number: int) -> dict[str, Phase]:
    """Rest, each part and each rate once. The first round, which only warms up, is a short one."""
    seconds = SECONDS if number else SECONDS / 4
    people, visits = itertools.cycle(shop.people), itertools.count()

    def all_of_it() -> Awaitable[None]:
        return _visit(shop, next(people) if next(visits) % SIGNED_IN else "", reads=READS, orders=True)

    wholes = {"orders": 1, "reads": READS, "sign_ins": 1 / SIGNED_IN}
    phases: list[tuple[str, Mapping[str, float], Act | None, float]] = [
        ("rest", {}, None, 0),
        ("reads", {"reads": READS}, lambda: _visit(shop, reads=READS), ALONE),
        ("sign_ins", {"sign_ins": 1}, lambda: _visit(shop, next(people)), ALONE),
        *((str(rate), wholes, all_of_it, rate) for rate in RATES),
    ]
    return {
        name: await _phase(shop, seconds, counts, act, rate)
        for name, counts, act, rate in (reversed(phases) if number % 4 > 1 else phases)
    }


async def _phase(
    shop: Shop, seconds: float, counts: Mapping[str, float], act: Act | None = None, rate: float = 0
) -> Phase:
    """So many seconds of it, when connections that it needs have been opened."""
    warming = seconds / 5
    if act:
        await _open_loop(act, rate, warming)
    before, began = _cpu(shop.store), time.perf_counter()
    await (_open_loop(act, rate, seconds) if act else asyncio.sleep(seconds))
    await _all_paid(shop.store)
    passed, after = time.perf_counter() - began, _cpu(shop.store)
    done = {name: round(round(rate * seconds) * each) for name, each in counts.items()}
    shoppers = round(rate * warming) + round(rate * seconds)
    return Phase(passed, done, {name: after[name] - before[name] for name in PROCESSES}, shoppers)


async def _open_loop(act: Act, rate: float, seconds: float) -> None:
    """Begin `act` so often a second, however long it takes; ends when the last one has."""
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(round(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            group.create_task(_awaited(act))


async def _awaited(act: Act) -> None:
    await act()


async def _visit(shop: Shop, email: str = "", *, reads: int = 0, orders: bool = False) -> None:
    """A shopper who signs in if there is an address, reads so many pages of products, and may order and pay."""
    async with shopper(shop.store, https=False, email=email or None) as buyer:
        if email:
            await buyer.sign_in(PASSWORD)
            await buyer.call("GET", "/api/v1/accounts/me")
        for number in range(reads):
            limit, product = random.randint(10, 40), random.choice(shop.slugs)  # noqa: S311 -- which products
            paths = (f"/api/v1/products?limit={limit}", f"/api/v1/products/{product}", f"/products/{product}")
            answer = await buyer.call("GET", paths[number % len(paths)])
            assert answer.status == 200, answer
        if orders:
            outcome = await buyer.buy(random.choice(shop.shelf))  # noqa: S311 -- which product
            assert outcome == "bought", outcome


async def _all_paid(store: ProofStore) -> None:
    async def all_paid() -> bool:
        return not await store.value("orders", "select count(*) from orders where status not in ('paid', 'cancelled')")

    # Each question opens a connection, which PostgreSQL pays for: so not often.
    await eventually(all_paid, 120, "every order to be paid", every=0.5)


def _cpu(store: ProofStore) -> dict[str, float]:
    """CPU in ms so far, by name: of the threads that live, and of child processes that have ended."""
    spent = cpu_milliseconds(store)
    for name, processes in processes_of(store).items():
        times = processes[0].cpu_times()
        spent[name] += 1000 * (times.children_user + times.children_system)
    return spent


def _idle(phase: Phase) -> dict[str, float]:
    return {name: spent / phase.seconds for name, spent in phase.cpu.items()}


def _costs(rounds: Sequence[Mapping[str, Phase]]) -> dict[str, dict[str, float]]:
    """CPU at rest; of a read and a sign-in beyond that; of an order what then is left of the three rates."""
    found: dict[str, dict[str, float]] = {"rest": {}}
    for name in PROCESSES:
        found["rest"][name] = statistics.median(_idle(each["rest"])[name] for each in rounds)
    for part in ("reads", "sign_ins"):
        found[part] = {name: _median_left([each[part] for each in rounds], found, name, part) for name in PROCESSES}
    wholes = [each[str(rate)] for each in rounds for rate in RATES]
    found["orders"] = {name: _median_left(wholes, found, name, "orders") for name in PROCESSES}
    return found


def _median_left(phases: Sequence[Phase], known: Mapping[str, Mapping[str, float]], name: str, part: str) -> float:
    """CPU in ms of one `part`, beyond rest and the parts that are known: the median over the phases."""
    left = []
    for phase in phases:
        others = sum(known[other][name] * number for other, number in phase.counts.items() if other != part)
        left.append((phase.cpu[name] - known["rest"][name] * phase.seconds - others) / phase.counts[part])
    return max(0.0, statistics.median(left))


def _point(phases: Sequence[Phase]) -> dict[str, Any]:
    found = [phase.a_second() for phase in phases]
    rates = {key: statistics.median(each[key] for each in found) for key in found[0] if key != "millicores"}
    cpu = {name: statistics.median(each["millicores"][name] for each in found) for name in PROCESSES}
    return {**{key: round(rate, 2) for key, rate in rates.items()}, "millicores": _rounded(cpu)}


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(figure, 2) for name, figure in figures.items()}


async def _stored(store: ProofStore) -> dict[str, float]:
    """Orders, bytes and transactions of all databases so far, bytes of Valkey, and a connection's own memory."""
    of_one = "select pg_database_size(current_database())::float8 size, sum(xact_commit)::float8 transactions"
    found = [(await store.rows(name, f"{of_one} from pg_stat_database"))[0] for name in SERVICES]
    (postgres,) = store.processes("postgres")
    assert postgres.pid, postgres
    backends = [size for each in psutil.Process(postgres.pid).children() if (size := _own_memory(each)) is not None]
    return {
        "orders": await store.value("orders", "select count(*) from orders"),
        "size": sum(each["size"] for each in found),
        "transactions": found[0]["transactions"],
        "valkey": await _valkey(store),
        "connection": statistics.median(backends),
    }


def _own_memory(process: psutil.Process) -> int | None:
    """Bytes that it shares with no other; None: it has ended."""
    try:
        return int(process.memory_full_info().uss)
    except psutil.NoSuchProcess:
        return None


async def _valkey(store: ProofStore) -> float:
    client = Client(environment.valkey_url(store.store), timeout=5)
    try:
        told = str(await client.execute("INFO", "memory"), "ascii")
    finally:
        await client.aclose()
    return float(next(line for line in told.splitlines() if line.startswith("used_memory:")).partition(":")[2])


def _growth(
    before: Mapping[str, float], after: Mapping[str, float], rounds: Sequence[Mapping[str, Phase]]
) -> dict[str, Any]:
    """What an order adds to the databases and, with all shoppers of the rounds, to Valkey."""
    orders = after["orders"] - before["orders"]
    shoppers = sum(phase.shoppers for each in rounds for phase in each.values())
    return {
        "database": {
            "kb_an_order": round((after["size"] - before["size"]) / orders / 1000, 1),
            "transactions_an_order": round((after["transactions"] - before["transactions"]) / orders, 1),
            "memory_mb_a_connection": round(after["connection"] / 1e6, 1),
        },
        "cache": {
            "memory_mb": round(before["valkey"] / 1e6, 1),
            "kb_a_shopper": round(max(0.0, after["valkey"] - before["valkey"]) / shoppers / 1000, 3),
        },
    }
