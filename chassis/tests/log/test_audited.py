"""The command `audit`: what a session, an account or an address did; each reading leaves a line itself."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from chassis.ops import audit_lines, cli
from chassis.testing import eventually
from chassis.testing.databases import empty_database
from chassis.values import uuid7

ADA, EVE = uuid7(), uuid7()
SESSION, OTHER = uuid7(), uuid7()
NOW = datetime.now(UTC)
INSERT = """
insert into audit_lines (id, occurred_at, action, outcome, object, actor_id, session_id, ip, after)
values ($1, $2, $3, 'success', $4, $5, $6, $7, $8)
"""


@pytest.fixture
async def database(bench):
    return await empty_database(bench.postgres, "hello", "audited")


@pytest.fixture
async def connection(database):
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


@pytest.fixture
def audit(database, monkeypatch, capsys):
    """Runs the command; its exit code and what it says."""

    async def run(*words: str):
        monkeypatch.setenv("DATABASE_URL", database)
        code = await asyncio.to_thread(cli.main, ["audit", *words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


@pytest.fixture
async def lines(connection):
    """Lines of the last ten days, one a day, named by their action."""
    rows = [
        (9, "session.started", f"account:{ADA}", ADA, SESSION, "203.0.113.7", None),
        (7, "orders.read", None, ADA, SESSION, "203.0.113.200", {"orders": ["1"]}),
        (5, "prices.set", "product:ring", EVE, OTHER, "198.51.100.4", None),
        (3, "account.status_changed", f"account:{ADA}", EVE, OTHER, "2001:db8::1", None),
        (1, "session.refresh_token_reused", f"account:{EVE}", None, None, "203.0.113.7", {"session_id": str(SESSION)}),
    ]
    for days, action, thing, actor, session, ip, after in rows:
        at = NOW - timedelta(days=days)
        identifier = UUID(int=int(at.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62)
        written = None if after is None else json.dumps(after)
        await connection.execute(INSERT, identifier, at, action, thing, actor, session, ip, written)


async def actions(audit, *words: str) -> list[str]:
    code, said = await audit(*words, "--json")
    found = [line["action"] for line in json.loads(said)["lines"]]
    assert code == (cli.DONE if found else cli.NOTHING)
    return found


def days_ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


async def test_lines_are_found_by_account_session_address_object_and_time(audit, lines):
    started, read, set_, locked, reused = (
        "session.started orders.read prices.set account.status_changed session.refresh_token_reused".split()
    )
    assert await actions(audit, "--account", str(ADA)) == [started, read, locked]
    assert await actions(audit, "--session", str(SESSION)) == [started, read, reused]
    assert await actions(audit, "--ip", "203.0.113.7") == [started, reused]
    assert await actions(audit, "--ip", "203.0.113.0/24") == [started, read, reused]
    assert await actions(audit, "--ip", "2001:db8::/32") == [locked]
    assert await actions(audit, "--object", "product:ring") == [set_]
    assert await actions(audit, "--since", days_ago(6), "--until", days_ago(2)) == [set_, locked]
    assert await actions(audit, "--since", days_ago(4.99), "--until", days_ago(2.99)) == [locked]
    assert await actions(audit, "--since", days_ago(5.01), "--until", days_ago(3.01)) == [set_]
    assert await actions(audit, "--account", str(ADA), "--session", str(OTHER)) == [locked]
    assert await actions(audit, "--account", str(uuid7())) == []


async def test_a_person_reads_a_line_each(audit, lines):
    code, said = await audit("--session", str(SESSION))
    assert code == cli.DONE
    first, second, _ = said.splitlines()
    assert "session.started  success" in first
    assert f"by={ADA}  session={SESSION}  from=203.0.113.7" in first
    assert second.endswith('after={"orders":["1"]}')
    assert (await audit("--ip", "192.0.2.1"))[1] == "There are no such lines.\n"


async def test_the_newest_are_shown_and_it_says_that_there_are_more(audit, lines):
    assert await actions(audit, "--account", str(ADA), "--limit", "2") == ["orders.read", "account.status_changed"]
    said = (await audit("--account", str(ADA), "--limit", "2"))[1].splitlines()
    assert said[0].startswith("There are more before ")
    assert len(said) == 3
    until = said[0].split()[4].removesuffix(":")
    assert await actions(audit, "--account", str(ADA), "--limit", "2", "--until", until) == ["session.started"]


async def test_what_is_long_is_cut_for_a_person_only(audit, connection):
    await connection.execute(INSERT, uuid7(), NOW, "x", "y", None, None, None, json.dumps({"long": "z" * 5000}))
    assert len((await audit("--object", "y"))[1]) < 500
    assert len(json.loads((await audit("--object", "y", "--json"))[1])["lines"][0]["after"]["long"]) == 5000


async def test_the_reading_is_recorded_with_what_was_asked_for_and_why(audit, lines, connection):
    await audit("--session", str(SESSION), "--ip", "203.0.113.0/24", "--case", "INC-7")
    row = await connection.fetchrow("select object, outcome, after from audit_lines where action = 'audit.read'")
    assert json.loads(row["after"]) == {
        "asked": {"session": str(SESSION), "ip": "203.0.113.0/24"},
        "lines": 3,
        "case": "INC-7",
    }


async def test_what_cannot_be_recorded_is_not_shown(audit, lines):
    code, said = await audit("--session", str(SESSION), "--case", "PostgreSQL keeps no \0 in JSON")
    assert code == cli.FAILED
    assert "session.started" not in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--account", "ada@example.com"), "--account"),
        (("--session", "1"), "--session"),
        (("--ip", "203.0.113.7/24"), "host bits set: 203.0.113.7 and 203.0.113.0/24 would do"),
        (("--ip", "here"), "203.0.113.0/24 would do"),
        (("--since", "2026-11-28T12:00:00"), "a time with its zone"),
        (("--since", "yesterday"), "2026-11-28T12:00:00Z"),
        (("--since", "0001-01-01T00:00:00Z"), "of a year from"),
        (("--until", "9999-12-31T23:59:59Z"), "of a year from"),
        (("--limit", "5001"), "a number from 1 to 5000"),
        (("--limit", "many"), "a number from 1 to 5000"),
        (("--limit", "0"), "a number from 1 to 5000"),
        (("--ip", "203.0.113.7", "--case", "x" * 101), "1 to 100 characters"),
    ],
)
async def test_what_is_no_question_is_refused_and_told(audit, capsys, words, told):
    with pytest.raises(SystemExit, match="2"):
        await audit(*words)
    assert told in capsys.readouterr().err


async def test_nothing_asked_is_refused(audit):
    assert await audit() == (
        cli.FAILED,
        "Say what to look for: --account, --session, --ip, --object, --since or --until.\n",
    )


async def test_a_search_that_the_server_ends_says_what_to_do(audit, lines, connection, monkeypatch):
    monkeypatch.setattr(audit_lines, "_SELECT", f"{audit_lines._SELECT} and (select true from pg_sleep(60))\n")
    search = asyncio.create_task(audit("--since", days_ago(9)))
    running = "select pg_cancel_backend(pid) from pg_stat_activity where query ~ 'pg_sleep' and pid <> pg_backend_pid()"
    await eventually(lambda: connection.fetchval(running))
    code, said = await search
    assert (code, "It took too long: ask for a shorter time" in said) == (cli.FAILED, True)
