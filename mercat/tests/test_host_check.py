from __future__ import annotations

import pytest

TOOLS = ("/mail", "/mail/api/messages", "/mail/1", "/docs", "/docs/openapi.json", "/about", "/_portal/state")


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
async def test_tools_are_refused_for_other_hosts(portal, headers):
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
async def test_tools_are_served_for_local_hosts(portal, headers):
    for path in ("/mail", "/docs", "/about", "/_portal/state"):
        assert (await portal.get(path, headers=headers)).status_code == 200, path
