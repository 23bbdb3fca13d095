from __future__ import annotations

import hashlib

import asyncpg
import pytest

from chassis import audit
from chassis.auth import CurrentPrincipal, Principal
from chassis.db import Database
from chassis.testing import running_app
from chassis.values import uuid7
from chassis.worker import housekeeping

ADA = Principal(uuid7(), uuid7(), frozenset(), ("support",), 1)


@pytest.fixture
async def service(bench):
    async with running_app("hello", bench) as service:
        yield service


@pytest.fixture
def lines(service):
    async def read() -> list[dict]:
        async with service.ctx.db.read() as tx:
            return await tx.rows(dict, "select * from audit_lines order by id")

    return read


@pytest.fixture
async def owner(service):
    connection = await asyncpg.connect(service.db_owner_url)
    yield connection
    await connection.close()


async def write(service, action: str = "thing.done", **more) -> None:
    async with service.ctx.db.write() as tx:
        await audit.record(tx, action, "thing:1", **more)


async def test_a_line_has_the_action_and_is_committed_with_the_change(service, lines):
    with pytest.raises(RuntimeError):
        async with service.ctx.db.write() as tx:
            await audit.record(tx, "thing.done", "thing:1")
            raise RuntimeError
    assert await lines() == []
    await write(service, who=ADA, before={"price": 1}, after={"price": 2})
    (line,) = await lines()
    assert (line["action"], line["object"], line["outcome"]) == ("thing.done", "thing:1", "success")
    assert (line["actor_id"], line["session_id"], line["roles"]) == (ADA.account_id, ADA.session_id, ["support"])


async def test_outside_of_a_request_a_line_has_no_actor(service, lines):
    await write(service)
    (line,) = await lines()
    assert [line[name] for name in ("actor_id", "session_id", "ip", "agent_hash", "before", "after")] == [None] * 6
    assert line["roles"] == []


async def test_a_line_says_who_asked_from_where_and_in_which_request(service, lines):
    account, session = uuid7(), uuid7()

    async def change(_who: CurrentPrincipal) -> None:
        await write(service)

    service.app.router.add_api_route("/change", change, methods=["POST"])
    try:
        headers = {
            **service.token(account, sid=str(session), roles=["merchandiser"]),
            "User-Agent": "Mozilla/5.0",
            "X-Forwarded-For": "203.0.113.7",
        }
        answer = await service.client.post("/change", headers=headers)
        assert answer.status_code == 200
    finally:
        service.app.router.routes.pop()
    (line,) = await lines()
    assert (line["actor_id"], line["session_id"], line["roles"]) == (account, session, ["merchandiser"])
    assert (str(line["ip"]), line["request_id"]) == ("203.0.113.7", answer.headers["X-Request-Id"])
    assert line["agent_hash"] == hashlib.sha256(b"Mozilla/5.0").hexdigest()


@pytest.mark.parametrize(
    "sql", ["update audit_lines set outcome = 'failure'", "delete from audit_lines", "truncate audit_lines"]
)
async def test_the_running_service_may_neither_change_nor_delete_lines(service, lines, sql):
    await write(service)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with service.ctx.db.write() as tx:
            await tx.execute(sql)
    assert len(await lines()) == 1


async def test_the_owner_role_can_change_and_delete_no_lines_by_mistake(service, owner):
    await write(service)
    for sql in ("update audit_lines set outcome = 'failure'", "delete from audit_lines"):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await owner.execute(sql)


async def test_lines_are_deleted_after_400_days(service, lines, monkeypatch):
    monkeypatch.setattr("chassis.db.retention.BATCH", 2)
    async with service.ctx.db.write() as tx:
        old = "insert into audit_lines (action, outcome, occurred_at) values ('old', 'success', now() - $1::interval)"
        for days in (500, 450, 401, 399):
            await tx.execute(old.replace("$1::interval", f"interval '{days} days'"))
    await write(service)
    assert "chassis.prune_audit" in {work.name for work in housekeeping.HOUSEKEEPING}
    await housekeeping.prune_audit(service.ctx)
    assert [line["action"] for line in await lines()] == ["old", "thing.done"]


SCOPE = {"type": "http", "method": "PUT", "headers": []}


async def test_refusals_are_written_in_a_bounded_number(service, lines):
    scope = {**SCOPE, "app": service.app}
    for _ in range(30):
        await audit.Denials(service.ctx.db, service.ctx.limiter)(scope, ADA, "stock:write")
    written = await lines()
    assert len(written) == 20
    assert {(line["action"], line["object"], line["outcome"]) for line in written} == {
        ("authorisation.denied", "PUT unmatched", "denied")
    }
    assert written[0]["after"] == {"needed": "stock:write"}
    await audit.Denials(service.ctx.db, service.ctx.limiter)(
        scope, Principal(uuid7(), uuid7(), frozenset()), "stock:write"
    )
    assert len(await lines()) == 21


class Gone(Database):
    def write_one(self):
        raise ConnectionRefusedError


async def test_a_refusal_is_answered_when_its_line_cannot_be_written(service, lines):
    gone = Gone("postgresql://nobody@127.0.0.1:1/none", name="gone")
    await audit.Denials(gone, service.ctx.limiter)({**SCOPE, "app": service.app}, ADA, "stock:write")
    assert await lines() == []
