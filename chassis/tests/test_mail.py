"""What a mail server's answers mean: which are an outage, which a fault of the mail."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from chassis.mail import MailRefused, SmtpSender, smtp
from chassis.problems import Unavailable
from chassis.testing.mailbox import Mailbox
from chassis.testing.servers import free_port
from chassis.tests.auth.support import sample
from chassis.tests.grumpy import LETTER, Grumpy
from chassis.tests.log.support import Said


@pytest.fixture
def quick(monkeypatch):
    """An outage is asked about again at once."""
    monkeypatch.setattr(smtp, "PAUSE", 0.0)


@pytest.fixture
def server(quick):
    with Grumpy().open() as grumpy:
        yield grumpy


def outcomes(outcome):
    return sample("mail_handovers_total", outcome=outcome)


@pytest.mark.parametrize(
    ("command", "answer", "outcome"),
    [
        ("DATA", "451 come again later", "away"),
        ("RCPT", "452 mailbox full", "away"),
        ("MAIL", "421 closing", "away"),
        ("RCPT", "421 closing", "away"),
        ("MAIL", "553 not your address", "misconfigured"),
        ("RCPT", "530 sign in first", "misconfigured"),
        ("MAIL", "530 sign in first", "misconfigured"),
    ],
)
async def test_a_temporary_error_of_the_mail_server_is_an_outage(server, monkeypatch, command, answer, outcome):
    said = Said()
    monkeypatch.setattr(smtp, "_log", said)
    before = outcomes(outcome)
    async with SmtpSender(SecretStr(server.url)) as sender:
        server.says = {command: answer}
        with pytest.raises(Unavailable):
            await sender.send(*LETTER)
        assert outcomes(outcome) == before + 1
        assert said.events == (["mail.misconfigured"] if outcome == "misconfigured" else [])
        await sender.send(*LETTER)
    assert len(server.mails) == 1


@pytest.mark.parametrize(("command", "answer"), [("RCPT", "550 5.1.1 no Ada here"), ("DATA", "554 spam of Ada")])
async def test_a_permanent_refusal_fails_its_mail_only(server, command, answer):
    before = outcomes("refused")
    async with SmtpSender(SecretStr(server.url)) as sender:
        server.says = {command: answer}
        with pytest.raises(MailRefused, match=r"550 5\.1\.1$|554$"):
            await sender.send(*LETTER)
        await sender.send(*LETTER)
    assert (len(server.mails), outcomes("refused")) == (1, before + 1)


async def test_an_invalid_mail_does_not_stop_the_others(server):
    async with SmtpSender(SecretStr(server.url)) as sender:
        with pytest.raises(ValueError, match="not permitted"):
            await sender.send(LETTER[0], "a b@example.com", LETTER[2])
        await sender.send(*LETTER)
    assert len(server.mails) == 1


async def test_a_closed_connection_is_opened_again(server, monkeypatch):
    monkeypatch.setattr(smtp, "JUST_USED", 0.0)
    async with SmtpSender(SecretStr(server.url)) as sender:
        await sender.send(*LETTER)
        server.says = {"NOOP": "421 you were idle for too long"}
        await sender.send(*LETTER)
    assert len(server.mails) == 2


@asynccontextmanager
async def listening(greeting: bytes, **options) -> AsyncIterator[str]:
    """A server that says one thing and then nothing; its address."""
    writers: list[asyncio.StreamWriter] = []

    def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        writer.write(greeting)

    port = free_port()
    server = await asyncio.start_server(greet, "127.0.0.1", port, **options)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.close()
        for writer in writers:
            writer.close()


@pytest.mark.parametrize(
    ("greeting", "outcome"), [(b"421 too busy\r\n", "away"), (b"554 no service for you\r\n", "misconfigured")]
)
async def test_a_refusal_in_the_servers_greeting_is_an_outage(quick, greeting, outcome):
    before = outcomes(outcome)
    async with listening(greeting) as address, SmtpSender(SecretStr(f"smtp://{address}")) as sender:
        with pytest.raises(Unavailable):
            await sender.send(*LETTER)
    assert outcomes(outcome) == before + 1


async def test_a_server_with_no_certificate_of_anybody_we_trust_is_a_misconfiguration(quick, tmp_path: Path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1)).sign(
        key, hashes.SHA256()
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "pem").write_bytes(secret + made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "pem")
    before = outcomes("misconfigured")
    async with (
        listening(b"220 hello\r\n", ssl=context) as address,
        SmtpSender(SecretStr(f"smtps://{address}")) as sender,
    ):
        with pytest.raises(Unavailable):
            await sender.send(*LETTER)
    assert outcomes("misconfigured") == before + 1


async def test_a_login_that_the_server_does_not_offer_is_a_misconfiguration(server):
    before = outcomes("misconfigured")
    async with SmtpSender(SecretStr(server.url.replace("//", "//ada:secret@"))) as sender:
        with pytest.raises(Unavailable):
            await sender.send(*LETTER)
    assert outcomes("misconfigured") == before + 1


async def test_a_silent_server_is_an_outage_after_a_short_timeout(monkeypatch):
    monkeypatch.setattr(smtp, "WHOLE", 0.3)
    monkeypatch.setattr(smtp, "PAUSE", 600)
    async with listening(b"220-never ends\r\n") as address, SmtpSender(SecretStr(f"smtp://{address}")) as sender:
        async with asyncio.timeout(60):
            ends = await asyncio.gather(*(sender.send(*LETTER) for _ in range(20)), return_exceptions=True)
        assert {type(end) for end in ends} == {Unavailable}
        # Who comes now is not made to wait, and does not ask.
        with pytest.raises(Unavailable, match="a moment ago"):
            await sender.send(*LETTER)


async def test_a_mail_that_times_out_or_is_cancelled_does_not_affect_the_next(server, monkeypatch):
    monkeypatch.setattr(smtp, "WHOLE", 0.3)
    async with SmtpSender(SecretStr(server.url)) as sender:
        await sender._turn.acquire()
        with pytest.raises(Unavailable, match="took too long"):
            await sender.send(*LETTER)
        monkeypatch.setattr(smtp, "WHOLE", 60)
        leaving = asyncio.create_task(sender.send(*LETTER))
        await asyncio.sleep(0)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        sender._turn.release()
        await sender.send(*LETTER)
    assert len(server.mails) == 1


async def test_an_address_that_the_server_cannot_write_to_is_refused():
    plain = Controller(Mailbox(), hostname="127.0.0.1", port=free_port(), ready_timeout=60, enable_SMTPUTF8=False)
    plain.start()
    try:
        async with SmtpSender(SecretStr(f"smtp://127.0.0.1:{plain.port}")) as sender:
            with pytest.raises(MailRefused, match="SMTPUTF8"):
                await sender.send(LETTER[0], "jürgen@example.com", "To: jürgen@example.com\r\n\r\n.".encode())
    finally:
        plain.stop()


async def test_waiting_mails_share_one_try_to_connect():
    before = outcomes("away")
    async with SmtpSender(SecretStr(f"smtp://127.0.0.1:{free_port()}")) as sender:
        ends = await asyncio.gather(*(sender.send(*LETTER) for _ in range(5)), return_exceptions=True)
    assert {type(end) for end in ends} == {Unavailable}
    assert outcomes("away") == before + 1


@pytest.mark.parametrize("url", ["http://x", "smtp://", "localhost:25"])
async def test_what_is_no_address_of_a_mail_server_is_refused_at_the_start(url):
    with pytest.raises(ValueError, match="SMTP_URL"):
        SmtpSender(SecretStr(url))


async def test_without_a_server_address_sending_says_so():
    async with SmtpSender(None) as sender:
        assert not sender.configured
