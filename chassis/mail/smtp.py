"""Sends mail by SMTP over one connection, which is kept; and the settings that name the server."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parseaddr
from ipaddress import ip_address
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

import aiosmtplib
from pydantic import Field, SecretStr, field_validator

from chassis import telemetry
from chassis.config import Settings, local_or_plain
from chassis.jobs import Hopeless
from chassis.mail.answers import codes, is_silent
from chassis.problems import Unavailable
from chassis.resilience.breaker import Breaker

# Seconds for one step of the conversation; for a mail as a whole, and for the wait for its turn. After a
# failure no mail is tried for PAUSE: jobs that wait for the server would keep other jobs from running.
STEP = 15.0
WHOLE = 30.0
PAUSE = 3.0
# A connection is used for so many mails, and closed when none came for so long. One that was just used and
# has sent nothing is taken to be open.
MOST_MAILS, IDLE, JUST_USED = 100, 30.0, 2.0
_PORTS = {"smtp": 25, "smtps": 465}
# Replies that ask for authentication, at any step.
_SIGN_IN = frozenset({530, 534, 535, 538})

_OUTCOMES = ("sent", "refused", "away", "misconfigured")
_handed = telemetry.counter("mail_handovers", "Mails handed to the server", {"outcome": _OUTCOMES})
_log = telemetry.logger(__name__)


class MailSettings(Settings):
    """Settings of a service that sends mail."""

    # smtp://[user:password@]host:port, or smtps://; empty: no mail is sent.
    smtp_url: SecretStr | None = None
    # Whom the mails come from.
    mail_from: str = Field(default="Mercat <shop@localhost>", pattern=r"^[^\r\n]+$")

    @field_validator("smtp_url")
    @classmethod
    def _a_server(cls, value: SecretStr | None) -> SecretStr | None:
        SmtpSender(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _an_address_to_answer(cls, value: str) -> str:
        if "@" not in parseaddr(value)[1]:
            raise ValueError('it must hold an address, as in "My shop <shop@example.com>"')
        return value

    def unfit_for_production(self) -> Iterator[str]:
        """Complaints about a local sender and a local server."""
        yield from super().unfit_for_production()
        if local_or_plain(f"https://{parseaddr(self.mail_from)[1].rpartition('@')[2]}"):
            yield "MAIL_FROM is no address that can be answered: set one of your shop's domain"
        if self.smtp_url is not None and _is_local(self.smtp_url.get_secret_value()):
            yield "SMTP_URL is the laptop's mail catcher: set your mail server's, such as smtps://user:password@host"


class MailRefused(Hopeless):
    """The mail server refuses this mail or its recipient for good: trying again is of no use."""


class SmtpSender:
    """Sends by the server of an URL: smtp://[user:password@]host[:port], or smtps://. Without one, `configured` is
    False.

    Raises:
        ValueError: it is not such an URL.
    """

    def __init__(self, url: SecretStr | None) -> None:
        self._url = url.get_secret_value() if url else ""
        self.configured = bool(self._url)
        self._smtp = _client(self._url) if self._url else None
        self._mails, self._used = 0, 0.0
        self._idle: asyncio.TimerHandle | None = None
        self._turn = asyncio.Lock()
        self._breaker = Breaker(1, PAUSE)

    async def send(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand over a mail. Once it returns, the server has taken it.

        Raises:
            Unavailable: it has not, as far as is known: it is unreachable, overloaded, or refuses us. Try again later.
            MailRefused: it refuses this mail for good.
        """
        assert self.configured, "ask `configured` first"  # noqa: S101 -- without a server there is nothing to do
        if not self._breaker.allow():
            raise Unavailable("The mail server was away a moment ago.")
        try:
            async with asyncio.timeout(WHOLE):
                await self._turn.acquire()
        except BaseException as error:
            self._breaker.neither()
            if isinstance(error, TimeoutError):
                raise Unavailable("Other mails took too long to be taken.") from error
            raise
        try:
            with telemetry.part("send mail", "client", {"network.protocol.name": "smtp"}):
                await self._in_turn(parseaddr(sender)[1], recipient, message)
        finally:
            self._keep()
            self._turn.release()

    async def _in_turn(self, sender: str, recipient: str, message: bytes) -> None:
        if self._breaker.state == "open":
            raise Unavailable("The mail server went away while this mail waited for its turn.")
        try:
            async with asyncio.timeout(WHOLE):
                await self._hand_over(sender, recipient, message)
        except (Unavailable, MailRefused):
            raise
        except TimeoutError as error:
            raise self._about_us(error) from error
        except BaseException:
            self._close()
            self._breaker.neither()
            raise
        self._breaker.ok()
        _handed.inc("sent")

    async def _hand_over(self, sender: str, recipient: str, message: bytes) -> None:
        """Raises as `send`, and TimeoutError."""
        smtp = await self._connected()
        options = [] if message.isascii() else ["SMTPUTF8"]
        try:
            await smtp.sendmail(sender, [recipient], message, mail_options=options)
        except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPDataError, aiosmtplib.SMTPNotSupported) as error:
            raise self._about_the_mail(error) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._about_us(error) from error

    async def _connected(self) -> aiosmtplib.SMTP:
        """The connection that is kept, if the server still has it, or a new one."""
        if self._idle is not None:
            self._idle.cancel()
        self._mails += 1
        if self._smtp is not None and self._smtp.is_connected and self._mails <= MOST_MAILS:
            if time.monotonic() - self._used < JUST_USED and is_silent(self._smtp):
                return self._smtp
            # The server may have closed it for being idle.
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._smtp.noop()
                return self._smtp
        self._close()
        self._mails = 1
        self._smtp = _client(self._url)
        try:
            await self._smtp.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._about_us(error) from error
        return self._smtp

    def _keep(self) -> None:
        """Keep the connection, if there is one, for IDLE seconds."""
        if self._idle is not None:
            self._idle.cancel()
        self._used = time.monotonic()
        self._idle = asyncio.get_running_loop().call_later(IDLE, self._close)

    def _about_the_mail(self, error: aiosmtplib.SMTPException) -> Exception:
        """The error for a refused recipient or content. The server itself works."""
        answer = error.recipients[0] if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else error
        code = answer.code if isinstance(answer, aiosmtplib.SMTPResponseException) else 0
        if code in _SIGN_IN or code == 421:
            return self._about_us(answer)
        self._breaker.ok()
        if 400 <= code < 500:
            _handed.inc("away")
            return Unavailable(f"The mail server asks to come again later: {codes(answer)}")
        _handed.inc("refused")
        return MailRefused(f"The mail server refused the mail: {codes(answer)}")

    def _about_us(self, error: Exception) -> Exception:
        """The error for a failure that no mail caused: the server is unreachable, or refuses us."""
        code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0
        away = isinstance(error, OSError) and not isinstance(error.__cause__ or error, ssl.SSLError)
        if 400 <= code < 500 or (away and not code):
            self._away("away")
            return Unavailable(f"The mail server is away: {error}")
        self._away("misconfigured")
        _log.error("mail.misconfigured", error=error)
        return Unavailable(f"The mail server will not have us; look at SMTP_URL and MAIL_FROM: {error}")

    def _away(self, outcome: str) -> None:
        self._close()
        self._breaker.failed()
        _handed.inc(outcome)

    def _close(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if self._smtp is not None:
            self._smtp.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._close()


def _is_local(url: str) -> bool:
    """Whether mail would be sent without TLS to this machine itself."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    try:
        here = ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        here = host == "localhost" or host.endswith(".localhost")
    return here and parts.scheme == "smtp"


def _client(url: str) -> aiosmtplib.SMTP:
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        port = 0
    if not port or not parts.hostname:
        raise ValueError("SMTP_URL must be of the form smtp://[user:password@]host[:port], or smtps://...")
    return aiosmtplib.SMTP(
        hostname=parts.hostname,
        port=port,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=parts.scheme == "smtps",
        timeout=STEP,
    )
