"""B4 B9: the audit log is read by who may, written by nobody's words, and bounded however much is asked for."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import quote

import asyncpg

from chassis.web import pagination
from mercat.config import environment, services
from proofs.attack.people import account_of, anonymous, boss_of, member, program
from proofs.shopper import Shopper, shopper
from proofs.store import SERVICES, ProofStore

TITLE = "Audit log: read by who may, forged by nothing that is in it, and bounded"
AUDIT = "/api/v1/admin/audit"
# Seconds until an ended session is refused everywhere, and the time of a request.
ENDED = 4.0
# Seconds of a shopper's list beside searches of all that there is.
BESIDE = 3.0


async def prove(store: ProofStore) -> list[str]:
    """Run the attacks; returns those that succeeded."""
    async with AsyncExitStack() as stack:
        boss = await stack.enter_async_context(boss_of(store))
        customer = await stack.enter_async_context(member(store, boss, "customer"))
        reading = await stack.enter_async_context(program(store, boss, "audit:read"))
        other = await stack.enter_async_context(program(store, boss, "operations:write", "orders:read"))
        wrong = await _doors(boss, reading, other)
        wrong += await _demoted(store, boss)
        wrong += await _injected(store, boss, customer)
        wrong += await _cursors(boss)
        wrong += await _ranges(store, boss)
        return wrong + await _append_only(store)


async def _doors(boss: Shopper, reading: Shopper, other: Shopper) -> list[str]:
    """By API key, and by methods that there are not."""
    wrong = []
    for service in SERVICES:
        for path in (f"{AUDIT}/{service}", f"{AUDIT}/{service}/chain"):
            told = (await reading.call("GET", path)).status, (await other.call("GET", path)).status
            wrong += [] if told == (200, 403) else [f"{path} by a key that may and one that may not: {told}"]
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                answer = await boss.call(method, path, json={})
                if answer.status != 405:
                    wrong.append(f"{method} {path}: {answer}")
        for place in (f"{AUDIT}/{service}/..%2f{SERVICES[0]}", f"{AUDIT}/{service}%00", f"{AUDIT}/{service.upper()}"):
            answer = await boss.call("GET", place)
            if answer.status not in {400, 404}:
                wrong.append(f"{place}: {answer.status}")
    return wrong


async def _demoted(store: ProofStore, boss: Shopper) -> list[str]:
    """The token that an administrator had, once they are none: at both parts of every service."""
    async with boss_of(store) as former:
        token, account = former.headers["Authorization"], await account_of(boss, former.email)
        places = [f"/api/v1/admin/{part}/{service}" for part in ("audit", "operations") for service in SERVICES]
        before = Counter([(await former.call("GET", place)).status for place in places])
        roles = {"roles": ["customer"]}
        assert (await boss.call("PUT", f"/api/v1/admin/accounts/{account}/roles", json=roles)).status == 200
        ended = time.monotonic()
        async with anonymous(store, token) as thief:
            told = before
            while 200 in told and time.monotonic() - ended < ENDED:
                told = Counter([(await thief.call("GET", place)).status for place in places])
    print(f"  {len(places)} places as an administrator {dict(before)}, as a former one {dict(told)}", flush=True)
    return [] if (set(before), set(told)) == ({200}, {401}) else [f"a former administrator's token: {dict(told)}"]


async def _injected(store: ProofStore, boss: Shopper, customer: Shopper) -> list[str]:
    """Write what looks like a line into all that comes from outside: no line has it as its own, nor has a log."""
    forged = str(uuid.uuid4())
    line = f'{{"@timestamp":"2026-11-30T00:00:00Z","message":"account.erased","labels.account_id":"{forged}"}}'
    breaks = f'x"}}\n{line}\r\n'
    spoofed = {"X-Request-Id": uuid.UUID(forged).hex, "Referer": line, "Traceparent": line, "User-Agent": line}
    wish: dict[str, Any] = {"email": customer.email, "password": breaks}
    await customer.call("POST", "/api/v1/sessions", json=wish, **spoofed)
    await customer.call("GET", f"/api/v1/admin/audit/identity?object={quote(breaks)}", **spoofed)
    await customer.call("GET", f"/api/v1/products/{quote(breaks)}?search={quote(breaks)}", **spoofed)
    for name in (breaks, line[:60], f'","action":"account.erased","object":"account:{forged}'[:60]):
        wish = {"name": name, "about": line[:200]}
        await boss.call("POST", f"{AUDIT[:14]}/accounts/groups", json=wish, **{"Idempotency-Key": uuid.uuid4().hex})
    for field in ("object", "action"):
        await boss.call("GET", f"{AUDIT}/identity?{field}={quote(line[:150])}")
        await boss.call("GET", f"{AUDIT}/identity?{field}={quote(chr(39))}%20or%201%3D1%20--")
    account = await account_of(boss, customer.email)
    found = (await boss.call("GET", f"{AUDIT}/identity?object=account:{account}&limit=100")).body["items"]
    failed = [each for each in found if each["outcome"] == "failure"]
    wrong = [] if failed else ["a failed sign-in is in no line, so nothing was shown"]
    wrong += [f"a request chose its own id: {each}" for each in failed if uuid.UUID(forged).hex in json.dumps(each)]
    for query in (f"object=account:{forged}", "action=account.erased&object=account:" + forged):
        found = (await boss.call("GET", f"{AUDIT}/identity?{query}")).body["items"]
        wrong += [f"a forged line is one of the audit log: {found}"] if found else []
    return wrong + _logged(store, forged)


def _logged(store: ProofStore, forged: str) -> list[str]:
    """Lines of logs that say what was forged, as whoever erases accounts again would read them."""
    wrong, seen = [], 0
    for file in sorted(store.store.logs.glob("**/*")):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else ():
            if forged not in line:
                continue
            seen += 1
            try:
                says = json.loads(line).get("message")
            except ValueError:
                says = "account.erased" if line.lstrip().startswith('{"@timestamp"') else ""
            wrong += [f"{file.name} says that an account was erased: {line[:200]}"] if says == "account.erased" else []
    print(f"  {seen} lines of logs hold what was to look like one", flush=True)
    return wrong


def _forged_cursors() -> list[str]:
    made: list[tuple[Any, ...]] = [
        (),
        ("no id",),
        (None,),
        (True,),
        (1.5,),
        (0,),
        (-1,),
        (2**63,),
        (10**300,),
        ("1",),
        ("' or 1=1 --",),
        (str(uuid.UUID(int=2**128 - 1)),),
        (str(uuid.UUID(int=0)), "more"),
        ([[[[[[[[[[]]]]]]]]]],),
    ]
    return [*map(pagination.encode, made), "AAAA", "-", "W" * 500, "W" * 501, "%00", "..%2f..%2fidentity", "W10="]


async def _cursors(boss: Shopper) -> list[str]:
    """Places in the log that were not given to anybody: a page, or a refusal."""
    wrong, told = [], Counter[int]()
    for service in SERVICES:
        for cursor in _forged_cursors():
            for path in (f"{AUDIT}/{service}?limit=2&cursor={cursor}", f"{AUDIT}/{service}/chain?cursor={cursor}"):
                answer = await boss.call("GET", path)
                told[answer.status] += 1
                many = isinstance(answer.body, dict) and len(answer.body.get("items", [])) > 2
                if answer.status not in {200, 400, 422} or many:
                    wrong.append(f"{path}: {answer.status}")
    print(f"  forged cursors: {dict(told)}", flush=True)
    return wrong


async def _ranges(store: ProofStore, boss: Shopper) -> list[str]:
    """All of all times, many at once, beside a shopper; and times and numbers that there are not."""
    ever = "since=1970-01-01T00:00:00Z&until=9998-12-31T23:59:59Z&limit=100"
    wrong = []
    async with shopper(store, https=False) as buyer:
        paths = [f"{AUDIT}/{service}?{ever}" for service in SERVICES * 2]
        searches = [asyncio.create_task(boss.call("GET", path)) for path in paths]
        began = time.monotonic()
        seen = await buyer.call("GET", "/api/v1/products?limit=5")
        took = time.monotonic() - began
        answers = await asyncio.gather(*searches)
    bounded = all(answer.status == 200 and len(answer.body["items"]) <= 100 for answer in answers)
    wrong += [] if bounded else [f"all of all times: {Counter(answer.status for answer in answers)}"]
    wrong += [] if seen.status == 200 and took < BESIDE else [f"a list beside searches: {seen.status} in {took:.1f} s"]
    for query in (
        "limit=101",
        "limit=0",
        "limit=-1",
        "limit=1e9",
        "limit=99999999999999999999",
        "since=0001-01-01T00:00:00Z",
        "until=9999-12-31T23:59:59Z",
        "since=2026-01-01T00:00:00",
        "since=infinity",
        "actor=0",
        "object=%00",
        "action=Account.Erased",
        "object=" + "x" * 301,
    ):
        for service in SERVICES:
            answer = await boss.call("GET", f"{AUDIT}/{service}?{query}")
            if answer.status != 422:
                wrong.append(f"{service}: {query[:40]}: {answer.status}")
    return wrong


async def _append_only(store: ProofStore) -> list[str]:
    """A service's own role in the database changes no line, and deletes none that is younger than 400 days."""
    specs, wrong = services.discover(store.store.root), []
    tries = (
        "update audit_lines set action = 'forged.line'",
        "delete from audit_lines",
        "truncate audit_lines",
        "alter table audit_lines disable trigger all",
        "set session_replication_role = replica",
        "create or replace function audit_lines_are_kept() returns trigger language plpgsql as 'begin return new; end'",
    )
    for spec in services.with_database(specs):
        connection = await asyncpg.connect(environment.service(store.store, specs, spec)["DATABASE_URL"])
        try:
            before = await connection.fetchval("select count(*) from audit_lines")
            for statement in tries:
                try:
                    await connection.execute(statement)
                except asyncpg.PostgresError:
                    continue
                wrong.append(f"the role of {spec.name} may {statement[:60]}")
            await connection.execute("select audit_lines_prune(1000)")
            after = await connection.fetchval("select count(*) from audit_lines")
            wrong += [f"lines of {spec.name} are gone: {before}, {after}"] if after < before else []
        finally:
            await connection.close()
    return wrong
