"""Mails about an order again: those that fit its state, each a mail of its own, and not many."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID, uuid4

from chassis.testing import eventually
from chassis.values import uuid7
from orders.edits import MailAgain, mail_again
from orders.mails import MailFacts
from orders.tests.edits.clerk import ADA, Clerk
from orders.tests.fulfilment.desk import text_of

# Kinds of an open, a paid, a given up order, and of one that lost its stock.
FITS = {
    "pending_payment": ("placed", "payment_link"),
    "paid": ("confirmation",),
    "expired": ("cancelled",),
    "stock_lost": ("stock_lost",),
}
_ENDED = "payment = 'cancelled', stock = 'released', paid_at = null, cancelled_at = now()"
_BECOME = {
    "pending_payment": "status = 'pending_payment', payment = 'open', stock = 'held', paid_at = null, "
    "next_attempt_at = now() + interval '1 hour'",
    "paid": "status = 'paid'",
    "expired": f"status = 'cancelled', cancel_reason = 'expired', {_ENDED}",
    "stock_lost": f"status = 'cancelled', cancel_reason = 'stock_lost', {_ENDED}",
}


async def test_only_what_fits_the_orders_state_is_sent(clerk: Clerk) -> None:
    for state, kinds in FITS.items():
        order = await clerk.paid(1)
        await clerk.execute(f"update orders set {_BECOME[state]} where id = $1", order)
        for kind in (kind for each in FITS.values() for kind in each):
            answer = await clerk.resend(order, kind)
            assert answer.status_code == (202 if kind in kinds else 409), (state, kind, answer.text)
            if kind not in kinds:
                assert (answer.json()["type"], answer.json()["obstacle"]) == ("mail-not-sendable", "state")
    order = await clerk.paid(1)
    await clerk.execute(f"update orders set {_BECOME['pending_payment']}, expires_at = now() where id = $1", order)
    assert (await clerk.resend(order, "payment_link")).status_code == 409
    told = [mail["Message-ID"].split(".")[1] for mail in await clerk.mails(ADA, 5)]
    assert sorted(told) == sorted(kind for kinds in FITS.values() for kind in kinds)


async def test_what_is_about_a_part_of_the_order_names_it(clerk: Clerk) -> None:
    order = await clerk.paid(4, 1, digital=(2,))
    lines = [{"position": 1, "quantity": 1}]
    refund = await clerk.ask(
        "POST", f"{order}/refunds", {"lines": lines, "reason": "other", "expected_total": euros(1000)}
    )
    cancelled = await clerk.ask("POST", f"{order}/cancellations", {**_WISH, "lines": lines})
    sent, by_hand = await clerk.sent(order, p1=1), await clerk.sent(order, p2=1, by_hand=True)
    things = {"shipped": sent, "refunded": refund.json()["id"], "cancelled_by_shop": cancelled.json()["id"]}
    requested = await clerk.resend(order, "refunded", subject=things["refunded"])
    assert (requested.status_code, requested.json()["obstacle"]) == (409, "unknown_subject")
    sql = "update refunds set status = 'refunded', accepted_at = now(), next_attempt_at = null where id = $1"
    await clerk.execute(sql, UUID(things["refunded"]))
    for kind, subject in things.items():
        assert (await clerk.resend(order, kind)).status_code == 422
        assert (await clerk.resend(order, kind, subject=str(uuid7()))).status_code == 409
        answer = await clerk.resend(order, kind, subject=subject)
        assert answer.status_code == 202, answer.text
        assert answer.json() == {"kind": kind, "email": ADA}
    assert (await clerk.resend(order, "shipped", subject=by_hand)).status_code == 409
    assert (await clerk.resend(order, "confirmation", subject=sent)).status_code == 422
    gone = await clerk.sent(order, p1=1)
    await clerk.parcel(order, gone, "cancel")
    assert (await clerk.resend(order, "shipped", subject=gone)).status_code == 409
    assert (await clerk.resend(uuid7(), "confirmation")).status_code == 404
    for wrong in ({"kind": "link"}, {"kind": "confirmation", "note": ""}, {"kind": "confirmation", "note": "a\u0000"}):
        assert (await clerk.ask("POST", f"{order}/mails", wrong)).status_code == 422


async def test_few_are_sent_however_many_ask_and_each_has_its_own_id(clerk: Clerk) -> None:
    order = await clerk.paid(1)
    answers = await asyncio.gather(*(clerk.resend(order, "confirmation") for _ in range(9)))
    assert Counter(answer.status_code for answer in answers) == {202: 5, 409: 4}
    assert {answer.json()["obstacle"] for answer in answers if answer.status_code == 409} == {"too_often"}
    sent = await clerk.mails(ADA, 5)
    assert len({mail["Message-ID"] for mail in sent}) == 5
    history = await clerk.rows("select actor, data from order_events where kind = 'mail_sent_again'")
    assert {(row["actor"], row["data"]["kind"]) for row in history} == {(clerk.account_id, "confirmation")}
    audited = "select count(*) from audit_lines where action = 'order.mail_sent_again'"
    assert await clerk.value(audited) == 5


async def test_the_same_request_is_one_mail_and_the_job_twice_the_same_one(clerk: Clerk) -> None:
    order, key = await clerk.paid(1), str(uuid4())
    await clerk.execute(f"update orders set {_BECOME['pending_payment']} where id = $1", order)
    for _ in range(2):
        assert (await clerk.resend(order, "payment_link", key=key, note="As we agreed")).status_code == 202
        # As if the process had died before it kept the answer.
        await clerk.execute("update idempotency set status = null, headers = null, body = null, claimed_until = now()")
    (first,) = await clerk.mails(ADA, 1)
    assert "As we agreed" in text_of(first)
    await eventually(lambda: clerk.value("select count(*) = 0 from jobs"), what="the jobs' end")
    assert len(clerk.mailbox.to(ADA)) == 1
    job = MailAgain(order, "payment_link", uuid7(), MailFacts())
    for _ in range(2):
        await mail_again(clerk.service.ctx, job)
    assert len({mail["Message-ID"] for mail in clerk.mailbox.to(ADA)}) == 2
    await mail_again(clerk.service.ctx, MailAgain(uuid7(), "payment_link", uuid7(), MailFacts()))


def euros(amount: int) -> dict[str, object]:
    return {"amount": amount, "currency": "EUR"}


_WISH = {"reason": "customer", "restock": False, "refund": False}
