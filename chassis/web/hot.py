"""Reads that are answered from the cache before anything is routed: most of a store's traffic is a few of them.

A service tells which they are. One that is not in the cache, or not fresh (chassis.cache), goes the usual way, which
puts it there; so does whatever the service does not know. The middleware does around it what it does for any request.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from starlette.responses import Response
from starlette.types import Scope

from chassis.cache import respond
from chassis.context import Context
from chassis.limits import take_read


class Read(NamedTuple):
    """What may be in the cache: its key and tag there, and the route (with a `path`) that it is counted under."""

    key: str
    tag: str
    cache_control: str
    route: Any


Find = Callable[[Scope], Read | None]


def answer(find: Find, scope: Scope) -> Response | None:
    """The answer to a GET that is in the cache, counted against READ_LIMIT; None where it must be routed.

    Raises:
        RateLimited: the caller's address has read too much.
    """
    read = find(scope) if scope["method"] == "GET" else None
    if read is None:
        return None
    ctx: Context[Any] = scope["app"].state.context
    encoded = ctx.cache.hit(read.key, read.tag)
    if encoded is None:
        return None
    scope["route"] = read.route
    take_read(ctx, scope)
    return respond(scope, encoded, read.cache_control)
