"""What is cached in the tests."""

import asyncio

from chassis.cache import Cache, Valkey
from chassis.tests.auth.support import Clock, sample


class Source:
    """What is cached: a value that changes, and how often it was read."""

    def __init__(self, value: bytes = b"1") -> None:
        self.value = value
        self.loads = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> bytes:
        self.loads += 1
        value = self.value
        await self.gate.wait()
        return value


def looks(outcome: str = "looked") -> float:
    return sample("cache_tag_looks_total", outcome=outcome)


def local(**options: int) -> tuple[Cache, Clock]:
    clock = Clock()
    return Cache(Valkey(None), "catalog", clock=clock, **options), clock
