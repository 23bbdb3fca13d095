"""Who is staff, for a review of access; and the sessions that an operator ends."""

from __future__ import annotations

import asyncio
import json
import os
import sys

import pytest

from identity import list_staff, sign_out


@pytest.fixture
def command(bench, service, key_file):
    """Runs a module of identity for an operator; its status and what it says."""

    async def run(module: str, *options: str) -> tuple[int, str]:
        url = service.ctx.settings.database_url.get_secret_value()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *options),
            env={**os.environ, **bench.environment("identity", url), "KEY_ENCRYPTION_KEY_FILE": str(key_file)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode()

    return run


async def give(service, email: str, roles: list[str], status: str = "active") -> None:
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set roles = $2::text[], status = $3 where email = $1", email, roles, status)


async def test_staff_alone_are_listed_with_roles_last_sign_in_and_sessions(service, command, sign_up, sign_in, query):
    for email in ("ada@example.com", "bob@example.com", "eve@example.com"):
        await sign_up(email)
    await give(service, "ada@example.com", ["customer", "support"])
    await give(service, "eve@example.com", ["admin", "customer"], "disabled")
    await sign_in("ada@example.com")
    await sign_in("bob@example.com")
    status, said = await command("identity.list_staff", "--json")
    assert status == 0
    ada, eve = json.loads(said)
    assert (ada["email"], ada["roles"], ada["status"], ada["sessions"]) == (
        "ada@example.com",
        ["customer", "support"],
        "active",
        1,
    )
    started = "select max(occurred_at) from audit_lines where action = 'session.started' and actor_id = $1"
    assert ada["last_sign_in"] == (await query(started, ada["id"])).isoformat().replace("+00:00", "Z")
    assert (eve["email"], eve["status"], eve["last_sign_in"], eve["sessions"]) == (
        "eve@example.com",
        "disabled",
        None,
        0,
    )
    after = await query("select after from audit_lines where action = 'accounts.read'")
    assert after == {"accounts": [ada["id"], eve["id"]]}


async def test_the_list_is_a_table_for_a_person(service, sign_up):
    assert list_staff.text(await list_staff.staff(service.ctx.db)) == "No account has more than the customer's role."
    await sign_up()
    await give(service, "ada@example.com", ["admin", "customer"])
    row = list_staff.text(await list_staff.staff(service.ctx.db)).splitlines()[2]
    assert [cell.strip() for cell in row.split("|")[1:-1]][:3] == ["ada@example.com", "admin, customer", "active"]
    assert "not in 400 days" in row


async def test_a_list_that_would_not_be_whole_is_refused(service, sign_up, monkeypatch):
    monkeypatch.setattr(list_staff, "MOST", 1)
    for email in ("ada@example.com", "bob@example.com"):
        await sign_up(email)
        await give(service, email, ["support"])
    with pytest.raises(ValueError, match="more than 1 accounts"):
        await list_staff.staff(service.ctx.db)


async def test_an_operator_ends_the_sessions_of_one_account(service, command, sign_up, sign_in, refresh, query):
    for email in ("ada@example.com", "bob@example.com"):
        await sign_up(email)
    ada, bob = await sign_in("ada@example.com"), await sign_in("bob@example.com")
    assert await command("identity.sign_out", "--email", "Ada@Example.com") == (
        0,
        "ada@example.com is signed out: 1 sessions have ended.\n",
    )
    assert (await refresh(ada["refresh_token"]))[0].status_code == 401
    assert (await refresh(bob["refresh_token"]))[0].status_code == 200
    assert await query("select count(*) from outbox where type = 'session.ended'") == 1
    line = "select object from audit_lines where action = 'sessions.ended' and after ->> 'ended' = '1'"
    assert await query(line) == f"account:{ada['account']['id']}"
    assert (await sign_in("ada@example.com"))["account"]["email"] == "ada@example.com"


async def test_an_operator_ends_all_sessions_however_many(
    service, command, sign_up, sign_in, refresh, query, monkeypatch
):
    monkeypatch.setattr(sign_out, "AT_ONCE", 1)
    await sign_up()
    tokens = [(await sign_in())["refresh_token"] for _ in range(2)]
    assert await sign_out.sign_everybody_out(service.ctx.db) == 2
    assert [(await refresh(token))[0].status_code for token in tokens] == [401] * 2
    assert await query("select count(*) from audit_lines where after ->> 'whose' = 'everybody'") == 2
    assert await sign_out.sign_out(service.ctx.db, "nobody@example.com") is None
    assert await command("identity.sign_out", "--everybody", "--yes") == (
        0,
        "Everybody is signed out: 0 sessions have ended.\n",
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--everybody",), "If you mean it, say --yes. Nothing was changed."),
        (("--email", "nobody"), "email: "),
    ],
)
def test_what_an_operator_types_wrong_is_told(monkeypatch, options, told):
    monkeypatch.setattr(sys, "argv", ["sign_out", *options])
    with pytest.raises(SystemExit, match=told):
        sign_out.main()
