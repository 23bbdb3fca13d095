"""What the catalog does after its database went back in time: are the files of its pictures still there?

Pictures that no product named any more may have been deleted since. Reservations lapse by themselves; orders reserves
and sells again what the catalog lost (orders.after_restore).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from catalog.context import CatalogContext
from catalog.media import MediaObjects
from catalog.store import unnamed

_AT_ONCE, _SHOWN = 1_000, 10


async def after_restore(ctx: CatalogContext, _restored_to: datetime) -> list[str]:
    """Compare the pictures with the storage; lines for the operator.

    Raises:
        Unavailable: the storage does not answer; run it again.
    """
    kept = await ctx.get(MediaObjects).keys()
    missing: list[str] = []
    last, found = UUID(int=0), [""]
    while found:
        async with ctx.db.read() as tx:
            last, found = await unnamed.stored_keys(tx, last, _AT_ONCE)
        missing += [key for key in found if key not in kept]
    if not missing:
        return ["Every picture's file is in the storage."]
    return [
        f"{len(missing)} files of pictures are missing: bring back their versions of before, then run this again.",
        f"They are: {', '.join(missing[:_SHOWN])}{' and more' if len(missing) > _SHOWN else ''}",
    ]
