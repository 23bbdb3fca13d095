"""The running double: what its handlers share."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sqlite3
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from stripe_double import charges
from stripe_double.book import Book
from stripe_double.clock import Clock
from stripe_double.destination import Destination
from stripe_double.faults import Faults
from stripe_double.idempotency import InFlight
from stripe_double.limits import Limits
from stripe_double.locks import Locks
from stripe_double.operations import Context
from stripe_double.webhooks import Dispatcher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from stripe_double.settings import Settings

EXPIRY_PAUSE = 60.0
log = logging.getLogger(__name__)


class Double:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.book = Book(settings.book)
        self.faults = Faults()
        self.in_flight = InFlight()
        self.limits = Limits(settings.limits)
        self.locks = Locks()
        self.clock = Clock()
        self.destination = Destination.of(settings)
        self.webhooks = Dispatcher(self.book, settings, self.faults, self.clock)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Opens the book and delivers webhooks until left."""
        self.book.open()
        delivery = asyncio.create_task(self.webhooks.run())
        delivery.add_done_callback(_end_if_failed)
        expiry = asyncio.create_task(self._expire_often())
        try:
            yield
        finally:
            delivery.cancel()
            expiry.cancel()
            await asyncio.wait([delivery, expiry])
            self.book.close()

    async def expire(self) -> None:
        """Give back what was held for too long."""
        context = self.context()
        await self.book.write(lambda book: charges.expire(book, context))
        self.webhooks.wake()

    async def _expire_often(self) -> None:
        while True:
            try:
                await self.expire()
            except sqlite3.Error:
                log.exception("what was held for too long could not be given back; it will be tried again")
            await asyncio.sleep(EXPIRY_PAUSE)

    def context(self, request: str | None = None, key: str | None = None, *, public: bool = False) -> Context:
        base = self.settings.public_url.rstrip("/")
        return Context(base, self.faults.webhooks, self.clock.now(), request, key, public, self.destination)


def _end_if_failed(delivery: asyncio.Task[None]) -> None:
    """A double that no longer delivers must not go on as if it did: it ends, and whoever runs it starts it again."""
    if not delivery.cancelled() and delivery.exception() is not None:
        log.critical("the delivery of webhooks has ended", exc_info=delivery.exception())
        os.kill(os.getpid(), signal.SIGTERM)


def double_of(request: Request) -> Double:
    return cast("Double", request.app.state.double)


def today() -> tuple[int, int]:
    """Year and month, for the expiry of cards."""
    now = time.gmtime()
    return now.tm_year, now.tm_mon
