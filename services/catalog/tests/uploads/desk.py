"""Short ways for tests to upload and arrange pictures."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx

from catalog.tests.pictures.images import jpeg
from catalog.tests.shop import Shop

SLUG = "tide-no-4"
ADMIN = f"/api/v1/admin/products/{SLUG}/pictures"
UPLOAD = "/api/v1/admin/pictures"


class Desk:
    """A member of staff at a shop that sells PRINT."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    async def upload(
        self, content: bytes | None = None, *, key: str | None = None, kind: str = "image/jpeg", **asked: str
    ) -> httpx.Response:
        headers = {**self.shop.staff, "Content-Type": kind, "Idempotency-Key": key or str(uuid4())}
        if "version" in asked:
            headers["If-Match"] = f'"{asked.pop("version")}"'
        content = jpeg(400, 300) if content is None else content
        return await self.shop.client.post(UPLOAD, params={"product": SLUG, **asked}, content=content, headers=headers)

    async def uploaded(self, colour: int, alt: str = "") -> str:
        """The id of a picture of its own colour."""
        answer = await self.upload(jpeg(60, 40, (colour, 0, 0)), alt=alt)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["picture"]["id"])

    async def ask(self, method: str, path: str = "", body: Any = None, **headers: str) -> httpx.Response:
        return await self.shop.client.request(
            method, f"{ADMIN}{path}", json=body, headers={**self.shop.staff, **headers}
        )

    async def ids(self) -> list[str]:
        return [each["id"] for each in (await self.ask("GET")).json()["items"]]

    async def version(self) -> int:
        return int((await self.ask("GET")).json()["product_version"])

    async def audited(self) -> list[str]:
        async with self.shop.db.read() as tx:
            found: list[dict[str, str]] = await tx.rows(dict, "select action from audit_lines order by id")
        return [row["action"] for row in found if row["action"].startswith("picture")]
