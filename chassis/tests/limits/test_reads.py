from types import SimpleNamespace

import pytest
from fastapi import Depends, FastAPI

from chassis.limits import Proxies, gcra, public_read, take_read
from chassis.limits.reads import Reads
from chassis.problems import RateLimited
from chassis.tests.auth.support import client_of
from chassis.web.middleware import RequestMiddleware


def scope(peer: str) -> dict:
    return {"client": (peer, 1), "headers": []}


def at_one_moment(rate: str) -> Reads:
    reads = Reads(rate, Proxies([]))
    reads._local = gcra.Local(clock=lambda: 50_000_000_000)
    return reads


def test_each_subscriber_has_its_own_count():
    reads = at_one_moment("2/min")
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
        extras={}, settings=SimpleNamespace(read_limit="1/h"), limiter=SimpleNamespace(proxies=Proxies([]))
    )
    take_read(context, scope("198.51.100.1"))
    with pytest.raises(RateLimited, match="Too many reads from your address"):
        take_read(context, scope("198.51.100.1"))


async def test_a_public_read_is_limited_and_has_no_limit_headers():
    app = FastAPI()
    limiter = SimpleNamespace(proxies=Proxies([]))
    app.state.context = SimpleNamespace(extras={Reads: at_one_moment("1/h")}, limiter=limiter)

    @app.get("/shelf", dependencies=[Depends(public_read)])
    async def shelf() -> int:
        return 1

    app.add_middleware(RequestMiddleware)
    async with client_of(app) as client:
        answers = [await client.get("/shelf") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert "ratelimit" not in answers[0].headers
    assert answers[1].headers["retry-after"] == "3600"
