"""Open a session of saved cards for an account whose owner has consented."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.resilience import failpoints
from chassis.values import uuid7
from payments.clients import customers_of
from payments.context import PaymentsContext
from payments.customers import store
from payments.customers.problems import CustomerDeleted, CustomerNotAvailable
from payments.customers.usecases.delete_customer import delete_at_provider
from payments.customers.usecases.find_or_create import find_or_create
from payments.problems import PaymentNotAvailable, PaymentNotReady, ProviderUnavailable
from payments.provider import Busy, Misconfigured, Refused, Unknown


async def open_session(ctx: PaymentsContext, account_id: UUID) -> tuple[str, datetime]:
    """The secret with which the browser shows and saves cards, and until when it is good.

    Raises:
        CustomerDeleted: the account was deleted. CustomerNotAvailable: the provider refuses.
        ProviderUnavailable, PaymentNotReady, PaymentNotAvailable: not now; the order can be paid without.
    """
    try:
        customer_id = await _customer(ctx, account_id)
        return await customers_of(ctx).session(customer_id, str(uuid7()))
    except Misconfigured as fault:
        raise PaymentNotAvailable("Saved cards are not available just now.") from fault
    except Busy as busy:
        raise PaymentNotReady("The payment provider is busy. Try again in a few seconds.") from busy
    except Unknown as unknown:
        raise ProviderUnavailable("The payment provider does not answer. Try again in a few seconds.") from unknown
    except Refused as refusal:
        raise CustomerNotAvailable(refusal.message, code=refusal.code) from refusal


async def _customer(ctx: PaymentsContext, account_id: UUID) -> str:
    async with ctx.db.write_one() as tx:
        known = await store.begin(tx, account_id)
    if known.deleted_at is not None:
        raise CustomerDeleted("This account was deleted, and its cards with it.")
    if known.customer_id is not None:
        return known.customer_id
    made = await find_or_create(ctx, known)
    await failpoints.point("payments.after_customer_created")
    async with ctx.db.write_one() as tx:
        stored = await store.adopt(tx, account_id, made)
    if stored is None or stored.deleted_at is not None or stored.customer_id is None:
        # Deleted while it was made: it goes at once, and the sweep looks for it as well.
        await delete_at_provider(ctx, account_id, made)
        raise CustomerDeleted("This account was deleted, and its cards with it.")
    return stored.customer_id
