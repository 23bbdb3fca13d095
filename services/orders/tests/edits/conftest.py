"""A running service that sends mails, and paid orders in its database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from chassis.testing import running_app
from chassis.testing.keys import Bench
from chassis.testing.mailbox import Mailbox
from orders.settings import RATES
from orders.tests.edits.clerk import Clerk


@pytest.fixture
async def clerk(bench: Bench, mailbox: Mailbox) -> AsyncIterator[Clerk]:
    """Nobody answers it."""
    nobody = {name: ["http://127.0.0.1:9"] for name in ("catalog", "payments")}
    settings = {"smtp_url": mailbox.url, "mail_from": "Mercat <shop@mercat.example>", "followed_by": ["reports"]}
    async with running_app("orders", bench, urls=nobody, **dict.fromkeys(RATES, "100000/min"), **settings) as service:
        clerk = Clerk(service, UUID(int=7), mailbox)
        await clerk.invoicing(on=False)
        yield clerk
        mailbox.unknown.clear()
