"""The pages, by whatever address: the one route that takes what no other route takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from chassis.cache import encode
from chassis.limits import take_read
from chassis.limits.reads import Reads as ReadLimit
from chassis.problems import Invalid, MethodNotAllowed, NotFound, Problem, Unavailable
from pages import caching, rendering
from pages.api import security
from pages.api.compression import answered
from pages.api.shopkeeping import reads_of, shop_of, theme_of
from pages.assets.files import Assets
from pages.context import PagesContext
from pages.domain import addresses
from pages.domain.answers import Categories, Found
from pages.domain.outcomes import Gone, MovedPage
from pages.domain.site import site
from pages.provider.reads import Read
from pages.usecases import category, collection, frame, home, policy, product, shelf, trouble
from pages.visit import Page, Visit, together

View = Callable[[Visit], Awaitable[Page]]

VIEWS: dict[str, View] = {
    **dict.fromkeys(frame.TITLES, frame.frame),
    "home": home.home,
    "shelf": shelf.shelf,
    "search": shelf.shelf,
    "product": product.product,
    "collections": collection.collections,
    "collection": collection.collection,
    "category": category.category,
    "policy": policy.policy,
}
_HTML = "text/html; charset=utf-8"
_READING = frozenset(["GET", "HEAD"])
# Of the top of the tree of categories, as many as fit into a row.
_AISLES = 6


class Searches(ReadLimit):
    """Counts the pages with a search of each address."""


class Documents(BaseRoute):
    """Every address that no route before it took."""

    path = "/{path}"

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Every request."""
        return (Match.FULL if scope["type"] == "http" else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a page, or a redirect. Raises NotFound, MethodNotAllowed: to programs."""
        if addresses.of_programs(scope["path"]):
            raise NotFound("Nothing is found at this address.")
        if scope["method"] not in _READING:
            raise MethodNotAllowed("Pages are read.", headers={"Allow": "GET, HEAD"})
        answer = await _answer(scope["app"].state.context, scope)
        if scope["method"] == "HEAD":
            answer.body = b""
        await answer(scope, receive, send)


async def _answer(ctx: PagesContext, scope: Scope) -> Response:
    shop, known = await shop_of(ctx, scope)
    place = addresses.find(scope["path"], site(shop.languages, shop.currencies))
    scope["route"] = place.kind
    query = scope["query_string"].decode("latin-1")
    if not place.canonical:
        return _redirect(ctx, place.address + (f"?{query}" if query else ""), known=known)
    base = ctx.settings.public_url.rstrip("/")
    visit = Visit(place, query, shop, site(shop.languages, shop.currencies), base, reads_of(ctx, scope))
    try:
        _take(ctx, scope, query)
        page, around = await together(_page(visit, known=known), _around(visit))
    except MovedPage as moved:
        return _redirect(ctx, visit.address(moved.path), known=known)
    except Problem as problem:
        page, around = trouble.trouble(visit, problem), rendering.Around([], theme_of(shop)[0])
    return _document(ctx, scope, visit, page, around, known=known)


def _take(ctx: PagesContext, scope: Scope, query: str) -> None:
    """Count the page against the limits. Raises RateLimited."""
    take_read(ctx, scope)
    if "search=" in query:
        ctx.get(Searches).take(scope)


async def _page(visit: Visit, *, known: bool) -> Page:
    """The page of the address, or the one in its place. Raises MovedPage and Problem, but not NotFound."""
    view = VIEWS.get(visit.place.kind.page)
    try:
        if view is not None:
            return await view(visit)
    except NotFound:
        pass
    except Gone:
        return trouble.gone(visit)
    if not known and addresses.names_choice(visit.place.path):
        raise Unavailable  # it may be a language of the shop
    target = await _target(visit)
    if target is not None:
        raise MovedPage(target)
    return trouble.missing(visit)


async def _target(visit: Visit) -> str | None:
    """Where the shop says that the page of this address is now."""
    path = quote(visit.place.path, safe="/~!$&'()*+,;=:@-._", errors="replace")
    try:
        found = await visit.reads.get(Read("catalog", "/api/v1/content/redirects", {"path": path}), Found)
    except Invalid:
        return None  # no redirect can be of such an address
    target = found.to_path
    return target if target and target.startswith("/") and target[1:2] not in {"/", "\\"} else None


async def _around(visit: Visit) -> rendering.Around:
    tree = await visit.part(category.tree_of(visit), Categories([]))
    top = [each for each in tree.items if each.depth == 1 and each.products][:_AISLES]
    return rendering.Around(top, theme_of(visit.shop)[0])


def _document(
    ctx: PagesContext, scope: Scope, visit: Visit, page: Page, around: rendering.Around, *, known: bool
) -> Response:
    body = rendering.document(visit, page, ctx.get(Assets), around)
    headers = security.headers(page.page or visit.place.kind.page, ctx.settings.stripe_double_origin)
    if page.status != 200:
        more = {**page.headers, "Cache-Control": caching.NO_STORE}
        return Response(body, page.status, {**headers, **more}, _HTML)
    kept = caching.rule_of(visit.place.path).cache_control
    if kept == caching.DOCUMENT and not known:
        kept = caching.NO_STORE  # the shop's own name and languages are to come
    answer = answered(Request(scope), encode(body), None, kept, _HTML)
    answer.headers.update(headers)
    return answer


def _redirect(ctx: PagesContext, address: str, *, known: bool) -> Response:
    headers = security.headers("", ctx.settings.stripe_double_origin)
    kept = caching.DOCUMENT if known else caching.NO_STORE
    return Response(b"", 301, {**headers, "Location": address, "Cache-Control": kept})
