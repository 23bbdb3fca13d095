"""The services orders and payments as identity sees them: one small server that keeps what a test gives it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

_BLOCKED = {"type": "erasure-blocked", "title": "Money is open", "status": 409, "request_id": "x"}


@dataclass
class Others:
    """`open`: why an account cannot be erased. `pages`: the tables of each page of an account's rows, by service.
    `erased`: which service erased whom, by which erasure, in this order. `known`: who was erased before, by kind.

    `broken`: services that answer 500. `blocked`: services that refuse to erase. `strange`: accounts whose erasure is
    refused for another reason. `meanwhile`: what happens while rows are asked for.
    """

    url: str = ""
    open: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    pages: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    erased: list[tuple[str, str, str]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    strange: set[str] = field(default_factory=set)
    known: dict[str, str] = field(default_factory=dict)
    meanwhile: Callable[[], Awaitable[None]] | None = None

    def who_erased(self, account_id: object) -> list[str]:
        return [service for service, whom, _ in self.erased if whom == str(account_id)]

    @property
    def urls(self) -> dict[str, list[str]]:
        return {name: [f"{self.url}/{name}"] for name in ("payments", "orders")}

    async def _rows(self, request: web.Request) -> web.Response:
        if self.meanwhile is not None:
            await self.meanwhile()
        pages = self.pages.get((request.match_info["service"], request.match_info["account"]), [{}])
        place = int(request.query.get("after", "0"))
        following = place + 1 if place + 1 < len(pages) else None
        return web.json_response({"tables": pages[place], "next": following})

    async def _asked(self, request: web.Request) -> web.Response:
        whose = request.match_info["account"]
        return web.json_response({"open": self.open[whose] if request.match_info["service"] == "orders" else []})

    async def _erase(self, request: web.Request) -> web.Response:
        service, whom = request.match_info["service"], request.match_info["account"]
        if whom in self.strange:
            body = {"type": "made-up", "title": "Made up", "status": 422, "request_id": "x"}
            return web.json_response(body, status=422, content_type="application/problem+json")
        if service in self.blocked:
            body = {**_BLOCKED, "reasons": ["order 1042 has a refund that is under way"]}
            return web.json_response(body, status=409, content_type="application/problem+json")
        self.erased.append((service, whom, (await request.json())["erasure_id"]))
        return web.json_response({"erased": True})

    async def _known(self, request: web.Request) -> web.Response:
        """Two a page."""
        subjects = sorted(self.known)
        left = [each for each in subjects if each > request.query.get("after", "")]
        found = [{"subject": each, "kind": self.known[each], "erased_at": "2026-11-29T12:00:00Z"} for each in left[:2]]
        return web.json_response({"erasures": found, "next": left[1] if len(left) > 2 else None})

    @web.middleware
    async def _gate(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.match_info["service"] in self.broken:
            return web.Response(status=500)
        if not request.headers["Authorization"].startswith("Bearer "):
            return web.Response(status=401)
        return await handler(request)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Others]:
        app = web.Application(middlewares=[self._gate])
        path = "/{service}/internal/people/{account}"
        app.router.add_get(path, self._rows)
        app.router.add_get(f"{path}/erasure", self._asked)
        app.router.add_post(f"{path}/erasure", self._erase)
        app.router.add_get("/{service}/internal/erasures", self._known)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        assert runner.addresses
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()
