"""What one request costs: the chassis against bare FastAPI, a cached product read against a raw ASGI hello.

Every limit is on: that of the endpoint, and READ_LIMIT of the catalog, which proofs/store.py only makes larger.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from chassis.testing.databases import empty_database
from chassis.testing.keys import Bench, Keyring
from chassis.testing.servers import postgres_server, valkey_server
from proofs.bench.load import Subject, measure, report
from proofs.bench.servers import bare
from proofs.store import ProofStore


async def run(store: ProofStore) -> list[str]:
    """A line for each figure."""
    listing, detail = await _catalog(store)
    with ExitStack() as stack:
        raw, fast, ours = await asyncio.to_thread(_floors, stack)
        await measure([raw, fast, ours, listing, detail])
    return [
        report("chassis: signed in, limited, measured, logged", ours, fast, 1.2),
        report("product list of 20, cached and limited", listing, raw, 1.9),
        report("product detail, cached and limited", detail, raw, 1.9),
    ]


async def _catalog(store: ProofStore) -> tuple[Subject, Subject]:
    """The store's own catalog process, asked directly."""
    entry = store.processes("catalog")[0]
    assert entry.port, entry
    assert entry.pid, entry
    path = "/api/v1/products?limit=20"
    async with store.http.get(f"http://127.0.0.1:{entry.port}{path}") as answer:
        slug = (await answer.json())["items"][0]["slug"]
    listing = Subject("list", entry.port, [entry.pid], path)
    return listing, Subject("detail", entry.port, [entry.pid], f"/api/v1/products/{slug}")


def _floors(stack: ExitStack) -> tuple[Subject, Subject, Subject]:
    """Bare servers, and the chassis with a PostgreSQL and a Valkey of its own."""
    raw = _bare(stack, "raw ASGI hello", "proofs.bench.bare.raw")
    fast = _bare(stack, "bare FastAPI", "proofs.bench.bare.fast")
    postgres = stack.enter_context(postgres_server())
    valkey = stack.enter_context(valkey_server())
    keys = stack.enter_context(Keyring(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
    url = asyncio.run(empty_database(postgres, "hello", "bench"))
    settings = Bench(postgres, valkey, keys).environment("hello", url)
    headers = {"Authorization": f"Bearer {keys.access_token()}"}
    return raw, fast, _bare(stack, "the same in a service", "proofs.bench.bare.ours", settings, headers)


def _bare(
    stack: ExitStack,
    name: str,
    module: str,
    settings: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Subject:
    port, pid = stack.enter_context(bare(module, settings))
    return Subject(name, port, [pid], "/hello", headers or {})
