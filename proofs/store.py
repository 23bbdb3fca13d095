"""A store for proofs: started by `mercat up` in a temporary folder and removed afterwards."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import ssl
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import aiohttp
import asyncpg

from mercat.config import environment, services
from mercat.installation import Installation, locate
from mercat.stack.status_file import ProcessStatus, StackStatus, StatusFile

# Added to every port, since another store may use the usual ones.
OFFSET = int(os.environ.get("MERCAT_PROOF_OFFSET", "700"))
# Reservations are short, so that abandoned orders end during a proof; an idempotency key's claim is shorter still.
HOLD_SECONDS = 60
# Stands for `ProofStore.failpoints` in the value of a setting.
FAILPOINTS = "{failpoints}"
# Those that keep data; `pages` keeps none.
SERVICES = ("identity", "catalog", "orders", "payments", "shop")


@dataclass(frozen=True)
class ProofStore:
    """A running store. `settings` are environment variables in addition to the usual ones."""

    store: Installation
    http: aiohttp.ClientSession
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def failpoints(self) -> Path:
        """The folder whose files switch failpoints on."""
        return self.store.state.parent / "failpoints"

    @property
    def https(self) -> str:
        """The https URL of the store."""
        return f"https://localhost:{self.store.port('https')}"

    @property
    def plain(self) -> str:
        """The http URL of the store."""
        return f"http://127.0.0.1:{self.store.port('http')}"

    @property
    def double(self) -> str:
        """The URL of the Stripe double."""
        return self.store.url("stripe_double")

    @property
    def trust(self) -> ssl.SSLContext:
        """A TLS context that trusts only this store's certificate authority."""
        return ssl.create_default_context(cafile=str(self.store.certificates / "authority.pem"))

    def status(self) -> StackStatus:
        """The status of the store and its processes."""
        status = StatusFile(self.store.run).read()
        if status is None:
            raise RuntimeError("the store has no status: it does not run")
        return status

    def processes(self, service: str) -> list[ProcessStatus]:
        """The replicas of a service, or the process with this name."""
        return [
            entry
            for entry in self.status().entries
            if entry.name.rpartition("-")[0] == service or entry.name == service
        ]

    async def mercat(self, *words: str) -> None:
        """Run a command of `mercat` on this store, with its settings.

        Raises:
            RuntimeError: it failed; the message is its output.
        """
        here = {"MERCAT_STATE": str(self.store.state), "MERCAT_PORT_OFFSET": str(self.store.offset)}
        await mercat(*words, **here, **self.settings)

    def kill(self, entry: ProcessStatus) -> None:
        """End a process with SIGKILL."""
        if entry.pid is not None:
            os.kill(entry.pid, signal.SIGKILL)

    async def rows(self, service: str, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """Query the service's database as its owner role."""
        spec = next(spec for spec in services.discover(self.store.root) if spec.name == service)
        connection = await asyncpg.connect(environment.migration(self.store, spec)["DATABASE_URL"])
        try:
            return await connection.fetch(sql, *arguments)
        finally:
            await connection.close()

    async def value(self, service: str, sql: str, *arguments: Any) -> Any:
        """The first column of the first row of a query."""
        return (await self.rows(service, sql, *arguments))[0][0]

    @property
    def _merchant(self) -> dict[str, str]:
        """What the provider knows the shop by."""
        return {"Authorization": f"Bearer {environment.payments(self.store)['STRIPE_SECRET_KEY']}"}

    async def double_control(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON answer of the double's own API: to a POST of `body` if there is one, else to a GET."""
        method, url = "GET" if body is None else "POST", f"{self.double}/_double/{path}"
        async with self.http.request(method, url, json=body, headers=self._merchant) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def captures(self) -> dict[str, list[int]]:
        """The amounts that the provider has captured, by order; only of orders with captures."""
        found: dict[str, list[int]] = {}
        for intent in (await self.double_control("book"))["intents"]:
            if intent["captures"]:
                amounts = [intent["amount_received"]] * intent["captures"]
                found.setdefault(intent["metadata"]["order_id"], []).extend(amounts)
        return found

    async def provider(self, path: str) -> Any:
        """What the provider answers to a GET with the shop's key."""
        async with self.http.get(f"{self.double}/v1/{path}", headers=self._merchant) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def at_provider(self, kind: str) -> list[dict[str, Any]]:
        """The provider's refunds, disputes or customers, newest first."""
        found: list[dict[str, Any]] = []
        more = True
        while more:
            after = f"&starting_after={found[-1]['id']}" if found else ""
            page = await self.provider(f"{kind}?limit=100{after}")
            found += page["data"]
            more = page["has_more"]
        return found

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
        """The mails to an address, newest first."""
        url = f"{self.store.url('portal')}/mail/api/messages"
        async with self.http.get(url, params={"to": recipient}) as answer:
            answer.raise_for_status()
            messages: list[dict[str, Any]] = (await answer.json())["items"]
            return messages


async def mercat(*words: str, **variables: str) -> None:
    """Run a command of `mercat` with these environment variables.

    Raises:
        RuntimeError: it failed; the message is its output.
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
    *,
    replicas: int = 1,
    offset: int = OFFSET,
    settings: Mapping[str, str] = MappingProxyType({}),
    options: Sequence[str] = (),
) -> AsyncIterator[ProofStore]:
    """Run a store with the demo shop, and remove it at the end.

    `settings` are environment variables, `options` more words of `mercat up`.
    """
    folder = Path(tempfile.mkdtemp(prefix="mercat-proof-"))
    settings = {
        "HOLD_SECONDS_ORDERS": str(HOLD_SECONDS),
        # All requests that go directly to a service come from one address.
        "READ_LIMIT_CATALOG": "600000/min",
        "READ_LIMIT_PAYMENTS": "600000/min",
        **{name: value.replace(FAILPOINTS, str(folder / "failpoints")) for name, value in settings.items()},
    }
    variables = {"MERCAT_STATE": str(folder / "state"), "MERCAT_PORT_OFFSET": str(offset), **settings}
    began = time.monotonic()
    try:
        await mercat("up", "--replicas", str(replicas), *options, **variables)
        print(f"store up with {replicas} replica(s) a service in {time.monotonic() - began:.1f} s", flush=True)
        os.environ["MERCAT_STATE"] = variables["MERCAT_STATE"]
        store = locate(offset=offset, replicas=replicas)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:
            yield ProofStore(store, http, settings)
    finally:
        os.environ.pop("MERCAT_STATE", None)
        await mercat("down", **variables)
        shutil.rmtree(folder, ignore_errors=True)
