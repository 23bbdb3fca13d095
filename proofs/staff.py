"""A member of staff who repeats each request with one key until it is answered, whatever dies meanwhile."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from proofs.shopper import PASSWORD, Answer, Shopper, shopper
from proofs.store import ProofStore

# Seconds for which a request is repeated: longer than any claim or lease.
PATIENCE = 120.0


class Staff:
    """An administrator. The access token lives for some minutes, so a request that is refused signs in again."""

    def __init__(self, boss: Shopper) -> None:
        self._boss, self._signing_in = boss, asyncio.Lock()

    async def ask(self, method: str, path: str, body: Any = None, *, key: str = "", done: str = "") -> Any:
        """The body of the answer to a request under /api/v1/admin. A text is sent as CSV.

        `done`: the problem that is answered where a try before, whose answer was lost, has done it.
        """
        return await self._answered(method, path, body, key or uuid.uuid4().hex, done)

    async def twice(self, path: str, body: Any) -> Any:
        """What a POST answers, sent twice with one key, as a double click does: both do the same."""
        key = uuid.uuid4().hex
        first, second = [await self._answered("POST", path, body, key) for _ in range(2)]
        assert first["id"] == second["id"], f"{path}: one key made {first['id']} and {second['id']}"
        return first

    async def _answered(self, method: str, path: str, body: Any, key: str, done: str = "") -> Any:
        answer = await self._boss.retry(lambda: self._send(method, path, body, key), PATIENCE)
        assert answer.status < 400 or answer.type == done, f"{method} {path}: {answer}"
        return answer.body

    async def _send(self, method: str, path: str, body: Any, key: str) -> Answer:
        sent: dict[str, Any] = {"data": body.encode()} if isinstance(body, str) else {"json": body}
        headers = {"Idempotency-Key": key, **({"Content-Type": "text/csv"} if isinstance(body, str) else {})}
        url = f"{self._boss.base}/api/v1/admin/{path}"
        for _ in range(2):
            token = self._boss.headers.get("Authorization", "")
            signed = {**headers, "Authorization": token}
            async with self._boss.http.request(method, url, headers=signed, **sent) as answer:
                found = Answer(answer.status, await (answer.json() if "json" in answer.content_type else answer.text()))
            if found.status != 401:
                break
            await self._sign_in_again(token)
        return found

    async def _sign_in_again(self, expired: str) -> None:
        async with self._signing_in:
            if self._boss.headers.get("Authorization", "") == expired:
                await self._boss.sign_in(PASSWORD)


@asynccontextmanager
async def staff_of(store: ProofStore) -> AsyncIterator[Staff]:
    """A new administrator who is signed in."""
    async with shopper(store, https=False, email=f"staff-{uuid.uuid4().hex[:6]}@tester.example") as boss:
        await store.create_admin(boss.email, PASSWORD)
        await boss.sign_in(PASSWORD)
        yield Staff(boss)
