"""How statements are planned at 20,000 products and orders, and that a scan of a whole table would be noticed."""

from __future__ import annotations

import json

from mercat.stack import ports
from proofs import examples
from proofs.plans import Size, plan
from proofs.plans.reading import Scan, read
from proofs.store import running_store

LARGE = {"shop": {"sold", "sold_pkey"}}
SCAN = {"Node Type": "Seq Scan", "Relation Name": "sold"}
ORDERED = {"Node Type": "Index Scan", "Relation Name": "sold", "Index Name": "sold_pkey"}


def line(plan: object, *, user: str = "shop", milliseconds: float = 0.01) -> str:
    message = f"duration: {milliseconds:.3f} ms  plan:\n" + json.dumps({"Query Text": "select\n 1", "Plan": plan})
    return json.dumps({"user": user, "dbname": "shop", "message": message})


def scans(lines: list[str]) -> set[Scan]:
    return read(lines, LARGE).scans


async def test_no_statement_reads_a_whole_large_table():
    async with running_store(offset=ports.free_offset(), settings=examples.SETTINGS) as store:
        assert await plan(store, Size(products=20_000, orders=20_000)) == []


def test_what_reads_a_whole_table_is_found():
    below_a_sort = {"Node Type": "Limit", "Plans": [{"Node Type": "Sort", "Plans": [ORDERED]}]}
    (found,) = scans([line({"Node Type": "Aggregate", "Plans": [SCAN]})])
    assert found == ("shop", "sold", "", "select 1")
    (found,) = scans([line(below_a_sort)])
    assert found.by == "sold_pkey"


def test_what_may_stop_early_or_is_small_is_none():
    early = {"Node Type": "Limit", "Plans": [ORDERED]}
    sought = {**ORDERED, "Index Cond": "(id = $1)"}
    elsewhere = {**SCAN, "Relation Name": "few"}
    assert scans([line(early), line(sought), line(elsewhere), line(SCAN, user="shop_owner")]) == set()
    assert scans([json.dumps({"user": "shop", "dbname": "shop", "message": "checkpoint complete"})]) == set()


def test_what_takes_long_or_is_cancelled_is_told():
    cancelled = {"user": "shop", "dbname": "shop", "statement": "select\n 2"}
    late = json.dumps({**cancelled, "message": "canceling statement due to statement timeout"})
    left = json.dumps({**cancelled, "message": "canceling statement due to user request"})
    found = read([line(SCAN, milliseconds=1500), line(SCAN), late, left], {})
    assert found.slowest(10) == [(1.5, "shop", "select 1")]
    assert found.cancelled == {("shop", "select 2")}
