"""A mail server that keeps what it gets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from chassis.testing.servers import free_port


class Mailbox:
    """`refuse` makes the server turn away so many mails, `unknown` those to these addresses, for good."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse = 0
        self.unknown: set[str] = set()
        self.port = free_port()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        """Keep a mail, or refuse it for now as often as `refuse` says."""
        if self.refuse:
            self.refuse -= 1
            return "451 come again later"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)  # noqa: S101 -- narrows the type
        if mail["To"] in self.unknown:
            return "550 5.1.1 no such mailbox"
        self.mails.append(mail)
        return "250 kept"

    def to(self, address: str) -> list[EmailMessage]:
        """In the order in which they came."""
        return [mail for mail in self.mails if mail["To"] == address]

    @property
    def url(self) -> str:
        """As SMTP_URL names it."""
        return f"smtp://127.0.0.1:{self.port}"

    @contextmanager
    def open(self) -> Iterator[Mailbox]:
        """Take mails for as long as the block lasts."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=60, enable_SMTPUTF8=True)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()
