"""A store for proofs: started by `mercat up` in a folder of its own, read with its owner's rights, and removed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import ssl
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import aiohttp
import asyncpg
import psutil

from mercat.config import environment, services
from mercat.installation import Installation, locate
from mercat.stack.status_file import ProcessStatus, StackStatus, StatusFile

# Added to every port, since another store may use the usual ones.
OFFSET = int(os.environ.get("MERCAT_PROOF_OFFSET", "700"))
# Holds are short here, so that an abandoned order is seen to end; a killed request's claim on its key lapses before.
HOLD_SECONDS = 60
# In a setting's value, the folder whose files arm failpoints: `ProofStore.failpoints`.
FAILPOINTS = "{failpoints}"
SERVICES = ("identity", "catalog", "orders", "payments")


@dataclass(frozen=True)
class ProofStore:
    """A running store. `settings`: what its services were given beside their usual settings."""

    store: Installation
    http: aiohttp.ClientSession
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def failpoints(self) -> Path:
        """The folder that FAILPOINTS in a setting names."""
        return self.store.state.parent / "failpoints"

    @property
    def https(self) -> str:
        """The store's address."""
        return f"https://localhost:{self.store.port('https')}"

    @property
    def plain(self) -> str:
        """The store's address without TLS."""
        return f"http://127.0.0.1:{self.store.port('http')}"

    @property
    def double(self) -> str:
        """The address of Stripe's double."""
        return self.store.url("stripe_double")

    @property
    def trust(self) -> ssl.SSLContext:
        """Trusts this store's own certificate authority and nobody else."""
        return ssl.create_default_context(cafile=str(self.store.certificates / "authority.pem"))

    def status(self) -> StackStatus:
        """What the running store wrote about its processes."""
        status = StatusFile(self.store.run).read()
        if status is None:
            raise RuntimeError("the store has no status: it does not run")
        return status

    def processes(self, service: str) -> list[ProcessStatus]:
        """The service's replicas."""
        return [
            entry
            for entry in self.status().entries
            if entry.name.rpartition("-")[0] == service or entry.name == service
        ]

    def kill(self, entry: ProcessStatus) -> None:
        """End the process with SIGKILL."""
        if entry.pid is not None:
            os.kill(entry.pid, signal.SIGKILL)

    async def rows(self, service: str, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """The rows of a query to the service's database, with the rights of its owner."""
        spec = next(spec for spec in services.discover(self.store.root) if spec.name == service)
        connection = await asyncpg.connect(environment.migration(self.store, spec)["DATABASE_URL"])
        try:
            return await connection.fetch(sql, *arguments)
        finally:
            await connection.close()

    async def value(self, service: str, sql: str, *arguments: Any) -> Any:
        """The first column of the first row."""
        return (await self.rows(service, sql, *arguments))[0][0]

    async def book(self) -> list[dict[str, Any]]:
        """The provider's records: every intent with its captures."""
        headers = {"Authorization": f"Bearer {environment.payments(self.store)['STRIPE_SECRET_KEY']}"}
        async with self.http.get(f"{self.double}/_double/book", headers=headers) as answer:
            answer.raise_for_status()
            intents: list[dict[str, Any]] = (await answer.json())["intents"]
            return intents

    async def create_admin(self, email: str, password: str) -> None:
        """Create an administrator, as `mercat admin create` does."""
        specs = services.discover(self.store.root)
        identity = next(spec for spec in specs if spec.name == "identity")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "identity.create_admin", "--email", email),
            env=environment.service(self.store, specs, identity),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate(f"{password}\n".encode())
        if process.returncode != 0:
            raise RuntimeError(output.decode())

    async def mails(self, recipient: str) -> list[dict[str, Any]]:
        """What was sent to an address."""
        url = f"{self.store.url('portal')}/mail/api/messages"
        async with self.http.get(url, params={"to": recipient}) as answer:
            answer.raise_for_status()
            messages: list[dict[str, Any]] = (await answer.json())["items"]
            return messages

    def cpu_by_process(self) -> dict[str, float]:
        """CPU seconds used so far by each process of the store, its children included."""
        spent = {}
        for entry in self.status().entries:
            if entry.pid is not None and not entry.once:
                root = psutil.Process(entry.pid)
                times = [process.cpu_times() for process in (root, *root.children(recursive=True))]
                # What ended children used counts too: PostgreSQL works in one process a connection.
                ended = times[0].children_user + times[0].children_system
                spent[entry.name] = ended + sum(time.user + time.system for time in times)
        return spent


async def mercat(*words: str, **variables: str) -> None:
    """Run the command for the store that the variables name.

    Raises:
        RuntimeError: it failed; with what it said.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "mercat", *words),
        env={**os.environ, **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"mercat {' '.join(words)} failed:\n{output.decode(errors='replace')[-4000:]}")


@asynccontextmanager
async def running_store(
    *, replicas: int = 1, offset: int = OFFSET, settings: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[ProofStore]:
    """A seeded store of its own, gone at the end. `settings` are environment variables for its services."""
    folder = Path(tempfile.mkdtemp(prefix="mercat-proof-"))
    settings = {
        "HOLD_SECONDS_ORDERS": str(HOLD_SECONDS),
        # Requests to the services themselves all come from one address.
        "READ_LIMIT_CATALOG": "600000/min",
        "READ_LIMIT_PAYMENTS": "600000/min",
        **{name: value.replace(FAILPOINTS, str(folder / "failpoints")) for name, value in settings.items()},
    }
    variables = {"MERCAT_STATE": str(folder / "state"), "MERCAT_PORT_OFFSET": str(offset), **settings}
    began = time.monotonic()
    try:
        await mercat("up", "--replicas", str(replicas), **variables)
        print(f"store up with {replicas} replica(s) a service in {time.monotonic() - began:.1f} s", flush=True)
        os.environ["MERCAT_STATE"] = variables["MERCAT_STATE"]
        store = locate(offset=offset, replicas=replicas)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:
            yield ProofStore(store, http, settings)
    finally:
        os.environ.pop("MERCAT_STATE", None)
        await mercat("down", **variables)
        shutil.rmtree(folder, ignore_errors=True)
