"""Delete the stored pictures that no product has shown for longer than backups reach back."""

from __future__ import annotations

import secrets
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from catalog.context import CatalogContext
from catalog.media import MediaObject, MediaObjects
from catalog.store import unnamed

# Objects read in one run, which begins at a random name: over time all are read.
MOST = 20_000
# What is younger may be a picture that is just being stored.
AGE = timedelta(days=1)


async def sweep_media(
    ctx: CatalogContext, *, after: str | None = None, age: timedelta = AGE, keep: timedelta | None = None
) -> int:
    """Delete objects that no product has shown for `keep` (None: MEDIA_KEEP_DAYS); how many pictures.

    `after`: after this name; None: a random one.
    """
    kept_for = timedelta(days=ctx.settings.media_keep_days) if keep is None else keep
    async with ctx.db.write() as tx:
        await unnamed.forget(tx, kept_for)
    media = ctx.get(MediaObjects)
    removed = 0
    begin = secrets.token_hex(2) if after is None else after
    async for found in media.derived(after=begin, most=MOST):
        old: dict[str, list[str]] = defaultdict(list)
        for kept in found:
            if _old(kept, age):
                old[kept.digest].append(kept.key)
        for digest in await _ripe(ctx, sorted(old), kept_for):
            removed += await _remove(ctx, media, digest, old[digest], kept_for)
    return removed


def _old(kept: MediaObject, age: timedelta) -> bool:
    # The storage's clock and this machine's: a minute or two between them do not matter here.
    return kept.modified < datetime.now(UTC) - age


async def _ripe(ctx: CatalogContext, digests: list[str], keep: timedelta) -> list[str]:
    async with ctx.db.write_one() as tx:
        await unnamed.mark(tx, digests)
    async with ctx.db.read() as tx:
        return sorted(await unnamed.kept_long(tx, digests, keep))


async def _remove(ctx: CatalogContext, media: MediaObjects, digest: str, keys: list[str], keep: timedelta) -> bool:
    async with ctx.db.write() as tx:
        gone = await unnamed.remove(tx, digest, keep)
    if gone:
        await media.delete(keys)
    return gone
