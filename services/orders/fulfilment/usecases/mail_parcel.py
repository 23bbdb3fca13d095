"""Tell a customer by mail that a parcel is on its way: once for each parcel."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis.resilience import failpoints
from orders.checkout import find_order
from orders.context import OrdersContext
from orders.fulfilment.domain.parcel_state import ParcelStatus
from orders.fulfilment.store import parcels
from orders.fulfilment.store.parcels import Parcel
from orders.mails import MailFacts, send_about

PARCEL_MAIL = "orders.parcel_mail"


class ParcelMail(msgspec.Struct, frozen=True):
    """Send the mail about a parcel."""

    order_id: UUID
    parcel_id: UUID


async def mail_parcel(ctx: OrdersContext, job: ParcelMail) -> None:
    """A parcel that was cancelled meanwhile is not told of. It is noted after it was sent: if the process dies in
    between, it is sent again with the same Message-ID.

    Raises:
        Unavailable: the mail server did not answer; the job is tried again. MailRefused: the job is held.
    """
    async with ctx.db.read() as tx:
        order = await find_order(tx, job.order_id)
        parcel = await parcels.find(tx, job.order_id, job.parcel_id)
    if order is None or parcel is None or parcel.mailed_at or parcel.status is ParcelStatus.CANCELLED:
        return
    if await send_about(ctx, order, "shipped", parcel.id, parcel_facts(parcel)):
        await failpoints.point("parcel.mailed")
        async with ctx.db.write_one() as tx:
            await parcels.mailed(tx, parcel.id)


def parcel_facts(parcel: Parcel) -> MailFacts:
    """What a mail tells of a parcel."""
    return MailFacts(
        pieces=tuple(sorted(parcel.quantities.items())),
        carrier=parcel.tracking.carrier_title,
        tracking_number=parcel.tracking_number,
        tracking_url=parcel.tracking_url,
        at=parcel.shipped_at,
    )
