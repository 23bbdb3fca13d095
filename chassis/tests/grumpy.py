"""A mail server that answers what a test wants, and a mail for it."""

from __future__ import annotations

from chassis.testing.mailbox import Mailbox

LETTER = (
    "Shop <shop@mercat.example>",
    "ada@example.com",
    b"Message-ID: <1@x>\r\nTo: ada@example.com\r\n\r\nHello.\r\n",
)


class Grumpy(Mailbox):
    """Answers what `says` has for a command, once, instead of what it should."""

    def __init__(self) -> None:
        super().__init__()
        self.says: dict[str, str] = {}
        self.asked: list[str] = []

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):  # noqa: N802 -- aiosmtpd's name
        session.host_name = hostname
        self.asked.append("EHLO")
        return responses

    async def handle_MAIL(self, _server, _session, envelope, address, options):  # noqa: N802 -- aiosmtpd's name
        self.asked.append("MAIL")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.says.pop("MAIL", "250 fine")

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 -- aiosmtpd's name
        self.asked.append("RCPT")
        envelope.rcpt_tos.append(address)
        return self.says.pop("RCPT", "250 fine")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 -- aiosmtpd's name
        self.asked.append("DATA")
        return self.says.pop("DATA", None) or await super().handle_DATA(server, session, envelope)

    async def handle_NOOP(self, _server, _session, _envelope, _text):  # noqa: N802 -- aiosmtpd's name
        self.asked.append("NOOP")
        return self.says.pop("NOOP", "250 fine")
