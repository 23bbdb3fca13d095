"""The mail catcher: an SMTP server on loopback that stores every mail and delivers none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiosmtpd.smtp import SMTP, Envelope, Session

from mercat.portal.mailbox import Mailbox

MAX_BYTES = 10_000_000


class _Handler:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        content = envelope.original_content or b""
        try:
            await asyncio.to_thread(self._mailbox.put, envelope.mail_from, envelope.rcpt_tos, content)
        except OSError:
            return "452 The mail could not be stored"
        return "250 Kept"


@asynccontextmanager
async def running_smtp_server(mailbox: Mailbox, port: int) -> AsyncIterator[int]:
    """Listen on 127.0.0.1 for as long as the block runs; yields the port, which is chosen freely if `port` is 0."""
    loop = asyncio.get_running_loop()
    handler = _Handler(mailbox)

    def protocol() -> SMTP:
        return SMTP(
            handler,
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="Mercat keeps every mail",
            loop=loop,
        )

    server = await loop.create_server(protocol, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
