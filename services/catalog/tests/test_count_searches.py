"""Searches that find nothing are counted by term, later than their answer, and without what could be a person's."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from typing import Any

import pytest

from catalog import jobs, load
from catalog.domain.terms import LEAST_SEARCHES, kept_term
from catalog.store import searches
from catalog.tests.shop import Shop
from catalog.usecases import count_searches
from catalog.usecases.count_searches import EmptySearches
from chassis.db import Database

TODAY = "select (now() at time zone 'utc')::date"


async def kept(db: Database) -> dict[str, int]:
    async with db.read() as tx:
        rows: list[dict[str, Any]] = await tx.rows(dict, "select term, searches from searches_without_result")
    return {row["term"]: row["searches"] for row in rows}


@pytest.mark.parametrize(
    ("asked", "term"),
    [
        ("  Rote   SOCKEN ", "rote socken"),
        ("Straße", "strasse"),
        ("\uff23amera", "camera"),
        ("men's t-shirt", "men's t-shirt"),
        ("a|b`c<d>\x00\ud800\n", "a b c d"),
        ("iso 9001", "iso 9001"),
        ("maria@example.com", None),
        ("maria\uff20example.com", None),
        ("0664 12345", None),
        ("٠١٢٣٤", None),
        ("maria muster ring 12 wien", None),
        ("x" * 41, None),
        ("*** !", None),
    ],
)
def test_a_term_is_kept_without_case_and_signs_unless_it_may_be_about_a_person(asked, term):
    assert kept_term(asked) == term


async def test_what_is_searched_for_in_vain_is_written_later_and_never_by_the_request(shop: Shop):
    empty = shop.app.ctx.get(EmptySearches)
    for words in ("Unobtainium", "unobtainium ", "who@example.com"):
        assert (await shop.client.get("/api/v1/products", params={"search": words})).json()["items"] == []
    assert await kept(shop.app.ctx.db) == {}
    await empty.write(shop.app.ctx.db)
    await empty.write(shop.app.ctx.db)
    assert await kept(shop.app.ctx.db) == {"unobtainium": 2}


async def test_two_processes_that_write_the_same_terms_lose_none(db: Database):
    processes = [EmptySearches() for _ in range(4)]
    for number, process in enumerate(processes):
        for term in sorted(("hat", "sock", "tie"), reverse=bool(number % 2)):
            process.add(term)
    await asyncio.gather(*(process.write(db) for process in processes))
    assert await kept(db) == {"hat": 4, "sock": 4, "tie": 4}


async def test_terms_of_a_process_and_of_a_day_are_bounded(db: Database, monkeypatch: pytest.MonkeyPatch):
    empty = EmptySearches()
    for number in range(count_searches.MOST_TERMS + 100):
        empty.add(f"thing {number}")
    await empty.write(db)
    assert len(await kept(db)) == count_searches.MOST_TERMS
    monkeypatch.setattr(searches, "MOST_TERMS", count_searches.MOST_TERMS)
    for term in ("thing 1", "one too many"):
        empty.add(term)
    await empty.write(db)
    found = await kept(db)
    assert (len(found), found["thing 1"]) == (count_searches.MOST_TERMS, 2)


async def test_without_a_database_what_was_counted_is_lost_and_nothing_fails(replicas: list[Database]):
    empty, (away, db, _) = EmptySearches(), replicas
    empty.add("hat")
    await away.close()
    await empty.write(away)
    empty.add("tie")
    await empty.write(db)
    assert await kept(db) == {"tie": 1}


async def test_a_write_that_the_database_refuses_does_not_end_the_loop(db: Database):
    empty = EmptySearches()
    empty._counts["x" * 41] = 1  # longer than the table's check allows
    await empty.write(db)
    empty.add("tie")
    await empty.write(db)
    assert await kept(db) == {"tie": 1}


async def test_counts_are_forgotten_after_five_weeks(shop: Shop):
    db = shop.app.ctx.db
    old = "insert into searches_without_result select (now() - $1::interval)::date, 'hat', 1"
    for days in (searches.KEPT_DAYS + 2, searches.KEPT_DAYS - 2):
        async with db.write_one() as tx:
            await tx.execute(old, timedelta(days=days))
    async with db.read() as tx:
        assert await tx.value(f"select {searches.ANY_OLD}")
    await jobs.forget(shop.app.ctx)
    async with db.read() as tx:
        assert not await tx.value(f"select {searches.ANY_OLD}")
    assert await kept(db) == {"hat": 1}


async def test_the_command_names_terms_that_enough_have_searched_for(db: Database, monkeypatch, capsys):
    empty = EmptySearches()
    for term, times in {"hat": LEAST_SEARCHES, "maria muster": LEAST_SEARCHES - 1, "tie": 9}.items():
        for _ in range(times):
            empty.add(term)
    await empty.write(db)
    async with db.read() as tx:
        today: date = await tx.value(TODAY)
    await load._searches(db, today - timedelta(days=1), today)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["term"], line["searches"]) for line in lines] == [("tie", 9), ("hat", LEAST_SEARCHES)]
    await load._searches(db, today - timedelta(days=9), today - timedelta(days=2))
    assert capsys.readouterr().out == ""
