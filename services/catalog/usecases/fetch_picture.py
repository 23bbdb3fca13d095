"""Fetches the picture of an address, for all products that show it. A job: it may run twice, and anywhere."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from functools import partial

from catalog import metrics
from catalog.context import CatalogContext
from catalog.events import publish_products
from catalog.media import MediaObjects
from catalog.pictures.client import PictureClient
from catalog.pictures.encoder import Encoder
from catalog.pictures.failures import NotFetched
from catalog.store import pictures as store
from catalog.store.pictures import FETCH, FetchedPicture, FetchPicture
from chassis.db import UNREACHABLE, WriteTx
from chassis.values import uuid7

# With the pauses of chassis.worker, over some minutes; fewer than the tries after which a job is held.
MAX_TRIES = 6
# In one process: each may hold a file of 20 MB.
AT_ONCE = 4
_LATER = timedelta(seconds=30)


class Fetcher:
    """Fetches, re-encodes and stores pictures, at most AT_ONCE at a time in a process."""

    def __init__(self, client: PictureClient, encoder: Encoder, media: MediaObjects) -> None:
        self._client = client
        self._encoder = encoder
        self._media = media
        self._room = asyncio.Semaphore(AT_ONCE)

    async def fetched(self, address: str, salt: bytes = b"") -> FetchedPicture:
        """The picture, kept in its sizes. `salt` makes another digest of the same picture.

        Raises:
            NotFetched: it cannot be had. chassis.problems.Unavailable: there is nowhere to keep it.
        """
        async with self._room:
            sizes = await self._encoder.sizes(await self._client.fetch(address))
            digest = await self._media.put_sizes([(size.width, size.content) for size in sizes], salt)
        largest = sizes[-1]
        return FetchedPicture(digest, largest.width, largest.height, [size.width for size in sizes])


async def fetch_picture(ctx: CatalogContext, wish: FetchPicture) -> None:
    """Fetch the picture, re-encode and store it, and set it for its products; or record the failure.

    Raises:
        NotFetched: another try may help. chassis.problems.Unavailable: as Fetcher.fetched.
    """
    async with ctx.db.write() as tx:
        claim = await store.claim(tx, wish.source_url)
        if claim.waiting and not claim.tries:
            # Another process has claimed it, or died while it fetched.
            await ctx.jobs.enqueue(tx, FETCH, wish, delay=_LATER)
    if not claim.tries:
        return
    try:
        await _fetch(ctx, wish.source_url, claim.tries)
    except NotFetched as failure:
        for_good = failure.lasting or claim.tries >= MAX_TRIES
        async with ctx.db.write_one() as tx:
            await store.fail(tx, wish.source_url, failure.code, failure.reason, for_good=for_good)
        metrics.pictures.inc("failed" if for_good else "again")
        if not for_good:
            raise
    except BaseException:
        # The cause is our storage, our database or the end of this process, not the picture.
        with suppress(*UNREACHABLE):
            async with ctx.db.write_one() as tx:
                await store.undo_claim(tx, wish.source_url)
        raise
    else:
        metrics.pictures.inc("fetched")


async def _fetch(ctx: CatalogContext, address: str, tries: int) -> None:
    if tries > MAX_TRIES:
        # Every try records its result, unless its process dies.
        raise NotFetched("never-ends", f"It was tried {MAX_TRIES} times, and no try came to an end.")
    async with ctx.db.read() as tx:
        picture = await store.known(tx, address)
    fetcher = ctx.get(Fetcher)
    shown = False
    while not shown:
        picture = picture or await fetcher.fetched(address)
        shown = await ctx.db.transact(partial(_show, address=address, picture=picture))
        if not shown:
            # The objects of this digest are being deleted.
            picture = await fetcher.fetched(address, salt=uuid7().bytes)


async def _show(tx: WriteTx, address: str, picture: FetchedPicture) -> bool:
    changed = await store.store(tx, address, picture)
    await publish_products(tx, changed or ())
    return changed is not None
