from ipaddress import ip_network

import pytest

from chassis.limits import Proxies, addresses, network_of

PROXIES = Proxies([ip_network("10.0.0.0/8"), ip_network("fd00::/8")])


def client(peer: str | None, *forwarded: str, proxies: Proxies = PROXIES) -> str:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    return proxies.client({"client": (peer, 1) if peer else None, "headers": [(b"host", b"x"), *headers]})


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.1, 10.0.0.7"], "198.51.100.1"),
        ("10.0.0.1", ["6.6.6.6", "198.51.100.1,10.0.0.7"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, , 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["é"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("fd00::1", ["[2001:db8::5]"], "2001:db8::5"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("fe80::1%eth0", [], "fe80::1"),
        ("nonsense", ["198.51.100.1"], "0.0.0.0"),
        (None, ["198.51.100.1"], "127.0.0.1"),
        ("10.0.0.1", [",".join(["10.0.0.9"] * 5000)], "10.0.0.9"),
        ("10.0.0.1", [f"198.51.100.1{',10.0.0.9' * 5}"], "198.51.100.1"),
        ("10.0.0.1", [f"1{',10.0.0.99' * 100}"], "10.0.0.99"),
    ],
)
def test_the_client_is_the_nearest_hop_that_we_do_not_trust(peer: str | None, forwarded: list[str], expected: str):
    assert client(peer, *forwarded) == expected
    assert client(peer, *forwarded) == expected


def test_a_unix_socket_counts_as_a_trusted_proxy():
    local = Proxies([ip_network("127.0.0.0/8")])
    assert client(None, "198.51.100.1", proxies=local) == "198.51.100.1"


def test_the_cache_of_resolved_addresses_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(addresses, "MAX_KEPT", 5)
    proxies = Proxies([])
    for number in range(100):
        assert client(f"203.0.113.{number}", proxies=proxies) == f"203.0.113.{number}"
    assert len(proxies._kept) <= 5


def test_a_long_chain_of_hops_is_not_kept_whole():
    proxies = Proxies([ip_network("10.0.0.0/8")])
    for number in range(3):
        chain = f"{number}{', 10.0.0.9' * 3_000}, 198.51.100.1"
        assert client("10.0.0.1", chain, proxies=proxies) == "198.51.100.1"
    (kept,) = proxies._kept
    assert len(kept[1]) < addresses.MAX_FORWARDED


def test_the_address_of_a_request_is_resolved_once():
    scope = {"client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", b"198.51.100.1")]}
    assert PROXIES.client(scope) == "198.51.100.1"
    scope["headers"] = []
    assert PROXIES.client(scope) == "198.51.100.1"


def test_an_ipv6_address_counts_as_its_64_prefix():
    assert network_of("198.51.100.1") == "198.51.100.1"
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
