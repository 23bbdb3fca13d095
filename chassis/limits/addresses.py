"""The address of the client that sent a request, read past trusted proxies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

MAX_KEPT = 10_000
MAX_HOPS = 20
MAX_FORWARDED = 1_000  # bytes: twenty hops of IPv6
_KEPT_IN = "mercat.client"
UNKNOWN = "0.0.0.0"  # noqa: S104 -- stands for no address; nothing listens on it


class Proxies:
    """Reads X-Forwarded-For from right to left while the hop that added it is one of `trusted`."""

    def __init__(self, trusted: Sequence[IPv4Network | IPv6Network]) -> None:
        self._trusted = tuple(trusted)
        self._kept: dict[tuple[str, bytes], str] = {}

    def client(self, scope: Any) -> str:
        """The address of the nearest hop that is not a trusted proxy; found once for each request."""
        found: str | None = scope.get(_KEPT_IN)
        if found is None:
            found = scope[_KEPT_IN] = self._client(scope)
        return found

    def _client(self, scope: Any) -> str:
        peer = scope.get("client")
        forwarded = b""
        for name, value in scope["headers"]:
            if name == b"x-forwarded-for":
                forwarded = forwarded + b"," + value if forwarded else value
        if len(forwarded) > MAX_FORWARDED:
            # Bounded, since it is cached. The nearest hops are at the end; the first of the rest may be cut in two.
            forwarded = forwarded[-MAX_FORWARDED:].partition(b",")[2]
        # Without a peer it came through a Unix socket, which only this machine can open.
        key = (peer[0] if peer else "127.0.0.1", forwarded)
        known = self._kept.get(key)
        if known is None:
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            known = self._kept[key] = self._resolve(*key)
        return known

    def _resolve(self, peer: str, forwarded: bytes) -> str:
        address = _parsed(peer)
        if address is None:
            return UNKNOWN
        hops = forwarded.decode("latin-1").rsplit(",", MAX_HOPS)[-MAX_HOPS:] if forwarded else []
        for hop in reversed(hops):
            if not self._trusts(address):
                break
            before = _parsed(hop.strip())
            if before is None:
                break  # the trusted hop passed on what is no address: its own is the nearest that is known
            address = before
        return str(address)

    def _trusts(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def network_of(address: str) -> str:
    """The network that one subscriber has: an IPv4 address, or the /64 of an IPv6 address."""
    return address if ":" not in address else _subnet(address)


@lru_cache(maxsize=MAX_KEPT)
def _subnet(address: str) -> str:
    return f"{IPv6Address(int(IPv6Address(address)) >> 64 << 64)}/64"
