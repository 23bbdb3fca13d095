"""Mails about accounts: in the shop's look and words, in the language of the account; what does not fit is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import product
from typing import Any

import httpx
import msgspec
import pytest

from chassis.shop_profile import KeptShop, Look, Seller, Stored
from chassis.testing import RunningApp, eventually
from chassis.testing.mailbox import Mailbox
from identity.mail.compose import KINDS, LANGUAGES, about_account, letter, rules_of, words_of
from identity.mail.templates_api import AccountMailKind
from identity.tests.hiring import hire
from identity.tests.joining import PASSWORD, confirm, mailed, token_in

ROOT = "/api/v1/admin/accounts/mails"
OWN = {"subject": "Welcome to $shop", "body": "Hello <you>,\n\n[Yes, it is mine]($confirm)"}
Ask = Callable[..., Awaitable[httpx.Response]]
WHEN = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture
def ask(service: RunningApp) -> Ask:
    """An administrator."""
    hired: dict[str, str] = {}

    async def answer(method: str, path: str, json: Any = None) -> httpx.Response:
        if not hired:
            hired.update((await hire(service.client, "", service.db_owner_url, "customer", "admin"))[1])
        return await service.client.request(method, f"{ROOT}{path}", json=json, headers=hired)

    return answer


def sent(service: RunningApp, kind: str, language: str | None = None) -> EmailMessage:
    raw = about_account(service.ctx, kind, "ada@example.com", "TOKEN", identity="1", written=WHEN, language=language)
    return message_from_bytes(raw, policy=default)


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    text: str = found.get_content()
    return text


async def test_the_mails_look_as_the_shop_does(service: RunningApp) -> None:
    shop = service.ctx.get(KeptShop)
    assert sent(service, "confirm")["From"] == "Mercat <shop@mercat.example>"
    look = Look("Tide & Fifth", "#2a5c4d", None, ["de", "en"], "UTC", "Tide", "hello@tide.example")
    stored = msgspec.json.encode(Stored(look, Seller("Tide GmbH", ["Torstr. 1"]))).decode()
    sql = "with x as (insert into shop_profile (stored) values ($1::text::jsonb)) select pg_notify('shop_profile', '')"
    async with service.ctx.db.write_one() as tx:
        await tx.value(sql, stored)
    await eventually(lambda: shop.look.name == "Tide & Fifth", what="the shop's new look")
    mail = sent(service, "confirm")
    assert (mail["From"], mail["Reply-To"]) == ("Tide <shop@mercat.example>", "hello@tide.example")
    assert mail["Subject"] == "Bestätigen Sie Ihre Adresse"
    assert "Tide &amp; Fifth" in part(mail, "html")
    assert "background: #2a5c4d; color: #fff" in part(mail, "html")
    assert part(mail, "plain").endswith("-- \nTide & Fifth\nTorstr. 1\n")
    assert sent(service, "confirm", "en")["Subject"] == "Confirm your address"


async def test_each_mail_says_the_same_as_text_and_as_html(service: RunningApp) -> None:
    for kind, language in product(KINDS, LANGUAGES):
        words = words_of(kind, language)
        rules_of(kind).check(words.subject, words.body)
        said = letter(service.ctx, kind, "TOKEN", language)
        assert (said.text.count("#TOKEN") > 0) is bool(rules_of(kind).needed)
        assert f'lang="{language}"' in said.html
        assert said.html.count("<a ") == said.text.count("/account/") + said.text.count("/sign-in")
        assert "$" not in said.text + said.html


def test_staff_can_write_each_mail_anew() -> None:
    assert {each.value for each in AccountMailKind} == set(KINDS)


async def test_own_words_are_previewed_sent_and_taken_back(service: RunningApp, ask: Ask) -> None:
    path = "/confirm/templates/en"
    shown = await ask("POST", f"{path}/preview", OWN)
    assert shown.status_code == 200
    assert "Hello &lt;you&gt;," in shown.json()["html"]
    assert ">Yes, it is mine</a>" in shown.json()["html"]
    assert (await ask("PUT", path, OWN)).json()["own"] is True
    await eventually(lambda: len(service.ctx.get(KeptShop).own) == 1, what="the words")
    assert sent(service, "confirm", "en")["Subject"].startswith("Welcome to http")
    assert "#TOKEN" in part(sent(service, "confirm", "en"), "plain")
    listed = (await ask("GET", "/templates")).json()["items"]
    assert [(each["kind"], each["language"]) for each in listed if each["own"]] == [("confirm", "en")]
    assert len(listed) == len(KINDS) * len(LANGUAGES)
    assert [(await ask("DELETE", path)).status_code for _ in range(2)] == [204, 204]
    await eventually(lambda: not service.ctx.get(KeptShop).own, what="the built-in words")


async def test_a_link_that_a_mail_needs_cannot_be_left_out_nor_that_of_another(service: RunningApp, ask: Ask) -> None:
    for body, code in (("Hello", "missing-placeholder"), ("$confirm $reset", "unknown-placeholder")):
        for method, end in (("PUT", ""), ("POST", "/preview")):
            answer = await ask(method, f"/confirm/templates/en{end}", {"subject": "Hello", "body": body})
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
            assert answer.json()["errors"][0]["field"] == "body"
    bad = await ask("PUT", "/confirm/templates/en", OWN | {"subject": "$confirm"})
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "subject")
    _, reader = await hire(service.client, "", service.db_owner_url, "customer", "support")
    path = f"{ROOT}/confirm/templates/en"
    assert (await service.client.put(path, json=OWN, headers=reader)).status_code == 403
    assert (await service.client.delete(path, headers=reader)).status_code == 403


async def test_the_mails_to_an_account_are_in_its_language(service: RunningApp, mailbox: Mailbox) -> None:
    wish = {"email": "ada@example.com", "language": "de"}
    assert (await service.client.post("/api/v1/accounts", json=wish)).status_code == 202
    assert (await mailed(mailbox, "ada@example.com"))["Subject"] == "Bestätigen Sie Ihre Adresse"
    token = token_in(await mailed(mailbox, "ada@example.com"))
    assert (await confirm(service.client, token)).json()["language"] == "de"
    signed_in = await service.client.post("/api/v1/sessions", json={"email": "ada@example.com", "password": PASSWORD})
    headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    service.client.cookies.clear()
    reset = {"email": "ada@example.com"}
    await service.client.post("/api/v1/password-resets", json=reset)
    assert (await mailed(mailbox, "ada@example.com", 2))["Subject"] == "Wählen Sie ein neues Passwort"
    path = "/api/v1/accounts/me/language"
    assert (await service.client.put(path, json={"language": "fr"}, headers=headers)).status_code == 422
    assert (await service.client.put(path, json={"language": "de"})).status_code == 401
    answers = await asyncio.gather(
        *(service.client.put(path, json={"language": each}, headers=headers) for each in ("en", None, "de"))
    )
    assert [answer.status_code for answer in answers] == [204] * 3
    assert (await service.client.put(path, json={"language": "en"}, headers=headers)).status_code == 204
    assert (await service.client.get("/api/v1/accounts/me", headers=headers)).json()["language"] == "en"
    change = {"email": "countess@example.com", "password": PASSWORD}
    asked = await service.client.post("/api/v1/accounts/me/email-changes", json=change, headers=headers)
    assert asked.status_code == 202
    assert (await mailed(mailbox, "countess@example.com"))["Subject"] == "Confirm your new address"
    await service.client.post("/api/v1/accounts", json=wish)
    assert (await mailed(mailbox, "ada@example.com", 3))["Subject"] == "You have an account already"
