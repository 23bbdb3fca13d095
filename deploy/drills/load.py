"""Clients of a service through the edge: requests one after another, over kept connections or a new one for each."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

import aiohttp

PAUSE = 0.05  # seconds between two requests of a client, so that the pods that start get some of the CPU


@dataclass(frozen=True)
class Request:
    """A request, and the status of its only right answer."""

    method: str
    path: str
    status: int
    body: bytes | None = None


# A read and a request that nobody sends again: of each service, and with its database where it has one such.
REQUESTS = {
    "catalog": (
        Request("GET", "/api/v1/products?limit=2", 200),
        Request("PATCH", "/api/v1/admin/products/none", 401, b"{}"),
    ),
    "identity": (
        Request("GET", "/.well-known/jwks.json", 200),
        Request("POST", "/api/v1/sessions/refresh", 403, b"{}"),
    ),
    "orders": (
        Request("GET", "/api/v1/checkout/settings", 200),
        Request("POST", "/api/v1/cart", 201, b'{"currency": "EUR"}'),
    ),
    # Its documents are made of what other services answer, and the drill's pods reach none: so a file, of any release.
    "pages": (
        Request("GET", "/assets/0000000000000000/js/main.js", 200),
        Request("POST", "/cart", 405),
    ),
    "shop": (
        Request("GET", "/api/v1/shop", 200),
        Request("PUT", "/api/v1/admin/shop", 401, b"{}"),
    ),
    "payments": (
        Request("GET", "/api/v1/payments/configuration", 200),
        Request("POST", "/webhooks/stripe", 400, b"{}"),
    ),
}


@dataclass
class Load:
    """`clients` of a service at the edge, half of them with kept connections; what came of each request."""

    edge: str
    host: str
    requests: tuple[Request, ...]
    clients: int = 4
    right: int = 0
    wrong: Counter[str] = field(default_factory=Counter)

    async def run(self, end: asyncio.Event) -> None:
        """Send requests until `end`."""
        async with asyncio.TaskGroup() as group:
            for number in range(self.clients):
                group.create_task(self._client(end, keep=number % 2 == 0))

    async def once(self) -> Counter[str]:
        """Send each request once; what went wrong."""
        # nosemgrep: certificate-unchecked -- the drill's own Traefik, on this machine
        connector = aiohttp.TCPConnector(ssl=False)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=30)) as session:
            for request in self.requests:
                await self._send(session, request)
        return self.wrong

    async def _client(self, end: asyncio.Event, *, keep: bool) -> None:
        # nosemgrep: certificate-unchecked -- the drill's own Traefik, on this machine
        connector = aiohttp.TCPConnector(force_close=not keep, limit=1, ssl=False)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=30)) as session:
            while not end.is_set():
                for request in self.requests:
                    await self._send(session, request)
                    await asyncio.sleep(PAUSE)

    async def _send(self, session: aiohttp.ClientSession, request: Request) -> None:
        # Each request of another shopper: limits by address are not what is tried here.
        shopper = f"198.{random.randint(18, 19)}.{random.randint(0, 255)}.{random.randint(1, 254)}"  # noqa: S311 -- no secret
        headers = {"Host": self.host, "X-Forwarded-For": shopper, "Content-Type": "application/json"}
        try:
            sent = session.request(request.method, self.edge + request.path, data=request.body, headers=headers)
            async with sent as answer:
                await answer.read()
                outcome = "" if answer.status == request.status else str(answer.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            outcome = type(error).__name__
        if outcome:
            self.wrong[f"{request.method} {request.path}: {outcome}"] += 1
        else:
            self.right += 1
