"""Where a word stands in a store: databases, Valkey, files of pictures, logs. Sealed documents are told apart."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from valkey.asyncio import Valkey

from mercat.config import environment
from proofs.store import SERVICES, ProofStore

SEALED = "orders.documents"
_TABLES = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname = 'public' order by 1
"""


@dataclass
class Search:
    """What was searched, and the tables in which one of the words stands, each with a row that has it."""

    tables: int = 0
    rows: int = 0
    found: dict[str, str] = field(default_factory=dict)

    @property
    def unsealed(self) -> dict[str, str]:
        """Without sealed documents, which the law has kept."""
        return {table: row for table, row in self.found.items() if table != SEALED}


async def search(store: ProofStore, words: list[str]) -> Search:
    """Search all tables for the words, in letters or as bytes."""
    done = Search()
    patterns = [f"%{form}%" for word in words for form in (word, word.encode().hex())]
    for service in SERVICES:
        for table in await store.rows(service, _TABLES):
            sql = f"""
            select count(*) as rows, min(t::text) filter (where t::text ilike any($1)) as found
            from {table["relname"]} t
            """
            (row,) = await store.rows(service, sql, patterns)
            done.tables, done.rows = done.tables + 1, done.rows + row["rows"]
            if row["found"] is not None:
                done.found[f"{service}.{table['relname']}"] = row["found"][:500]
    return done


async def keys_with(store: ProofStore, words: list[str]) -> list[str]:
    """Keys of Valkey that have one of the words, or a value that has."""
    client = Valkey.from_url(environment.valkey_url(store.store))
    needles = [word.encode() for word in words]
    found: list[str] = []
    try:
        async for key in client.scan_iter(count=1_000):
            value = await client.dump(key) or b""
            if any(needle in part for needle in needles for part in (key, value)):
                found.append(key.decode(errors="replace"))
    finally:
        await client.aclose()
    return found


def files_with(folder: Path, words: list[str]) -> list[str]:
    """Files below a folder that have one of the words."""
    needles = [word.encode() for word in words]
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [str(path.relative_to(folder)) for path in files if _has(path, needles)]


def _has(path: Path, needles: list[bytes]) -> bool:
    content = path.read_bytes()
    return any(needle in content for needle in needles)


async def left(store: ProofStore, words: list[str]) -> list[str]:
    """Complaints: a place that has something of a person, outside of sealed documents.

    The folder of mails stands for mailboxes of people, and the double for Stripe: neither is the store's.
    """
    found = [f"{table} has {row}" for table, row in (await search(store, words)).unsealed.items()]
    found += [f"Valkey has {key}" for key in await keys_with(store, words)]
    found += [f"the pictures have it: {name}" for name in files_with(store.store.media, words)]
    return found + [f"a log has it: {name}" for name in files_with(store.store.logs, words)]


async def rows_of(store: ProofStore, order_ids: list[str]) -> dict[str, Any]:
    """What is kept of orders and their payments, to be compared."""
    kept: dict[str, Any] = {}
    for name in ("order_lines", "order_events", "parcels", "refunds", "returns", "documents", "order_search"):
        sql = f"select to_jsonb(t)::text as row from {name} t where order_id::text = any($1) order by 1"
        kept[name] = [row["row"] for row in await store.rows("orders", sql, order_ids)]
    orders = "select to_jsonb(t)::text as row from orders t where id::text = any($1) order by 1"
    kept["orders"] = [json.loads(row["row"]) for row in await store.rows("orders", orders, order_ids)]
    payments = "select to_jsonb(t)::text as row from payments t where order_id::text = any($1) order by 1"
    kept["payments"] = [row["row"] for row in await store.rows("payments", payments, order_ids)]
    return kept
