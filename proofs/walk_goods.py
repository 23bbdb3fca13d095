"""Asks by their examples what staff do with products, collections, the shop's settings and webhooks."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from PIL import Image

from proofs import steps_of_goods as steps
from proofs.example_client import ExampleClient
from proofs.store import OFFSET

# Where the webhook of the walk is received; the shop sends it there and to no other port of this machine.
RECEIVER = 8600 + OFFSET
SETTINGS = {"WEBHOOK_NETWORKS": '["127.0.0.1/32"]', "WEBHOOK_PORTS": f"[{RECEIVER}]"}


def _variant(sku: str, *values: str) -> dict[str, Any]:
    price = {"price": {"amount": 14_600, "currency": "EUR"}}
    return {"sku": sku, "option_values": values, "on_hand": 5, "prices": [price]}


async def goods(client: ExampleClient) -> None:
    """Change the product of the examples, make two more, and put it into a category and collections."""
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), (42, 92, 77)).save(picture, "AVIF")
    client.known |= {"picture": picture.getvalue(), "no": False, "nothing": None}
    client.known["new_variant"] = _variant("WALK-1", "A3")
    client.known["another_size"] = _variant("WALK-2", "A2", "Oak frame")
    await client.send(*steps.CHANGED, *steps.MADE)
    client.forget("slug", "picture_id")
    client.known["item_id"] = client.known.get("made_id")
    await client.send(*steps.CHOSEN, *steps.WRITTEN, *steps.SORTED)
    client.forget("slug")
    await client.send(*steps.UNSORTED)
    client.forget("version", "category_id", "picture", "item_id")


@asynccontextmanager
async def _receiver(got: asyncio.Queue[str]) -> AsyncIterator[None]:
    """A program that takes every message; their ids come into `got`."""

    async def take(request: web.Request) -> web.Response:
        got.put_nowait(request.headers["webhook-id"])
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/hooks", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", RECEIVER).start()
        yield
    finally:
        await runner.cleanup()


async def shop(client: ExampleClient) -> None:
    """Set up the shop; then have a webhook's test sent, and sent again."""
    await client.send(*steps.SHOP)
    got: asyncio.Queue[str] = asyncio.Queue()
    client.known["state"] = "delivered"
    client.known["url"] = f"http://127.0.0.1:{RECEIVER}/hooks"
    async with _receiver(got):
        await client.send(*steps.WEBHOOK)
        await _received(client, got)
        await client.send(*steps.SENT_WEBHOOK)
        await _received(client, got)
        await client.send(*steps.END_WEBHOOK)
    client.forget("url", "state", "version")


async def _received(client: ExampleClient, got: asyncio.Queue[str]) -> None:
    """Wait for the message, whose id follows `msg_`; another one, or none within 30 s, is a complaint."""
    try:
        message = await asyncio.wait_for(got.get(), 30)
    except TimeoutError:
        message = "nothing"
    if message != f"msg_{str(client.known.get('message_id')).replace('-', '')}":
        client.complaints.append(f"the webhook was sent {message}")
