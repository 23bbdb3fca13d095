"""B4: what staff write about customers: by whom, about whom, and nothing of it runs or reaches the customer."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import quote

from proofs.attack.markup import CORPUS, shown_as_data
from proofs.attack.people import account_of, boss_of, member, program
from proofs.shopper import Answer, Shopper
from proofs.store import ProofStore

TITLE = "Notes and groups: written by who may, about whom they are, and shown as text"
ACCOUNTS, GROUPS = "/api/v1/admin/accounts", "/api/v1/admin/accounts/groups"
# Of one account, of one store; and how many are tried.
MOST_NOTES, TOO_MANY = 100, 112
# Marks of direction, and letters that nobody sees: a name with them is not what it looks like.
UNSEEN = ("Who\u202elesale", "Whole\u200bsale", "Whole\u2066sale", "Whole\u0007sale", "\ufeffWholesale", "a\x00b")
_NOTES = "select count(*) from account_notes where account_id = $1::uuid"


async def prove(store: ProofStore) -> list[str]:
    """Run the attacks; returns those that succeeded."""
    async with AsyncExitStack() as stack:
        boss = await stack.enter_async_context(boss_of(store))
        one, two = [await stack.enter_async_context(member(store, boss, "customer")) for _ in range(2)]
        support = await stack.enter_async_context(member(store, boss, "support"))
        key = await stack.enter_async_context(program(store, boss, "accounts:read"))
        first, second = await account_of(boss, one.email), await account_of(boss, two.email)
        notes = await _written(boss, first)
        wrong = await _shown(boss, one, first)
        wrong += await _rights(first, {"a customer": two, "the one it is about": one, "support": support, "a key": key})
        wrong += await _anothers(store, boss, first, second, notes)
        wrong += await _groups(boss, one, first)
        wrong += await _searched(boss)
        return wrong + await _bounded(store, boss, second)


async def _send(who: Shopper, method: str, path: str, body: Any = None, key: str = "") -> Answer:
    return await who.call(method, path, json=body, **{"Idempotency-Key": key or uuid.uuid4().hex})


async def _written(boss: Shopper, account: str) -> list[str]:
    """The ids of notes with all that could run, and an author of their own, which is not theirs to say."""
    made = []
    for text in CORPUS:
        answer = await _send(boss, "POST", f"{ACCOUNTS}/{account}/notes", {"body": text})
        assert answer.status == 201, answer
        made.append(str(answer.body["id"]))
    return made


async def _shown(boss: Shopper, one: Shopper, account: str) -> list[str]:
    """To staff as it was written, as data; to the customer not at all."""
    wrong, found = await shown_as_data(boss, f"{ACCOUNTS}/{account}/notes", "the notes of an account")
    texts = {each["body"] for each in found["items"]}
    wrong += [f"a note is not as it was written: {text!r}" for text in CORPUS if text not in texts]
    wish = {"body": "Mine", "author": account, "written_at": "2020-01-01T00:00:00Z"}
    forged = await _send(boss, "POST", f"{ACCOUNTS}/{account}/notes", wish)
    if forged.status != 422:
        wrong.append(f"a note with an author of its own: {forged}")
    own = [(await one.call("GET", path)).body for path in ("/api/v1/accounts/me", "/api/v1/orders", "/api/v1/sessions")]
    return wrong + [f"a customer sees {text!r}" for text in CORPUS if json.dumps(text)[1:-1] in json.dumps(own)]


async def _rights(account: str, people: dict[str, Shopper]) -> list[str]:
    reads = {"support": 200, "a key": 200}
    wrong = []
    for who, each in people.items():
        notes, group = f"{ACCOUNTS}/{account}/notes", f"{GROUPS}/{uuid.uuid4()}"
        told = {
            "reading": (await each.call("GET", notes)).status == reads.get(who, 403),
            "writing": (await _send(each, "POST", notes, {"body": "x"})).status == 403,
            "deleting": (await each.call("DELETE", f"{notes}/{uuid.uuid4()}")).status == 403,
            "a group": (await _send(each, "POST", GROUPS, {"name": "Mine"})).status == 403,
            "a change": (await each.call("PUT", group, json={"name": "Mine", "version": 1})).status == 403,
            "joining": (await each.call("PUT", f"{group}/members/{account}")).status == 403,
            "leaving": (await each.call("DELETE", f"{group}/members/{account}")).status == 403,
            "listing": (await each.call("GET", GROUPS)).status == reads.get(who, 403),
        }
        wrong += [f"notes and groups, {what} as {who}" for what, right in told.items() if not right]
    return wrong


async def _anothers(store: ProofStore, boss: Shopper, first: str, second: str, notes: list[str]) -> list[str]:
    """A note of one account by the path of another; a key of one request for both accounts."""
    before = await store.value("identity", _NOTES, first)
    for note in (
        notes[0],
        notes[1].upper(),
        f"{notes[0]}%20or%20true",
        "%25",
        f"..%2f..%2f{first}%2fnotes%2f{notes[0]}",
    ):
        await boss.call("DELETE", f"{ACCOUNTS}/{second}/notes/{note}")
    after = await store.value("identity", _NOTES, first)
    wrong = [] if before == after else [f"{before - after} notes are deleted by the path of another account"]
    key = uuid.uuid4().hex
    told = [await _send(boss, "POST", f"{ACCOUNTS}/{each}/notes", {"body": "One"}, key) for each in (first, second)]
    ids = {answer.body.get("id") for answer in told}
    return wrong if len(ids) == 2 and told[1].status == 201 else [*wrong, f"one key for two accounts: {told}"]


async def _groups(boss: Shopper, one: Shopper, account: str) -> list[str]:
    """Names that could run or that look like others; the customer does not see the group."""
    made, wrong = [], []
    for text in CORPUS:
        answer = await _send(boss, "POST", GROUPS, {"name": text[:40] + uuid.uuid4().hex[:8], "about": text})
        assert answer.status == 201, answer
        made.append(str(answer.body["id"]))
        assert (await boss.call("PUT", f"{GROUPS}/{made[-1]}/members/{account}")).status == 204
    for path in (GROUPS, f"{ACCOUNTS}/{account}"):
        told, found = await shown_as_data(boss, path, path)
        shown = {each["about"] for each in found.get("items") or found["groups"]}
        wrong += told + [f"{path} has not {text!r} as it was written" for text in CORPUS if text not in shown]
    for name in (*UNSEEN, "", " ", "x" * 61, "a\nb"):
        refused = await _send(boss, "POST", GROUPS, {"name": name})
        if refused.status != 422:
            wrong.append(f"a group of the name {name!r}: {refused.status}")
    seen = json.dumps((await one.call("GET", "/api/v1/accounts/me")).body)
    wrong += ["a customer sees the groups that they are in"] if any(each in seen for each in made) else []
    for group in made:
        await boss.call("DELETE", f"{GROUPS}/{group}")
    return wrong


async def _searched(boss: Shopper) -> list[str]:
    """Texts that a database could take for a pattern or a statement: a list, or a refusal, never all accounts."""
    wrong = []
    for text in ("%", "_", "%%%", "a'b", "' or 1=1 --", "\\", "zq%zq", "(a|b)*", "a & !b", "\u0000", "x" * 101):
        answer = await boss.call("GET", f"{ACCOUNTS}?text={quote(text)}&limit=100")
        many = answer.status == 200 and len(answer.body["items"]) > 0
        if answer.status not in {200, 422} or many:
            wrong.append(f"accounts with the text {text!r}: {answer.status}, {len(answer.body.get('items', []))} found")
    return wrong


async def _bounded(store: ProofStore, boss: Shopper, account: str) -> list[str]:
    """More notes than an account may have, many at once."""
    path, wish = f"{ACCOUNTS}/{account}/notes", {"body": "n" * 5_000}
    told = Counter[int]()
    for _ in range(TOO_MANY // 8):
        answers = await asyncio.gather(*(_send(boss, "POST", path, wish) for _ in range(8)))
        told.update(answer.status for answer in answers)
    kept = await store.value("identity", _NOTES, account)
    print(f"  {TOO_MANY} long notes about one account: {dict(told)}, {kept} are kept", flush=True)
    return [] if kept == MOST_NOTES and set(told) <= {201, 409} else [f"{kept} notes of one account: {dict(told)}"]
