"""The shop's staff: whoever signs in with a second factor, is invited by a mail, and stays signed in for the day."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from proofs.shopper import Answer, Shopper
from proofs.waiting import eventually
from proofs.walk_people import code_of

PATIENCE = 90.0
_FACTOR = "/api/v1/accounts/me/second-factor"
_INVITATIONS = "/api/v1/admin/accounts/invitations"
_LINK = re.compile(r"/account/invitation#(\S+)")


@dataclass
class Member:
    """A member of staff in a browser. `recovery_codes`: those that are left."""

    who: Shopper
    password: str
    recovery_codes: list[str] = field(default_factory=list)
    _renewing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def asked(self, method: str, path: str, body: Any = None) -> Answer:
        """What this person is answered, with a key of its own where the request is not read."""
        key = {} if method == "GET" else {"Idempotency-Key": uuid.uuid4().hex}
        token = self.who.headers.get("Authorization", "")
        answer = await self.who.retry(lambda: self.who.call(method, path, json=body, **key), PATIENCE)
        if answer.status == 401 and token:  # the access token has ended
            await self.renew(token)
            return await self.asked(method, path, body)
        return answer

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer that is no refusal."""
        answer = await self.asked(method, path, body)
        assert answer.status < 300, f"{method} {path}: {answer}"
        return answer.body

    async def send(self, path: str, content: bytes, kind: str, key: str = "") -> Any:
        """The JSON of an answer to a file, sent as it is."""
        url, key = f"{self.who.base}{path}", key or uuid.uuid4().hex
        headers = {**self.who.headers, "Content-Type": kind, "Idempotency-Key": key}
        async with self.who.http.post(url, data=content, headers=headers) as answer:
            assert answer.status == 201, f"{path} as {kind}: {answer.status} {await answer.text()}"
            return await answer.json()

    async def renew(self, token: str) -> None:
        """Have another access token in place of this one, as a browser does: by its cookie."""
        async with self._renewing:
            if self.who.headers.get("Authorization", "") == token:
                answer = await self.who.call("POST", "/api/v1/sessions/refresh", **{"X-Mercat": "refresh"})
                assert answer.status == 200, answer
                self._take(answer)

    async def sign_in(self, code: str | None = None) -> Answer:
        """Sign in by the password, and a code."""
        wish = {"email": self.who.email, "password": self.password, "code": code}
        self.who.headers.pop("Authorization", None)
        answer = await self.who.call("POST", "/api/v1/sessions", json=wish)
        if answer.status == 201:
            self._take(answer)
        return answer

    def _take(self, answer: Answer) -> None:
        self.who.headers["Authorization"] = f"Bearer {answer.body['access_token']}"

    async def enrol(self) -> None:
        """Set up a second factor: without it the password opens nothing of the shop."""
        signed = await self.sign_in()
        assert signed.body.get("lacks_second_factor") is True, signed
        refused = await self.asked("GET", "/api/v1/admin/products?limit=1")
        assert refused.status == 403, f"staff without a second factor: {refused}"
        secret = (await self.ask("POST", _FACTOR))["secret"]
        confirmed = await self.ask("POST", f"{_FACTOR}/confirmations", {"code": code_of(secret, time.time())})
        self.recovery_codes = confirmed["recovery_codes"]
        await self.renew(self.who.headers["Authorization"])

    async def sign_in_by_recovery_code(self) -> None:
        """Begin another session without the telephone; the password alone does not."""
        alone = await self.sign_in()
        assert alone.type == "second-factor-required", alone
        code = self.recovery_codes.pop()
        signed = await self.sign_in(code)
        assert signed.status == 201, signed
        assert signed.body["lacks_second_factor"] is False, signed


async def invite(boss: Member, who: Shopper, role: str, password: str) -> Member:
    """The person who accepts an invitation to this role: twice, of which one makes an account."""
    await boss.ask("POST", _INVITATIONS, {"email": who.email, "roles": [role]})

    async def link() -> str:
        found = [_LINK.search(mail["text"]) for mail in await who.store.mails(who.email)]
        return next((match[1] for match in found if match), "")

    token = await eventually(link, PATIENCE, f"the invitation of {who.email}")
    wish = {"token": token, "name": "Grete Weil", "password": password}
    both = [who.call("POST", f"{_INVITATIONS.replace('/admin', '')}/acceptances", json=wish) for _ in range(2)]
    answers = await asyncio.gather(*both)
    assert sorted(each.status < 300 for each in answers) == [False, True], answers
    assert all(each.status < 500 for each in answers), answers
    return Member(who, password)
