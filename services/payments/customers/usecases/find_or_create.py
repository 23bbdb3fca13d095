"""The customer of an account at the provider, made once."""

from __future__ import annotations

from datetime import timedelta

from chassis.resilience import failpoints
from payments.clients import customers_of
from payments.context import PaymentsContext
from payments.customers import store
from payments.customers.store import Customer
from payments.domain.payment import next_key

_CLOCKS = timedelta(minutes=1)
_KEY_LIVES = timedelta(days=1)
"""Later than that nobody has used the key: of the customers made since, however many, none is looked through."""


async def find_or_create(ctx: PaymentsContext, known: Customer) -> str:
    """The id of the account's customer at the provider. All who ask at once use the same key, and get the same.

    A spent key is exchanged only after the provider was asked whether the creation under it took effect.

    Raises:
        Unknown, Refused: as the calls of the provider.
    """
    if not known.key_spent:
        return await customers_of(ctx).create(known.account_id, known.create_key)
    made_at = known.create_key_at
    found = await customers_of(ctx).find(known.account_id, made_at - _CLOCKS, made_at + _KEY_LIVES + _CLOCKS)
    if found is not None:
        return found
    async with ctx.db.write_one() as tx:
        changed = await store.new_key(tx, known, next_key(known.create_key))
    if changed is None:  # another request has exchanged it: with its key there is one customer
        async with ctx.db.write_one() as tx:
            changed = await store.begin(tx, known.account_id)
    await failpoints.point("payments.before_customer_created")
    return await customers_of(ctx).create(changed.account_id, changed.create_key)
