"""Becoming a customer, as a person does: ask, read the mail, follow its link. `base` is for a client without one."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from chassis.testing import eventually
from chassis.testing.mailbox import Mailbox

PASSWORD = "correct horse battery staple"
_TOKEN = re.compile(r"/account/confirm#(\S+)")
_hosts = count(1)


def from_anywhere() -> dict[str, str]:
    """The headers of a request from an address that nobody else has."""
    number = next(_hosts)
    return {"X-Forwarded-For": f"198.18.{number // 250 % 250}.{number % 250 + 1}"}


async def ask(client: Any, email: str, base: str = "") -> Any:
    return await client.post(f"{base}/api/v1/accounts", json={"email": email}, headers=from_anywhere())


async def mailed(mailbox: Mailbox, email: str, number: int = 1) -> Any:
    """The last of so many mails to this address, once they are there."""
    mails = await eventually(lambda: len(mailbox.to(email)) >= number and mailbox.to(email), what=f"mail to {email}")
    return mails[number - 1]


def token_in(mail: Any) -> str:
    found = _TOKEN.search(mail.get_body(("plain",)).get_content())
    assert found is not None
    return found[1]


async def confirm(client: Any, token: str, password: str = PASSWORD, base: str = "", **more: Any) -> Any:
    wish = {"token": token, "password": password, **more}
    return await client.post(f"{base}/api/v1/email-verifications", json=wish, headers=from_anywhere())


async def join(
    client: Any, mailbox: Mailbox | None, email: str, password: str = PASSWORD, base: str = ""
) -> dict[str, Any]:
    """The account, made. No mailbox: the service runs with ACCOUNTS_CONFIRMED_BY_MAIL=false."""
    before = len(mailbox.to(email)) if mailbox else 0
    asked = await ask(client, email, base)
    assert asked.status_code == 202, asked.text
    token = token_in(await mailed(mailbox, email, before + 1)) if mailbox else asked.json()["token"]
    made = await confirm(client, token, password, base)
    assert made.status_code == 201, made.text
    return made.json()
