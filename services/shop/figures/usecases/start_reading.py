"""Have all that figures are made of read anew."""

from __future__ import annotations

from datetime import timedelta

from chassis.db import WriteTx
from shop.figures.store import readings


async def start_reading(tx: WriteTx, delay: timedelta = timedelta(0)) -> None:
    """From the beginning of what orders and payments hold, once `tx` has committed and the delay is over."""
    await readings.start(tx, delay)
