"""Count what becomes of the pieces of an order's lines. The caller holds the order's lock."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from chassis import outbox
from chassis.db import WriteTx
from orders.checkout import Order, Progress, add_progress, append_event
from orders.events import OrderFulfilled
from orders.fulfilment.domain.pieces import Pieces, PiecesChange, Quantities, all_sent, too_many
from orders.fulfilment.problems import NotEnoughPieces
from orders.fulfilment.store.pieces import change_pieces, pieces_of

_COUNTS = ("cancelled", "fulfilled", "in_return", "returned")


def check_left(wanted: Quantities, left: Quantities) -> None:
    """Raises NotEnoughPieces, which names each line of which more is wanted than is left."""
    missing = too_many(wanted, left)
    if missing:
        rows = [{"position": place, "requested": wanted[place], "left": has} for place, has in missing.items()]
        raise NotEnoughPieces("Some lines have fewer pieces left than you name.", lines=rows)


async def cancel_pieces(tx: WriteTx, order: Order, wanted: Quantities) -> None:
    """These pieces are not sent any more. Who calls it writes why into the order's history.

    Raises:
        NotEnoughPieces: some of them were sent or cancelled before; nothing is cancelled then.
    """
    before = await pieces_of(tx, order.id)
    check_left(wanted, {place: line.open for place, line in before.items()})
    changes = {place: PiecesChange(cancelled=quantity) for place, quantity in wanted.items()}
    await change_pieces(tx, order.id, changes)
    await count_in_order(tx, order, before, changes)


async def count_in_order(
    tx: WriteTx, order: Order, before: Mapping[int, Pieces], changes: Mapping[int, PiecesChange]
) -> None:
    """Add a change of lines to the figures of their order; tell it, if nothing is left to be sent by that."""
    after = {place: _changed(line, changes.get(place)) for place, line in before.items()}
    sums = {
        name: sum(getattr(each, name) for each in changes.values()) for name in ("cancelled", "fulfilled", "returned")
    }
    await add_progress(tx, order.id, Progress(**sums))
    if all_sent(after.values()) and not all_sent(before.values()):
        version = await append_event(tx, order.id, "fulfilled")
        await outbox.publish(tx, "order", order.id, version, OrderFulfilled(order.id, order.number, order.account_id))


def _changed(line: Pieces, change: PiecesChange | None) -> Pieces:
    if change is None:
        return line
    return replace(line, **{name: getattr(line, name) + getattr(change, name) for name in _COUNTS})
