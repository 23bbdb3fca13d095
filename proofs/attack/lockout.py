"""B3: wrong passwords from many addresses: the owner's known browser still signs in, and the guesses are limited."""

from __future__ import annotations

import asyncio
import collections

from proofs.shopper import PASSWORD, Answer, Shopper, shopper
from proofs.store import ProofStore

TITLE = "Lock-out: 200 strangers guess a password, and the owner of the account still signs in"
STRANGERS, AT_ONCE = 200, 10
# The tries of strangers an hour (docs/reliability.md), and one more: without Valkey each replica counts by itself.
GUESSES = 101


async def prove(store: ProofStore) -> list[str]:
    """Run the attack: the owner must not be locked out, and few guesses may be verified."""
    async with shopper(store) as owner:
        await owner.register()
        guesses = collections.Counter(await _guessed(store, owner.email))
        print(f"  {STRANGERS} guesses from as many addresses: {dict(guesses)}", flush=True)
        owner.headers.pop("Authorization")
        again = await _sign_in(owner, owner.email, PASSWORD)
    complaints = [] if again.status == 201 else [f"the owner's own browser is refused: {again.status} {again.type}"]
    if guesses[401] > GUESSES:
        complaints.append(f"{guesses[401]} guesses were verified within a minute")
    async with shopper(store) as stranger:
        right = await _sign_in(stranger, owner.email, PASSWORD)
        unknown = await _sign_in(stranger, "nobody@example.com", PASSWORD)
    if right.status != 429:
        complaints.append(f"the right password from an unknown browser was answered {right.status} afterwards")
    if unknown.status != 401:
        complaints.append(f"an address without an account is answered {unknown.status}, unlike one with an account")
    return complaints


async def _guessed(store: ProofStore, email: str) -> list[int]:
    """Guess once from each of many addresses; returns the statuses."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def guess(number: int) -> int:
        async with gate, shopper(store) as stranger:
            return (await _sign_in(stranger, email, f"wrong guess number {number}")).status

    return await asyncio.gather(*(guess(number) for number in range(STRANGERS)))


async def _sign_in(who: Shopper, email: str, password: str) -> Answer:
    wish = {"email": email, "password": password}
    return await who.retry_on(503, lambda: who.call("POST", "/api/v1/sessions", json=wish))
