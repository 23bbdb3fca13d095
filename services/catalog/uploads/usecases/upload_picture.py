"""Upload a picture: decode it in a process of its own, store its sizes, put it behind the product's other pictures."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from catalog import metrics
from catalog.context import CatalogContext
from catalog.media import MediaObjects
from catalog.pictures.encoder import Encoder
from catalog.pictures.failures import NotFetched
from catalog.store import unnamed
from catalog.store.pictures import FetchedPicture
from catalog.uploads.domain.order import MOST
from catalog.uploads.problems import PictureRefused, TooManyPictures
from catalog.uploads.store import pictures as store
from catalog.uploads.usecases.changing import Pictures, counted, locked, one
from chassis import audit
from chassis.db import WriteTx
from chassis.problems import NotFound
from chassis.resilience import failpoints
from chassis.values import uuid7
from chassis.web.preconditions import check_version


async def upload_picture(
    ctx: CatalogContext, slug: str, picture_id: UUID, content: bytes, alt: str, expected: int | None
) -> Pictures:
    """The picture; once for each id.

    Raises:
        NotFound: there is no product of this slug. PictureRefused: it is no picture. TooManyPictures.
        VersionChanged: the product is of another version than `expected`. chassis.problems.Unavailable: the storage.
    """
    async with ctx.db.read() as tx:
        # A hint that saves the work: what counts is decided under the lock.
        if await store.product(tx, slug) is None:
            raise NotFound("There is no product of this slug.")
    try:
        sizes = await ctx.get(Encoder).sizes(content, nothing_else=True)
    except NotFetched as failure:
        metrics.uploads.inc("refused")
        raise PictureRefused(failure.reason, code=failure.code) from None
    files = [(size.width, size.content) for size in sizes]
    shown: Pictures | None = None
    salt = b""
    while shown is None:
        digest = await ctx.get(MediaObjects).put_sizes(files, salt)
        await failpoints.point("upload.stored")
        picture = FetchedPicture(digest, sizes[-1].width, sizes[-1].height, [size.width for size in sizes])
        add = partial(_add, slug=slug, picture_id=picture_id, alt=alt, picture=picture, expected=expected)
        shown = await ctx.db.transact(add)
        # The objects of this digest are being deleted: none has a salt that was just drawn.
        salt = uuid7().bytes
    metrics.uploads.inc("stored")
    return shown


async def _add(
    tx: WriteTx, slug: str, picture_id: UUID, alt: str, picture: FetchedPicture, expected: int | None
) -> Pictures | None:
    """None: the objects of this digest are being deleted."""
    if not await unnamed.lock_digest(tx, picture.digest):
        return None
    product = await locked(tx, slug, None)
    if await store.picture(tx, product.id, picture_id):
        return await one(tx, product, picture_id, product.version)
    check_version(expected, product.version)
    if not await store.add(tx, product.id, picture_id, alt, picture):
        raise TooManyPictures(f"A product has {MOST} pictures at most.", limit=MOST)
    version = await counted(tx, product)
    await audit.record(
        tx, "picture.uploaded", f"product:{slug}", after={"picture": picture_id, "digest": picture.digest}
    )
    return await one(tx, product, picture_id, version)
