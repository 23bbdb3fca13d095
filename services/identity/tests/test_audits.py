"""What identity writes into its audit log."""

from __future__ import annotations

import hashlib
from pathlib import Path

import asyncpg
import pytest

from chassis.testing import running_app
from chassis.testing.limits import at_one_moment
from identity.tests import joining
from identity.tests.conftest import PASSWORD

AGENT = {"User-Agent": "Mozilla/5.0", "X-Forwarded-For": "203.0.113.7"}


@pytest.fixture
def lines(service):
    async def read(action: str) -> list[dict]:
        async with service.ctx.db.read() as tx:
            return await tx.rows(dict, "select * from audit_lines where action = $1 order by id", action)

    return read


async def test_sign_in_and_sign_out_are_in_the_audit_log(service, sign_up, lines):
    account = await sign_up()
    wish = {"email": "ada@example.com", "password": PASSWORD}
    session = (await service.client.post("/api/v1/sessions", json=wish, headers=AGENT)).json()
    await service.client.post("/api/v1/sessions", json={**wish, "password": "wrong"}, headers=AGENT)
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    await service.client.delete("/api/v1/sessions/current", headers={**bearer, **AGENT})
    success, failure = await lines("session.started")
    (ended,) = await lines("session.ended")
    for line in (success, failure, ended):
        assert line["object"] == f"account:{account['id']}"
        assert (str(line["ip"]), line["agent_hash"]) == ("203.0.113.7", hashlib.sha256(b"Mozilla/5.0").hexdigest())
        assert line["request_id"]
    for line in (success, ended):
        assert (str(line["actor_id"]), str(line["session_id"])) == (account["id"], session["session_id"])
        assert (line["roles"], line["outcome"]) == (["customer"], "success")
    assert (failure["actor_id"], failure["outcome"]) == (None, "failure")
    assert ended["after"] == {"session_id": session["session_id"], "reason": "signed_out"}


async def test_limited_sign_ins_are_in_the_audit_log_in_a_bounded_number(service, sign_up, lines):
    at_one_moment(service.ctx.limiter)
    await sign_up()
    wish = {"email": "ada@example.com", "password": "wrong"}
    for _ in range(18):
        await service.client.post("/api/v1/sessions", json=wish, headers=AGENT)
    outcomes = [line["outcome"] for line in await lines("session.started")]
    assert outcomes == sorted(outcomes)
    assert 0 < outcomes.count("limited") <= 10
    assert len(outcomes) < 18


async def test_reuse_of_a_refresh_token_is_in_the_audit_log(sign_up, sign_in, refresh, lines):
    account = await sign_up()
    session = await sign_in()
    _, child = await refresh(session["refresh_token"])
    await refresh(child)
    await refresh(session["refresh_token"])
    (line,) = await lines("session.refresh_token_reused")
    assert (line["object"], line["outcome"]) == (f"account:{account['id']}", "failure")
    assert line["after"] == {"session_id": session["session_id"]}


async def test_reads_of_staff_and_denied_reads_are_in_the_audit_log(service, sign_up, sign_in, lines):
    boss, eve = await sign_up("boss@example.com"), await sign_up("eve@example.com")
    async with service.ctx.db.write() as tx:
        await tx.execute("update accounts set roles = '{support}' where id = $1", boss["id"])
    staff, customer = await sign_in("boss@example.com"), await sign_in("eve@example.com")
    for session in (staff, customer):
        await service.client.get("/api/v1/admin/accounts", headers=session["headers"])
    (read,) = await lines("accounts.read")
    assert (str(read["actor_id"]), read["after"]) == (boss["id"], {"accounts": [eve["id"], boss["id"]]})
    (denied,) = await lines("authorisation.denied")
    assert (str(denied["actor_id"]), denied["object"]) == (eve["id"], "GET /api/v1/admin/accounts")
    assert denied["after"] == {"needed": "accounts:read"}


async def test_a_new_signing_key_is_in_the_audit_log(service, lines):
    (line,) = await lines("signing_key.made")
    assert line["object"].startswith("key:")
    assert set(line["after"]) == {"active_from"}


async def test_the_migration_copies_the_lines_of_the_old_table(service, lines):
    """As the migration does it, on lines that the version before wrote."""
    import identity

    connection = await asyncpg.connect(service.db_owner_url)
    try:
        await connection.execute(
            "insert into audit_log (action, outcome, account_id, details) values"
            ' (\'account.roles_changed\', \'success\', uuidv7(), \'{"before": ["customer"], "after": ["admin"]}\'),'
            " ('old.failure', 'failure', null, '{}')"
        )
        sql = Path(identity.__file__).with_name("migrations").joinpath("0007_one_audit_log.sql").read_text()
        for _ in range(2):
            await connection.execute(sql)
        account = await connection.fetchval("select account_id from audit_log where account_id is not null")
    finally:
        await connection.close()
    (changed,) = await lines("account.roles_changed")
    assert (changed["object"], changed["before"]) == (f"account:{account}", ["customer"])
    assert changed["after"] == {"after": ["admin"]}
    (failed,) = await lines("old.failure")
    assert (failed["object"], failed["before"], failed["after"]) == (None, None, None)


async def test_wrong_passwords_are_counted_and_in_the_audit_log_in_a_bounded_number(bench, key_file):
    """By account; of accounts that do not exist, by network. Without Valkey the one process decides alone."""
    settings = {"key_encryption_key_file": key_file, "accounts_confirmed_by_mail": False, "valkey_url": None}
    async with running_app("identity", bench, **settings) as service:
        account = await joining.join(service.client, None, "ada@example.com")
        count = "select count(*) from audit_lines where outcome = 'failure' and object is not distinct from $1"
        for email, thing in (("ada@example.com", f"account:{account['id']}"), ("nobody@example.com", None)):
            statuses = []
            for number in range(24):
                here = {"X-Forwarded-For": f"203.0.113.{number if thing else 200}"}
                wish = {"email": email if thing else f"{number}@example.com", "password": "wrong"}
                statuses.append((await service.client.post("/api/v1/sessions", json=wish, headers=here)).status_code)
            assert statuses == [401] * 24
            async with service.ctx.db.read() as tx:
                assert await tx.value(count, thing) == 20
