from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chassis.cache import Valkey


@pytest.fixture
async def valkey(valkey_url: str) -> AsyncIterator[Valkey]:
    subject = Valkey(valkey_url, timeout=60)
    await subject.call(lambda client: client.execute("FLUSHALL"))
    yield subject
    await subject.aclose()
