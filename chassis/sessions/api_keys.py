"""API keys: bearer tokens of other programs, which the service shop makes and knows by their hash.

A service that has shop in the `calls` of its service.yaml asks it, and keeps the answer for FRESH_SECONDS: a key that
was ended opens nothing after that. While shop does not answer, a key that was good is taken for STALE_SECONDS more.
Guesses cost shop nothing beyond LOOKUPS in each process, of which one network has LOOKUPS_HERE: who guesses does not
keep others' new keys from being looked up. Keys that are known are asked about beside them.

A key is no person: what asks for a customer, or for a live session, refuses it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import UUID

import msgspec

from chassis import telemetry
from chassis.auth import API_KEY_PREFIX, API_KEY_ROLE, InvalidToken, Principal
from chassis.cache import Cache
from chassis.http import ServiceClient, ServiceProblem
from chassis.limits.addresses import Proxies, network_of
from chassis.limits.gcra import Local, rule
from chassis.problems import NotFound, RateLimited

FRESH_SECONDS, STALE_SECONDS = 2.5, 60.0
PATIENCE = 2.0
LOOKUPS = rule("api-key-lookups", "600/min")
LOOKUPS_HERE = rule("api-key-lookups-here", "120/min")
# Good keys that are known not to be guesses.
MOST_KNOWN = 1_000
_refused = telemetry.counter("api_keys_not_looked_up", "Unknown API keys refused for their number, unasked")
_FORM = re.compile(API_KEY_PREFIX + r"[A-Za-z0-9_-]{43}")


class KeyFacts(msgspec.Struct, frozen=True):
    """What a living key is and may do."""

    key_id: UUID
    scopes: list[str]


Find = Callable[[bytes], Awaitable[KeyFacts | None]]
"""Finds a living key by its hash; None where there is none."""


def draw() -> str:
    """A new key of 256 random bits."""
    return f"{API_KEY_PREFIX}{secrets.token_urlsafe(32)}"


def hashed(key: str) -> bytes:
    """What is kept of a key: SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(key.encode()).digest()


def asking(http: ServiceClient) -> Find:
    """Asks shop."""

    async def find(key_hash: bytes) -> KeyFacts | None:
        path = f"/internal/api-keys/{key_hash.hex()}"
        try:
            return await http.call("shop", "GET", path, into=KeyFacts, timeout=PATIENCE)
        except ServiceProblem:
            return None

    return find


class ApiKeys:
    """The keys that this process has seen: in its cache by their hash."""

    def __init__(self, cache: Cache, find: Find, proxies: Proxies, *, guesses: Local | None = None) -> None:
        self._cache, self._find, self._proxies = cache, find, proxies
        self._good: dict[bytes, None] = {}
        self._guesses = Local() if guesses is None else guesses

    async def principal(self, token: str, scope: MutableMapping[str, Any]) -> Principal:
        """Who holds this key, which a request with this scope brings.

        Raises:
            InvalidToken: there is no such living key. RateLimited: too many unknown ones.
            chassis.problems.Unavailable: shop does not answer.
        """
        if not _FORM.fullmatch(token):
            raise InvalidToken("malformed")
        digest = hashed(token)
        try:
            found = await self._cache.get(
                f"api-key:{digest.hex()}", FRESH_SECONDS, lambda: self._load(digest, scope), stale=STALE_SECONDS
            )
        except NotFound:
            raise InvalidToken("key") from None
        facts = msgspec.json.decode(found.body, type=KeyFacts)
        return Principal(facts.key_id, facts.key_id, frozenset(facts.scopes), (API_KEY_ROLE,))

    async def _load(self, digest: bytes, scope: MutableMapping[str, Any]) -> bytes:
        if digest not in self._good:
            self._take_guess(network_of(self._proxies.client(scope)))
        facts = await self._find(digest)
        if facts is None:
            self._good.pop(digest, None)
            raise NotFound("There is no such key.")
        self._good[digest] = None
        if len(self._good) > MOST_KNOWN:
            del self._good[next(iter(self._good))]
        return msgspec.json.encode(facts)

    def _take_guess(self, network: str) -> None:
        decided = self._guesses.decide_all([(LOOKUPS_HERE, network), (LOOKUPS, "")], half=False)
        refused = [each.retry_after for each in decided if not each.allowed]
        if refused:
            _refused.inc()
            raise RateLimited("Too many unknown API keys.", headers={"Retry-After": str(max(refused))})
