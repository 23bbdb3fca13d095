"""Says when an old webhook secret can be taken out of STRIPE_WEBHOOK_SECRET: a part of `python -m payments.doctor`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime

from chassis.db import UNREACHABLE, Database
from payments.domain.webhook_secret import Advice, Seen, advice, fingerprint
from payments.findings import Check
from payments.settings import PaymentsSettings
from payments.store import webhook_secrets

_WORDS: dict[Advice, str] = {
    "new is unseen": "no webhook signed with the first has come yet. Keep all, and compare the first with Stripe's "
    "dashboard (Developers > Webhooks)",
    "new is young": "the first signs since less than a day. Keep all until then",
    "still used": "number {number} alone has signed a webhook within the last day. Keep it: Stripe does not know the "
    "first yet, or a second destination sends here",
    "can go": "number {number} has signed nothing alone for a day, and the first has. Take it out",
}


def webhook_secrets_of(settings: PaymentsSettings) -> Iterator[Check]:
    """What to do with each secret but the first, which is the new one."""
    secrets = settings.webhook_secrets
    if len(secrets) == 1:
        yield Check("ok", "there is one webhook secret")
        return
    try:
        seen, now = asyncio.run(_seen(settings.database_url.get_secret_value(), secrets))
    except UNREACHABLE as error:
        yield Check(
            "look", f"{len(secrets)} webhook secrets: the database did not say which sign ({type(error).__name__})"
        )
        return
    for number, each in enumerate(advice(secrets, seen, now), start=2):
        yield Check("look", f"{len(secrets)} webhook secrets: {_WORDS[each].format(number=number)}")


async def _seen(url: str, secrets: Sequence[str]) -> tuple[dict[str, Seen], datetime]:
    database = Database(url, name="payments-doctor", size=1)
    try:
        await database.connect()
        async with database.read() as tx:
            return await webhook_secrets.seen(tx, [fingerprint(each) for each in secrets])
    finally:
        await database.close()
