"""Databases and roles made by an administrator who is no superuser, on a server that asks everybody for a password."""

from __future__ import annotations

import asyncio
import base64
from functools import partial

import asyncpg
import pytest

from chassis.db import roles
from chassis.db.migrate import migrate
from chassis.testing import servers

PASSWORDS = {"owner": "owner-password", "runtime": "runtime-password", "auditor": "auditor-password"}


@pytest.fixture(scope="module")
def server():
    with servers.postgres_server(password="root-password") as running:
        yield running


@pytest.fixture(scope="module")
def root(server):
    return server.url("postgres", password="root-password")


@pytest.fixture
async def administrator(server, root):
    """What RDS' master and an administrator of CloudNativePG have: no superuser, CREATEROLE and CREATEDB."""
    for database in ("shop", "press"):
        await run(root, f"drop database if exists {database} with (force)")
        for role in (database, f"{database}_owner", f"{database}_auditor"):
            await run(root, f"drop role if exists {role}")
    await run(root, "drop role if exists chief")
    await run(root, "create role chief login createrole createdb password 'chief-password'")
    return server.url("postgres", "chief", "chief-password")


def of(server, database="shop", **changed):
    names = {"owner": f"{database}_owner", "runtime": database, "auditor": f"{database}_auditor"}
    return roles.ServiceRoles.of(
        **{kind: server.url(database, name, (PASSWORDS | changed)[kind]) for kind, name in names.items()}
    )


async def run(url, sql):
    connection = await asyncpg.connect(url, statement_cache_size=0)
    try:
        return await connection.fetch(sql)
    finally:
        await connection.close()


REFUSED = asyncpg.InsufficientPrivilegeError


async def test_roles_made_without_a_superuser_may_do_what_they_must_and_no_more(server, administrator):
    shop, press = of(server), of(server, "press")
    await roles.ensure(administrator, [shop, press])
    await roles.ensure(administrator, [shop, press])
    await migrate(shop.owner.url, "hello", runtime_role="shop", auditor_role="shop_auditor")
    await run(shop.runtime.url, "insert into jobs (name, payload) values ('a', '{}')")
    for login, sql in (
        (shop.runtime, "create table mine (id int)"),
        (shop.runtime, "drop table jobs"),
        (shop.runtime, "create schema mine"),
        (shop.auditor, "select * from jobs"),
        (shop.auditor, "create temporary table mine (id int)"),
        (shop.owner, "create role mine"),
        (shop.owner, "create database mine"),
    ):
        with pytest.raises((REFUSED, asyncpg.ReadOnlySQLTransactionError)):
            await run(login.url, sql)
    for login in (*press.logins, roles.Login.of(administrator)):
        with pytest.raises(REFUSED, match="permission denied for database"):
            await run(login.url.replace(f"/{login.database}?", "/shop?"), "select 1")


async def test_an_auditor_sees_statistics_where_the_administrator_may_give_them(server, root, administrator):
    """As RDS' master may, and the administrator of deploy/charts/data."""
    watches = "select pg_has_role('shop_auditor', 'pg_monitor', 'MEMBER') as watches"
    await roles.ensure(administrator, [of(server)])
    assert [row["watches"] for row in await run(root, watches)] == [False]
    await run(root, "grant pg_monitor to chief with admin option")
    await roles.ensure(administrator, [of(server)])
    assert [row["watches"] for row in await run(root, watches)] == [True]


async def test_an_auditor_reads_the_tables_that_are_named_and_loses_others(server, administrator):
    shop = of(server)
    await roles.ensure(administrator, [shop])
    await migrate(shop.owner.url, "hello", runtime_role="shop")
    for tables in (["jobs (id payload)", "outbox"], ["jobs (id)", "jobs (run_at)", "outbox"]):
        owner = await asyncpg.connect(shop.owner.url)
        await owner.execute(roles.grants_of_auditor("shop_auditor", tables))
        await owner.close()
    await run(shop.auditor.url, "select * from outbox")
    await run(shop.auditor.url, "select id, run_at from jobs")
    for unnamed in ("payload", "name"):
        with pytest.raises(REFUSED):
            await run(shop.auditor.url, f"select {unnamed} from jobs")


async def test_a_new_password_replaces_the_old_one_at_the_next_run(server, administrator):
    await roles.ensure(administrator, [of(server)])
    new = of(server, runtime="another-password", owner="owned-by-another")
    await roles.ensure(administrator, [new])
    for login in new.logins:
        assert await run(login.url, "select current_user") == [(login.role,)]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await run(of(server).runtime.url, "select 1")


async def test_runs_at_the_same_time_leave_all_right(server, administrator):
    services = [of(server), of(server, "press")]
    await asyncio.gather(*(roles.ensure(administrator, services) for _ in range(4)))
    await all_open(services)


async def all_open(services):
    for service in services:
        for login in service.logins:
            assert await run(login.url, "select current_user") == [(login.role,)]


class Died(BaseException):
    pass


class Dying(asyncpg.Connection):
    """Dies after so many statements."""

    left = 0

    async def execute(self, *arguments, **options):
        return await self._count(super().execute(*arguments, **options))

    async def fetchval(self, *arguments, **options):
        return await self._count(super().fetchval(*arguments, **options))

    async def _count(self, statement):
        answer = await statement
        Dying.left -= 1
        if Dying.left == 0:
            self.terminate()
            raise Died
        return answer


async def test_a_run_that_died_between_two_statements_is_completed_by_the_next(
    server, root, administrator, monkeypatch
):
    shop, connect, deaths = of(server), asyncpg.connect, 0
    while True:
        await run(root, "drop database if exists shop with (force)")
        await run(root, "drop role if exists shop")
        deaths += 2
        Dying.left = deaths
        with monkeypatch.context() as patch:
            patch.setattr(asyncpg, "connect", partial(connect, connection_class=Dying))
            try:
                await roles.ensure(administrator, [shop])
            except Died:
                pass
            else:
                break
        await roles.ensure(administrator, [shop])
        await all_open([shop])
    assert deaths > 12


async def test_a_run_waits_for_another_one_and_says_so_in_the_end(server, root, administrator, monkeypatch):
    monkeypatch.setattr(roles, "_LOCK_WAIT", "10ms")
    holder = await asyncpg.connect(root)
    await holder.execute("select pg_advisory_lock($1)", roles._LOCK)
    with pytest.raises(roles.RolesError, match="Another run"):
        await roles.ensure(administrator, [of(server)])
    await holder.close()


async def test_a_role_that_may_do_everything_and_a_database_of_somebody_else_are_refused(server, root, administrator):
    await run(root, "create role shop superuser")
    with pytest.raises(roles.RolesError, match="shop is a superuser"):
        await roles.ensure(administrator, [of(server)])
    await run(root, "drop role shop")
    await run(root, "create database shop")
    with pytest.raises(roles.RolesError, match="belongs to postgres"):
        await roles.ensure(administrator, [of(server)])


async def test_a_verifier_is_what_postgresql_makes_of_the_password_itself(root):
    await run(root, "create role kept password 'a-password'")
    ((kept,),) = await run(root, "select rolpassword from pg_authid where rolname = 'kept'")
    salt = base64.b64decode(kept.split("$")[1].split(":")[1])
    assert roles.verifier("a-password", salt) == kept


GOOD = "postgresql://{}:a-password@/shop"


@pytest.mark.parametrize(
    ("urls", "said"),
    [
        ((GOOD, "owner", "runtime", "runtime"), "three roles of one database"),
        ((GOOD.replace("shop", "shop-1"), "owner", "runtime", "auditor"), "'shop-1' is not a plain name"),
        ((GOOD, "owner", "run time", "auditor"), "'run time' is not a plain name"),
        ((GOOD, "owner", "", "auditor"), "'' is not a plain name"),
        ((GOOD, "owner", "a" * 64, "auditor"), "is not a plain name"),
        ((GOOD.replace("a-password", "short"), "owner", "runtime", "auditor"), "must be 8 or more printable"),
        (
            (GOOD.replace("a-password", "%E2%82%AC-password"), "owner", "runtime", "auditor"),
            "must be 8 or more printable",
        ),
    ],
)
def test_urls_that_make_no_safe_roles_are_refused(urls, said):
    pattern, *names = urls
    with pytest.raises(roles.RolesError, match=said) as refused:
        roles.ServiceRoles.of(*(pattern.format(name.replace(" ", "%20")) for name in names))
    assert "-password" not in str(refused.value)


def test_a_table_that_is_no_plain_name_is_not_granted():
    with pytest.raises(roles.RolesError, match="not a plain name"):
        roles.grants_of_auditor("shop_auditor", ["jobs; drop table jobs"])
    with pytest.raises(roles.RolesError, match="not a plain name"):
        roles.grants_of_auditor("shop_auditor", ["jobs (id) to public"])
