"""The loop that sends what is due: each endpoint by itself, so that a slow one holds up no other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

from chassis import telemetry
from shop.context import ShopContext
from shop.webhooks.client import WebhookClient
from shop.webhooks.store import deliveries, endpoints
from shop.webhooks.usecases.deliver import deliver

PAUSE_SECONDS = 1.0
AT_ONCE = 5
_log = telemetry.logger(__name__)


class Sender:
    """Sends to the endpoints to which something is due, AT_ONCE messages of each."""

    def __init__(self, ctx: ShopContext, client: WebhookClient, key: bytes) -> None:
        self._ctx, self._client, self._key = ctx, client, key
        self._busy: dict[UUID, asyncio.Task[None]] = {}
        self._over = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send within the block. At its end nothing new is begun; what runs is due again elsewhere."""
        async with self._ctx.loops.running("webhooks", self._go_on):
            try:
                yield
            finally:
                self._over = True
                for task in list(self._busy.values()):
                    task.cancel()
                # nosemgrep: gather-without-bound -- cancelled tasks, one for each endpoint, at most 20
                await asyncio.gather(*self._busy.values(), return_exceptions=True)

    async def _go_on(self) -> None:
        while not self._over:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 -- the loop must outlive whatever goes wrong once
                _log.warning("webhooks.unread", error=error)
            await asyncio.sleep(PAUSE_SECONDS)

    async def look(self) -> None:
        """Begin to send to each endpoint that is due and not busy."""
        async with self._ctx.db.read() as tx:
            due = await deliveries.due_endpoints(tx)
        for endpoint_id in due:
            if endpoint_id not in self._busy and not self._over:
                task = asyncio.create_task(self.drain(endpoint_id))
                self._busy[endpoint_id] = task
                task.add_done_callback(partial(self._ended, endpoint_id))

    def _ended(self, endpoint_id: UUID, _task: asyncio.Task[None]) -> None:
        self._busy.pop(endpoint_id, None)

    async def drain(self, endpoint_id: UUID) -> None:
        """Send all that is due to one endpoint."""
        try:
            while not self._over and await self._some(endpoint_id):
                pass
        except Exception as error:  # noqa: BLE001 -- what was not sent is due again, here or elsewhere
            _log.warning("webhooks.undelivered", error=error)

    async def _some(self, endpoint_id: UUID) -> bool:
        """Whether there were any."""
        async with self._ctx.db.write() as tx:
            endpoint = await endpoints.find(tx, endpoint_id)
            if endpoint is None or endpoint.status != "on":
                return False
            claimed = await deliveries.claim(tx, endpoint_id, AT_ONCE)
        now = int(time.time())
        # nosemgrep: gather-without-bound -- at most AT_ONCE are claimed
        await asyncio.gather(*(deliver(self._ctx, self._client, self._key, endpoint, each, now) for each in claimed))
        return bool(claimed)
