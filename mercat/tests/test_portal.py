from __future__ import annotations

import asyncio
import json
import re
import smtplib
import stat
from email.message import EmailMessage

import httpx
import pytest

from mercat.board import Board, Entry, Status
from mercat.portal.app import app
from mercat.portal.mailbox import Mailbox

HTML = "<h1>Thank you</h1><script>alert(1)</script>"


class Portal:
    def __init__(self, client: httpx.AsyncClient, smtp_port: int) -> None:
        self.get, self.post, self.smtp_port = client.get, client.post, smtp_port


@pytest.fixture
async def portal(store, free_port, monkeypatch):
    monkeypatch.setenv("PORTAL_ROOT", str(store.root))
    monkeypatch.setenv("PORTAL_STATE", str(store.state))
    monkeypatch.setenv("PORTAL_SMTP_PORT", str(free_port))
    monkeypatch.setattr("mercat.portal.app.die_with_parent", lambda: None)  # it would bind pytest to its parent
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        yield Portal(client, free_port)


def mail(to: str, subject: str = "Your order is paid — thank you", html: str = HTML) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Mercat <store@mercat.example>", to, subject
    message.set_content("Dear Ada,\n")
    if html:
        message.add_alternative(html, subtype="html")
    return message


async def send(portal, message: EmailMessage, **options) -> None:
    def deliver() -> None:
        with smtplib.SMTP("127.0.0.1", portal.smtp_port, timeout=20) as smtp:
            smtp.send_message(message, **options)

    await asyncio.to_thread(deliver)


async def messages(portal, **parameters):
    answer = await portal.get("/mail/api/messages", params=parameters)
    assert answer.status_code == 200
    return answer.json()["items"]


async def test_a_mail_is_caught_and_told_as_json(portal):
    await send(portal, mail("ada@example.com"), from_addr="bounce@mercat.example")
    (found,) = await messages(portal)
    assert found["from"] == "bounce@mercat.example"
    assert found["to"] == ["ada@example.com"]
    assert found["subject"] == "Your order is paid — thank you"
    assert found["text"].strip() == "Dear Ada,"
    assert found["html"].strip() == HTML
    assert found["received_at"].endswith("+00:00")
    assert (await portal.get(f"/mail/api/messages/{found['id']}")).json() == found


async def test_the_newest_is_first_and_recipients_can_be_asked_for(portal):
    for number in range(3):
        await send(portal, mail(f"Ada{number}@example.com", f"mail {number}"))
    assert [found["subject"] for found in await messages(portal)] == ["mail 2", "mail 1", "mail 0"]
    assert [found["subject"] for found in await messages(portal, limit=1)] == ["mail 2"]
    assert [found["to"] for found in await messages(portal, to="ada1@EXAMPLE.com")] == [["Ada1@example.com"]]
    assert await messages(portal, to="bob@example.com") == []


async def test_hidden_recipients_are_seen_too(portal):
    await send(portal, mail("ada@example.com"), to_addrs=["ada@example.com", "copy@example.com"])
    assert (await messages(portal, to="copy@example.com"))[0]["to"] == ["ada@example.com", "copy@example.com"]


async def test_a_recipient_named_in_the_text_is_no_recipient(portal):
    await send(portal, mail("ada@example.com", "about bob@example.com"))
    assert await messages(portal, to="bob@example.com") == []


@pytest.mark.parametrize("limit", ["0", "1001", "many", ""])
async def test_a_limit_that_cannot_be_is_a_problem(portal, limit):
    answer = await portal.get("/mail/api/messages", params={"limit": limit})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_mails_outlive_the_process_and_are_private(portal, store):
    await send(portal, mail("ada@example.com"))
    (path,) = store.mail.glob("*.eml")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Mailbox(store.mail).newest(limit=9)[0].to == ["ada@example.com"]


async def test_the_mail_page_escapes_what_strangers_write(portal):
    await send(portal, mail("ada@example.com", "<script>alert(1)</script>"))
    page = await portal.get("/mail", params={"to": "ada"})
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text
    assert "1 mail to “ada”" in page.text
    assert 'value="&quot;&gt;&lt;b&gt;"' in (await portal.get("/mail", params={"to": '"><b>'})).text


async def test_a_mails_html_is_shown_where_it_can_do_nothing(portal):
    await send(portal, mail("ada@example.com"))
    identity = (await messages(portal))[0]["id"]
    page = await portal.get(f"/mail/{identity}")
    assert re.search(rf'<iframe[^>]* sandbox src="/mail/{identity}/html"', page.text)
    assert HTML not in page.text
    body = await portal.get(f"/mail/{identity}/html")
    assert body.text.strip() == HTML
    policy = body.headers["content-security-policy"]
    assert "sandbox;" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy


async def test_a_mail_without_html_shows_its_text(portal):
    await send(portal, mail("ada@example.com", html=""))
    identity = (await messages(portal))[0]["id"]
    page = (await portal.get(f"/mail/{identity}")).text
    assert "<iframe" not in page
    assert "Dear Ada," in page
    assert (await portal.get(f"/mail/{identity}/html")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/mail/x", "/mail/x/html", "/mail/api/messages/x", "/mail/..%2f..%2fkeys", "/mail/1-2-3"]
)
async def test_a_mail_that_is_not_there_is_a_problem(portal, path):
    answer = await portal.get(path)
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


def test_mails_beyond_the_bound_are_forgotten(store):
    box = Mailbox(store.mail, kept=5)
    for number in range(101):
        box.put("a@b", [f"{number}@c"], b"Subject: x\r\n\r\ny")
    assert len(list(store.mail.glob("*.eml"))) == 5
    assert box.newest(limit=1)[0].to == ["100@c"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no header at all",
        b"Subject: =?x-unknown?q?=ff?=\r\n\r\ntext",
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/alternative; boundary=\r\n\r\n--\r\n",
        b"\x00\x01\x02",
        b"Content-Type: message/rfc822\r\n\r\n",
    ],
)
async def test_a_mail_that_is_none_is_kept_and_shown(portal, content, store):
    identity = Mailbox(store.mail).put("a@b", ["ada@c"], content)
    assert (await messages(portal, to="ada@c"))[0]["id"] == identity
    assert (await portal.get(f"/mail/{identity}")).status_code == 200


def test_an_envelope_cannot_forge_another(store):
    box = Mailbox(store.mail)
    box.put("a@b\r\nX-Envelope-To: c@d", ["e@f"], b"X-Envelope-To: g@h\r\n\r\nx")
    assert box.newest(limit=1)[0].to == ["e@f"]
    assert box.newest(limit=1, to="c@d") == box.newest(limit=1, to="g@h") == []


async def test_the_front_page_says_what_runs(portal, store):
    entries = [
        Entry("catalog", "products", 8002, condition="ready"),
        Entry("orders", "carts", 8003, condition="restarting", message="was ended by SIGKILL"),
        Entry("roles", once=True, condition="done"),
    ]
    addresses = {"Store": "http://localhost:8080/", "Payments": "Stripe <itself>"}
    Board(store.run).write(Status(pid=1, phase="running", addresses=addresses, entries=entries))
    page = (await portal.get("/")).text
    assert "1 of 2 parts are running" in page
    assert '<a href="http://localhost:8080/">' in page
    assert "Stripe &lt;itself&gt;" in page
    assert "roles" not in page
    told = (await portal.get("/_portal/state")).json()
    assert [part["name"] for part in told["parts"]] == ["catalog", "orders"]


async def test_the_front_page_comes_also_before_anything_is_known(portal):
    assert (await portal.get("/")).status_code == 200
    assert (await portal.get("/_portal/state")).json() == {"phase": "unknown", "parts": []}


async def test_pages_may_use_nothing_but_what_is_the_stores(portal):
    for path in ("/", "/mail", "/about"):
        answer = await portal.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in policy
        assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|style=|https?://(?!localhost)", answer.text)


async def test_every_file_a_page_asks_for_is_there(portal):
    for path in ("/", "/mail", "/docs"):
        for found in re.findall(r'(?:src|href)="(/(?:_portal|docs)/[^"]+)"', (await portal.get(path)).text):
            assert (await portal.get(found)).status_code == 200, found


async def test_the_docs_offer_each_service_with_a_description(portal, store):
    assert (await portal.get("/docs/services.json")).json() == []
    for name in ("orders", "catalog"):
        folder = store.root / "services" / name
        folder.mkdir(parents=True)
        (folder / "openapi.json").write_text(json.dumps({"openapi": "3.1.0", "info": {"title": name}, "paths": {}}))
    assert (await portal.get("/docs/services.json")).json() == [
        {"name": "catalog", "url": "/docs/catalog.json"},
        {"name": "orders", "url": "/docs/orders.json"},
    ]
    described = (await portal.get("/docs/catalog.json")).json()
    assert described["info"] == {"title": "catalog"}
    assert described["servers"][0]["url"] == "/"


@pytest.mark.parametrize(
    "path", ["/docs/none.json", "/docs/..json", "/docs/assets/index.html", "/_portal/static/x.css"]
)
async def test_a_file_that_is_not_offered_is_a_problem(portal, path):
    assert (await portal.get(path)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/api/v1/none", "/internal/feed", "/health/ready", "/metrics", "/webhooks/x", "/nowhere"]
)
async def test_what_no_service_has_is_a_problem(portal, path):
    answer = await portal.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["type"] == "not-found"


async def test_a_wrong_method_is_a_problem(portal):
    answer = await portal.post("/mail")
    assert (answer.status_code, answer.json()["type"]) == (405, "method-not-allowed")


async def test_a_failure_is_a_problem_and_tells_nothing(portal, monkeypatch):
    monkeypatch.setattr(Mailbox, "newest", lambda *_, **__: 1 / 0)
    answer = await portal.get("/mail/api/messages")
    assert answer.status_code == 500
    assert "division" not in answer.text


@pytest.fixture(params=["dist", "storefront"])
def built(portal, store, request):
    dist = store.root / "web" / request.param
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<title>the shop</title>")
    (dist / "assets" / "app-123.js").write_text("1")
    (store.root / "web" / "secret").write_text("no")
    return portal


async def test_a_built_storefront_takes_the_front_and_the_page_moves(built):
    for path in ("/", "/products/blue-print", "/cart"):
        assert "the shop" in (await built.get(path)).text
    assert "Your store" in (await built.get("/about")).text
    assert "API docs" in (await built.get("/docs")).text


async def test_a_built_file_is_kept_by_browsers_and_the_page_is_not(built):
    assert "immutable" in (await built.get("/assets/app-123.js")).headers["cache-control"]
    assert (await built.get("/")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/assets/none.js", "/api/v1/x", "/internal"])
async def test_what_the_storefront_has_not_is_a_problem(built, path):
    assert (await built.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/%2e%2e/secret", "/..%2fsecret", "/assets/../../secret"])
async def test_the_storefront_gives_away_nothing_beside_it(built, path):
    assert (await built.get(path)).text != "no"


async def test_a_mail_too_large_is_refused_by_its_server(portal):
    with pytest.raises((smtplib.SMTPSenderRefused, smtplib.SMTPDataError)):
        await send(portal, mail("ada@example.com", html="x" * 11_000_000))
    assert await messages(portal) == []


async def test_a_mail_that_cannot_be_stored_is_not_taken(portal, store):
    store.mail.rmdir()
    with pytest.raises(smtplib.SMTPDataError, match="could not be stored"):
        await send(portal, mail("ada@example.com"))
