"""The issuer's public keys: fetched over HTTP, cached for 5 minutes, used up to 24 hours when the issuer is down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import aiohttp
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from chassis import problems, telemetry
from chassis.auth.tokens import public_key

FRESH = 300.0
STALE = 86_400.0
RETRY_AFTER = 10.0
FETCH_TIMEOUT = 2.0
# How long a request waits for a refresh while it could use a cached key.
PATIENCE = 0.5
MAX_BYTES = 65_536
PATH = "/.well-known/jwks.json"

_FETCHES = telemetry.counter("auth_jwks_fetches", "Fetches of the issuer's keys", {"outcome": ("fetched", "failed")})


class KeySource(Protocol):
    """Where a Verifier finds the key that signed a token."""

    async def key(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """The key of this id; None if the issuer has none such."""


class StaticKeys:
    """Keys in memory, which need no fetch: identity's own. `replace` takes another set."""

    def __init__(self, keys: Mapping[str, ec.EllipticCurvePublicKey]) -> None:
        self._keys = dict(keys)

    def replace(self, keys: Mapping[str, ec.EllipticCurvePublicKey]) -> None:
        """Use these keys, by their ids, from now on."""
        self._keys = dict(keys)

    async def key(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """The key with this id, if there is one."""
        return self._keys.get(kid)


class _Document(msgspec.Struct):
    keys: list[dict[str, Any]]


def parse(body: bytes) -> dict[str, ec.EllipticCurvePublicKey]:
    """The ES256 keys of a JWK Set by their `kid`; others are passed over.

    Raises:
        ValueError: it is no JWK Set, or holds no key that we can use.
    """
    keys = {}
    for document in msgspec.json.decode(body, type=_Document).keys:
        try:
            keys[str(document["kid"])] = public_key(document)
        except (KeyError, ValueError):
            continue
    if not keys:
        raise ValueError("the JWK Set holds no ES256 key")
    return keys


class Jwks:
    """The keys behind `{url}/.well-known/jwks.json`; `urls` are replicas of one issuer.

    An unknown kid fetches again, at most once in 10 s; all requests that wait share one fetch.
    """

    def __init__(self, urls: Sequence[str], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._urls = [url.rstrip("/") + PATH for url in urls]
        self._clock = clock
        self._keys: dict[str, ec.EllipticCurvePublicKey] = {}
        self._fetched = float("-inf")
        self._tried = float("-inf")
        self._failing = False
        self._fetch: asyncio.Task[None] | None = None

    async def key(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """See KeySource.

        Raises:
            problems.Unavailable: there is no key: none was ever fetched, or the last ones are too old.
        """
        age = self._clock() - self._fetched
        known = self._keys.get(kid) if age < STALE else None
        if known is not None and age < FRESH:
            return known
        await self._refresh(PATIENCE if known is not None else None)
        if self._clock() - self._fetched >= STALE:
            raise problems.Unavailable("Your sign-in cannot be checked right now. Try again in a few seconds.")
        return self._keys.get(kid)

    async def _refresh(self, patience: float | None) -> None:
        """Fetch if it is time, or join a fetch under way. Waits `patience` seconds, or for its end."""
        now = self._clock()
        if self._fetch is None and now - self._tried >= RETRY_AFTER:
            self._tried = now
            self._fetch = asyncio.create_task(self._fetch_any())
            self._fetch.add_done_callback(self._ended)
        elif patience is not None and self._failing:
            return
        if self._fetch is not None:
            await asyncio.wait({self._fetch}, timeout=patience)

    def _ended(self, _task: asyncio.Task[None]) -> None:
        self._fetch = None

    async def _fetch_any(self) -> None:
        """Take the keys of the first replica that answers; keep the old ones if none does."""
        for url in self._urls:
            try:
                keys = parse(await _get(url))
            except (aiohttp.ClientError, TimeoutError, ValueError):
                _FETCHES.inc("failed")
                continue
            self._keys, self._fetched, self._failing = keys, self._clock(), False
            _FETCHES.inc("fetched")
            return
        self._failing = True

    async def aclose(self) -> None:
        """End a fetch that is under way."""
        if self._fetch is not None:
            self._fetch.cancel()
            await asyncio.wait({self._fetch})


async def _get(url: str) -> bytes:
    """A fetch is rare, so it makes its own session: nothing is left open between."""
    timeout = aiohttp.ClientTimeout(total=FETCH_TIMEOUT)
    async with (
        aiohttp.ClientSession(timeout=timeout, raise_for_status=True, auto_decompress=False) as session,
        session.get(url, allow_redirects=False, headers={"Accept-Encoding": "identity"}) as response,
    ):
        body = bytearray()
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > MAX_BYTES:
                raise ValueError("the JWK Set is too large")
        return bytes(body)
