"""B4: links of mails that a request bends, addresses that are read in two ways, and a second factor that is guessed."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections import Counter
from functools import partial
from typing import Any

from proofs.attack.people import address
from proofs.attack.spilling import spilled
from proofs.shopper import PASSWORD, Answer, Shopper, shopper
from proofs.store import ProofStore
from proofs.waiting import eventually
from proofs.walk_people import code_of

TITLE = "Resets: links lead to the shop alone and to the owner alone, and a second factor is not passed by"
RESETS, DONE = "/api/v1/password-resets", "/api/v1/password-resets/complete"
VERIFIED = "/api/v1/email-verifications"
OTHER_LINKS = (
    "/api/v1/email-changes/confirm",
    "/api/v1/email-changes/take-back",
    "/api/v1/accounts/invitations/acceptances",
)
FACTOR = "/api/v1/accounts/me/second-factor"
EVIL = "evil.example"
# Headers by which a request says under which name it came.
BENT = (
    {"X-Forwarded-Host": EVIL},
    {"Forwarded": f"host={EVIL};proto=http"},
    {"X-Original-Host": EVIL, "X-Host": EVIL, "X-Forwarded-Server": EVIL},
    {"Origin": f"https://{EVIL}", "Referer": f"https://{EVIL}/"},
    {"Host": EVIL},
)
# Wrong codes, more than are free (services/identity/README.md).
GUESSES = 24
NEW = "seven green herons wade"
_URL = re.compile(r"(https?://[^/\s]+)/account/(\S+)#(\S+)")


async def prove(store: ProofStore) -> list[str]:
    """Run the attacks; returns those that succeeded."""
    async with shopper(store, email=f"k{address('owner')}") as owner, shopper(store) as thief:
        await owner.register()
        wrong = await _verification(store)
        wrong += await _bent(owner, thief)
        wrong += await _read_in_two_ways(owner, thief)
        wrong += await _second_factor(owner, thief)
        tokens = {f"a token of {kind}": token for _, kind, token in await _links(owner, owner.email)}
        return wrong + spilled(store, {**tokens, "a password": NEW, "a password of before": PASSWORD})


async def _links(who: Shopper, email: str) -> list[tuple[str, str, str]]:
    """Origin, kind and token of each link that was mailed to an address, the newest first."""
    return [match for mail in await who.store.mails(email) for match in _URL.findall(mail["text"])]


async def _verification(store: ProofStore) -> list[str]:
    """A link that makes an account is good once, for its own address and for nothing else."""
    tokens = {}
    async with shopper(store) as thief:
        for email in (thief.email, address("victim")):
            asked = await thief.call("POST", "/api/v1/accounts", json={"email": email})
            assert asked.status == 202, asked
            links = partial(_links, thief, email)
            tokens[email] = (await eventually(links, 30, f"a link for {email}"))[0][2]
        (own, mark), (other, _) = (token.split(".") for token in tokens.values())
        forged = [
            f"{other}.{mark}",
            f"{own}.",
            own,
            f"{own}.{mark[:-2]}",
            f"{own}.{mark}{mark}",
            f"{own.upper()}.{mark}x",
        ]
        doors = [(VERIFIED, each) for each in forged]
        doors += [(path, f"{own}.{mark}") for path in (DONE, *OTHER_LINKS)]
        wish = {"password": PASSWORD}
        told = [
            (path, (await thief.call("POST", path, json={"token": each} | ({} if "email-ch" in path else wish))).status)
            for path, each in doors
        ]
        wrong = [f"a link to verify at {path}: {status}" for path, status in told if status not in {404, 422}]
        at_once = [thief.call("POST", VERIFIED, json={"token": f"{own}.{mark}", **wish}) for _ in range(5)]
        answers = sorted([each.status for each in await asyncio.gather(*at_once)])
        print(f"  links to verify, forged and elsewhere: {dict(Counter(told))}; at once: {answers}", flush=True)
    right = answers[0] == 201 and all(400 <= each < 500 for each in answers[1:])
    return wrong if right else [*wrong, f"a link to verify, five times at once: {answers}"]


async def _bent(owner: Shopper, thief: Shopper) -> list[str]:
    """Ask for the owner's reset under another name: the link in the mail must not lead there."""
    (home, _, _), *_ = await _links(owner, owner.email)
    asked = 0
    for headers in BENT:
        answer = await thief.call("POST", RESETS, json={"email": owner.email}, **headers)
        asked += answer.status == 202

    async def mailed() -> bool:
        return len([kind for _, kind, _ in await _links(owner, owner.email) if kind == "reset"]) >= min(asked, 3)

    await eventually(mailed, 30, "the mails of the resets")
    origins = {origin for origin, _, _ in await _links(owner, owner.email)}
    texts = [mail["text"] for mail in await owner.store.mails(owner.email)]
    print(f"  {asked} resets were asked for under other names: links lead to {origins}", flush=True)
    bent = origins != {home} or any(EVIL in text for text in texts)
    return [f"a link of a mail leads to {origins}, not to {home} alone"] if bent else []


async def _read_in_two_ways(owner: Shopper, thief: Shopper) -> list[str]:
    """Addresses that are the owner's to one reader, and the thief's to another: the thief gets no link of the owner."""
    local, _, domain = owner.email.partition("@")
    tries: list[Any] = [
        f"{owner.email},{thief.email}",
        f"{owner.email} {thief.email}",
        f"{owner.email}\r\nBcc: {thief.email}",
        f"{owner.email}%0d%0aBcc:{thief.email}",
        f"{owner.email}\x00{thief.email}",
        f"<{owner.email}>{thief.email}",
        f'"{owner.email}"@{EVIL}',
        f"{owner.email}@{EVIL}",
        [owner.email, thief.email],
        {"$ne": ""},
        f"\u212a{local[1:]}@{domain}",  # a Kelvin sign, whose small letter is a k
        *(f"{local}@{domain.replace('e', other)}" for other in ("\u0435", "\uff45")),  # letters that look like an e
    ]
    wrong = []
    for each in tries:
        answer = await thief.call("POST", RESETS, json={"email": each})
        if answer.status not in {202, 422}:
            wrong.append(f"a reset for {each!r}: {answer}")
        readers = [thief.email, *([each] if isinstance(each, str) and answer.status == 202 else [])]
        wrong += [f"{reader!r} got a link to reset {owner.email}" for reader in readers if await _to(thief, reader)]
    return wrong


async def _to(who: Shopper, reader: str) -> list[str]:
    """The links to reset that were sent to this address, letter by letter: the catcher of mails finds more."""
    found = [mail["text"] for mail in await who.store.mails(reader) if reader in mail["to"]]
    return [token for text in found for _, kind, token in _URL.findall(text) if kind == "reset"]


async def _second_factor(owner: Shopper, thief: Shopper) -> list[str]:
    """The thief has the mailbox, and so the password: the owner's second factor keeps the account."""
    secret = (await owner.call("POST", FACTOR)).body["secret"]
    began = time.time()
    made = await owner.call("POST", f"{FACTOR}/confirmations", json={"code": code_of(secret, began)})
    assert made.status == 201, made
    tokens = [token for _, kind, token in await _links(owner, owner.email) if kind == "reset"]
    reset = await thief.call("POST", DONE, json={"token": tokens[0], "password": NEW})
    alone = await _sign_in(thief, owner.email, NEW, None)
    wrong = []
    if (reset.status, alone.type) != (204, "second-factor-required"):
        wrong.append(f"a reset passes the second factor by: {reset.status}, {alone}")
    old = await _sign_in(thief, owner.email, PASSWORD, code_of(secret, began + 30))
    if old.status != 401:
        wrong.append(f"the password of before the reset: {old}")
    wrong += await _guessed(owner, secret, began, made.body["recovery_codes"][0])
    codes = {f"recovery code {number}": code for number, code in enumerate(made.body["recovery_codes"])}
    return wrong + spilled(owner.store, {**codes, "the secret of a second factor": secret})


async def _guessed(owner: Shopper, secret: str, began: float, recovery: str) -> list[str]:
    """Guess codes from many addresses at once: afterwards no code is taken, but the owner's recovery code is."""
    right = {code_of(secret, began + 30 * step) for step in range(-2, 10)}
    guesses = [code for code in (f"{number:06d}" for number in range(GUESSES * 2)) if code not in right][:GUESSES]

    async def guess(code: str) -> str:
        async with shopper(owner.store) as stranger:
            return (await _sign_in(stranger, owner.email, NEW, code)).type

    told = Counter(await asyncio.gather(*(guess(code) for code in guesses)))
    async with shopper(owner.store) as stranger:
        # A code that was not used yet: applications' clocks may be a step ahead.
        taken = await _sign_in(stranger, owner.email, NEW, code_of(secret, time.time() + 30))
        saved = await _sign_in(stranger, owner.email, NEW, recovery)
    print(f"  {GUESSES} guessed codes: {dict(told)}; then the right one: {taken.status}", flush=True)
    wrong = [] if taken.status != 201 else [f"a code is taken after {GUESSES} wrong ones"]
    return wrong if saved.status == 201 else [*wrong, f"guesses keep the owner out, with a recovery code too: {saved}"]


async def _sign_in(who: Shopper, email: str, password: str, code: str | None) -> Answer:
    wish = {"email": email, "password": password, "code": code}
    key = {"Idempotency-Key": uuid.uuid4().hex}
    return await who.retry_on(503, lambda: who.call("POST", "/api/v1/sessions", json=wish, **key))
