from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import uvloop

from chassis.cache.client import Client


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Services run on uvloop, some tools on asyncio's own loop."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
async def client(valkey_url: str) -> AsyncIterator[Client]:
    subject = Client(valkey_url, timeout=60)
    await subject.execute("FLUSHALL")
    yield subject
    await subject.aclose()
