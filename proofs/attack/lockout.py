"""B3: wrong passwords from many addresses: the owner's own browser still signs in, and guessing stays slow."""

from __future__ import annotations

import asyncio
import collections

from proofs.shopper import PASSWORD, Answer, Shopper, shopper
from proofs.store import ProofStore

TITLE = "Lock-out: 200 strangers guess an owner's password, who still signs in"
STRANGERS, AT_ONCE = 200, 10
# What strangers may try an hour, by reliability.md, and one more for each replica's own count without Valkey.
GUESSES = 101


async def prove(store: ProofStore) -> list[str]:
    """Whether the owner was locked out, or too many guesses were looked at."""
    async with shopper(store) as owner:
        await owner.register()
        guesses = collections.Counter(await _guessed(store, owner.email))
        print(f"  {STRANGERS} guesses from as many addresses: {dict(guesses)}", flush=True)
        owner.headers.pop("Authorization")
        again = await _sign_in(owner, owner.email, PASSWORD)
    complaints = [] if again.status == 201 else [f"the owner's own browser is refused: {again.status} {again.type}"]
    if guesses[401] > GUESSES:
        complaints.append(f"{guesses[401]} guesses were looked at within a minute")
    async with shopper(store) as stranger:
        right = await _sign_in(stranger, owner.email, PASSWORD)
        unknown = await _sign_in(stranger, "nobody@example.com", PASSWORD)
    if right.status != 429:
        complaints.append(f"a stranger's right guess after all these was answered {right.status}")
    if unknown.status != 401:
        complaints.append(f"an unknown address is answered {unknown.status}, unlike a known one that nobody guessed at")
    return complaints


async def _guessed(store: ProofStore, email: str) -> list[int]:
    """The statuses of one guess from each of many addresses."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def guess(number: int) -> int:
        async with gate, shopper(store) as stranger:
            return (await _sign_in(stranger, email, f"wrong guess number {number}")).status

    return await asyncio.gather(*(guess(number) for number in range(STRANGERS)))


async def _sign_in(who: Shopper, email: str, password: str) -> Answer:
    answer = await who.call("POST", "/api/v1/sessions", json={"email": email, "password": password})
    while answer.status == 503:  # too many hashes at once
        await asyncio.sleep(1)
        answer = await who.call("POST", "/api/v1/sessions", json={"email": email, "password": password})
    return answer
