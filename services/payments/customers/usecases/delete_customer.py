"""Delete the customer of a deleted account, and with it the saved cards."""

from __future__ import annotations

from uuid import UUID

from chassis import telemetry
from chassis.resilience import failpoints
from payments.clients import customers_of
from payments.context import PaymentsContext
from payments.customers import store
from payments.customers.usecases.find_or_create import find_or_create
from payments.provider import Refused, Unknown

AT_ONCE = 100
_log = telemetry.logger(__name__)


async def delete_customer(ctx: PaymentsContext, account_id: UUID) -> None:
    """Committed when this returns: no customer is made for the account any more; the sweep deletes what there is."""
    async with ctx.db.write_one() as tx:
        await store.leave(tx, account_id)


async def delete_leaving(ctx: PaymentsContext) -> None:
    """Delete at the provider the customers of deleted accounts. What is not answered is done by the next run.

    Where it is not known whether one was made, the creation is repeated under its key: its answer has the id.
    """
    async with ctx.db.read() as tx:
        found = await store.leaving(tx, AT_ONCE)
    for each in found:
        try:
            customer_id = each.customer_id
            if customer_id is None:
                customer_id = await find_or_create(ctx, each)
                async with ctx.db.write_one() as tx:
                    await store.adopt(tx, each.account_id, customer_id)
            await delete_at_provider(ctx, each.account_id, customer_id)
        except (Unknown, Refused) as error:
            _log.warning("customer.not_deleted", reason=str(error))


async def delete_at_provider(ctx: PaymentsContext, account_id: UUID, customer_id: str) -> None:
    """Delete one customer, and store that it is gone."""
    await customers_of(ctx).delete(customer_id)
    await failpoints.point("payments.after_customer_deleted")
    async with ctx.db.write_one() as tx:
        await store.note_gone(tx, account_id, customer_id)
