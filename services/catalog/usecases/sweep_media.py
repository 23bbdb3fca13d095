"""Delete the stored pictures that no product shows any more."""

from __future__ import annotations

import secrets
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from catalog.context import CatalogContext
from catalog.media import MediaObject, MediaObjects
from catalog.store import pictures as store

# Objects read in one run, which begins at a random name: over time all are read.
MOST = 20_000
# debt(sweep-backups): a backup may still name a picture that is deleted here.
# What is younger may be a picture that is just being stored.
AGE = timedelta(days=1)


async def sweep_media(ctx: CatalogContext, *, after: str | None = None, age: timedelta = AGE) -> int:
    """Delete objects that no product shows; how many pictures. `after`: after this name; None: a random one."""
    async with ctx.db.write_one() as tx:
        await store.delete_old_removals(tx)
    media = ctx.get(MediaObjects)
    removed = 0
    begin = secrets.token_hex(2) if after is None else after
    async for found in media.derived(after=begin, most=MOST):
        old: dict[str, list[str]] = defaultdict(list)
        for kept in found:
            if _old(kept, age):
                old[kept.digest].append(kept.key)
        async with ctx.db.read() as tx:
            named = await store.named(tx, list(old))
        for digest in sorted(old.keys() - named):
            removed += await _remove(ctx, media, digest, old[digest])
    return removed


def _old(kept: MediaObject, age: timedelta) -> bool:
    # The storage's clock and this machine's: a minute or two between them do not matter here.
    return kept.modified < datetime.now(UTC) - age


async def _remove(ctx: CatalogContext, media: MediaObjects, digest: str, keys: list[str]) -> bool:
    async with ctx.db.write() as tx:
        unnamed = await store.remove(tx, digest)
    if unnamed:
        await media.delete(keys)
    return unnamed
