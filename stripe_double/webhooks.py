"""Sends the book's events to the shop, signed, at least once each, until it answers 2xx or three days have passed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import sqlite3
import time
from functools import partial
from typing import TYPE_CHECKING

import aiohttp

from stripe_double import webhook_book

if TYPE_CHECKING:
    from stripe_double.book import Book
    from stripe_double.clock import Clock
    from stripe_double.faults import Faults
    from stripe_double.settings import Settings
    from stripe_double.webhook_book import Due

MOST_AT_ONCE = 16
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
# While the book takes nothing (a full disk), the shop must not be flooded with what is due and stays due.
UNRECORDED_PAUSE = 1.0
GIVE_UP_AFTER = 3 * 24 * 3600.0
TIMEOUT = aiohttp.ClientTimeout(total=10)
log = logging.getLogger(__name__)


def signature(payload: bytes, secret: str, at: int) -> str:
    """The `Stripe-Signature` header, with a `v1` for each secret of a list with commas: while one rolls there are two.

    Source: https://docs.stripe.com/webhooks#verify-manually.
    """
    signed = b"%d." % at + payload
    digests = [hmac.new(each.encode(), signed, hashlib.sha256).hexdigest() for each in secret.split(",")]
    return ",".join([f"t={at}", *(f"v1={digest}" for digest in digests)])


def pause_after(attempts: int) -> float:
    """Seconds from the `attempts`-th failure (counted from 0) to the next attempt."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(attempts, 20))


class Dispatcher:
    """Reads what is due from the book, so a killed double goes on where it was. `wake` after a commit of events."""

    def __init__(self, book: Book, settings: Settings, faults: Faults, clock: Clock) -> None:
        self._clock = clock
        self._book = book
        self._settings = settings
        self._faults = faults
        self._awake = asyncio.Event()
        self._sending: dict[str, asyncio.Task[None]] = {}

    def wake(self) -> None:
        self._awake.set()

    async def run(self) -> None:
        """Until cancelled."""
        if self._settings.webhook_url is None:
            return
        connector = aiohttp.TCPConnector(limit=MOST_AT_ONCE)
        async with aiohttp.ClientSession(timeout=TIMEOUT, connector=connector) as session:
            try:
                failures = 0
                while True:
                    self._awake.clear()
                    try:
                        seconds = self._start_due(session, self._settings.webhook_url)
                        failures = 0
                    except sqlite3.Error:
                        log.exception("the book could not be read; it will be tried again")
                        seconds = pause_after(failures)
                        failures += 1
                    await self._rest(seconds)
            finally:
                await self._stop()

    def _start_due(self, session: aiohttp.ClientSession, url: str) -> float | None:
        """Starts as many as may run, and answers how many seconds are left to the next; None: until woken."""
        if self._faults.webhooks.paused:
            return None
        now = self._clock.now()
        for event in self._book.read(lambda book: webhook_book.due(book, now, 2 * MOST_AT_ONCE)):
            if len(self._sending) >= MOST_AT_ONCE:
                return None
            if event.id not in self._sending:
                task = asyncio.create_task(self._deliver(session, url, event))
                self._sending[event.id] = task
                task.add_done_callback(partial(self._sent, event.id))
        later = self._book.read(lambda book: webhook_book.next_due(book, now))
        return None if later is None else max(0.0, later - now)

    async def _rest(self, seconds: float | None) -> None:
        try:
            await asyncio.wait_for(self._awake.wait(), seconds)
        except TimeoutError:
            return

    async def _deliver(self, session: aiohttp.ClientSession, url: str, event: Due) -> None:
        """Every copy must be taken; the event stays due until the book says otherwise."""
        taken = True
        for _ in range(1 + self._faults.webhooks.duplicate):
            taken = await self._post(session, url, event.payload) and taken
        try:
            await self._record(event, taken=taken)
        except sqlite3.Error:
            log.exception("webhook %s could not be recorded; it will be sent again", event.id)
            await asyncio.sleep(UNRECORDED_PAUSE)

    async def _record(self, event: Due, *, taken: bool) -> None:
        now = self._clock.now()
        if taken:
            await self._book.write(lambda book: webhook_book.settle(book, event.id, "delivered"))
        elif now - event.created > GIVE_UP_AFTER:
            log.error("webhook %s given up after three days", event.id)
            await self._book.write(lambda book: webhook_book.settle(book, event.id, "given up"))
        else:
            until = now + pause_after(event.attempts)
            await self._book.write(lambda book: webhook_book.postpone(book, event.id, until))

    async def _post(self, session: aiohttp.ClientSession, url: str, payload: bytes) -> bool:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(payload, self._settings.webhook_secret, int(time.time())),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            async with session.post(url, data=payload, headers=headers, allow_redirects=False) as answer:
                return 200 <= answer.status < 300
        except (TimeoutError, aiohttp.ClientError, OSError):
            return False

    def _sent(self, event: str, task: asyncio.Task[None]) -> None:
        del self._sending[event]
        if not task.cancelled() and task.exception() is not None:
            log.error("webhook %s was not sent to its end; it will be sent again", event, exc_info=task.exception())
        self.wake()

    async def _stop(self) -> None:
        tasks = list(self._sending.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
