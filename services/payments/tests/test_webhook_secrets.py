"""A webhook secret is changed: old and new are taken, and the doctor says when the old one can go."""

from __future__ import annotations

import asyncio
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from chassis.testing import eventually, running_app
from chassis.testing.databases import database_name
from chassis.testing.keys import Bench
from chassis.testing.statements import counted
from payments import metrics
from payments.domain.webhook_secret import Seen, advice, fingerprint
from payments.provider.signature import signed_by
from payments.secret_check import webhook_secrets_of
from payments.settings import PaymentsSettings
from payments.tests.conftest import attended, settings
from payments.tests.double import Double, Listener, Sent, signed
from payments.tests.shop import BY_ITSELF, Shop
from payments.usecases.note_signature import SignatureNotes

NEW, OLD = "whsec_new", "whsec_old"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def event(number: int) -> dict[str, Any]:
    about = {"object": {"object": "charge"}}
    return {"id": f"evt_{number}", "object": "event", "type": "charge.updated", "data": about}


def by_both(number: int) -> Sent:
    """As Stripe signs while a secret is being changed."""
    at = int(time.time())
    new, old = signed(event(number), NEW, at), signed(event(number), OLD, at)
    return Sent(new.body, f"{new.signature},{old.signature.partition(',')[2]}")


@pytest.fixture
async def rolling(bench: Bench, double: Double, listener: Listener) -> Any:
    given = {**settings(double.url), "stripe_webhook_secret": f"{NEW},{OLD}", "database_lock_seconds": 0.05}
    async with running_app("payments", bench, **given) as app:
        yield await attended(Shop(app, double, listener))


async def said(shop: Shop) -> str:
    (check,) = await asyncio.to_thread(lambda: list(webhook_secrets_of(shop.app.ctx.settings)))
    assert check.verdict == "look"
    return check.text


async def test_both_secrets_are_taken_and_the_doctor_says_when_the_old_one_can_go(rolling: Shop):
    before = metrics.webhook_signatures.value("first"), metrics.webhook_signatures.value("second")
    assert "no webhook signed with the first has come yet" in await said(rolling)
    for number, sent in enumerate((signed(event(1), OLD), by_both(2), signed(event(3), NEW))):
        assert (await rolling.deliver(sent)).status_code == 200, number
    assert (await rolling.deliver(signed(event(4), "whsec_stolen"))).status_code == 400
    now = metrics.webhook_signatures.value("first"), metrics.webhook_signatures.value("second")
    assert now == (before[0] + 2, before[1] + 1)
    assert "number 2 alone has signed a webhook within the last day" in await said(rolling)
    await rolling.rows("update webhook_secrets_seen set last_at = now() - interval '25 h'")
    assert "the first signs since less than a day" in await said(rolling)
    await rolling.rows("update webhook_secrets_seen set first_at = now() - interval '25 h'")
    assert "number 2 has signed nothing alone for a day, and the first has. Take it out" in await said(rolling)
    rows = await rolling.rows("select fingerprint from webhook_secrets_seen order by 1")
    assert [row["fingerprint"] for row in rows] == sorted([fingerprint(NEW), fingerprint(OLD)])


async def test_many_webhooks_write_a_secret_down_once_a_minute(rolling: Shop):
    await asyncio.gather(*(rolling.deliver(signed(event(number), OLD)) for number in range(8)))
    async with counted(rolling.app.bench.postgres, database_name("payments")) as cost:
        assert (await rolling.deliver(signed(event(9), OLD))).status_code == 200
    assert cost.work("payments", *BY_ITSELF).statements == 1, cost.told()
    notes = SignatureNotes()
    assert [notes.due(0), notes.due(0), notes.due(1)] == [True, False, True]


async def test_one_secret_costs_nothing_and_needs_no_advice(bench: Bench, double: Double, listener: Listener):
    given = {**settings(double.url), "stripe_webhook_secret": NEW}
    async with running_app("payments", bench, **given) as app:
        shop = await attended(Shop(app, double, listener))
        numbers = itertools.count(1)

        async def costs_nothing() -> bool:
            async with counted(app.bench.postgres, database_name("payments")) as cost:
                assert (await shop.deliver(signed(event(next(numbers)), NEW))).status_code == 200
            return cost.work("payments", *BY_ITSELF).statements == 1

        # Periodic work begins with the service, and would be counted too.
        await eventually(costs_nothing, what="a webhook that costs one statement")
        assert await shop.rows("select from webhook_secrets_seen") == []
        (check,) = webhook_secrets_of(app.ctx.settings)
        assert (check.verdict, check.text) == ("ok", "there is one webhook secret")


async def test_a_note_that_cannot_be_written_refuses_no_webhook(rolling: Shop):
    holder = await asyncpg.connect(rolling.app.db_owner_url)
    async with holder.transaction():
        await holder.execute("lock table webhook_secrets_seen in exclusive mode")  # longer than a statement waits
        assert (await rolling.deliver(signed(event(1), OLD))).status_code == 200
    await holder.close()
    assert await rolling.rows("select from webhook_secrets_seen") == []


def test_the_doctor_does_not_stop_at_a_database_that_is_away():
    shop = PaymentsSettings(
        database_url="postgresql://x@127.0.0.1:9/x",
        service_key_file="x",
        callers_file="x",
        stripe_secret_key="sk_test_1",
        stripe_publishable_key="pk_test_1",
        stripe_webhook_secret=f"{NEW},{OLD}",
    )
    (check,) = webhook_secrets_of(shop)
    assert check.verdict == "look"
    assert "2 webhook secrets: the database did not say which sign" in check.text


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        (None, None, "new is unseen"),
        (None, 1, "new is unseen"),
        (30, 1, "still used"),
        (1, 23.9, "still used"),
        (1, 25, "new is young"),
        (23.9, None, "new is young"),
        (25, None, "can go"),
        (25, 25, "can go"),
    ],
)
def test_the_advice_by_hours_since_each_signed(new: float | None, old: float | None, expected: str):
    seen = {}
    if new is not None:
        seen[fingerprint(NEW)] = Seen(NOW - timedelta(hours=new), NOW)
    if old is not None:
        seen[fingerprint(OLD)] = Seen(NOW - timedelta(days=90), NOW - timedelta(hours=old))
    assert advice([NEW, OLD], seen, NOW) == [expected]
    assert advice([NEW], seen, NOW) == []


def test_the_first_secret_that_signed_is_told():
    sent = signed(event(1), OLD)
    assert signed_by(sent.body, sent.signature, [NEW, OLD, OLD]) == 1
    assert signed_by(sent.body, sent.signature, [OLD, NEW]) == 0
    assert signed_by(sent.body, sent.signature, [NEW]) is None
    assert signed_by(sent.body, None, [OLD]) is None
