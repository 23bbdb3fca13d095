"""Connections to addresses that strangers wrote: to public ones only.

Every address is looked at where its socket is made: what was checked is what is connected to, whatever the name says a
moment later, and an address written as a number is looked at too.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from chassis.http.public_addresses import Network, refusal

# Names that are looked up at once. A lookup cannot be stopped: one that hangs has its thread until the system gives up.
THREADS = 20


class RefusedAddress(Exception):
    """No connection is made to it; the message says why. Not an OSError: those have the name's next address tried."""


class _Names(AbstractResolver):
    """Looks up names in threads of its own: those of the event loop are needed to connect to anything, and for more."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """As the system knows the name."""
        look = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look)
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=str(address[0]), port=port, family=kind, proto=protocol, flags=numeric)
            for kind, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """Keep no thread but those that are in a lookup."""
        self._threads.shutdown(wait=False, cancel_futures=True)


# Tests resolve names of their own.
make_resolver: type[AbstractResolver] = _Names


class PublicConnector(aiohttp.TCPConnector):
    """Connects to `ports` of public addresses and of `networks`; of one host at most `per_host` times at once (0: any).

    Made within a running event loop. A connection that may not be made is a RefusedAddress.
    """

    def __init__(self, *, ports: Sequence[int], networks: Sequence[Network], per_host: int = 0) -> None:
        self._ports, self._networks, self._names = ports, networks, make_resolver()
        super().__init__(
            resolver=self._names,
            # Nothing is kept for later: but who asks for a name that is being looked up waits for that one lookup, so
            # that a name server that hangs holds one thread for each of its names.
            use_dns_cache=True,
            ttl_dns_cache=0,
            limit_per_host=per_host,
            happy_eyeballs_delay=None,
            force_close=True,
            socket_factory=self._checked_socket,
        )

    async def close(self, *, abort_ssl: bool = False) -> None:
        """Close its connections, and begin no lookup any more."""
        await super().close(abort_ssl=abort_ssl)
        await self._names.close()

    def _checked_socket(self, info: tuple[Any, ...]) -> socket.socket:
        """The socket of a connection that is about to be made."""
        family, kind, protocol, _, address = info
        host, port = str(address[0]), int(address[1])
        reason = refusal(host, port, ports=self._ports, networks=self._networks)
        if reason is not None:
            # Who wrote a name does not learn which address inside it has.
            raise RefusedAddress(reason if port not in self._ports else "its address is not public")
        return socket.socket(family, kind, protocol)
