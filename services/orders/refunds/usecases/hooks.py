"""What other rooms do when money goes back or pieces are cancelled: registered in app.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chassis.db import WriteTx
from orders.checkout import Order
from orders.context import OrdersContext
from orders.refunds.domain.cancellation import Cancellation
from orders.refunds.domain.refund import Refund

OnRefund = Callable[[WriteTx, OrdersContext, Order, Refund], Awaitable[None]]
OnCancellation = Callable[[WriteTx, OrdersContext, Order, Cancellation, Refund | None], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Hooks:
    """Each runs in the transaction of its cause, under the order's lock.

    `refunded`: the provider has accepted a refund. `refund_failed`: one failed; its `accepted_at` says whether it had
    been accepted before. `cancelled`: staff cancelled pieces, with the refund of them, if there is one.
    """

    refunded: tuple[OnRefund, ...] = ()
    refund_failed: tuple[OnRefund, ...] = ()
    cancelled: tuple[OnCancellation, ...] = ()
