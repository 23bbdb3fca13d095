"""Who sells: set by staff, told to the services that write mails and documents, and begun by the environment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec
import pytest

from chassis.shop_profile import Stored
from chassis.testing import RunningApp, running_app
from chassis.testing.keys import Bench
from shop.profile import begin_profile
from shop.tests.conftest import NOBODY
from shop.tests.profile.test_profile import STAFF, WISH, boss, change

SELLER: dict[str, Any] = {
    "name": "Tide & Fifth GmbH",
    "address": ["Torstr. 1", "10115 Berlin"],
    "vat_id": "DE136695976",
    "email": "hello@example.com",
    "registration": None,
}
TOLD = {"name": SELLER["name"], "lines": SELLER["address"], "vat_id": "DE136695976", "email": "hello@example.com"}


async def told(shop: RunningApp, caller: str = "orders") -> dict[str, Any]:
    answer = await shop.client.get("/internal/shop-profile", headers=shop.caller(caller))
    assert answer.status_code == 200
    msgspec.json.decode(answer.content, type=Stored)
    return answer.json()


async def test_what_staff_set_is_told_to_services_and_nothing_before(shop: RunningApp) -> None:
    assert await told(shop) == {"look": None, "seller": None}
    assert (await shop.client.get("/internal/shop-profile", headers=boss(shop))).status_code == 401
    changed = await change(shop, seller=SELLER)
    assert (changed.status_code, changed.json()["seller"]) == (200, SELLER)
    known = await told(shop, "identity")
    assert known["seller"] == {**TOLD, "registration": None}
    assert known["look"] == {
        "name": "Tide & Fifth",
        "colour": "#2a5c4d",
        "logo_url": WISH["logo_url"],
        "languages": ["de", "en"],
        "time_zone": "Europe/Berlin",
        "mail_name": "Tide",
        "reply_to": "hello@example.com",
    }
    # A program that knows nothing of it leaves it as it is; null takes it away.
    assert (await change(shop, 2)).json()["seller"] == SELLER
    assert (await change(shop, 3, seller=None)).json()["seller"] is None
    assert (await told(shop))["seller"] is None
    async with shop.ctx.db.read() as tx:
        lines = await tx.value("select string_agg(before::text || after::text, '') from audit_lines")
    assert "GmbH" in lines
    assert "hello@" not in lines


async def test_what_is_wrong_of_the_seller_is_named(shop: RunningApp) -> None:
    for fields, named in (
        ({"name": ""}, "seller.name"),
        ({"name": "a\nb"}, "seller.name"),
        ({"address": []}, "seller.address"),
        ({"address": ["x"] * 9}, "seller.address"),
        ({"address": ["a\u0000"]}, "seller.address.0"),
        ({"vat_id": "x" * 41}, "seller.vat_id"),
        ({"email": "nobody"}, "seller.email"),
        ({"registration": ""}, "seller.registration"),
        ({"iban": "DE"}, "seller.iban"),
    ):
        answer = await change(shop, seller={**SELLER, **fields})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, named)
    assert (await shop.client.get(STAFF, headers=boss(shop))).json()["version"] == 1


async def test_the_database_keeps_who_sells_whole_and_short(shop: RunningApp) -> None:
    for columns in (
        "seller_name = 'x'",
        "seller_lines = '{x}'",
        "seller_vat_id = 'x'",
        "seller_name = '', seller_lines = '{x}'",
        "seller_name = 'x', seller_lines = array_fill('x'::text, array[9])",
        "seller_name = 'x', seller_lines = array[repeat('x', 801)]",
        "seller_name = 'x', seller_lines = '{x}', seller_email = 'x'",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            async with shop.ctx.db.write_one() as tx:
                await tx.execute(f"update profile set {columns}")


BEGUN: dict[str, Any] = {
    "currencies": "EUR,USD",
    "shop_name": "Kirschgarten",
    "shop_address": "Am Weg 5 | 10115 Berlin",
    "shop_locale": "de",
}


@pytest.fixture
async def new_shop(bench: Bench) -> AsyncIterator[RunningApp]:
    async with running_app("shop", bench, urls=NOBODY, **BEGUN) as service:
        yield service


async def test_a_new_shop_begins_with_the_environment_once(new_shop: RunningApp) -> None:
    known = await told(new_shop)
    assert (known["look"]["name"], known["look"]["languages"]) == ("Kirschgarten", ["de", "en"])
    assert (known["seller"]["name"], known["seller"]["lines"]) == ("Kirschgarten", ["Am Weg 5", "10115 Berlin"])
    version = (await new_shop.client.get(STAFF, headers=boss(new_shop))).json()["version"]
    await asyncio.gather(*(begin_profile(new_shop.ctx) for _ in range(4)))
    assert (await change(new_shop, version, seller=SELLER)).status_code == 200
    await begin_profile(new_shop.ctx)
    known = await told(new_shop)
    assert (known["look"]["name"], known["seller"]["name"]) == ("Tide & Fifth", "Tide & Fifth GmbH")
