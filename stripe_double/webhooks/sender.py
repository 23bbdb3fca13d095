"""Sends events to the shop, signed, at least once each, until it answers 2xx or three days have passed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import sqlite3
import time
from functools import partial

import aiohttp

from stripe_double.controls.clock import Clock
from stripe_double.controls.faults import Faults
from stripe_double.database import event_queue
from stripe_double.database.database import Database
from stripe_double.database.event_queue import Due
from stripe_double.settings import Settings

MAX_DELIVERIES = 16
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
# Stripe says only that the pauses grow exponentially over three days. Source: https://docs.stripe.com/webhooks#retries.
FIRST_SLOW_PAUSE = 60.0
LONGEST_SLOW_PAUSE = 12 * 3600.0
# Seconds. If outcomes cannot be stored (a full disk), events stay due: they must not flood the shop.
UNRECORDED_PAUSE = 1.0
GIVE_UP_AFTER = 3 * 24 * 3600.0
TIMEOUT = aiohttp.ClientTimeout(total=10)
log = logging.getLogger(__name__)


def signature(payload: bytes, secret: str, at: int) -> str:
    """The `Stripe-Signature` header, with one `v1` for each secret: there are two while a secret is rotated.

    Source: https://docs.stripe.com/webhooks#verify-manually.
    """
    signed = b"%d." % at + payload
    digests = [hmac.new(each.encode(), signed, hashlib.sha256).hexdigest() for each in secret.split(",")]
    return ",".join([f"t={at}", *(f"v1={digest}" for digest in digests)])


def pause_after(attempts: int, *, slow: bool = False) -> float:
    """Seconds between a failure and the next attempt; `attempts` counts the failures before. `slow`: as Stripe's."""
    first, longest = (FIRST_SLOW_PAUSE, LONGEST_SLOW_PAUSE) if slow else (FIRST_PAUSE, LONGEST_PAUSE)
    return min(longest, first * 2.0 ** min(attempts, 20))


class WebhookSender:
    """Sends the due events from the database; after a restart it goes on. Call `wake` after a commit of events."""

    def __init__(self, database: Database, settings: Settings, faults: Faults, clock: Clock) -> None:
        self._clock = clock
        self._database = database
        self._settings = settings
        self._faults = faults
        self._awake = asyncio.Event()
        self._sending: dict[str, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Look for due events now instead of at the next planned time."""
        self._awake.set()

    async def run(self) -> None:
        """Send due events until cancelled."""
        if self._settings.webhook_url is None:
            return
        connector = aiohttp.TCPConnector(limit=MAX_DELIVERIES)
        async with aiohttp.ClientSession(timeout=TIMEOUT, connector=connector) as session:
            try:
                failures = 0
                while True:
                    self._awake.clear()
                    try:
                        seconds = self._start_due(session, self._settings.webhook_url)
                        failures = 0
                    except sqlite3.Error:
                        log.exception("events could not be read; it will be tried again")
                        seconds = pause_after(failures)
                        failures += 1
                    await self._rest(seconds)
            finally:
                await self._stop()

    def _start_due(self, session: aiohttp.ClientSession, url: str) -> float | None:
        """Start due deliveries, at most 16 at once; returns the seconds until the next is due, None until `wake`."""
        if self._faults.webhooks.paused:
            return None
        now = self._clock.now()
        for event in self._database.read(lambda db: event_queue.due(db, now, 2 * MAX_DELIVERIES)):
            if len(self._sending) >= MAX_DELIVERIES:
                return None
            if event.id not in self._sending:
                task = asyncio.create_task(self._deliver(session, url, event))
                self._sending[event.id] = task
                task.add_done_callback(partial(self._sent, event.id))
        later = self._database.read(lambda db: event_queue.next_due(db, now))
        return None if later is None else max(0.0, later - now)

    async def _rest(self, seconds: float | None) -> None:
        try:
            await asyncio.wait_for(self._awake.wait(), seconds)
        except TimeoutError:
            return

    async def _deliver(self, session: aiohttp.ClientSession, url: str, event: Due) -> None:
        """Send all copies of an event and record whether the shop has accepted each."""
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
            await self._database.write(lambda db: event_queue.settle(db, event.id, "delivered"))
        elif now - event.created > GIVE_UP_AFTER:
            log.error("webhook %s given up after three days", event.id)
            await self._database.write(lambda db: event_queue.settle(db, event.id, "given up"))
        else:
            until = now + pause_after(event.attempts, slow=self._faults.webhooks.slow_retries)
            await self._database.write(lambda db: event_queue.postpone(db, event.id, until))

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
            log.error("webhook %s could not be sent; it will be sent again", event, exc_info=task.exception())
        self.wake()

    async def _stop(self) -> None:
        tasks = list(self._sending.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
