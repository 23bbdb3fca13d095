"""B3 B4: connections that never end their request: shoppers are served beside them, and passwords are verified."""

from __future__ import annotations

import asyncio
import time

from proofs import file_limit
from proofs.attack.wire import JSON, request
from proofs.shopper import shopper
from proofs.store import ProofStore

TITLE = "Slow requests: 1,500 connections that never end their head or body, and shoppers are served"
HEADS, BODIES = 1_200, 300
# Seconds that a list, and a sign-in with its password hash, may take meanwhile on a busy machine.
PATIENCE = 5.0


async def prove(store: ProofStore) -> list[str]:
    """Open them, ask as a shopper, close them."""
    file_limit.allow(2 * (HEADS + BODIES))
    head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
    begun = request(store, "POST", "/api/v1/sessions", {"Content-Type": JSON, "Content-Length": "900"}, b"{")
    open_: list[asyncio.StreamWriter] = []
    try:
        for number in range(HEADS + BODIES):
            source = f"127.77.{number % 250}.{number // 250 + 2}"
            port = store.store.port("http")
            _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
            open_.append(writer)
            writer.write(head if number < HEADS else begun)
            await writer.drain()
        return await _served(store)
    finally:
        for writer in open_:
            writer.close()


async def _served(store: ProofStore) -> list[str]:
    wrong = []
    async with shopper(store, https=False) as person:
        wish = {"email": person.email, "password": "wrong wrong wrong"}
        for name, method, path, body, right in (
            ("a list", "GET", "/api/v1/products?limit=1", None, 200),
            ("a sign-in", "POST", "/api/v1/sessions", wish, 401),
            ("a cart", "POST", "/api/v1/cart", None, 201),
        ):
            began = time.monotonic()
            status = (await person.call(method, path, json=body)).status
            took = time.monotonic() - began
            print(f"  {name} beside {HEADS + BODIES} slow requests: {status} in {took:.2f} s", flush=True)
            if status != right or took > PATIENCE:
                wrong.append(f"{name} is answered {status} after {took:.1f} s")
    return wrong
