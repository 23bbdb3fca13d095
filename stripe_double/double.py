"""The running double: the objects that its handlers share, and its background tasks."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from starlette.requests import Request

from stripe_double.controls.clock import Clock
from stripe_double.controls.faults import Faults
from stripe_double.controls.idempotency import InFlight
from stripe_double.controls.limits import Limits
from stripe_double.controls.locks import Locks
from stripe_double.controls.settlement import Settlement
from stripe_double.database.database import Database
from stripe_double.operations import charges, disputes, payouts
from stripe_double.operations.context import Context
from stripe_double.settings import Settings
from stripe_double.webhooks.destination import Destination
from stripe_double.webhooks.sender import WebhookSender

EXPIRY_PAUSE = 60.0
log = logging.getLogger(__name__)


class Double:
    """The objects that all handlers share: database, faults, limits, clock, destination and webhook sender."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.database)
        self.faults = Faults()
        self.in_flight = InFlight()
        self.limits = Limits(settings.limits)
        self.locks = Locks()
        self.clock = Clock()
        self.settlement = Settlement()
        self.destination = Destination.of(settings)
        self.webhooks = WebhookSender(self.database, settings, self.faults, self.clock)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the database, and deliver webhooks for as long as the block runs."""
        self.database.open()
        delivery = asyncio.create_task(self.webhooks.run())
        delivery.add_done_callback(_end_if_failed)
        expiry = asyncio.create_task(self._expire_often())
        try:
            yield
        finally:
            delivery.cancel()
            expiry.cancel()
            await asyncio.wait([delivery, expiry])
            self.database.close()

    async def expire(self) -> None:
        """Do what time does: authorisations expire, refunds and payouts go on."""
        context = self.context()
        await self.database.write(lambda db: charges.expire_authorisations(db, context))
        await self.database.write(lambda db: disputes.decide(db, context))
        await self.database.write(lambda db: payouts.move_on(db, context))
        self.webhooks.wake()

    async def _expire_often(self) -> None:
        while True:
            try:
                await self.expire()
            except sqlite3.Error:
                log.exception("authorisations could not be expired; it will be tried again")
            await asyncio.sleep(EXPIRY_PAUSE)

    def context(self, request: str | None = None, key: str | None = None, *, public: bool = False) -> Context:
        """The context of one call: its request id, its idempotency key, and whether it has the publishable key."""
        base = self.settings.public_url.rstrip("/")
        faults = self.faults
        return Context(
            base,
            faults.webhooks,
            self.clock.now(),
            request,
            key,
            public,
            faults.refunds_need_funds,
            self.destination,
            self.settlement,
        )


def _end_if_failed(delivery: asyncio.Task[None]) -> None:
    """End the process if the delivery of webhooks has failed: the supervisor then restarts it."""
    if not delivery.cancelled() and delivery.exception() is not None:
        log.critical("the delivery of webhooks has ended", exc_info=delivery.exception())
        os.kill(os.getpid(), signal.SIGTERM)


def double_of(request: Request) -> Double:
    """The double that serves this request."""
    return cast("Double", request.app.state.double)


def today() -> tuple[int, int]:
    """The year and month (UTC), for the expiry of cards."""
    now = time.gmtime()
    return now.tm_year, now.tm_mon
