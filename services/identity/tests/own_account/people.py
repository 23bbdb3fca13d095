"""People who lose their passwords, and change them and their addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

import argon2
import httpx

from chassis.testing import RunningApp
from chassis.testing.mailbox import Mailbox
from identity.tests.joining import PASSWORD, from_anywhere, mailed

NEW = "nine purple otters sing"
_HASH = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(PASSWORD)
_TOKEN = re.compile(r"/account/(?:reset|email|take-back)#(\S+)")
_numbers = count(1)


@dataclass(frozen=True)
class Person:
    """An account. `headers`: of the session that it began with."""

    email: str
    id: UUID
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class People:
    service: RunningApp
    mailbox: Mailbox

    async def query(self, sql: str, *arguments: Any) -> Any:
        async with self.service.ctx.db.read() as tx:
            return await tx.value(sql, *arguments)

    async def execute(self, sql: str, *arguments: Any) -> None:
        async with self.service.ctx.db.write() as tx:
            await tx.execute(sql, *arguments)

    def address(self) -> str:
        """One that nobody has."""
        return f"person{next(_numbers)}@example.com"

    async def join(self, *, signed_in: bool = True) -> Person:
        """Somebody with an account that is put into the database, past registration."""
        email = self.address()
        sql = "insert into accounts (email, password_hash, version) values ($1, $2, 1) returning id"
        async with self.service.ctx.db.write() as tx:
            account_id = await tx.value(sql, email, _HASH)
        headers = await self.session(email) if signed_in else {}
        return Person(email, account_id, headers)

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        client = self.service.client
        client.cookies.clear()
        body = {"email": email, "password": password}
        answer = await client.post("/api/v1/sessions", json=body, headers=from_anywhere())
        client.cookies.clear()
        return answer

    async def session(self, email: str, password: str = PASSWORD) -> dict[str, str]:
        answer = await self.sign_in(email, password)
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def post(self, path: str, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        return await self.service.client.post(
            f"/api/v1/{path}", json=body, headers={**from_anywhere(), **(headers or {})}
        )

    async def change(self, who: Person, **body: Any) -> httpx.Response:
        sent = {"current_password": PASSWORD, "password": NEW, **body}
        path = "/api/v1/accounts/me/password"
        return await self.service.client.put(path, json=sent, headers={**from_anywhere(), **who.headers})

    async def move(self, who: Person, email: str, **body: Any) -> httpx.Response:
        return await self.post(
            "accounts/me/email-changes", who.headers, **{"email": email, "password": PASSWORD, **body}
        )

    async def mail(self, email: str, number: int = 1) -> Any:
        return await mailed(self.mailbox, email, number)

    async def link(self, email: str, number: int = 1) -> str:
        """The token in the last of so many mails to this address."""
        found = _TOKEN.search((await self.mail(email, number)).get_body(("plain",)).get_content())
        assert found is not None
        return found[1]

    async def lines(self, who: Person, action: str) -> list[str]:
        """The outcomes that the audit log has of this action and account."""
        sql = "select array_agg(outcome order by id) from audit_lines where action = $1 and object = $2"
        return await self.query(sql, action, f"account:{who.id}") or []

    async def lives(self, headers: dict[str, str]) -> bool:
        return (await self.service.client.get("/api/v1/accounts/me", headers=headers)).status_code == 200
