"""Which addresses are public."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from chassis.http.public_addresses import refusal

INSIDE = """
0.0.0.0 10.1.2.3 100.64.0.1 100.100.100.200 127.0.0.1 127.9.9.9 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.192
192.168.1.1 198.18.0.1 203.0.113.7 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16 192.88.99.1
:: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 fe80::1 fe80::1%eth0 fc00::1
fd00:ec2::254 ff02::1 2002:7f00:1:: 2001::1 2001:db8::1 3fff::1 fec0::1 5f00::1 100::1
""".split()


@pytest.mark.parametrize("host", INSIDE)
def test_what_is_not_public_is_refused(host: str):
    assert refusal(host, 443, ports=[80, 443], networks=[]) is not None


@pytest.mark.parametrize("host", ["8.8.8.8", "23.227.38.65", "172.32.0.1", "2606:4700::6810:84e5", "2a00:1450:4001::1"])
def test_what_is_public_may_be_fetched_from(host: str):
    assert refusal(host, 443, ports=[80, 443], networks=[]) is None
    assert refusal(host, 80, ports=[80, 443], networks=[]) is None
    assert refusal(host, 22, ports=[80, 443], networks=[]) is not None


@pytest.mark.parametrize("host", ["shop.example", "8.8.8.8%eth0", "0x8.8.8.8", ""])
def test_what_is_no_address_is_refused(host: str):
    assert refusal(host, 443, ports=[80, 443], networks=[]) == f"{host} is not a public address"


def test_a_network_can_be_allowed():
    allowed = [ip_network("127.0.0.0/8")]
    assert refusal("127.0.0.1", 8080, ports=[8080], networks=allowed) is None
    assert refusal("127.0.0.1", 443, ports=[8080], networks=allowed) is not None
    assert refusal("::ffff:127.0.0.1", 8080, ports=[8080], networks=allowed) is not None
    assert refusal("10.0.0.1", 8080, ports=[8080], networks=allowed) is not None
