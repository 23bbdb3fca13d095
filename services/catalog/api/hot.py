"""The list of products and one product, most of a store's traffic, answered without FastAPI.

`find` names the cache key by which a hit is answered before routing; the routes here answer a miss. api/public.py
declares the same endpoints for OpenAPI, and answers other methods and paths.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote

import msgspec
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from catalog import metrics
from catalog.api.schemas.public import ProductChoice, ProductQuery, card, product_view
from catalog.context import CatalogContext
from catalog.domain.products import is_slug
from catalog.problems import Moved
from catalog.store.browse import Filters
from catalog.usecases.list_products import list_products
from catalog.usecases.read_product import read_product
from catalog.usecases.translate import translated_cards
from chassis.cache import respond
from chassis.limits import take_read
from chassis.limits.reads import Reads
from chassis.problems import Invalid, NotFound
from chassis.web import PageParams, queries
from chassis.web.hot import Read

M = TypeVar("M", bound=BaseModel)
Load = Callable[[CatalogContext, str, str], Awaitable[bytes]]

PRODUCTS = "/api/v1/products"
# An entry ends when any product changes. A change of stock does not end it: stock is shown up to a second late
# here, and up to one more in a browser or a proxy.
TAG = "products"
TTL_SECONDS = 1.0
# A product is shown as it was for so long while the database does not answer.
STALE_SECONDS = 300.0
CACHE_CONTROL = "public, max-age=1"
# All filters at their longest, each character written as the escapes of four bytes.
_LONGEST_QUERY = 16_000
# A longer query is parsed only after the limit of reads.
_LONGEST_HOT = 500


class HotRoute(BaseRoute):
    """GET of one path (`slugs` False) or of the paths one level below it, answered from the cache."""

    def __init__(self, load: Load, *, slugs: bool) -> None:
        self._load = load
        self._slugs = slugs
        self.path = f"{PRODUCTS}/{{slug}}" if slugs else PRODUCTS

    def find(self, path: str, query: str) -> Read | None:
        """The cached read for a path of this route; None: it has to be parsed first."""
        slug = path[len(PRODUCTS) + 1 :]
        if (self._slugs and not is_slug(slug)) or "search=" in (unquote(query) if "%" in query else query):
            return None
        return Read(_key(path, query), TAG, CACHE_CONTROL, self, metrics.views.inc if self._slugs else None)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """GET of this address; every other method goes to the router."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return Match.NONE, {}
        path: str = scope["path"]
        head, _, tail = path.rpartition("/") if self._slugs else (path, "", "")
        if head != PRODUCTS or (self._slugs and not tail):
            return Match.NONE, {}
        return Match.FULL, {"route": self, "slug": tail}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the cache, or load what is not there."""
        ctx: CatalogContext = scope["app"].state.context
        take_read(ctx, scope)
        slug: str = scope["slug"]
        if self._slugs and not is_slug(slug):
            # Such a path could be the same as another cache key.
            raise NotFound("There is no such product, or it is no longer sold.")
        query = scope["query_string"].decode("latin-1")
        if len(query) > _LONGEST_QUERY:
            raise Invalid(f"The query has more than {_LONGEST_QUERY} characters; search for fewer words.")
        if "search=" in unquote(query):
            take_search(ctx, scope)
        try:
            encoded = await ctx.cache.get(
                _key(scope["path"], query),
                TTL_SECONDS,
                lambda: self._load(ctx, slug, query),
                tag=TAG,
                stale=STALE_SECONDS,
            )
        except Moved as moved:
            raise moved.at(scope["path"], query, segment=-1) from None
        if self._slugs:
            metrics.views.inc()
        await respond(Request(scope), encoded, CACHE_CONTROL)(scope, receive, send)


def _key(path: str, query: str) -> str:
    return f"{path}?{query}"


class _Searches(Reads):
    """Counts the searches of each address."""


def take_search(ctx: CatalogContext, scope: Scope) -> None:
    """Count a search against SEARCH_LIMIT. Raises RateLimited."""
    searches = ctx.extras.get(_Searches)
    if searches is None:
        searches = ctx.extras[_Searches] = _Searches(ctx.settings.search_limit, ctx.limiter.proxies, "searches")
    searches.take(scope)


def parse(query: str, into: type[M]) -> M:
    """A query string as `into`.

    Raises:
        Invalid: it holds a parameter that there is not, or one twice, as of the chassis' own routes.
        RequestValidationError: as the framework raises for its own routes.
    """
    try:
        queries.check(query, queries.of_model(into))
        pairs: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=50))
        return into.model_validate(pairs)
    except ValidationError as wrong:
        raise RequestValidationError([{**error, "loc": ("query", *error["loc"])} for error in wrong.errors()]) from None
    except ValueError:
        raise Invalid("The query has too many fields.") from None


async def _list(ctx: CatalogContext, _slug: str, text: str) -> bytes:
    query = parse(text, ProductQuery)
    filters = Filters(
        currency=ctx.settings.sold(query.currency, "query.currency"),
        product_type=query.type,
        vendor=query.vendor,
        tag=query.tag,
        min_price=query.min_price,
        max_price=query.max_price,
        in_stock=query.in_stock,
        category=query.category,
        collection=query.collection,
    )
    page = PageParams(query.limit, query.cursor)
    found, more = await list_products(ctx, filters, page, search=query.search, sort=query.sort, language=query.language)
    shown = await translated_cards(ctx, found, query.language)
    return msgspec.json.encode({"items": [card(each, filters.currency) for each in shown], "next_cursor": more})


async def _detail(ctx: CatalogContext, slug: str, text: str) -> bytes:
    choice = parse(text, ProductChoice)
    shown_in = ctx.settings.sold(choice.currency, "query.currency")
    return msgspec.json.encode(product_view(await read_product(ctx, slug, choice.language), shown_in))


_LIST, _DETAIL = routes = [HotRoute(_list, slugs=False), HotRoute(_detail, slugs=True)]


def find(scope: Scope) -> Read | None:
    """The cached read for a GET of this address; None: it is answered by a route."""
    path, query = scope["path"], scope["query_string"]
    if len(path) + len(query) > _LONGEST_HOT or not path.startswith(PRODUCTS):
        return None
    return _read_of(path, query)


@lru_cache(maxsize=4_096)
def _read_of(path: str, query: bytes) -> Read | None:
    return (_LIST if path == PRODUCTS else _DETAIL).find(path, query.decode("latin-1"))
