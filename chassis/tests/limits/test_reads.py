from types import SimpleNamespace

import pytest

from chassis.limits import Proxies, take_read
from chassis.limits.reads import Reads
from chassis.problems import RateLimited


def scope(peer: str) -> dict:
    return {"client": (peer, 1), "headers": []}


def test_each_subscriber_has_its_own_count():
    reads = Reads("2/min", Proxies([]))
    for peer in ("198.51.100.1", "198.51.100.2", "2001:db8:1:2::1"):
        reads.take(scope(peer))
        reads.take(scope(peer))
    for peer in ("198.51.100.1", "198.51.100.2", "2001:db8:1:2::1", "2001:db8:1:2:ffff::9"):
        with pytest.raises(RateLimited) as refusal:
            reads.take(scope(peer))
        assert refusal.value.headers == {"Retry-After": "30", "RateLimit-Policy": '"reads";q=2;w=60'}
    reads.take(scope("2001:db8:1:3::1"))


def test_a_service_counts_its_routes_together():
    context = SimpleNamespace(
        extras={}, settings=SimpleNamespace(read_limit="1/min"), limiter=SimpleNamespace(proxies=Proxies([]))
    )
    take_read(context, scope("198.51.100.1"))  # type: ignore[arg-type]  # what of a context is read here
    with pytest.raises(RateLimited, match="Too many reads from your address"):
        take_read(context, scope("198.51.100.1"))  # type: ignore[arg-type]  # as above
