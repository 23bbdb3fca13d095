"""Which addresses of strangers may be connected to: public ones only, at the ports of the web."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

# IANA's special-purpose registry and what is multicast or reserved, written out, so that no version of Python decides;
# and an address of Azure's that is public by its number alone: its hosts' own service.
_V4_REFUSED = [
    ip_network(text)
    for text in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 "
        "192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 "
        "203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32"
    ).split()
]
# What is assigned to the public. All else is refused by not being within: loopback, link-local, unique local, mapped
# and translated IPv4 (::ffff:0:0/96, 64:ff9b::/96), multicast.
_V6_PUBLIC = ip_network("2000::/3")
# Within it, but not the public's: Teredo and other protocols, documentation, 6to4.
_V6_REFUSED = [ip_network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]


def refusal(host: str, port: int, *, ports: Sequence[int], networks: Sequence[Network]) -> str | None:
    """Why no connection may be made to this IP address and port; None: it may.

    `networks` may be connected to beside what is public.
    """
    if port not in ports:
        return f"port {port} is not one of the web's ({', '.join(map(str, ports))})"
    try:
        address = ip_address(host)
    except ValueError:
        # A scope, as in fe80::1%eth0: never public.
        return f"{host} is not a public address"
    if any(address in network for network in networks) or _public(address):
        return None
    return f"{address} is not a public address"


def _public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _V4_REFUSED)
    return address in _V6_PUBLIC and not any(address in network for network in _V6_REFUSED)
