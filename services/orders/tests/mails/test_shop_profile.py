"""Mails and documents say who the shop is as its people set it, and go on saying it while the service shop is away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from chassis.shop_profile import KeptShop, refresh
from chassis.testing import LiveService, eventually, live_service
from chassis.testing.keys import Bench
from chassis.values import uuid7
from orders.tests.documents.examples import invoiced
from orders.tests.shop import Placed, Shop

# Where it is another day than in UTC at this hour: a document that did not keep its time zone would be drawn otherwise.
ELSEWHERE = "Pacific/Kiritimati" if datetime.now(UTC).hour >= 11 else "Pacific/Pago_Pago"
WISH: dict[str, Any] = {
    "name": "Tide & Fifth",
    "logo_url": None,
    "colours": {"primary": "#2a5c4d", "accent": "#c8553d", "background": "#ffffff"},
    "currencies": [],
    "languages": ["de-AT", "en"],
    "time_zone": ELSEWHERE,
    "mail_sender": {"name": "Köln <Tide>", "reply_to": "hello@tide.example"},
}
SELLER: dict[str, Any] = {"name": "Tide GmbH", "address": ["Torstr. 1", "10115 Berlin"], "vat_id": None, "email": None}


@pytest.fixture(scope="module")
def live_shop(bench: Bench) -> Iterator[LiveService]:
    with live_service("shop", bench) as live:
        yield live


@pytest.fixture
def overrides(live_shop: LiveService, neighbours: Any) -> dict[str, object]:
    catalog, payments, _ = neighbours
    urls = {"catalog": [catalog.url], "payments": [payments.url], "shop": [live_shop.url]}
    return {"service_urls": urls, "shop_name": "Kirschgarten", "shop_address": "Am Weg 5 | 10115 Berlin"}


async def set_profile(live: LiveService, bench: Bench, **fields: Any) -> None:
    token = bench.keyring.access_token(uuid7(), ("settings:read", "settings:write"))
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        path = f"{live.url}/api/v1/admin/shop"
        version = (await client.get(path)).json()["version"]
        answer = await client.put(path, json={**WISH, "version": version, **fields})
        assert answer.status_code == 200, answer.text


async def known_as(shop: Shop, name: str) -> None:
    await refresh(shop.service.ctx)
    await eventually(lambda: shop.service.ctx.get(KeptShop).look.name == name, what=f"the shop to be {name}")


async def pdf(shop: Shop, placed: Placed) -> bytes:
    (invoice,) = await invoiced(shop, placed)
    path = f"/api/v1/orders/{placed.id}/documents/{invoice.id}.pdf"
    answer = await shop.client.get(path, headers=placed.key)
    assert answer.status_code == 200
    return answer.content


async def test_what_is_set_is_said_from_then_on_and_no_document_changes(
    shop: Shop, live_shop: LiveService, bench: Bench
) -> None:
    ctx, article = shop.service.ctx, shop.shelves.article()
    await refresh(ctx)
    assert ctx.get(KeptShop).look.name == "Kirschgarten"
    before = await shop.place((article, 1))
    await shop.paid(before)
    (old,) = await invoiced(shop, before)
    assert old.content.seller.lines == ["Kirschgarten", "Am Weg 5", "10115 Berlin"]
    first = await shop.mail()
    assert first["From"] == "Mercat <shop@mercat.example>"
    drawn = await pdf(shop, before)
    shop.mailbox.mails.clear()

    await set_profile(live_shop, bench, seller={**SELLER, "registration": "HRB 1"})
    await known_as(shop, "Tide & Fifth")
    after = await shop.place((article, 1))
    await shop.paid(after)
    (new,) = await invoiced(shop, after)
    assert (new.content.seller.lines, new.content.seller.contact) == (["Tide GmbH", *SELLER["address"]], "HRB 1")
    assert (new.content.time_zone, new.language) == (ELSEWHERE, "de")
    assert await pdf(shop, before) == drawn
    mail = await shop.mail()
    assert (mail["From"], mail["Reply-To"]) == ('"Köln <Tide>" <shop@mercat.example>', "hello@tide.example")
    page = mail.get_body(("html",)).get_content()
    assert "Tide &amp; Fifth" in page
    assert "#2a5c4d" in page
    assert "Torstr. 1" in page

    live_shop.process.kill()
    live_shop.process.wait()
    await refresh(ctx)
    assert ctx.get(KeptShop).look.name == "Tide & Fifth"
    assert await shop.value("select stored #>> '{seller,name}' from shop_profile") == "Tide GmbH"


async def test_a_copy_that_cannot_be_read_leaves_what_is_known_and_is_read_again(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    """Such as one that a later version of the store has written."""

    async def write(stored: str) -> None:
        sql = "update shop_profile set stored = $1::text::jsonb returning pg_notify('shop_profile', '')"
        async with shop.service.ctx.db.write() as tx:
            await tx.value(sql, stored)

    async with shop.service.ctx.db.write() as tx:
        await tx.execute("insert into shop_profile (stored) values ('{}') on conflict do nothing")
    said: list[str] = []

    def unreadable() -> bool:
        said.append(capfd.readouterr().out)
        return "shop_profile.unreadable" in "".join(said)

    known = shop.service.ctx.get(KeptShop)
    before = known.look.name
    await write('{"look": 5}')
    await eventually(unreadable, what="the line of the log")
    assert known.look.name == before
    look = {"name": "Tide", "colour": "#2a5c4d", "logo_url": None, "languages": ["en"], "time_zone": "UTC"}
    await write(json.dumps({"look": look}))
    await eventually(lambda: known.look.name == "Tide", what="the copy to be read again")
