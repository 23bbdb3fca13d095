"""Takes a replica out of the edge's routes while it is started again, so that no request meets it on its way out."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.config import ServiceSpec
from mercat import edge, keep, probes
from mercat.process import Process
from mercat.store import Store

# The edge reads its routes again at most every two seconds.
_PATIENCE = 6.0
# It counts a reading just before it follows it, and requests may be under way.
_DELAY = 1.0
_RELOADS = re.compile(rb"^traefik_config_reloads_total(?:\{[^}]*\})? ([0-9.e+]+)$", re.MULTILINE)


class Away:
    """The replicas of one store that are out of the routes at present."""

    def __init__(self, store: Store, specs: list[ServiceSpec]) -> None:
        self._store, self._specs = store, specs
        self._ports: set[int] = set()

    @asynccontextmanager
    async def without(self, process: Process) -> AsyncIterator[None]:
        """For a replica that has others beside it, the routes are without it for as long as the block lasts."""
        if not process.service or process.port is None or self._store.replicas < 2:
            yield
            return
        self._ports.add(process.port)
        await self._write()
        await asyncio.sleep(_DELAY)
        try:
            yield
        finally:
            self._ports.discard(process.port)
            await self._write()

    async def _write(self) -> None:
        """Write the routes, and wait until the edge has read them."""
        before = await self._reloads()
        routes = edge.dynamic(self._store, self._specs)
        for service in routes["http"]["services"].values():
            servers = service.get("loadBalancer", {}).get("servers", [])
            left = [server for server in servers if not self._is_away(server["url"])]
            if left:
                servers[:] = left
        keep.write_private(self._store.run / "routes.yml", json.dumps(routes, indent=1).encode())
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        while await self._reloads() <= before and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # the edge tells nobody when it has read its file

    def _is_away(self, url: str) -> bool:
        return any(url.endswith(f":{port}") for port in self._ports)

    async def _reloads(self) -> float:
        found = _RELOADS.search(await probes.http_body(self._store.port("edge"), "/metrics"))
        return float(found.group(1)) if found else 0.0
