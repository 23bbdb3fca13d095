"""Connection draining: takes a replica out of Traefik's routes while it restarts, so that it gets no requests."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.config import ServiceSpec
from mercat.edge import traefik
from mercat.installation import Installation, secrets
from mercat.stack import probes
from mercat.stack.process_spec import ProcessSpec

# Seconds. Traefik reads a changed file of routes at most every two seconds.
_RELOAD_TIMEOUT = 6.0
# Seconds after the reload: Traefik counts it shortly before it uses the routes, and requests may be in progress.
_AFTER_RELOAD = 1.0
_RELOADS = re.compile(rb"^traefik_config_reloads_total(?:\{[^}]*\})? ([0-9.e+]+)$", re.MULTILINE)


class DrainedReplicas:
    """The replicas that are out of Traefik's routes at present."""

    def __init__(self, installation: Installation, specs: list[ServiceSpec]) -> None:
        self._installation, self._specs = installation, specs
        self._ports: set[int] = set()

    @asynccontextmanager
    async def drain(self, process: ProcessSpec) -> AsyncIterator[None]:
        """Take a replica out of the routes for as long as the block runs, if its service has other replicas."""
        if not process.service or process.port is None or self._installation.replicas < 2:
            yield
            return
        self._ports.add(process.port)
        await self._write()
        await asyncio.sleep(_AFTER_RELOAD)
        try:
            yield
        finally:
            self._ports.discard(process.port)
            await self._write()

    async def _write(self) -> None:
        """Write the routes, and wait until Traefik has read them."""
        before = await self._reloads()
        routes = traefik.dynamic_configuration(self._installation, self._specs)
        for service in routes["http"]["services"].values():
            servers = service.get("loadBalancer", {}).get("servers", [])
            remaining = [server for server in servers if not self._is_drained(server["url"])]
            if remaining:
                servers[:] = remaining
        secrets.write_private(self._installation.run / "routes.yml", json.dumps(routes, indent=1).encode())
        deadline = asyncio.get_running_loop().time() + _RELOAD_TIMEOUT
        while await self._reloads() <= before and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # Traefik sends no notification when it has read its file

    def _is_drained(self, url: str) -> bool:
        return any(url.endswith(f":{port}") for port in self._ports)

    async def _reloads(self) -> float:
        found = _RELOADS.search(await probes.http_body(self._installation.port("edge"), "/metrics"))
        return float(found.group(1)) if found else 0.0
