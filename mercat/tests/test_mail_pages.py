from __future__ import annotations

import asyncio
import re
import smtplib
import stat
from email.message import EmailMessage

import pytest

from mercat.portal.mailbox import Mailbox

HTML = "<h1>Thank you</h1><script>alert(1)</script>"


def mail(to: str, subject: str = "Your order is paid — thank you", html: str = HTML) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Mercat <store@mercat.example>", to, subject
    message.set_content("Dear Ada,\n")
    if html:
        message.add_alternative(html, subtype="html")
    return message


async def send(portal, message: EmailMessage, **options) -> None:
    def deliver() -> None:
        with smtplib.SMTP("127.0.0.1", portal.smtp_port, timeout=60) as smtp:
            smtp.send_message(message, **options)

    await asyncio.to_thread(deliver)


async def messages(portal, **parameters):
    answer = await portal.get("/mail/api/messages", params=parameters)
    assert answer.status_code == 200
    return answer.json()["items"]


async def test_caught_mail_is_returned_as_json(portal):
    await send(portal, mail("ada@example.com"), from_addr="bounce@mercat.example")
    (found,) = await messages(portal)
    assert found["from"] == "bounce@mercat.example"
    assert found["to"] == ["ada@example.com"]
    assert found["subject"] == "Your order is paid — thank you"
    assert found["text"].strip() == "Dear Ada,"
    assert found["html"].strip() == HTML
    assert found["received_at"].endswith("+00:00")
    assert (await portal.get(f"/mail/api/messages/{found['id']}")).json() == found


async def test_the_trace_of_a_mail_is_shown(portal):
    traced = mail("ada@example.com")
    traced["X-Trace-Id"] = "0af7651916cd43dd8448eb211c80319c"
    await send(portal, traced)
    (found,) = await messages(portal)
    assert found["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert "<dd >0af7651916cd43dd8448eb211c80319c</dd>" in (await portal.get(f"/mail/{found['id']}")).text
    await send(portal, mail("bob@example.com"))
    (untraced,) = await messages(portal, to="bob@example.com")
    assert "<dt hidden>Trace</dt>" in (await portal.get(f"/mail/{untraced['id']}")).text


async def test_mails_are_newest_first_and_filtered_by_recipient(portal):
    for number in range(3):
        await send(portal, mail(f"Ada{number}@example.com", f"mail {number}"))
    assert [found["subject"] for found in await messages(portal)] == ["mail 2", "mail 1", "mail 0"]
    assert [found["subject"] for found in await messages(portal, limit=1)] == ["mail 2"]
    assert [found["to"] for found in await messages(portal, to="ada1@EXAMPLE.com")] == [["Ada1@example.com"]]
    assert await messages(portal, to="bob@example.com") == []


async def test_bcc_recipients_are_listed(portal):
    await send(portal, mail("ada@example.com"), to_addrs=["ada@example.com", "copy@example.com"])
    assert (await messages(portal, to="copy@example.com"))[0]["to"] == ["ada@example.com", "copy@example.com"]


async def test_address_in_the_text_is_no_recipient(portal):
    await send(portal, mail("ada@example.com", "about bob@example.com"))
    assert await messages(portal, to="bob@example.com") == []


@pytest.mark.parametrize("limit", ["0", "1001", "many", ""])
async def test_invalid_limit_is_a_problem(portal, limit):
    answer = await portal.get("/mail/api/messages", params={"limit": limit})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_mails_are_stored_in_private_files(portal, installation):
    await send(portal, mail("ada@example.com"))
    (path,) = installation.mail.glob("*.eml")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Mailbox(installation.mail).newest(limit=9)[0].to == ["ada@example.com"]


async def test_mail_page_escapes_mail_contents(portal):
    await send(portal, mail("ada@example.com", "<script>alert(1)</script>"))
    page = await portal.get("/mail", params={"to": "ada"})
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text
    assert "1 mail to “ada”" in page.text
    assert 'value="&quot;&gt;&lt;b&gt;"' in (await portal.get("/mail", params={"to": '"><b>'})).text


async def test_html_of_a_mail_is_sandboxed(portal):
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
async def test_missing_mail_is_a_problem(portal, path):
    answer = await portal.get(path)
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


def test_oldest_mails_beyond_the_limit_are_removed(installation):
    box = Mailbox(installation.mail, kept=5)
    for number in range(101):
        box.put("a@b", [f"{number}@c"], b"Subject: x\r\n\r\ny")
    assert len(list(installation.mail.glob("*.eml"))) == 5
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
async def test_malformed_mail_is_stored_and_shown(portal, content, installation):
    identity = Mailbox(installation.mail).put("a@b", ["ada@c"], content)
    assert (await messages(portal, to="ada@c"))[0]["id"] == identity
    assert (await portal.get(f"/mail/{identity}")).status_code == 200


def test_envelope_addresses_cannot_inject_headers(installation):
    box = Mailbox(installation.mail)
    box.put("a@b\r\nX-Envelope-To: c@d", ["e@f"], b"X-Envelope-To: g@h\r\n\r\nx")
    assert box.newest(limit=1)[0].to == ["e@f"]
    assert box.newest(limit=1, to="c@d") == box.newest(limit=1, to="g@h") == []


async def test_a_mail_too_large_is_refused_by_its_server(portal):
    with pytest.raises((smtplib.SMTPSenderRefused, smtplib.SMTPDataError)):
        await send(portal, mail("ada@example.com", html="x" * 11_000_000))
    assert await messages(portal) == []


async def test_mail_that_cannot_be_stored_is_refused(portal, installation):
    installation.mail.rmdir()
    with pytest.raises(smtplib.SMTPDataError, match="could not be stored"):
        await send(portal, mail("ada@example.com"))
