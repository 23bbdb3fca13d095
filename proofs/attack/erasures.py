"""B3 B4: an account is erased by who may, after a proof, and once; nobody else begins or stops it."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from contextlib import AsyncExitStack

from proofs.attack.people import account_of, boss_of, long_ago, member, program
from proofs.erasure.days import NOW, account_gone
from proofs.shopper import PASSWORD, Shopper, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "Erasures: of one's own account, after a proof, once, undone by its owner alone"
MINE, EVIL = "/api/v1/accounts/me/erasure", "https://evil.example"
AT_ONCE, RACES = 6, 6
_ASKED = "select count(*) from erasures where account_id = $1::uuid and begun_at is null"
_DUE = """
update erasures set due_at = asked_at, next_try_at = now() where begun_at is null and account_id = any($1::uuid[])
"""
_ANY_BEGUN = "select exists (select from erasures where account_id = any($1::uuid[]) and begun_at is not null)"
_RUN = "update job_schedule set next_at = now() where name like 'identity.%eras%'"
# An account that is locked, or gone, though nobody had it erased; and one that is to be erased, and is as before.
_TORN = """
select count(*) from accounts a left join erasures e on e.account_id = a.id
where a.id = any($1::uuid[]) and (a.status = 'disabled') <> (e.begun_at is not null)
"""


async def prove(store: ProofStore) -> list[str]:
    """Run the attacks; returns those that succeeded."""
    async with AsyncExitStack() as stack:
        boss = await stack.enter_async_context(boss_of(store))
        owner, thief = [await stack.enter_async_context(member(store, boss, "customer")) for _ in range(2)]
        staff = [await stack.enter_async_context(member(store, boss, role)) for role in ("support", "merchandiser")]
        stranger = await stack.enter_async_context(shopper(store))
        key = await stack.enter_async_context(program(store, boss, "accounts:read", "orders:write", "settings:write"))
        account = await account_of(boss, owner.email)
        wrong = await _by_others(account, {"a thief": thief, "support": staff[0], "goods": staff[1], "key": key})
        wrong += await _by_pages(stranger, owner)
        wrong += await _unproved(boss, owner, account)
        if await store.value("identity", _ASKED, account):
            wrong.append("an erasure was asked for by somebody else, or without a proof")
        wrong += await _twice(store, owner, account)
        wrong += await _undone(store, boss, owner, [thief, *staff, key], account)
        wrong += await _late(store, owner, account)
        return wrong + await _races(store, boss, stack)


async def _by_others(account: str, people: dict[str, Shopper]) -> list[str]:
    """By the path of staff, and by the own path with another's id in every place where one could be read."""
    place = f"/api/v1/admin/accounts/{account}/erasure"
    wrong = []
    for who, each in people.items():
        told = [await each.call("POST", place), await each.call("DELETE", place)]
        wrong += [f"{place} as {who}: {answer}" for answer in told if answer.status not in {403, 405}]
    thief, named = people["a thief"], {"account_id": account, "id": account, "email": "*"}
    for path, body, headers in (
        (f"{MINE}?account_id={account}", named, {"X-Account-Id": account}),
        (f"/api/v1/accounts/{account}/erasure", named, {}),
        (f"/api/v1/accounts/me/../{account}/erasure", named, {}),
        (f"/internal/people/{account}/erasure", {"erasure_id": str(uuid.uuid4())}, {}),
    ):
        await thief.call("POST", path, json=body, **headers)
        # What asked for the erasure of their own account, is taken back.
        await thief.call("DELETE", MINE)
    return wrong


async def _by_pages(stranger: Shopper, owner: Shopper) -> list[str]:
    """A page of another site has the owner's browser send the cookie; a link, a form and a script cannot send more."""
    own = owner.headers.pop("Authorization")
    wrong = []
    foreign = {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"}
    for method, headers in (
        ("POST", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("POST", {"Content-Type": "text/plain"}),
        ("POST", {"X-Mercat": "refresh"}),
        ("GET", {"X-HTTP-Method-Override": "POST"}),
        ("DELETE", {}),
    ):
        answer = await owner.call(method, MINE, **foreign, **headers)
        if answer.status != 401:
            wrong.append(f"{method} {MINE} with the cookie alone, {headers}: {answer}")
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    async with stranger.http.options(f"{stranger.base}{MINE}", headers={"Origin": EVIL, **asked}) as told:
        wrong += [f"another origin may ask: {name}" for name in told.headers if name.startswith("Access-Control")]
    owner.headers["Authorization"] = own
    for override in ({"X-HTTP-Method-Override": "POST"}, {"X-Method-Override": "POST"}):
        await owner.call("GET", f"{MINE}?_method=POST", **override)
    return wrong


async def _unproved(boss: Shopper, owner: Shopper, account: str) -> list[str]:
    """By sessions that were proved long ago: their own, and that of an administrator."""
    place = f"/api/v1/admin/accounts/{account}/erasure"
    told = [(await who.call("POST", path, **await long_ago(who))).type for who, path in ((owner, MINE), (boss, place))]
    for who in (owner, boss):
        who.headers.pop("Authorization")
        await who.sign_in(PASSWORD)
    return [] if told == ["step-up-required"] * 2 else [f"old sessions and an erasure: {told}"]


async def _twice(store: ProofStore, owner: Shopper, account: str) -> list[str]:
    """Asked for many times at once it is one, and one mail tells of it."""
    answers = await asyncio.gather(*(owner.call("POST", MINE) for _ in range(AT_ONCE)))
    ids = {answer.body.get("id") for answer in answers}
    rows = await store.value("identity", _ASKED, account)
    told = Counter(answer.status for answer in answers)

    async def mailed() -> int:
        return len([mail for mail in await store.mails(owner.email) if "will be erased" in mail["subject"]])

    mails = await eventually(mailed, 30, "a mail about the erasure")
    print(f"  {AT_ONCE} erasures of one account at once: {dict(told)}, {rows} made, {mails} mails", flush=True)
    return [] if (set(told), len(ids), rows, mails) == ({202}, 1, 1, 1) else [f"one asked for at once: {told}, {rows}"]


async def _undone(store: ProofStore, boss: Shopper, owner: Shopper, others: list[Shopper], account: str) -> list[str]:
    """No other undoes it; the owner does, once."""
    for other in (*others, boss):
        for path in (MINE, f"{MINE}?account_id={account}", f"/api/v1/admin/accounts/{account}/erasure"):
            await other.call("DELETE", path)
    wrong = [] if await store.value("identity", _ASKED, account) else ["an erasure is undone by somebody else"]
    answers = await asyncio.gather(*(owner.call("DELETE", MINE) for _ in range(AT_ONCE)))
    told = sorted([answer.status for answer in answers])
    return wrong if told == [204, *[404] * (AT_ONCE - 1)] else [*wrong, f"undone {AT_ONCE} times at once: {told}"]


async def _late(store: ProofStore, owner: Shopper, account: str) -> list[str]:
    """Once it has begun nobody undoes it: no token of before, no sign-in, no reset of the password."""
    assert (await owner.call("POST", MINE)).status == 202
    await store.rows("identity", _DUE, [account])
    await store.rows("identity", _RUN)

    async def begun() -> bool:
        return not await store.value("identity", _ASKED, account)

    await eventually(begun, 60, "the begin of an erasure")
    tries = {"undoing": await owner.call("DELETE", MINE), "asking": await owner.call("POST", MINE)}
    owner.headers.pop("Authorization")
    wish = {"email": owner.email, "password": PASSWORD}
    tries["signing in"] = await owner.call("POST", "/api/v1/sessions", json=wish)
    tries["refreshing"] = await owner.call("POST", "/api/v1/sessions/refresh", **{"X-Mercat": "refresh"})
    await account_gone(store, account, 120, NOW)
    return [f"{what} after it has begun: {answer}" for what, answer in tries.items() if answer.status not in {401, 403}]


async def _races(store: ProofStore, boss: Shopper, stack: AsyncExitStack) -> list[str]:
    """Undone in the moment in which it begins: one of both, never half of each."""
    people = [await stack.enter_async_context(member(store, boss, "customer")) for _ in range(RACES)]
    accounts = [await account_of(boss, person.email) for person in people]
    for person in people:
        assert (await person.call("POST", MINE)).status == 202
    await store.rows("identity", _DUE, accounts)
    await store.rows("identity", _RUN)
    # One after the other they begin: the others are undone in this moment.
    await eventually(lambda: store.value("identity", _ANY_BEGUN, accounts), 60, "the first to begin", every=0.02)
    told = [each.status for each in await asyncio.gather(*(person.call("DELETE", MINE) for person in people))]
    torn = await store.value("identity", _TORN, accounts)
    kept = [account for account, status in zip(accounts, told, strict=True) if status == 204]
    print(f"  undone while it begins: {told}", flush=True)
    for account in set(accounts) - set(kept):
        await store.rows("identity", NOW, account)
    for account in set(accounts) - set(kept):
        await account_gone(store, account, 120, NOW)
    left = await store.value("identity", "select count(*) from accounts where id = any($1::uuid[])", kept)
    wrong = [] if not torn else [f"{torn} accounts are locked without an erasure, or erased without a lock"]
    return wrong if left == len(kept) else [*wrong, f"{len(kept) - left} accounts are erased though it was undone"]
