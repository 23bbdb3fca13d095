"""Three PostgreSQL with quorum-synchronous replication on one etcd, and the address that follows their primary."""

from __future__ import annotations

import asyncio
import base64
import secrets
import signal
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from chassis.config import ServiceSpec
from chassis.testing.servers import child_process
from chassis.testing.waiting import eventually
from deploy.drills import databases
from deploy.drills.failover.node import NAMESPACE, PATRONI, SCOPE, Node
from deploy.drills.failover.relay import Way, relay
from local_servers import child
from local_servers.ports import free_port

NODES = 3
_LEADER = base64.b64encode(f"{NAMESPACE}{SCOPE}/leader".encode()).decode()


@dataclass
class Cluster:
    """`primary` is whom the leader's key in etcd names, or named last; `changed`: since when, monotonic."""

    nodes: list[Node]
    etcd: int
    http: aiohttp.ClientSession
    password: str
    primary: Node
    port: int = 0
    changed: float = field(default_factory=time.monotonic)

    async def follow(self) -> None:
        """Look who is the primary, four times a second, as what names it in a cluster (a Service, a DNS name) does."""
        while True:
            with suppress(aiohttp.ClientError, TimeoutError, LookupError):
                found = await self._leader()
                if found is not self.primary:
                    self.primary, self.changed = found, time.monotonic()
            await asyncio.sleep(0.25)

    async def _leader(self) -> Node:
        url = f"http://127.0.0.1:{self.etcd}/v3/kv/range"
        async with self.http.post(url, json={"key": _LEADER}) as answer:
            (found,) = (await answer.json())["kvs"]
        name = base64.b64decode(found["value"]).decode()
        return next(node for node in self.nodes if node.name == name)

    async def whole(self, seconds: float, *, standby: str = "quorum_standby") -> None:
        """Wait until there is a primary with two standbys of this kind that stream.

        Raises:
            TimeoutError: it was not; the message is what Patroni says.
        """
        said: Any = None

        async def streaming() -> bool:
            nonlocal said
            try:
                async with self.http.get(f"http://127.0.0.1:{self.primary.rest}/cluster") as answer:
                    said = await answer.json()
            except (aiohttp.ClientError, TimeoutError):
                return False
            states = Counter((each["role"], each["state"]) for each in said["members"])
            return states[standby, "streaming"] == NODES - 1 and states["leader", "running"] == 1

        try:
            await eventually(streaming, seconds, "three PostgreSQL", every=0.25)
        except TimeoutError as late:
            raise TimeoutError(f"{late}: {said}") from None

    async def configure(self, **settings: object) -> None:
        """Change what Patroni keeps for all nodes."""
        async with self.http.patch(f"http://127.0.0.1:{self.primary.rest}/config", json=settings) as answer:
            answer.raise_for_status()

    async def execute(self, *statements: str, node: Node | None = None) -> list[asyncpg.Record]:
        """Run statements as the superuser, at the primary or at this node; the rows of the last one."""
        port = (node or self.primary).clients.port
        connection = await asyncpg.connect(self._url("postgres", "postgres", port), timeout=5)
        rows = []
        try:
            for statement in statements:
                rows = await connection.fetch(statement)
        finally:
            connection.terminate()  # one that waits for a standby would not be closed
        return rows

    def _url(self, role: str, database: str, port: int) -> str:
        return f"postgresql://{role}:{self.password}@127.0.0.1:{port}/{database}"

    async def make_databases(self, specs: list[ServiceSpec]) -> dict[str, str]:
        """A database and its roles for each service, as in a cluster; the settings by which a store uses them."""
        administrator = self._url("postgres", "postgres", self.port)
        return await databases.make(administrator, specs, lambda database, role: self._url(role, database, self.port))


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Cluster]:
    """The cluster, whole; all its processes end with the block."""
    password = secrets.token_hex(16)
    async with AsyncExitStack() as stack:
        etcd = _start_etcd(folder, stack)
        http = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)))
        nodes = [Node(f"n{number}", folder, password) for number in range(1, NODES + 1)]
        cluster = Cluster(nodes, etcd, http, password, nodes[0])
        for node in nodes:
            await node.connect(etcd, stack)
            stack.push_async_callback(node.end)
            node.start()
        cluster.port = await stack.enter_async_context(relay(lambda: _clients(cluster)))
        group = await stack.enter_async_context(asyncio.TaskGroup())
        following = group.create_task(cluster.follow())
        stack.callback(following.cancel)
        await cluster.whole(90)
        yield cluster


def _clients(cluster: Cluster) -> Way:
    return cluster.primary.clients


def _start_etcd(folder: Path, stack: AsyncExitStack) -> int:
    """Start etcd, which ends with the stack; its port."""
    port, peers = free_port(), free_port()
    program = PATRONI / "etcd" / "usr" / "bin" / "etcd"
    argv = [str(program) if program.exists() else "etcd", "--data-dir", str(folder / "etcd"), "--log-level", "error"]
    for flag in ("listen-client-urls", "advertise-client-urls"):
        argv += [f"--{flag}", f"http://127.0.0.1:{port}"]
    for flag in ("listen-peer-urls", "initial-advertise-peer-urls"):
        argv += [f"--{flag}", f"http://127.0.0.1:{peers}"]
    argv += ["--initial-cluster", f"default=http://127.0.0.1:{peers}"]
    log = stack.enter_context((folder / "etcd.log").open("wb"))
    stack.enter_context(child_process(child.command(argv), stop=signal.SIGTERM, stdout=log, stderr=subprocess.STDOUT))
    return port
