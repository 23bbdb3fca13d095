"""Reports which pictures of the shop could not be fetched, and why; for a command.

Events: {"event": "pictures", "waiting", "failed"} during the wait, {"event": "problem", ...} for each missing one,
with "row" null and the reason without the address as "cause", and at last {"event": "pictures", "waiting", "failed",
"retried"}.
"""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

from catalog.store import pictures as store
from catalog.store.pictures import MissingPicture, PictureStatus
from catalog.usecases.await_pictures import await_pictures
from catalog.usecases.retry_pictures import retry_pictures
from chassis.db import Database

# More are counted, but not reported one by one.
MOST_NAMED = 1_000
_PAGE = 200


class Say(Protocol):
    """Reports an event with its values."""

    def __call__(self, event: str, **values: Any) -> None:
        """`event`: its name."""


async def report_pictures(db: Database, say: Say, *, retry: bool = False) -> None:
    """Wait until the pictures are fetched, and report the failures. `retry`: first fetch failed ones again."""
    retried = await retry_pictures(db) if retry else 0
    progress = await await_pictures(db, lambda now: say("pictures", waiting=now.waiting, failed=now.failed))
    if not progress.waiting and not progress.failed and not retry:
        return
    for status in ("failed", "waiting"):
        await _name(db, say, status)
    say("pictures", waiting=progress.waiting, failed=progress.failed, retried=retried)


async def _name(db: Database, say: Say, status: PictureStatus) -> None:
    named = 0
    before: UUID | None = None
    while named < MOST_NAMED:
        async with db.read() as tx:
            found: list[MissingPicture] = await store.missing(tx, status, before=before, limit=_PAGE)
        for each in found:
            if each.code is not None:
                _say_problem(say, each)
        if len(found) < _PAGE:
            return
        named += len(found)
        before = found[-1].id


def _say_problem(say: Say, missing: MissingPicture) -> None:
    later = "" if missing.gave_up_at else " It is tried again for some minutes."
    say(
        "problem",
        row=None,
        handle=missing.product_slug,
        column="Image Src",
        code=f"picture-{missing.code}",
        reason=f"The picture {missing.source_url} could not be fetched. {missing.reason}{later}",
        severity="notice",
        cause=f"{missing.reason}{later}",
    )
