"""Words of mails that the shop's people write: checked, escaped, shown before, sent, and taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from chassis.shop_profile import KeptShop
from chassis.testing import RunningApp, eventually, running_app
from chassis.testing.keys import Bench
from chassis.values import uuid7
from orders.locales import LANGUAGES
from orders.mails.brand import mail_of
from orders.mails.compose import words_of
from orders.mails.domain.blocks import NAMES, rules_of, values_of
from orders.mails.domain.facts import KINDS, Brand, MailFacts
from orders.tests.mails.test_mail import parsed
from orders.tests.mails.test_templates import ORDER

ROOT = "/api/v1/admin/mails"
OWN = {"subject": "Order $number is here", "body": "Dear <b>you</b> & co,\n\n$sums\n\n[See $number]($link)"}


@pytest.fixture
async def orders(bench: Bench) -> AsyncIterator[RunningApp]:
    nobody = {name: ["http://127.0.0.1:9"] for name in ("catalog", "payments")}
    async with running_app("orders", bench, urls=nobody) as service:
        yield service


async def ask(orders: RunningApp, method: str, path: str, json: Any = None) -> httpx.Response:
    headers = orders.token(uuid7(), ("settings:read", "settings:write", "orders:read"))
    return await orders.client.request(method, f"{ROOT}{path}", json=json, headers=headers)


async def known(orders: RunningApp, count: int) -> None:
    # Sooner than it would be read unasked.
    await eventually(lambda: len(orders.ctx.get(KeptShop).own) == count, 30, "the words in this process")


async def test_own_words_are_shown_sent_and_taken_back(orders: RunningApp) -> None:
    path = "/placed/templates/en"
    lacking = await ask(orders, "PUT", path, OWN)
    assert (lacking.status_code, lacking.json()["errors"][0]["code"]) == (422, "missing-placeholder")
    path = "/confirmation/templates/en"
    shown = await ask(orders, "POST", f"{path}/preview", OWN)
    assert (shown.status_code, shown.json()["subject"]) == (200, "Order M-7F3K9Q is here")
    assert "Dear &lt;b&gt;you&lt;/b&gt; &amp; co," in shown.json()["html"]
    assert "See M-7F3K9Q:\nhttp" in shown.json()["text"]
    written = await ask(orders, "PUT", path, OWN)
    assert (written.status_code, written.json()["own"]) == (200, True)
    await known(orders, 1)
    mail = parsed(mail_of(orders.ctx, ORDER, "confirmation"))
    html = mail.get_body(("html",))
    page = html.get_content() if html else ""
    assert mail["Subject"] == "Order M-7F3K9Q is here"
    assert "<b>" not in page
    assert ">See M-7F3K9Q</a>" in page
    listed = {
        (each["kind"], each["language"]): each for each in (await ask(orders, "GET", "/templates")).json()["items"]
    }
    assert len(listed) == len(KINDS) * len(LANGUAGES)
    assert [key for key, each in listed.items() if each["own"]] == [("confirmation", "en")]
    assert (await ask(orders, "GET", "/confirmation/preview?locale=en")).json()["html"] == shown.json()["html"]
    assert [(await ask(orders, "DELETE", path)).status_code for _ in range(2)] == [204, 204]
    await known(orders, 0)
    assert parsed(mail_of(orders.ctx, ORDER, "confirmation"))["Subject"] != "Order M-7F3K9Q is here"
    async with orders.ctx.db.read() as tx:
        done = await tx.value("select array_agg(action order by id) from audit_lines where action like 'mail_t%'")
    assert done == ["mail_template.written", "mail_template.deleted"]


async def test_what_does_not_fit_a_mail_is_named_and_changes_nothing(orders: RunningApp) -> None:
    for fields, field, code in (
        ({"subject": "Hello $name"}, "subject", "unknown-placeholder"),
        ({"subject": "$pay"}, "subject", "unknown-placeholder"),
        ({"subject": "costs 5 $"}, "subject", "lone-dollar"),
        ({"subject": "two\nlines"}, "subject", None),
        ({"body": "$Number"}, "body", "unknown-placeholder"),
        ({"body": "See ${secret}"}, "body", "unknown-placeholder"),
        ({"body": "All: $lines"}, "body", "not-alone"),
        ({"body": "5 $ each"}, "body", "lone-dollar"),
        ({"body": "x" * 10_001}, "body", None),
        ({"body": "a\u0000b"}, "body", None),
        ({"html": "<p>"}, "html", None),
    ):
        for method, path in (("PUT", ""), ("POST", "/preview")):
            answer = await ask(orders, method, f"/shipped/templates/de{path}", OWN | fields)
            assert answer.status_code == 422, fields
            error = answer.json()["errors"][0]
            assert (error["field"], code or error["code"]) == (field, error["code"])
    for path in ("/gossip/templates/en", "/shipped/templates/fr"):
        assert (await ask(orders, "PUT", path, OWN)).status_code == 422
    assert not any(each["own"] for each in (await ask(orders, "GET", "/templates")).json()["items"])
    reader = orders.token(uuid7(), ("settings:read",))
    path = f"{ROOT}/shipped/templates/en"
    assert (await orders.client.put(path, json=OWN, headers=reader)).status_code == 403
    assert (await orders.client.delete(path, headers=reader)).status_code == 403
    assert (await orders.client.get(f"{ROOT}/templates")).status_code == 401


async def test_of_many_writers_at_once_one_text_stays_whole(orders: RunningApp) -> None:
    texts = [{"subject": f"No. {at}", "body": f"Text {at}"} for at in range(8)]
    path = "/shipped/templates/en"
    answers = await asyncio.gather(*(ask(orders, "PUT", path, each) for each in texts))
    assert {answer.status_code for answer in answers} == {200}
    async with orders.ctx.db.read() as tx:
        rows: list[dict[str, str]] = await tx.rows(dict, "select subject, body from mail_templates")
    assert len(rows) == 1
    assert rows[0] in texts


async def test_words_that_no_longer_fit_are_passed_over(orders: RunningApp) -> None:
    sql = """
    with bad as (insert into mail_templates (kind, language, subject, body) values ('shipped', 'en', 'x', '$gone'))
    select pg_notify('shop_profile', '')
    """
    async with orders.ctx.db.write_one() as tx:
        await tx.value(sql)
    await known(orders, 1)
    mail = parsed(mail_of(orders.ctx, ORDER, "shipped"))
    assert mail["Subject"] == "Your order M-7F3K9Q is on its way"


def test_the_built_in_words_keep_the_rules_and_every_placeholder_has_a_value() -> None:
    for kind in KINDS:
        for language in LANGUAGES:
            words = words_of(kind, language)
            rules_of(kind).check(words.subject, words.body)
    assert set(values_of(ORDER, MailFacts(), Brand(), "en", "x", token=True)) == NAMES
