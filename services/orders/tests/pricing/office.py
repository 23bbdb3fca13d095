"""The rules of prices as staff changes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chassis.testing import RunningApp
from chassis.values import uuid7

ADMIN = "/api/v1/admin"
BOTH = ("pricing:read", "pricing:write")


def flat(price: int | None, currency: str = "EUR", **fields: Any) -> dict[str, Any]:
    """A rate of one band."""
    return {"currency": currency, "bands": [{"at_least": 0, "price": price}], **fields}


@dataclass
class Office:
    service: RunningApp

    async def ask(self, method: str, path: str, body: Any = None, scopes: tuple[str, ...] = BOTH) -> Any:
        """The answer, whatever it is."""
        headers = self.service.token(uuid7(), scopes)
        return await self.service.client.request(method, f"{ADMIN}/{path}", json=body, headers=headers)

    async def done(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of a good answer."""
        answer = await self.ask(method, path, body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    async def zone(self, *places: dict[str, Any], title: str = "Here", **fields: Any) -> dict[str, Any]:
        return await self.done("POST", "shipping/zones", {"title": title, "places": list(places), **fields})

    async def method(self, zone: dict[str, Any], *rates: dict[str, Any], **fields: Any) -> dict[str, Any]:
        body = {"title": "Parcel", "rates": list(rates) or [flat(490)], **fields}
        return await self.done("POST", f"shipping/zones/{zone['id']}/methods", body)

    async def rate(self, country: str = "DE", rate: int = 190_000, **fields: Any) -> dict[str, Any]:
        body = {"country": country, "rate": rate, "title": "VAT", **fields}
        return await self.done("POST", "taxes/rates", body)

    async def settings(self, home: dict[str, Any] | None, *without_tax: str, shipping: Any = ()) -> dict[str, Any]:
        now = await self.done("GET", "taxes/settings")
        body = {"home": home, "prices_without_tax": without_tax, "shipping": list(shipping), "version": now["version"]}
        return await self.done("PUT", "taxes/settings", body)

    async def preview(self, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
        wanted = {"currency": "EUR", "lines": list(lines) or [{"unit_price": 1000}], **fields}
        return await self.done("POST", "pricing/previews", wanted)

    async def version(self) -> int:
        async with self.service.ctx.db.read() as tx:
            return int(await tx.value("select version from pricing_versions"))

    async def audited(self) -> list[dict[str, Any]]:
        async with self.service.ctx.db.read() as tx:
            return await tx.rows(dict, "select action, object, before, after from audit_lines order by id")
