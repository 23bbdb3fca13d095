"""The refunds of a payment, and what is left of it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from chassis.problems import NotFound
from payments.context import PaymentsContext
from payments.domain.payment import Payment
from payments.refunds.domain.refund import Refund
from payments.refunds.store import refunds
from payments.store import payments


class RefundsOfOrder(msgspec.Struct, frozen=True):
    """A payment and its refunds, oldest first."""

    payment: Payment
    refunds: list[Refund]

    @property
    def captured(self) -> int:
        """What was taken, minor units."""
        return self.payment.amount if self.payment.status == "captured" else 0

    @property
    def refunded(self) -> int:
        """What the provider has accepted and what did not fail."""
        return sum(each.amount for each in self.refunds if each.counts and each.accepted_at is not None)

    @property
    def pending(self) -> int:
        """What was asked for and the provider has not accepted yet."""
        return sum(each.amount for each in self.refunds if each.counts and each.accepted_at is None)

    @property
    def refundable(self) -> int:
        """What is left."""
        return self.captured - self.refunded - self.pending


async def refunds_of_order(ctx: PaymentsContext, order_id: UUID) -> RefundsOfOrder:
    """The refunds of an order's payment.

    Raises:
        NotFound: the order has no payment.
    """
    async with ctx.db.read() as tx:
        payment = await payments.of_order(tx, order_id)
        if payment is None:
            raise NotFound(f"Order {order_id} has no payment.")
        return RefundsOfOrder(payment, await refunds.of_payment(tx, payment.id))
