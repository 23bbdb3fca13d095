"""CPU per request with many keep-alive connections, against 16 connections; and with two replicas, against one.

Failed requests are counted; the target is none.
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import ExitStack
from dataclasses import replace

from proofs import file_limit
from proofs.bench.figures import Figure
from proofs.bench.load import CONNECTIONS, Subject, measure, report
from proofs.bench.servers import bare, service_settings
from proofs.store import ProofStore

MANY, REQUESTS = 1_000, 8_000
MANY_TARGET, REPLICAS_TARGET = 1.3, 1.1


async def run(store: ProofStore) -> list[Figure]:
    """The ratios."""
    file_limit.allow(MANY * 2)
    with ExitStack() as stack:
        one, two = await asyncio.to_thread(_services, stack)
        pairs = [(few, replace(few, connections=MANY, milliseconds=[], errors=[])) for few in (*_catalog(store), one)]
        await measure([*(subject for pair in pairs for subject in pair), two], requests=REQUESTS, count_errors=True)
    what = f"{MANY:,} connections against {CONNECTIONS}"
    named = zip(("list", "edge", "service"), pairs, strict=True)
    ratios = [
        report(f"connections.{name}", f"{what}, {few.name}", many, few, MANY_TARGET) for name, (few, many) in named
    ]
    return [
        *itertools.chain(*ratios),
        *report("connections.replicas", "2 replicas against 1", two, one, REPLICAS_TARGET),
    ]


def _catalog(store: ProofStore) -> tuple[Subject, Subject]:
    """The store's own catalog: called directly, and through Traefik."""
    (catalog,), (edge,) = store.processes("catalog"), store.processes("traefik")
    assert catalog.port, catalog
    assert catalog.pid, catalog
    assert edge.pid, edge
    path = "/api/v1/products?limit=20"
    return (
        Subject("list of 20, cached", [catalog.port], [catalog.pid], path),
        Subject("the same through Traefik", [store.store.port("http")], [catalog.pid, edge.pid], path),
    )


def _services(stack: ExitStack) -> tuple[Subject, Subject]:
    """The endpoint of `single_request`: one replica, and two replicas with twice the connections."""
    settings, headers = service_settings(stack)
    started = [stack.enter_context(bare("proofs.bench.bare.ours", settings)) for _ in range(2)]
    ports, pids = zip(*started, strict=True)
    one = Subject("signed in, limited, measured, logged", ports[:1], pids[:1], "/hello", headers)
    return one, replace(one, ports=ports, pids=pids, connections=CONNECTIONS * 2, milliseconds=[], errors=[])
