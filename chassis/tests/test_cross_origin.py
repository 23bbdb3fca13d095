from __future__ import annotations

import pytest

from chassis.config import Settings, WrongSettings, read_settings
from chassis.testing import running_app

PAGE = "https://www.shop.example"
PATH = "/api/v1/greetings/Ada"


@pytest.fixture
async def client(bench):
    async with running_app("hello", bench, cors_origins=[PAGE, "http://localhost:3000"]) as service:
        yield service.client


async def test_without_the_setting_no_page_of_another_origin_may_read(bench):
    async with running_app("hello", bench) as service:
        answer = await service.client.post(PATH, headers={"Origin": PAGE})
        asked = await service.client.options(PATH, headers={"Origin": PAGE, "Access-Control-Request-Method": "POST"})
    assert not [name for name in (*answer.headers, *asked.headers) if name.startswith("access-control")]
    assert "vary" not in answer.headers


@pytest.mark.parametrize("origin", [PAGE, "http://localhost:3000"])
async def test_a_listed_origin_may_call_and_read_refusals_too(client, origin):
    wanted = "authorization,cart-token,content-type,idempotency-key,if-match,order-token,x-mercat"
    headers = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": wanted}
    asked = await client.options(PATH, headers={"Origin": origin, **headers})
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == origin
    assert asked.headers["access-control-allow-credentials"] == "true"
    assert set(wanted.split(",")) <= set(asked.headers["access-control-allow-headers"].lower().split(", "))
    answer = await client.post(PATH, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["type"]) == (401, "unauthenticated")
    assert answer.headers["access-control-allow-origin"] == origin
    assert {"ETag", "Retry-After", "X-Request-Id"} <= set(answer.headers["access-control-expose-headers"].split(", "))
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    "origin", ["https://shop.example", "https://www.shop.example.evil.example", "http://www.shop.example", "null", None]
)
async def test_an_unlisted_origin_is_not_allowed(client, origin):
    answer = await client.post(PATH, headers={"Origin": origin} if origin else {})
    assert answer.status_code == 401
    assert "access-control-allow-origin" not in answer.headers
    # Or a cache would give this answer to the page that may read it.
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize("value", ["*", "https://shop.example/", "shop.example", "null", "https://*.shop.example"])
def test_what_is_no_exact_origin_is_refused_at_start(monkeypatch, tmp_path, value):
    for name in ("DATABASE_URL", "SERVICE_KEY_FILE", "CALLERS_FILE"):
        monkeypatch.setenv(name, "postgresql://x/y")
    monkeypatch.setenv("CORS_ORIGINS", f"{PAGE}, {value}")
    with pytest.raises(WrongSettings, match="CORS_ORIGINS: an origin is"):
        read_settings(Settings)
    monkeypatch.setenv("CORS_ORIGINS", f"{PAGE}, http://localhost:3000")
    assert read_settings(Settings).cors_origins == [PAGE, "http://localhost:3000"]


def test_production_takes_encrypted_origins_alone(monkeypatch):
    for name in ("DATABASE_URL", "SERVICE_KEY_FILE", "CALLERS_FILE"):
        monkeypatch.setenv(name, "postgresql://x:long-and-own@db.shop.example/y")
    environment = {"ENVIRONMENT": "production", "PUBLIC_URL": PAGE, "CORS_ORIGINS": "http://localhost:3000"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings, match="CORS_ORIGINS names an origin that is local"):
        read_settings(Settings)
