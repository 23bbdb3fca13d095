"""Versions of tags, shared by replicas through Valkey and read no more than once a second.

They are polled and not subscribed to: after a broken subscription each version has to be read again all the same, and
one that is broken unnoticed would serve old answers without a bound.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from chassis import telemetry
from chassis.cache.batcher import Batcher
from chassis.cache.client import Client
from chassis.cache.valkey import Down, Valkey

# After FRESH seconds it is read again while the answer is given; after STALE, before that.
FRESH = 1.0
STALE = 1.9
MAX_TAGS = 20_000
# Longer than anything is cached, so that a version does not leave while something depends on it.
KEEP_SECONDS = 7 * 86_400

_looks = telemetry.counter(
    "cache_tag_looks", "Looks at the versions of tags in Valkey", {"outcome": ("looked", "failed")}
)


class Version:
    """The version of a tag as this process last read it. `epoch` grows with every change, and is never used again."""

    __slots__ = ("epoch", "looked", "looking", "name", "version")

    def __init__(self, name: str) -> None:
        self.name = name
        self.version: bytes | None = None
        self.epoch = 0
        self.looked = float("-inf")
        self.looking: asyncio.Future[None] | None = None

    def became(self, version: bytes) -> None:
        """Take the version that Valkey has."""
        if self.version != version:
            self.version = version
            self.epoch += 1


class Versions:
    """The tags in use; the least recently used one is removed first."""

    def __init__(self, valkey: Valkey, service: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._valkey = valkey
        self._service = service
        self._clock = clock
        self._tags: dict[str, Version] = {}
        # Those that are due in one turn of the loop, and while a reading is under way, are read together.
        self._looks: Batcher[Version, None] = Batcher(self._look_all, limit=MAX_TAGS)

    def known(self, name: str) -> Version:
        """The tag of this name. One that was removed comes back as another object, so that its entries are old."""
        tag = self._tags.pop(name, None)
        if tag is None:
            tag = Version(name)
            if len(self._tags) >= MAX_TAGS:
                del self._tags[next(iter(self._tags))]
        self._tags[name] = tag
        return tag

    def fresh(self, tag: Version) -> bool:
        """Whether the tag's version is young enough to rely on. Starts a reading when it is due."""
        age = self._clock() - tag.looked
        if age < FRESH or not self._valkey.configured:
            return True
        self._look_soon(tag)
        return age < STALE

    async def look(self, tag: Version) -> None:
        """Wait for the reading that is under way. Where it fails, the last version is used."""
        with suppress(Exception):
            await asyncio.shield(self._look_soon(tag))

    def _look_soon(self, tag: Version) -> asyncio.Future[None]:
        if tag.looking is None or tag.looking.done():
            tag.looking = self._looks.put(tag)
        return tag.looking

    async def _look_all(self, due: Sequence[Version]) -> list[None]:
        """Read the versions of these tags. Those that cannot be read stay as they are, to be read a second later: the
        ttl bounds it meanwhile.
        """
        asked = self._clock()
        try:
            # Read in there: an answer that cannot be read counts as a failure of Valkey's.
            versions = await self._valkey.call(lambda client: self._versions(client, due))
            _looks.inc("looked")
        except Down:
            versions = []
            _looks.inc("failed")
        for tag, version in zip(due, versions, strict=False):
            if version is not None:
                tag.became(version)
        for tag in due:
            tag.looked = asked
        return [None] * len(due)

    async def _versions(self, client: Client, tags: Sequence[Version]) -> list[bytes | None]:
        """Their versions in Valkey. One that has none gets one, so that a flush is seen as a change."""
        names = [self._key(tag.name) for tag in tags]
        found = await client.execute("MGET", *names)
        missing = [name for name, version in zip(names, found, strict=True) if version is None]
        if not missing:
            return list(found)
        for name in missing:
            await client.execute("SET", name, _new_version(), "EX", KEEP_SECONDS, "NX")
        return [version for _, version in zip(names, await client.execute("MGET", *names), strict=True)]

    async def change(self, name: str) -> None:
        """Give the tag a new version: here at once, in other replicas at their next reading."""
        tag = self.known(name)
        tag.epoch += 1
        version = _new_version()
        with suppress(Down):
            await self._valkey.call(lambda client: client.execute("SET", self._key(name), version, "EX", KEEP_SECONDS))
            tag.version = version

    def _key(self, name: str) -> bytes:
        return f"tag:{self._service}:{name}".encode("utf-8", "backslashreplace")


def _new_version() -> bytes:
    """Random, so that no version is used twice, not even after a flush."""
    return secrets.token_hex(8).encode()
