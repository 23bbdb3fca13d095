"""Counting what goes to Valkey."""

from __future__ import annotations

import re
from typing import Any

from chassis.cache.client import Client


class CountedWrites:
    """The connection's transport, with the number of its writes."""

    def __init__(self, client: Client) -> None:
        assert client._connection is not None
        self._transport = client._connection._transport
        client._connection._transport = self  # type: ignore[assignment]  # by its methods
        self.writes = 0

    def write(self, data: bytes) -> None:
        self.writes += 1
        assert self._transport is not None
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


async def commands(client: Client) -> dict[str, int]:
    """How often the server did each command, but for INFO; whatever a script does is counted, too."""
    statistics: bytes = await client.execute("INFO", "commandstats")
    found = re.findall(rb"cmdstat_([^:]+):calls=(\d+)", statistics)
    return {name.decode(): int(calls) for name, calls in found if name != b"info"}
