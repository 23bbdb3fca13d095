"""Mail: hands messages to a mail server over one connection, which is kept; and the settings that name the server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parseaddr
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

import aiosmtplib
from pydantic import Field, SecretStr

from chassis.settings import Settings, local_or_plain

TIMEOUT = 15.0
_PORTS = {"smtp": 25, "smtps": 465}


class MailSettings(Settings):
    """Settings of a service that sends mail."""

    smtp_url: SecretStr | None = None  # smtp://[user:password@]host:port, or smtps://; empty: no mail is sent
    mail_from: str = Field(default="Mercat <shop@localhost>", pattern=r"^[^\r\n]+$")

    def unfit_for_production(self) -> Iterator[str]:
        """Mail from nowhere reaches nobody."""
        yield from super().unfit_for_production()
        if local_or_plain(f"https://{parseaddr(self.mail_from)[1].rpartition('@')[2]}"):
            yield "MAIL_FROM is no address that can be answered: set one of your shop's domain"


class Postman:
    """Sends by the server of an URL: smtp://[user:password@]host[:port], or smtps://. Without one, `configured` is
    False.

    Raises:
        ValueError: it is not such an URL.
    """

    def __init__(self, url: SecretStr | None) -> None:
        text = url.get_secret_value() if url else ""
        self.configured = bool(text)
        self._smtp = _client(text) if text else None
        self._turn = asyncio.Lock()

    async def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Once it returns, the server has taken the mail.

        Raises:
            aiosmtplib.SMTPException, OSError: it has not, as far as we know.
        """
        smtp = self._smtp
        assert smtp is not None, "ask `configured` first"  # noqa: S101 -- narrows the type
        address = parseaddr(sender)[1]
        options = [] if message.isascii() else ["SMTPUTF8"]
        async with self._turn:
            if smtp.is_connected:
                # It may have been idle for too long for the server's taste.
                with suppress(aiosmtplib.SMTPServerDisconnected):
                    await smtp.sendmail(address, [recipient], message, mail_options=options)
                    return
            await smtp.connect()
            await smtp.sendmail(address, [recipient], message, mail_options=options)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            self._smtp.close()


def _client(url: str) -> aiosmtplib.SMTP:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("SMTP_URL must be of the form smtp://[user:password@]host[:port], or smtps://...")
    return aiosmtplib.SMTP(
        hostname=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=parts.scheme == "smtps",
        timeout=TIMEOUT,
    )
