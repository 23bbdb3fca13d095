"""B3 B4: a person's copy asked for by others, and when its time is over; what others wrote that stands in it."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from contextlib import AsyncExitStack

from proofs.attack.markup import CORPUS, running, strings
from proofs.attack.people import account_of, boss_of, long_ago, member, program
from proofs.erasure.days import account_gone
from proofs.nudges import run_now
from proofs.shopper import ADDRESS, PASSWORD, Answer, Shopper, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually

TITLE = "Exports: a person's copy is their own, for as long as it is good, and runs nothing"
EXPORTS = "/api/v1/accounts/me/exports"
# Of one person a day.
MOST, ASKED = 3, 24
# The parts of the page; a table would be a sheet to a program that opens it.
PARTS = {"html", "meta", "title", "style", "h1", "h2", "p", "dl", "dt", "dd"}
SECRETS = ("password_hash", "$argon2", "token_hash", "secret", "session_version")
OTHERS = "nobody but them knows this"
# Seconds until an ended session is refused everywhere, and the time of a request.
ENDED = 4.0
_LINK = re.compile(r"/account/confirm#(\S+)")
_ADDRESSES = "select distinct host(ip) as ip from audit_lines where actor_id = $1::uuid and ip is not null"
_OLD = """
update account_exports set asked_at = asked_at - interval '7 days', ready_at = ready_at - interval '7 days'
where account_id = $1::uuid
"""
_KEPT = "select count(*) from account_exports where account_id = $1::uuid"


async def prove(store: ProofStore) -> list[str]:
    """Run the attacks; returns those that succeeded."""
    async with AsyncExitStack() as stack:
        boss = await stack.enter_async_context(boss_of(store))
        owner, other, many = [await stack.enter_async_context(member(store, boss, "customer")) for _ in range(3)]
        support = await stack.enter_async_context(member(store, boss, "support"))
        stranger = await stack.enter_async_context(shopper(store))
        key = await stack.enter_async_context(program(store, boss, "accounts:read", "audit:read", "orders:read"))
        for person, texts in ((owner, CORPUS), (other, (OTHERS,))):
            await _planted(boss, person, texts)
        wrong = await _flood(store, many, await account_of(boss, many.email))
        path = await _ready(owner)
        wrong += await _others(path, {"another": other, "support": support, "admin": boss}, stranger, key)
        wrong += await _content(store, boss, owner, path)
        return wrong + await _over(store, boss, owner, path)


async def _planted(boss: Shopper, person: Shopper, texts: tuple[str, ...]) -> None:
    """The person types these, and staff write them down and look at the account."""
    account = await account_of(boss, person.email)
    for number, text in enumerate(texts):
        book = {"Idempotency-Key": f"address-{account}-{number}"}
        kept = await person.call("POST", "/api/v1/accounts/me/addresses", json={**ADDRESS, "line1": text}, **book)
        noted = await boss.call("POST", f"/api/v1/admin/accounts/{account}/notes", json={"body": text}, **book)
        assert (kept.status, noted.status) == (201, 201), (kept, noted)
    for status in ("disabled", "active"):
        answer = await boss.call("PUT", f"/api/v1/admin/accounts/{account}/status", json={"status": status})
        assert answer.status in {200, 204}, answer
    person.headers.pop("Authorization")
    await person.sign_in(PASSWORD)


async def _flood(store: ProofStore, many: Shopper, account: str) -> list[str]:
    answers = await asyncio.gather(*(many.call("POST", EXPORTS) for _ in range(ASKED)))
    told, kept = Counter(answer.status for answer in answers), await store.value("identity", _KEPT, account)
    print(f"  {ASKED} exports asked for at once: {dict(told)}, {kept} are made", flush=True)
    return [] if set(told) <= {202, 429} and kept <= MOST else [f"{ASKED} exports at once: {dict(told)}, {kept} made"]


async def _ready(owner: Shopper) -> str:
    """The path of the file of a new export, once it can be had."""
    asked = await owner.call("POST", EXPORTS)
    assert asked.status == 202, asked
    path = f"{EXPORTS}/{asked.body['id']}/file"

    async def there() -> bool:
        return (await owner.call("GET", EXPORTS)).body["items"][0]["ready_at"] is not None

    await eventually(there, 60, "an export")
    return path


async def _others(path: str, people: dict[str, Shopper], stranger: Shopper, key: Shopper) -> list[str]:
    wrong = []
    for form in ("", "?form=json", "?form=html"):
        told = {name: (await each.call("GET", path + form)).status for name, each in people.items()}
        told |= {"a stranger": (await stranger.call("GET", path + form)).status}
        wrong += [f"{path + form} for {name}: {status}" for name, status in told.items() if status not in {401, 404}]
    for method, place in (("GET", path), ("GET", EXPORTS), ("POST", EXPORTS)):
        status = (await key.call(method, place)).status
        if status not in {401, 403}:
            wrong.append(f"{method} {place} for an API key: {status}")
    for name, each in people.items():
        listed = (await each.call("GET", EXPORTS)).body["items"]
        wrong += [f"{name} sees exports of another: {listed}"] if listed else []
    return wrong


async def _content(store: ProofStore, boss: Shopper, owner: Shopper, path: str) -> list[str]:
    """All that was typed is in it as it was typed; nothing of others is, and nothing runs."""
    file = (await owner.call("GET", path)).body
    texts = set(strings(file))
    wrong = [f"the file has not {text!r}" for text in CORPUS if text not in texts]
    whole = json.dumps(file)
    staff = await account_of(boss, boss.email)
    places = [row["ip"] for row in await store.rows("identity", _ADDRESSES, staff)]
    assert places, "nothing that staff did is in the audit log"
    secret = [OTHERS, boss.email, *(f'"{place}"' for place in places), *SECRETS]
    wrong += [f"the file of a person holds {word!r}" for word in secret if word in whole.replace(file["about"], "")]
    async with owner.http.get(f"{owner.base}{path}?form=html", headers=owner.headers) as answer:
        page, headers = await answer.text(), answer.headers
    wrong += [f"the page of an export holds {found}" for found in running(page, PARTS)]
    wanted = {
        "Content-Disposition": "attachment",
        "Content-Security-Policy": "default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    print(f"  {len(whole):,} characters of JSON, {len(page):,} of HTML, with {len(CORPUS)} hostile texts", flush=True)
    return wrong + [
        f"the page of an export has {name} {headers.get(name)!r}"
        for name, value in wanted.items()
        if value not in headers.get(name, "")
    ]


async def _over(store: ProofStore, boss: Shopper, owner: Shopper, path: str) -> list[str]:
    """Nobody has the file by a stolen token, nor after its days, the session, the lock, or the account."""
    account = await account_of(boss, owner.email)
    old = await long_ago(owner)
    told = [(await owner.call(method, place, **old)).type for method, place in (("GET", path), ("POST", EXPORTS))]
    wrong = [] if told == ["step-up-required"] * 2 else [f"an old session and exports: {told}"]
    owner.headers.pop("Authorization")
    await owner.sign_in(PASSWORD)
    token = owner.headers["Authorization"]
    assert (await owner.call("DELETE", "/api/v1/sessions/current")).status == 204
    wrong += await _refused(owner, path, token, "signing out")
    await owner.sign_in(PASSWORD)
    token = owner.headers["Authorization"]
    await _status(boss, account, "disabled")
    wrong += await _refused(owner, path, token, "the lock of the account")
    await _status(boss, account, "active")
    await owner.sign_in(PASSWORD)
    await store.rows("identity", _OLD, account)
    late = await owner.call("GET", path)
    if late.status != 404:
        wrong.append(f"a file of a week ago: {late.status}")
    await store.rows("identity", *run_now("identity.forget_exports"))
    return wrong + await _erased(store, owner, account, await _ready(owner))


async def _status(boss: Shopper, account: str, status: str) -> None:
    answer = await boss.call("PUT", f"/api/v1/admin/accounts/{account}/status", json={"status": status})
    assert answer.status < 300, answer


async def _refused(owner: Shopper, path: str, token: str, after: str) -> list[str]:
    ended = time.monotonic()
    owner.headers.pop("Authorization", None)
    answer = Answer(200, None)
    while answer.status == 200 and time.monotonic() - ended < ENDED:
        answer = await owner.call("GET", path, Authorization=token)
    return [] if answer.status == 401 else [f"the file after {after}: {answer.status}"]


async def _erased(store: ProofStore, owner: Shopper, account: str, path: str) -> list[str]:
    asked = await owner.call("POST", "/api/v1/accounts/me/erasure")
    assert asked.status == 202, asked
    await account_gone(store, account, 120)
    wrong = await _refused(owner, path, owner.headers["Authorization"], "the erasure")
    kept = await store.value("identity", _KEPT, account)
    wrong += [f"{kept} exports outlive their account"] if kept else []
    await _anew(owner)
    again = (await owner.call("GET", path)).status
    listed = (await owner.call("GET", EXPORTS)).body["items"]
    return wrong if (again, listed) == (404, []) else [*wrong, f"who signs up anew has the file: {again}, {listed}"]


async def _anew(owner: Shopper) -> None:
    """Sign up with the address of the account that is gone; its mails of before are not looked at."""
    before = {mail["id"] for mail in await owner.store.mails(owner.email)}
    assert (await owner.call("POST", "/api/v1/accounts", json={"email": owner.email})).status == 202

    async def link() -> str:
        texts = [mail["text"] for mail in await owner.store.mails(owner.email) if mail["id"] not in before]
        found = [match[1] for match in map(_LINK.search, texts) if match]
        return found[0] if found else ""

    token = await eventually(link, 30, "a mail to sign up anew")
    wish = {"token": token, "password": PASSWORD}
    assert (await owner.call("POST", "/api/v1/email-verifications", json=wish)).status == 201
    await owner.sign_in(PASSWORD)
