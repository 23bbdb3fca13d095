"""Public reads of the catalog and the shop: kept for seconds, and longer while the other service does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from chassis.cache import Cache, Valkey
from chassis.http import ServiceClient
from chassis.problems import Invalid, NotFound, Unavailable
from pages.domain.outcomes import Elsewhere, Gone

SECONDS = 2.0
STALE_SECONDS = 300.0
TIMEOUT = 2.0
_MOST_BYTES = 16 * 1024 * 1024
# Answers about what was asked for. Any other is of the service's own trouble, and is not kept.
_KEPT = frozenset([200, 301, 400, 404, 410, 422])

T = TypeVar("T")


class Read(NamedTuple):
    """Which service is asked, for what, and how long its answer is kept."""

    service: str
    path: str
    query: Mapping[str, str] = {}
    seconds: float = SECONDS

    @property
    def address(self) -> str:
        """The path with its query; parameters without a value are left out."""
        text = urlencode(sorted((name, value) for name, value in self.query.items() if value), quote_via=quote)
        return f"{self.path}?{text}" if text else self.path


class Moved(msgspec.Struct):
    """What is told of something that has another slug now."""

    slug: str


class Reads:
    """Reads in the name of one visitor's address, by which the other services limit. The cache is all visitors'."""

    def __init__(self, http: ServiceClient, cache: Cache, visitor: str) -> None:
        self._http = http
        self._cache = cache
        self._headers = {"X-Forwarded-For": visitor}

    async def get(self, read: Read, into: type[T]) -> T:
        """The answer as a value of this type. Raises as `raw`."""
        return _decoded(await self.raw(read), into)

    async def raw(self, read: Read) -> bytes:
        """The answer's body.

        Raises:
            NotFound, Gone: there is no such thing, or not any more.
            Elsewhere: it has another slug.
            Invalid: what was asked for cannot be.
            Unavailable: no answer, and none from before.
        """

        async def load() -> bytes:
            answer = await self._http.read(read.service, read.address, headers=self._headers, timeout=TIMEOUT)
            if answer.status not in _KEPT:
                raise Unavailable(f"The {read.service} service answered {answer.status}.")
            return b"%03d" % answer.status + answer.body

        key = f"{read.service} {read.address}"
        kept = (await self._cache.get(key, read.seconds, load, stale=STALE_SECONDS)).body
        return _checked(int(kept[:3]), kept[3:])


def _checked(status: int, body: bytes) -> bytes:
    if status == 200:
        return body
    if status == 301:
        raise Elsewhere(_decoded(body, Moved).slug)
    if status == 404:
        raise NotFound
    if status == 410:
        raise Gone
    raise Invalid


def _decoded(body: bytes, into: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=into)
    except msgspec.DecodeError as wrong:
        raise Unavailable("Another service answered what this one does not understand.") from wrong


def small_cache() -> Cache:
    """The cache of a process that has little memory. What it keeps ends by time alone, so it needs no Valkey."""
    return Cache(Valkey(None), "pages", max_bytes=_MOST_BYTES)
