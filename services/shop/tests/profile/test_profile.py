"""The shop's settings: who reads and changes them, at once, and what is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from chassis.testing import RunningApp
from chassis.values import uuid7

STAFF, PUBLIC = "/api/v1/admin/shop", "/api/v1/shop"
WISH: dict[str, Any] = {
    "name": "Tide & Fifth",
    "logo_url": "https://cdn.example.com/logo.svg",
    "colours": {"primary": "#2a5c4d", "accent": "#c8553d", "background": "#fffffe"},
    "currencies": ["USD", "EUR"],
    "languages": ["de", "en"],
    "time_zone": "Europe/Berlin",
    "mail_sender": {"name": "Tide", "reply_to": "hello@example.com"},
}
TEXT = {"title": "Returns", "body": "You have 30 days.\nSend it back."}


def boss(shop: RunningApp) -> dict[str, str]:
    return shop.token(uuid7(), ("settings:read", "settings:write"))


async def change(shop: RunningApp, version: int = 1, **fields: Any) -> httpx.Response:
    return await shop.client.put(STAFF, json={**WISH, "version": version, **fields}, headers=boss(shop))


async def text(shop: RunningApp, place: str, method: str = "PUT", **fields: Any) -> httpx.Response:
    body = None if method == "DELETE" else TEXT | fields
    return await shop.client.request(method, f"{STAFF}/policies/{place}", json=body, headers=boss(shop))


async def audited(shop: RunningApp) -> list[str]:
    async with shop.ctx.db.read() as tx:
        return await tx.value("select coalesce(array_agg(action order by id), '{}') from audit_lines")


async def test_what_staff_set_everybody_reads(shop: RunningApp) -> None:
    first = await shop.client.get(PUBLIC)
    assert (first.json()["name"], first.json()["currencies"]) == ("Mercat", ["EUR", "USD", "GBP"])
    again = await shop.client.get(PUBLIC, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    changed = await change(shop)
    assert (changed.status_code, changed.json()["version"], changed.json()["mail_sender"]) == (
        200,
        2,
        WISH["mail_sender"],
    )
    shown = (await shop.client.get(PUBLIC)).json()
    assert shown == {name: WISH[name] for name in WISH if name != "mail_sender"} | {"policies": []}
    assert (await shop.client.get(STAFF, headers=boss(shop))).json() == changed.json()
    plain = await change(shop, 2, currencies=[], logo_url=None, mail_sender={"name": None, "reply_to": None})
    assert (plain.json()["currencies"], plain.json()["logo_url"]) == (["EUR", "USD", "GBP"], None)
    async with shop.ctx.db.read() as tx:
        told = await tx.value("select before::text || after::text from audit_lines order by id limit 1")
    assert "Mercat" in told
    assert "hello@" not in told


async def test_of_many_changes_at_once_one_wins(shop: RunningApp) -> None:
    spoken = (["de", "fr"], ["fr", "en"], ["es"], ["en", "es", "de"])
    answers = await asyncio.gather(*(change(shop, languages=each) for each in spoken))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    won = next(answer.json() for answer in answers if answer.status_code == 200)
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["type"], refused["version"]) == ("profile-changed", 2)
    assert (await shop.client.get(STAFF, headers=boss(shop))).json() == won
    assert await audited(shop) == ["shop.changed"]


async def test_texts_are_read_in_a_language_that_the_shop_has(shop: RunningApp) -> None:
    assert (await text(shop, "returns/de")).json()["errors"][0]["field"] == "path.language"
    assert (await shop.client.get(f"{PUBLIC}/policies/returns")).status_code == 404
    await change(shop, languages=["de", "en", "fr"])
    whole = await text(shop, "returns/en", body="§" * 60_000)
    assert (whole.status_code, len(whole.json()["body"])) == (200, 60_000)
    assert (await text(shop, "returns/en")).status_code == 200
    assert (await text(shop, "returns/de", title="Rückgabe")).status_code == 200
    assert (await text(shop, "returns/de", title="Rücksendung")).json()["title"] == "Rücksendung"
    for query, title in (("", "Rücksendung"), ("?language=en", "Returns"), ("?language=fr", "Rücksendung")):
        found = await shop.client.get(f"{PUBLIC}/policies/returns{query}")
        assert (found.status_code, found.json()["title"]) == (200, title), query
    listed = (await shop.client.get(PUBLIC)).json()["policies"]
    assert [(each["kind"], each["language"]) for each in listed] == [("returns", "de"), ("returns", "en")]
    kept = await change(shop, 2, languages=["en"])
    assert (kept.status_code, kept.json()["type"]) == (409, "language-in-use")
    assert (await shop.client.get(STAFF, headers=boss(shop))).json()["version"] == 2
    assert [(await text(shop, "returns/de", "DELETE")).status_code for _ in range(2)] == [204, 204]
    assert (await change(shop, 2, languages=["en"])).status_code == 200
    assert (await shop.client.get(f"{PUBLIC}/policies/returns?language=de")).json()["title"] == "Returns"
    assert await audited(shop) == ["shop.changed", *["policy.written"] * 4, "policy.deleted", "shop.changed"]


async def test_a_language_that_is_left_out_while_a_text_is_written_has_none(shop: RunningApp) -> None:
    for version in range(1, 10, 2):
        await change(shop, version, languages=["en", "fr"])
        wrote, left = await asyncio.gather(text(shop, "terms/fr"), change(shop, version + 1, languages=["en"]))
        assert (wrote.status_code, left.status_code) in {(200, 409), (422, 200)}
        if left.status_code == 409:
            await text(shop, "terms/fr", "DELETE")
            assert (await change(shop, version + 1, languages=["en"])).status_code == 200


async def test_what_is_wrong_is_named_and_changes_nothing(shop: RunningApp) -> None:
    for fields, named in (
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\u0000b"}, "name"),
        ({"logo_url": "javascript:alert(1)"}, "logo_url"),
        ({"logo_url": "https://a.example/" + "x" * 500}, "logo_url"),
        ({"colours": {"primary": "red", "accent": "#ffffff", "background": "#ffffff"}}, "colours.primary"),
        ({"currencies": ["HUF"]}, "currencies.0"),
        ({"currencies": ["EUR", "EUR"]}, "currencies"),
        ({"languages": []}, "languages"),
        ({"languages": ["en", "en"]}, "languages"),
        ({"languages": ["english"]}, "languages.0"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"mail_sender": {"name": "visit evil.com", "reply_to": None}}, "mail_sender.name"),
        ({"mail_sender": {"name": None, "reply_to": "a@b@c"}}, "mail_sender.reply_to"),
        ({"version": 2**63}, "version"),
        ({"owner": "me"}, "owner"),
    ):
        answer = await change(shop, **fields)
        assert answer.status_code == 422, fields
        assert answer.json()["errors"][0]["field"] == named
    for place, fields, named in (
        ("gossip/en", {}, "path.kind"),
        ("terms/EN", {}, "path.language"),
        ("terms/en", {"body": ""}, "body"),
        ("terms/en", {"body": "x" * 60_001}, "body"),
        ("terms/en", {"title": "two\nlines"}, "title"),
    ):
        answer = await text(shop, place, **fields)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, named)
    assert await audited(shop) == []
    assert (await shop.client.get(f"{PUBLIC}/policies/terms?language=%00")).status_code in {400, 422}


async def test_only_who_may_reads_and_changes(shop: RunningApp) -> None:
    reader = shop.token(uuid7(), ("settings:read",))
    assert (await shop.client.get(STAFF, headers=reader)).status_code == 200
    assert (await shop.client.get(STAFF, headers=shop.token(uuid7(), ("orders:read",)))).status_code == 403
    assert (await shop.client.get(STAFF)).status_code == 401
    refused = await shop.client.put(STAFF, json={**WISH, "version": 1}, headers=reader)
    assert refused.status_code == 403
    assert (await shop.client.delete(f"{STAFF}/policies/terms/en", headers=reader)).status_code == 403
