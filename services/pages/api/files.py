"""The files that pages load: styles, scripts, icons, texts, and the shop's colours."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from chassis.cache import Encoded, encode, respond
from chassis.limits import take_read
from chassis.problems import NotFound
from pages import caching
from pages.api.compression import answered, without_body
from pages.api.shopkeeping import shop_of, theme_of
from pages.assets.files import Assets
from pages.context import PagesContext


async def asset(request: Request) -> Response:
    """A file of the storefront. By the address of another version it is the present one: pages of both are in use while
    versions change, and none of them may break.

    Raises:
        NotFound: there is no such file.
    """
    ctx: PagesContext = request.app.state.context
    take_read(ctx, request.scope)
    assets = ctx.get(Assets)
    file = assets.files.get(request.path_params["path"])
    if file is None:
        raise NotFound("There is no such file.")
    own = request.path_params["tree"] == assets.tree
    kept = caching.IMMUTABLE if own else caching.NO_STORE
    whole = Encoded(file.body, file.etag)
    if file.small is None:
        return without_body(request, respond(request, whole, kept, file.kind))
    return answered(request, whole, file.small, kept, file.kind)


async def theme(request: Request) -> Response:
    """The shop's colours; by an address of others, those of now."""
    ctx: PagesContext = request.app.state.context
    take_read(ctx, request.scope)
    shop, known = await shop_of(ctx, request.scope)
    address, sheet = theme_of(shop)
    own = known and address == request.url.path
    cache_control = caching.IMMUTABLE if own else caching.NO_STORE
    return answered(request, encode(sheet), None, cache_control, "text/css; charset=utf-8")


class _Measured(Route):
    """A route that is measured under its own path."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As Route.matches; the scope has the route, too."""
        match, found = super().matches(scope)
        return match, {**found, "route": self} if found else found


routes = [_Measured("/assets/{tree}/{path:path}", asset), _Measured("/theme/{version}.css", theme)]
