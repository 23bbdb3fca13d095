"""Make an API key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from chassis import audit
from chassis.auth import Principal, refusal
from chassis.problems import FieldError, Forbidden, Invalid
from chassis.sessions import revocations
from chassis.sessions.api_keys import draw, hashed
from chassis.values import uuid7
from shop.context import ShopContext
from shop.keys import store
from shop.keys.store import Key, NewKey
from shop.problems import TooManyKeys


async def make_key(
    ctx: ShopContext, who: Principal, title: str, scopes: Sequence[str], expires_at: datetime | None
) -> tuple[Key, str]:
    """The key as it is stored, and the secret, which is stored nowhere.

    Raises:
        Invalid. Forbidden: who makes it has not all of these rights. TooManyKeys. Unauthenticated: the session is over.
    """
    # The database's clock decides when a key is over; this only spares a person a useless one.
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise Invalid(errors=[FieldError("expires_at", "This is over already", "in-the-past")])
    lacking = sorted(set(scopes) - who.scopes)
    if lacking:
        raise Forbidden(f"You cannot give what you do not have: {', '.join(lacking)}.")
    secret = draw()
    new = NewKey(uuid7(), title, secret[:8], hashed(secret), sorted(set(scopes)), who.account_id, expires_at)
    async with ctx.db.write() as tx:
        await store.lock(tx)
        # Its maker's rights may be gone since the token was checked: then the keys that they had were narrowed before.
        if await revocations.has_ended(tx, who.session_id):
            raise refusal("person", "revoked")
        made = await store.add(tx, new)
        if made is None:
            raise TooManyKeys(f"There are {store.MOST} keys at most.", limit=store.MOST)
        await audit.record(tx, "api_key.made", f"api_key:{made.id}", after={"scopes": made.scopes})
    return made, secret
