from __future__ import annotations

from datetime import UTC, datetime

from catalog.after_restore import after_restore
from catalog.media import MediaObjects
from catalog.tests.pictures.images import jpeg
from catalog.tests.pictures.server import PictureServer
from catalog.tests.pictures.support import settled, showing
from catalog.tests.shop import Shop


async def test_files_that_are_missing_after_a_restore_are_named(picture_shop: Shop, pictures: PictureServer):
    await picture_shop.stock_up(showing(pictures.serve("/tide.jpg", jpeg(1500, 1000))))
    await settled(picture_shop)
    ctx = picture_shop.app.ctx
    assert await after_restore(ctx, datetime.now(UTC)) == ["Every picture's file is in the storage."]
    media = ctx.get(MediaObjects)
    lost = min(await media.keys())
    await media.delete([lost])
    said = await after_restore(ctx, datetime.now(UTC))
    assert said[0].startswith("1 files of pictures are missing")
    assert lost in said[1]
