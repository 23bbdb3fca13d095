"""Keyset pagination: a cursor holds the sort values of the last row seen, so that a page costs the same anywhere."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Query
from pydantic import Field

from chassis.problems import FieldError, Invalid

MAX_CURSOR = 500
ABOUT_CURSOR = "`next_cursor` of the page before"
# A cursor travels in an address: short, and of letters that nobody has to escape.
Cursor = Annotated[str, Field(max_length=MAX_CURSOR, pattern="^[A-Za-z0-9_-]*$")]


def encode(values: tuple[Any, ...]) -> str:
    """An opaque cursor for the sort values (strings, integers, UUIDs, datetimes) of a page's last row."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).rstrip(b"=").decode()


def decode(cursor: str, kind: Any) -> Any:
    """The values of a cursor, as `kind`: for example tuple[datetime, UUID].

    Raises:
        Invalid: it is no cursor of this list.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise Invalid(
            errors=[FieldError("query.cursor", "This is not a cursor of this list; start without one", "cursor")]
        ) from None


class PageParams(msgspec.Struct, frozen=True):
    """How many rows a caller wants, and after which one."""

    limit: int
    cursor: str | None


async def _page_params(
    limit: Annotated[int, Query(ge=1, le=100, description="How many items at most")] = 20,
    cursor: Annotated[Cursor | None, Query(description=ABOUT_CURSOR)] = None,
) -> PageParams:
    return PageParams(limit, cursor)


Paged = Annotated[PageParams, Depends(_page_params)]
"""In a handler: `page: Paged`."""
