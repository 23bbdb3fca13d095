"""CPU of one request: the chassis against bare FastAPI, a cached product read against a raw ASGI endpoint.

Every limit is on: that of the endpoint, and READ_LIMIT of the catalog, which proofs/store.py only makes larger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack

from proofs.bench.figures import Figure
from proofs.bench.load import Subject, measure, report
from proofs.bench.servers import bare, service_settings
from proofs.store import ProofStore


async def run(store: ProofStore) -> list[Figure]:
    """The ratios."""
    listing, detail = await _catalog(store)
    with ExitStack() as stack:
        raw, fast, ours = await asyncio.to_thread(_floors, stack)
        await measure([raw, fast, ours, listing, detail])
    return [
        *report("request.chassis", "chassis: signed in, limited, measured, logged", ours, fast, 1.2),
        *report("request.list", "product list of 20, cached and limited", listing, raw, 1.9),
        *report("request.detail", "product detail, cached and limited", detail, raw, 1.9),
    ]


async def _catalog(store: ProofStore) -> tuple[Subject, Subject]:
    """The store's own catalog process, called directly."""
    entry = store.processes("catalog")[0]
    assert entry.port, entry
    assert entry.pid, entry
    path = "/api/v1/products?limit=20"
    async with store.http.get(f"http://127.0.0.1:{entry.port}{path}") as answer:
        slug = (await answer.json())["items"][0]["slug"]
    listing = Subject("list", [entry.port], [entry.pid], path)
    return listing, Subject("detail", [entry.port], [entry.pid], f"/api/v1/products/{slug}")


def _floors(stack: ExitStack) -> tuple[Subject, Subject, Subject]:
    """Two bare servers, and the chassis with a PostgreSQL and a Valkey of its own."""
    raw = _bare(stack, "raw ASGI hello", "proofs.bench.bare.raw")
    fast = _bare(stack, "bare FastAPI", "proofs.bench.bare.fast")
    settings, headers = service_settings(stack)
    return raw, fast, _bare(stack, "the same in a service", "proofs.bench.bare.ours", settings, headers)


def _bare(
    stack: ExitStack,
    name: str,
    module: str,
    settings: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Subject:
    port, pid = stack.enter_context(bare(module, settings))
    return Subject(name, [port], [pid], "/hello", headers or {})
