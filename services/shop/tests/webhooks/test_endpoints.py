"""Endpoints of webhooks: made, changed and deleted by who may, bounded, and what is refused."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import uuid4

import pytest

from chassis.testing.routes import answers_unlike_fastapi, takes_any_query
from chassis.values import uuid7
from shop.settings import ShopSettings
from shop.tests.webhooks.desk import HOOKS, Desk


async def test_endpoints_are_made_once_changed_by_version_and_deleted(desk: Desk) -> None:
    key = str(uuid4())
    first, again = await desk.add(key=key), await desk.add(key=key)
    assert (first.status_code, again.json()) == (201, first.json())
    hook = first.json()["id"]
    assert first.headers["location"] == f"{HOOKS}/{hook}"
    body = {"url": desk.receiver.url("/new"), "title": "New", "types": ["order.returned"], "status": "off"}
    answers = await asyncio.gather(*(desk.ask("PUT", f"/{hook}", body | {"version": 1}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["type"], refused["version"]) == ("endpoint-changed", 2)
    shown = (await desk.ask("GET", f"/{hook}")).json()
    assert (shown["title"], shown["off_reason"], shown["version"]) == ("New", "staff", 2)
    assert (await desk.ask("PUT", f"/{uuid7()}", body | {"version": 1})).status_code == 404
    assert [(await desk.ask("DELETE", f"/{hook}")).status_code for _ in range(2)] == [204, 204]
    assert (await desk.ask("GET", f"/{hook}")).status_code == 404
    assert (await desk.ask("GET", f"/{hook}/deliveries")).status_code == 404


async def test_there_are_twenty_at_most_however_many_are_made_at_once(desk: Desk) -> None:
    answers = await asyncio.gather(*(desk.add() for _ in range(23)))
    assert sorted(answer.status_code for answer in answers) == [201] * 20 + [409] * 3
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["type"], refused["limit"]) == ("too-many-endpoints", 20)
    assert len((await desk.ask("GET")).json()["items"]) == 20


async def test_what_is_wrong_is_named_and_makes_no_endpoint(desk: Desk) -> None:
    port = desk.receiver.port
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"url": "ftp://example.com/"}, "url"),
        ({"url": f"http://169.254.169.254:{port}/latest"}, "url"),
        ({"url": f"http://[::1]:{port}/"}, "url"),
        ({"url": "https://example.com:22/"}, "url"),
        ({"url": "https://ada:secret@example.com/"}, "url"),
        ({"url": "https://example.com/#part"}, "url"),
        ({"url": "https://exa mple.com/"}, "url"),
        ({"url": "https://example.com/" + "x" * 500}, "url"),
        ({"url": "https://[/"}, "url"),
        ({"title": ""}, "title"),
        ({"types": []}, "types"),
        ({"types": ["order.paid", "order.paid"]}, "types"),
        ({"types": ["session.ended"]}, "types.0"),
        ({"secret": "mine"}, "secret"),
    ]
    for fields, named in wrong:
        answer = await desk.add(**fields)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, named), fields
    assert await desk.do("select count(*) from webhook_endpoints") == 0
    hook = await desk.made()
    assert (await desk.ask("POST", f"/{hook}/secret", {"version": 0})).status_code == 422
    assert (await desk.ask("GET", f"/{hook}/deliveries?state=lost")).status_code == 422


async def test_without_networks_of_their_own_addresses_are_https(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.shop.ctx, "settings", desk.shop.ctx.settings.model_copy(update={"webhook_networks": []}))
    assert "https" in (await desk.add()).json()["errors"][0]["message"]
    assert (await desk.add(url="https://erp.example.com/hook")).status_code == 201


async def test_only_who_may_sees_webhooks_and_secrets_take_a_recent_sign_in(desk: Desk) -> None:
    hook = await desk.made()
    client = desk.shop.client
    assert (await client.get(HOOKS, headers=desk.shop.token(uuid7(), ("settings:write",)))).status_code == 403
    assert (await client.get(HOOKS)).status_code == 401
    old = desk.shop.token(uuid7(), ("webhooks:write",), auth_time=int(time.time()) - 3600)
    assert (await client.get(f"{HOOKS}/{hook}/secret", headers=old)).json()["type"] == "step-up-required"
    shown = await desk.ask("GET", f"/{hook}/secret")
    assert shown.headers["cache-control"] == "no-store"
    assert (await desk.ask("GET", f"/{uuid7()}/secret")).status_code == 404
    actions = await desk.do("select array_agg(action order by id) from audit_lines where action like 'webhook%'")
    assert actions == ["webhook.created", "webhook.secret_read"]


async def test_every_operation_refuses_a_query_that_it_does_not_take(desk: Desk) -> None:
    assert await takes_any_query(desk.shop) == []
    staff = desk.shop.token(uuid7(), ("webhooks:write", "keys:write", "settings:read", "settings:write"))
    assert await answers_unlike_fastapi(desk.shop, staff, desk.shop.caller("orders")) == []


def test_production_sends_to_the_public_internet_alone(tmp_path) -> None:
    key = tmp_path / "key"
    key.write_bytes(b"short")
    settings = ShopSettings(
        database_url="postgresql://shop:x@db/shop",
        service_key_file=key,
        callers_file=key,
        webhook_networks=["10.0.0.0/8"],
    )
    assert any("WEBHOOK_NETWORKS" in line for line in settings.unfit_for_production())
    with pytest.raises(ValueError, match="32 bytes"):
        settings.webhook_key()
