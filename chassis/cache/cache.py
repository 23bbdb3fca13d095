"""A cache of encoded answers in this process: a hit costs no round trip and no encoding.

A tag groups the keys that one change invalidates. Its version is in Valkey, where every replica reads it at most once a
second and only while the tag is in use. After `invalidate(tag)` no replica serves what is older for longer than
2 seconds (this one: not at all); without Valkey, other replicas serve it until its `ttl` is over. Where it cannot be
loaded anew, a caller may take an older one.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from chassis import telemetry
from chassis.cache.valkey import Valkey
from chassis.cache.versions import Version, Versions
from chassis.problems import Problem, Unavailable

MAX_BYTES = 64 * 1024 * 1024
# What an entry takes beside its bytes.
_OVERHEAD = 400
# A reader who could have an older answer waits so long for a load.
PATIENCE_SECONDS = 1.0

_gets = telemetry.counter(
    "cache_gets",
    "Reads of the cache: hit, miss, joined a load under way, or stale after one of these",
    {"outcome": ("hit", "miss", "joined", "stale")},
)
_held = telemetry.gauge("cache_bytes", "Bytes held by the cache of this process")
_ETAGS = re.compile(r'(?:W/)?("[^"]*")')


class Encoded(NamedTuple):
    """A body ready to be sent, and its strong ETag (with quotes)."""

    body: bytes
    etag: str


class _Entry(NamedTuple):
    encoded: Encoded
    until: float
    tag: Version | None
    epoch: int
    size: int


class _Load(NamedTuple):
    """A load under way, the epoch that its tag had when it began, and until when (by the loop) readers wait for it who
    could have an older answer.
    """

    task: asyncio.Task[Encoded]
    epoch: int
    patience: float


def encode(body: bytes) -> Encoded:
    """The body with its ETag."""
    return Encoded(body, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"')


class Cache:
    """Bounded in bytes: the least recently used entry is removed first."""

    def __init__(
        self,
        valkey: Valkey,
        service: str,
        *,
        max_bytes: int = MAX_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._max = max_bytes
        self._size = 0
        self._entries: dict[str, _Entry] = {}
        self._loads: dict[str, _Load] = {}
        self._tags = Versions(valkey, service, clock=clock)

    async def get(
        self, key: str, ttl: float, load: Callable[[], Awaitable[bytes]], *, tag: str | None = None, stale: float = 0.0
    ) -> Encoded:
        """The bytes of `key`, from `load` if they are not here, older than `ttl` seconds, or made before `tag` changed.

        Concurrent callers share one load. What it raises reaches all of them and is not kept. It goes on when
        the caller that started it is cancelled. Where it raises anything but a Problem of the request, or takes longer
        than PATIENCE_SECONDS, bytes whose `ttl` ended less than `stale` seconds ago are given instead.
        """
        found = None if tag is None else self._tags.known(tag)
        if found is not None and not self._tags.fresh(found):
            await self._tags.look(found)
        return self._used(key, found) or await self._loaded(key, ttl, load, found, stale)

    def hit(self, key: str, tag: str) -> Encoded | None:
        """The bytes of `key` where `get` would give them without waiting for anything."""
        found = self._tags.known(tag)
        return self._used(key, found) if self._tags.fresh(found) else None

    def _used(self, key: str, tag: Version | None, stale: float = 0.0, outcome: str = "hit") -> Encoded | None:
        entry = self._entries.get(key)
        if entry is None or entry.tag is not tag or entry.until + stale <= self._clock():
            return None
        if tag is not None and entry.epoch != tag.epoch:
            return None
        # The most recently used is the last.
        self._entries[key] = self._entries.pop(key)
        _gets.inc(outcome)
        return entry.encoded

    async def _loaded(
        self, key: str, ttl: float, load: Callable[[], Awaitable[bytes]], tag: Version | None, stale: float
    ) -> Encoded:
        epoch = 0 if tag is None else tag.epoch
        running = self._loads.get(key)
        # A load that began before the tag changed may give old data, which a later caller must not get.
        if running is not None and running.epoch == epoch:
            _gets.inc("joined")
        else:
            _gets.inc("miss")
            patience = asyncio.get_running_loop().time() + PATIENCE_SECONDS
            running = _Load(asyncio.create_task(self._load(key, ttl, load, tag, epoch)), epoch, patience)
            self._loads[key] = running
            running.task.add_done_callback(lambda task: self._ended(key, task))
        if stale and not await _is_answered(running):
            older = self._used(key, tag, stale, "stale")
            if older is not None:
                return older
        return await asyncio.shield(running.task)

    async def _load(
        self, key: str, ttl: float, load: Callable[[], Awaitable[bytes]], tag: Version | None, epoch: int
    ) -> Encoded:
        telemetry.clear_deadline()
        encoded = encode(await load())
        if tag is None or tag.epoch == epoch:
            size = len(encoded.body) + len(key) + _OVERHEAD
            self._put(key, _Entry(encoded, self._clock() + ttl, tag, epoch, size))
        return encoded

    def _ended(self, key: str, task: asyncio.Task[Encoded]) -> None:
        running = self._loads.get(key)
        if running is not None and running.task is task:
            del self._loads[key]
        if not task.cancelled():
            task.exception()  # so that asyncio logs no warning where no caller waits

    def _put(self, key: str, entry: _Entry) -> None:
        self._drop(key)
        # One huge answer must not displace everything else.
        if entry.size > self._max // 8:
            return
        self._entries[key] = entry
        self._size += entry.size
        while self._size > self._max:
            self._drop(next(iter(self._entries)))
        _held.set(self._size)

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._size -= entry.size

    async def invalidate(self, tag: str) -> None:
        """Entries of this tag are old from now on. Call it after the commit, never inside the transaction."""
        await self._tags.change(tag)


async def _is_answered(load: _Load) -> bool:
    """Whether the load ends before its readers' patience, with bytes or a Problem of the request itself."""
    left = load.patience - asyncio.get_running_loop().time()
    done, _ = await asyncio.wait([load.task], timeout=max(left, 0.0))
    if not done or load.task.cancelled():
        return False
    error = load.task.exception()
    return error is None or (isinstance(error, Problem) and not isinstance(error, Unavailable))


def respond(
    request: Request | Scope, encoded: Encoded, cache_control: str, media_type: str = "application/json"
) -> Response:
    """The answer with its ETag, or 304 without a body when the caller has these bytes already."""
    headers = _headers(encoded.etag, cache_control, media_type, len(encoded.body))
    if _matches(request["headers"], encoded.etag):
        return _Ready(304, b"", headers[:2])
    return _Ready(200, encoded.body, headers[:])


@lru_cache(maxsize=4_096)
def _headers(etag: str, cache_control: str, media_type: str, length: int) -> list[tuple[bytes, bytes]]:
    about = [(b"etag", etag.encode()), (b"cache-control", cache_control.encode())]
    return [*about, (b"content-type", media_type.encode()), (b"content-length", str(length).encode())]


def _matches(headers: Iterable[tuple[bytes, bytes]], etag: str) -> bool:
    """If-None-Match (RFC 9110 section 13.1.2): `*`, or a list in which weak and strong are the same."""
    for name, value in headers:
        if name == b"if-none-match":
            text = value.decode("latin-1").strip()
            if text in {"*", etag} or etag in _ETAGS.findall(text):
                return True
    return False


class _Ready(Response):
    """A Response whose headers are encoded: Starlette's own constructor would build and encode them each time."""

    def __init__(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = headers
