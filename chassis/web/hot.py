"""Hot reads: GETs that are answered from the cache before routing. A few of them are most of a store's traffic.

A service's `Find` names them. A read that is not in the cache, or not fresh (chassis.cache), is routed, and its route
puts it into the cache. The middleware treats a hot read as any other request, except that one with a body is routed.
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
    """A read that may be in the cache: its key and tag there, and the route whose `path` it is measured under. `served`
    is called when it is answered from there.
    """

    key: str
    tag: str
    cache_control: str
    route: Any
    served: Callable[[], None] | None = None


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
    if read.served is not None:
        read.served()
    return respond(scope, encoded, read.cache_control)
