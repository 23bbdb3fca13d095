"""B4: a thief who has the password; links used twice, at once and in place of others; codes that are replayed."""

from __future__ import annotations

import asyncio
import re
import time

from proofs.attack.people import boss_of, member
from proofs.shopper import PASSWORD, Shopper, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually
from proofs.walk_people import code_of

TITLE = "Takeover: links and codes are good once and for one thing, and a thief does not keep the account"
RESET, CONFIRM, BACK = (
    "/api/v1/password-resets/complete",
    "/api/v1/email-changes/confirm",
    "/api/v1/email-changes/take-back",
)
AT_ONCE = 5
NEW = "nine purple otters sing"
_LINK = re.compile(r"/account/(\S+)#(\S+)")


async def prove(store: ProofStore) -> list[str]:
    """Run the attacks; returns those that succeeded."""
    async with boss_of(store) as boss, member(store, boss, "customer") as owner, shopper(store) as thief:
        wrong = await _reset(owner, thief)
        thief.email = f"thief-{owner.email}"
        wrong += await _stolen(owner, thief)
        wrong += await _second_factor(thief)
        wrong += await _taken_back(owner, thief)
    return wrong


async def _link(of: Shopper, email: str, kind: str, number: int = 1) -> str:
    """The token of the newest of so many links of a kind that were mailed."""

    async def found() -> list[str]:
        links = [match for mail in await of.store.mails(email) for match in _LINK.findall(mail["text"])]
        tokens = [token for name, token in links if name == kind]
        return tokens if len(tokens) >= number else []

    return str((await eventually(found, 30, f"a link {kind} for {email}"))[0])


async def _once(who: Shopper, path: str, token: str, **body: str) -> list[str]:
    """Use a link several times at once, after trying it in the place of others."""
    wrong = []
    for other in {RESET, CONFIRM, BACK} - {path}:
        answer = await who.call("POST", other, json={"token": token} | ({"password": NEW} if other == RESET else {}))
        if answer.status != 404:
            wrong.append(f"a link for {path} is answered {answer.status} by {other}")
    uses = [who.call("POST", path, json={"token": token, **body}) for _ in range(AT_ONCE)]
    statuses = sorted([answer.status for answer in await asyncio.gather(*uses)])
    print(f"  {path}, {AT_ONCE} at once: {statuses}", flush=True)
    return wrong if statuses == [204, *[404] * (AT_ONCE - 1)] else [*wrong, f"{path} is answered {statuses}"]


async def _reset(owner: Shopper, thief: Shopper) -> list[str]:
    asked = await thief.call("POST", "/api/v1/password-resets", json={"email": owner.email})
    nobody = await thief.call("POST", "/api/v1/password-resets", json={"email": thief.email})
    wrong = [] if asked.status == nobody.status == 202 else [f"asking for a reset tells: {asked} and {nobody}"]
    wrong += await _once(thief, RESET, await _link(owner, owner.email, "reset"), password=NEW)
    if (await owner.call("GET", "/api/v1/accounts/me")).status != 401:
        wrong.append("a session outlives the reset of its password")
    return wrong


async def _stolen(owner: Shopper, thief: Shopper) -> list[str]:
    """The thief knows the password, and gives the account an address of theirs."""
    await owner.sign_in(NEW)
    wish = {"email": thief.email, "password": NEW}
    guessed = await owner.call("POST", "/api/v1/accounts/me/email-changes", json=wish | {"password": PASSWORD})
    moved = await owner.call("POST", "/api/v1/accounts/me/email-changes", json=wish)
    wrong = [] if (guessed.status, moved.status) == (403, 202) else [f"another address: {guessed} and {moved}"]
    wrong += await _once(thief, CONFIRM, await _link(thief, thief.email, "email"))
    await thief.sign_in(NEW)
    return wrong


async def _second_factor(thief: Shopper) -> list[str]:
    """Set one up, and try to do without: no code, a code twice, a recovery code twice at once."""
    place = "/api/v1/accounts/me/second-factor"
    code = code_of((await thief.call("POST", place)).body["secret"], time.time())
    made = await thief.call("POST", f"{place}/confirmations", json={"code": code})
    recovery = made.body["recovery_codes"][0]
    wish = {"email": thief.email, "password": NEW}
    answers = [await thief.call("POST", "/api/v1/sessions", json=wish | more) for more in ({}, {"code": code})]
    twice = [thief.call("POST", "/api/v1/sessions", json=wish | {"code": recovery}) for _ in range(3)]
    types = [each.type for each in answers], sorted([each.status for each in await asyncio.gather(*twice)])
    print(f"  sign-ins without a code, with one used before, with a recovery code at once: {types}", flush=True)
    good = (["second-factor-required", "wrong-code"], [201, 401, 401])
    return [] if types == good else [f"sign-ins with a second factor are answered {types}"]


async def _taken_back(owner: Shopper, thief: Shopper) -> list[str]:
    """The address of before takes the account back: neither password nor second factor of the thief stays."""
    wrong = await _once(owner, BACK, await _link(owner, owner.email, "take-back"))
    token = await _link(owner, owner.email, "reset", 2)
    reset = await owner.call("POST", RESET, json={"token": token, "password": PASSWORD})
    signed = await owner.call("POST", "/api/v1/sessions", json={"email": owner.email, "password": PASSWORD})
    if (reset.status, signed.status) != (204, 201):
        wrong.append(f"the owner is kept out of the account that was taken back: {reset.status}, {signed}")
    kept = await thief.call("POST", "/api/v1/sessions", json={"email": thief.email, "password": NEW})
    return wrong if kept.status == 401 else [*wrong, f"the thief signs in still: {kept.status}"]
