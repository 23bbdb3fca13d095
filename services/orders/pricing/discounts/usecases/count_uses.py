"""Take uses with an order that is placed, and give them back when it ends unpaid: in the order's own transactions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from chassis.db import WriteTx
from orders.pricing.discounts import metrics
from orders.pricing.discounts.domain.reasons import Reason
from orders.pricing.discounts.problems import DiscountUsedUp
from orders.pricing.discounts.store import uses as store
from orders.pricing.discounts.store.uses import Take
from orders.pricing.domain.basket import DiscountUse


async def take_uses(tx: WriteTx, order_id: UUID, uses: Sequence[DiscountUse], customer: bytes) -> None:
    """Count what an order uses; no statement where it uses nothing. The order must be written by `tx` before.

    `customer`: 16 bytes, a keyed hash of the account, else of the mailbox. Repeated for the same order, it counts once.
    To be called as late as possible: until `tx` ends, other orders that use a discount with a limit wait.

    Raises:
        DiscountUsedUp: others, or the same customer, were faster. `tx` must be rolled back.
    """
    if not uses:
        return
    taken = await store.take(tx, order_id, [(use.discount_id, use.code) for use in uses], customer)
    refused = [each for each in taken if not (each.written and each.mine and each.counted)]
    if any(not each.written for each in refused):
        earlier = await store.known(tx, order_id)
        refused = [each for each in refused if each.written or each.discount_id not in earlier]
    if refused:
        raise _used_up(refused[0])
    for each in taken:
        if each.written:
            tx.after_commit(partial(metrics.taken.inc, "automatic" if each.code is None else "code"))


def _used_up(refused: Take) -> DiscountUsedUp:
    # Written, but not within the customer's limit.
    reason = Reason.USED_UP if refused.mine or not refused.written else Reason.USED_BY_YOU
    metrics.lost.inc(reason.value)
    what = "A discount" if refused.code is None else f"The code {refused.code}"
    return DiscountUsedUp(
        f"{what} was used up meanwhile. Nothing was ordered: look at the total without it.",
        code=refused.code,
        discount_id=refused.discount_id,
        reason=reason.value,
    )


async def give_back(tx: WriteTx, order_id: UUID) -> None:
    """Give back what an order used, once, however often it is called. No statement more than one."""
    count = await store.give_back(tx, order_id)
    if count:
        tx.after_commit(partial(metrics.given_back.inc, by=count))
