"""What the services of a store have given up, by their own command with their own settings."""

from __future__ import annotations

import json
from dataclasses import replace

import asyncpg
import pytest

from chassis.testing.databases import empty_database
from mercat.cli import operations as operations_cli
from mercat.commands import audit, operations
from mercat.installation import CommandError, command_line
from mercat.tests.conftest import add_service

HELD_JOB = """
insert into jobs (name, payload, tries, held_at, error)
values ('orders.mail', '{}', 8, now(), 'RuntimeError: no luck') returning id
"""
DEAD_EVENT = """
insert into inbox_dead (producer, aggregate, aggregate_id, version, event_id, type, occurred_at, data, state, tries)
values ('payments', 'payment', gen_random_uuid(), $1, $2, 'payment.made', now(), '{}', 'dead', 8)
"""


@pytest.fixture
async def databases(bench):
    """The databases of two services: connections by service, with their URL."""
    made = {}
    for name in ("orders", "payments"):
        url = await empty_database(bench.postgres, "hello", f"mercat_{name}")
        made[name] = (await asyncpg.connect(url), url)
    yield made
    for connection, _ in made.values():
        await connection.close()


@pytest.fixture
def shop(installation, databases):
    add_service(installation, "orders", 9001, follows="payments")
    add_service(installation, "payments", 9002)
    add_service(installation, "pages", 9010, routes="/", database='""')
    own = {f"DATABASE_URL_{name.upper()}": url for name, (_, url) in databases.items()}
    return replace(installation, user_settings={**installation.user_settings, **own})


async def test_held_jobs_are_listed_by_service_and_released(shop, databases, capsys):
    operations.show_held(shop, None)
    assert capsys.readouterr().out == "orders: Nothing is held.\npayments: Nothing is held.\n"
    connection, _ = databases["orders"]
    job = await connection.fetchval(HELD_JOB)
    operations.show_held(shop, None)
    said = capsys.readouterr().out
    assert f"orders: job {job}: orders.mail; 8 tries, since " in said
    assert "payments: Nothing is held.\n" in said
    assert f"To do jobs: {command_line.mercat_command('release SERVICE')}\n" in said
    assert not operations.operate(shop, "orders", "release", *operations.as_options(name="other", job=None))
    assert "nothing of the kind" in capsys.readouterr().out
    assert operations.operate(shop, None, "release")
    assert capsys.readouterr().out.startswith("orders: 1 jobs released\n")
    assert await connection.fetchval("select held_at is null from jobs")


async def test_events_are_redriven_discarded_and_a_log_followed_again(shop, databases, capsys):
    connection, _ = databases["orders"]
    for number in (1, 2):
        await connection.execute(DEAD_EVENT, number, f"event {number}")
    with pytest.raises(CommandError, match="say --yes"):
        operations.operate(shop, "orders", "discard", *operations.as_options(event="event 1"))
    assert operations.operate(shop, "orders", "discard", "--event=event 1", "--yes")
    assert operations.operate(shop, None, "redrive", *operations.as_options(producer="payments", only="event 2"))
    assert "orders: 1 aggregates set going again" in capsys.readouterr().out
    assert await connection.fetch("select event_id, state from inbox_dead") == [("event 2", "retrying")]
    assert not operations.operate(shop, "orders", "restart", "payments", "--yes")
    await connection.execute("insert into inbox_cursor (producer, cursor, halted) values ('payments', 'c', 'pruned')")
    operations.show_held(shop, "orders")
    assert "orders: log of payments: not followed since" in capsys.readouterr().out
    assert operations.operate(shop, "orders", "restart", "payments", "--yes")
    assert await connection.fetchval("select cursor || coalesce(halted, '') from inbox_cursor") == ""


AUDIT_LINE = "insert into audit_lines (action, outcome, object, ip) values ($1, 'success', $2, '203.0.113.7')"


async def test_the_audit_logs_of_all_services_are_read_in_the_order_of_time(shop, databases, capsys):
    for name, thing in (("payments", "first"), ("orders", "second"), ("payments", "third")):
        await databases[name][0].execute(AUDIT_LINE, "thing.done", thing)
    asked = operations.as_options(ip="203.0.113.0/24")
    assert audit.show(shop, None, asked, limit=500, as_json=False) == 3
    lines = capsys.readouterr().out.splitlines()
    assert [(line.split(":")[0], line.split()[4]) for line in lines] == [
        ("payments", "first"),
        ("orders", "second"),
        ("payments", "third"),
    ]
    assert audit.show(shop, None, asked, limit=2, as_json=True) == 2
    newest = json.loads(capsys.readouterr().out)
    assert [(each["service"], each["object"]) for each in newest["lines"]] == [
        ("orders", "second"),
        ("payments", "third"),
    ]
    assert newest["more"]
    assert audit.show(shop, "orders", asked, limit=500, as_json=False) == 1
    assert audit.show(shop, None, operations.as_options(ip="198.51.100.1"), limit=500, as_json=False) == 0
    assert capsys.readouterr().out.endswith("There are no such lines.\n")
    with pytest.raises(CommandError, match="argument --ip: 'nowhere' does not appear to be"):
        audit.show(shop, None, operations.as_options(ip="nowhere"), limit=500, as_json=False)


def test_impossible_operations_are_refused_with_the_reason(shop):
    with pytest.raises(CommandError, match="say of which service"):
        operations_cli.release(job=3)
    with pytest.raises(CommandError, match="Say which"):
        operations_cli.discard("orders")
    with pytest.raises(CommandError, match="Say which"):
        operations_cli.discard("orders", event="1", job=1)
    for name in ("nobody", "pages"):
        with pytest.raises(CommandError, match=f"'{name}' with a database. There are: orders, payments$"):
            operations.show_held(shop, name)
    away = replace(shop, user_settings={**shop.user_settings, "DATABASE_URL_ORDERS": "postgresql://x@127.0.0.1:1/x"})
    with pytest.raises(CommandError, match="orders: The database does not answer"):
        operations.operate(away, None, "redrive")


async def test_figures_are_made_anew_by_the_service_shop(installation, bench, capsys):
    with pytest.raises(CommandError, match="no service shop"):
        operations.rebuild_figures(installation, yes=True)
    add_service(installation, "shop", 9008)
    url = await empty_database(bench.postgres, "shop", "mercat_shop")
    shop = replace(installation, user_settings={**installation.user_settings, "DATABASE_URL_SHOP": url})
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("update figure_readings set finished_at = now()")
        with pytest.raises(CommandError, match="say --yes"):
            operations.rebuild_figures(shop, yes=False)
        assert await connection.fetchval("select count(finished_at) from figure_readings") == 2
        operations.rebuild_figures(shop, yes=True)
        assert "made anew" in capsys.readouterr().out
        assert await connection.fetchval("select count(finished_at) from figure_readings") == 0
        assert await connection.fetchval("select action from audit_lines") == "figures.rebuilt"
    finally:
        await connection.close()
    away = replace(shop, user_settings={**shop.user_settings, "DATABASE_URL_SHOP": "postgresql://x@127.0.0.1:1/x"})
    with pytest.raises(CommandError, match="does not answer"):
        operations.rebuild_figures(away, yes=True)
