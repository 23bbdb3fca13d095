from __future__ import annotations

import pytest

TOOLS = ("/mail", "/mail/api/messages", "/mail/1", "/docs", "/docs/openapi.json", "/about", "/_portal/state")


@pytest.fixture
def public(installation, monkeypatch):
    monkeypatch.setenv("PORTAL_PUBLIC_URL", "https://shop.example:8443")
    shop = installation.root / "web" / "storefront"
    shop.mkdir(parents=True)
    (shop / "index.html").write_text("the storefront")


STRANGERS = [
    {"Host": "shop.example"},
    {"Host": "SHOP.example:8080"},
    {"Host": "evil.example"},
    {"Host": "evil.example:8006"},
    {"Host": "localhost.evil.example"},
    {"Host": "localhost@evil.example"},
    {"Host": "[::1"},
    {"Host": ""},
    {"Host": "localhost, evil.example"},
    {"X-Forwarded-Host": "shop.example"},
    {"X-Forwarded-Host": "localhost, shop.example"},
    {"X-Forwarded-For": "203.0.113.9"},
    {"X-Forwarded-For": "203.0.113.9, 127.0.0.1"},
    {"X-Forwarded-For": "127.0.0.1, nobody"},
    {"Forwarded": "for=127.0.0.1"},
]


@pytest.mark.parametrize("headers", STRANGERS)
async def test_tools_are_refused_for_other_hosts(public, portal, headers):
    for path in TOOLS:
        answer = await portal.get(path, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (404, "not-found"), path
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "127.0.0.1:8006"},
        {"Host": "[::1]:8006"},
        {"X-Forwarded-Host": "localhost:8080", "X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-For": "::1"},
    ],
)
async def test_tools_are_served_for_local_hosts(public, portal, headers):
    for path in ("/mail", "/docs", "/about", "/_portal/state"):
        assert (await portal.get(path, headers=headers)).status_code == 200, path


async def test_storefront_is_served_for_local_and_public_names_only(public, portal):
    for host, status in {"shop.example": 200, "shop.example.:443": 200, "localhost": 200, "evil.example": 404}.items():
        assert (await portal.get("/", headers={"Host": host})).status_code == status


async def test_without_a_storefront_forwarded_requests_get_404(portal, monkeypatch):
    assert (await portal.get("/")).status_code == 200
    assert (await portal.get("/", headers={"X-Forwarded-For": "203.0.113.9"})).status_code == 404
