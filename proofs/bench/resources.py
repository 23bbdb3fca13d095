"""What a replica of each service needs of CPU and memory, and what orders cost, into files that tests and plans read.

Batches of shoppers look at products and their pages, sign in (half of them), order and pay. Of each batch: CPU of each
service by the requests that it answered, and its memory. CPU of a replica is that of a request times REQUESTS_A_SECOND
(deploy/charts/measured.yaml). Then what one read, sign-in and order cost, and what rates of them took
(resources_costs.py; deploy/charts/costs.yaml, for `make capacity`).
"""

from __future__ import annotations

import asyncio
import io
import itertools
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import yaml
from PIL import Image
from prometheus_client.parser import text_string_to_metric_families

from catalog.pictures.reencode import MAX_PIXELS
from proofs.bench import resources_costs
from proofs.bench.idle import cpu_milliseconds, processes_of
from proofs.bench.signing_in import hashed_password, person
from proofs.products import Variant, set_stock, variants
from proofs.shopper import PASSWORD, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

CHARTS = Path(__file__).resolve().parents[2] / "deploy" / "charts"
WARM_UP, BATCHES, SHOPPERS, READS = 3, 40, 8, 12
# What a replica is to answer in its busiest minutes: what service.yaml's `resources` are for.
REQUESTS_A_SECOND = {"identity": 15, "catalog": 200, "orders": 15, "payments": 60, "shop": 15, "pages": 60}
Sample = Mapping[str, tuple[float, float, float]]
"""By service: CPU in ms so far, requests so far, memory in MB."""


async def run(store: ProofStore) -> list[str]:
    """Write both files; a line for each service, and for each process what it costs."""
    shelf = (await variants(store))[:20]
    for variant in shelf:
        await set_stock(store, variant, 10_000)
    async with store.http.get(f"{store.plain}/api/v1/products?limit=50") as answer:
        slugs = [each["slug"] for each in (await answer.json())["items"]]
    hashed = await asyncio.to_thread(hashed_password)
    samples = []
    for batch in range(WARM_UP + BATCHES + 1):
        if batch >= WARM_UP:
            samples.append(await _sample(store))
        await asyncio.gather(*(_shop(store, shelf, slugs, hashed if each % 2 else "") for each in range(SHOPPERS)))
    found = {name: _figures(name, samples) for name in REQUESTS_A_SECOND}
    found["catalog"]["picture_memory_mb"] = await asyncio.to_thread(_memory_of_a_picture)
    costs = await resources_costs.measured(resources_costs.Shop(store, shelf, slugs, await _people(store, hashed)))
    _write("measured.yaml", {"how": _how(), "services": found})
    _write("costs.yaml", {"how": _how_of_costs(), **costs})
    lines = [f"a replica of {name}: {figures}" for name, figures in found.items()]
    return lines + [f"{what}: {figures}" for what, figures in costs.items()]


async def _people(store: ProofStore, hashed: str) -> list[str]:
    """Insert so many accounts that no round lets one sign in twice; their addresses."""
    emails = [f"bench-{number}-{os.getpid()}@example.com" for number in range(600)]
    await store.rows(
        "identity", "insert into accounts (email, password_hash) select unnest($1::text[]), $2", emails, hashed
    )
    return emails


async def _shop(store: ProofStore, shelf: list[Variant], slugs: list[str], hashed: str) -> None:
    email = await person(store, hashed) if hashed else None
    async with shopper(store, https=False, email=email) as buyer:
        if hashed:
            await buyer.sign_in(PASSWORD)
            await buyer.call("GET", "/api/v1/accounts/me")
        for _ in range(READS // 2):
            limit, product = random.randint(10, 40), random.choice(slugs)  # noqa: S311 -- which products
            # As a program and as a page: CloudFront would keep either for a while.
            for path in (f"/api/v1/products?limit={limit}", f"/api/v1/products/{product}", f"/products/{product}"):
                answer = await buyer.call("GET", path)
                assert answer.status == 200, answer
        outcome = await buyer.buy(random.choice(shelf))  # noqa: S311 -- which product
        assert outcome == "bought", outcome


async def _sample(store: ProofStore) -> Sample:
    """CPU, requests and memory of each service, once every order is paid."""

    async def all_paid() -> bool:
        return not await store.value("orders", "select count(*) from orders where status not in ('paid', 'cancelled')")

    await eventually(all_paid, 120, "every order to be paid")
    spent, processes, sample = cpu_milliseconds(store), processes_of(store), {}
    for name in REQUESTS_A_SECOND:
        (entry,) = store.processes(name)
        async with store.http.get(f"http://127.0.0.1:{entry.port}/metrics") as answer:
            families = text_string_to_metric_families(await answer.text())
        counted = [
            each for family in families for each in family.samples if each.name.endswith("duration_seconds_count")
        ]
        requests = sum(each.value for each in counted if each.name.startswith("http_server_request"))
        sample[name] = spent[entry.name], requests, _memory(processes[entry.name])
    return sample


def _memory(processes: list[psutil.Process]) -> float:
    """What a container of these processes would be charged for, in MB: their own memory, and once what they share."""
    found = [process.memory_full_info() for process in processes]
    return float(sum(each.uss for each in found) + max(each.rss - each.uss for each in found)) / 1e6


def _figures(name: str, samples: list[Sample]) -> dict[str, Any]:
    pairs = [(after[name], before[name]) for before, after in itertools.pairwise(samples)]
    costs = [(after[0] - before[0]) / (after[1] - before[1]) for after, before in pairs]
    p95 = _p95(costs)
    rate = REQUESTS_A_SECOND[name]
    requests = samples[-1][name][1] - samples[0][name][1]
    return {
        "requests": int(requests),
        "requests_an_order": round(requests / BATCHES / SHOPPERS, 2),
        "requests_a_second": rate,
        "cpu_ms_a_request": round(statistics.mean(costs), 2),
        "cpu_ms_a_request_p95": round(p95, 2),
        "cpu_millicores_p95": round(p95 * rate),
        "memory_mb_p95": round(_p95([sample[name][2] for sample in samples])),
    }


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _memory_of_a_picture() -> int:
    """Peak RSS in MB of the process that re-encodes the largest picture with transparency."""
    side = int(MAX_PIXELS**0.5)
    drawn = io.BytesIO()
    Image.effect_noise((side, side), 30).convert("RGBA").save(drawn, "PNG", compress_level=1)
    program = (
        "import resource, runpy, sys; runpy.run_module('catalog.pictures.reencode', run_name='__main__');"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=drawn.getvalue(), capture_output=True, check=True)
    return round(int(done.stderr) / 1000)


def _how() -> str:
    return (
        f"{BATCHES} batches of {SHOPPERS} shoppers on {_machine()}. Each asks for products {READS} times and for"
        f" {READS // 2} pages, half sign in, all order and pay. p95 is over the batches."
    )


def _how_of_costs() -> str:
    return (
        f"medians of {resources_costs.ROUNDS // 2} rounds (costs) and of as many others (rates), of"
        f" {resources_costs.SECONDS} s a part on {_machine()}. Shoppers"
        f" read {resources_costs.READS} pages an order, half sign in; over HTTP, one process of each."
    )


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores ({platform.machine()}, Python {platform.python_version()}) at a load of"
        f" {os.getloadavg()[2]:.0f} (above the number of cores, CPU of a request is more than on a quiet machine)"
    )


def _write(name: str, found: Mapping[str, Any]) -> None:
    head = "# Written by `make bench ARGS=resources`. Tests compare services and deploy/capacity with it.\n"
    measured = {"when": time.strftime("%Y-%m-%d"), **found}
    (CHARTS / name).write_text(head + yaml.safe_dump(measured, sort_keys=False, width=120), encoding="utf-8")
