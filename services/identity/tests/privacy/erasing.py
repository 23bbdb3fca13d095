"""Erasures whose days are over, in tests."""

from __future__ import annotations

from typing import Any

from identity.privacy.usecases.erase import erase_due
from identity.tests.own_account.people import People, Person

ME = "/api/v1/accounts/me"


async def ask(people: People, who: Person) -> Any:
    return await people.post("accounts/me/erasure", who.headers)


async def come_due(people: People, account_id: object) -> None:
    """Its next step may be taken at once: its days, and the lifetime of tokens, are over."""
    await people.execute(
        "update erasures set asked_at = asked_at - interval '8 days', due_at = due_at - interval '7 days 1 minute',"
        " next_try_at = now() where account_id = $1 and begun_at is null",
        account_id,
    )
    await people.execute("update erasures set next_try_at = now() where account_id = $1", account_id)


async def go_on(people: People, account_id: object) -> None:
    """Take the next step of an erasure, as the periodic work does."""
    await come_due(people, account_id)
    await erase_due(people.service.ctx)


async def state(people: People, who: Person) -> str:
    """What has become of it: begun, erased, or neither."""
    sql = """
    select case when erased_at is not null then 'erased' when begun_at is not null then 'begun' else 'asked' end
    from erasures where account_id = $1
    """
    return await people.query(sql, who.id)
