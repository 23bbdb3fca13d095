"""A customer is told of each parcel once, and its slip names no price."""

from __future__ import annotations

from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from chassis.resilience import failpoints
from chassis.testing import eventually
from chassis.testing.mailbox import Mailbox
from orders.fulfilment import ParcelMail, mail_parcel, packing_slip, parcels_of
from orders.fulfilment.store import parcels
from orders.tests.fulfilment.desk import Desk, text_of

ADA = "ada@example.com"
_IDLE = "select count(*) = 0 from jobs"


@pytest.fixture
def overrides(mailbox: Mailbox) -> dict[str, object]:
    return {"smtp_url": mailbox.url, "mail_from": "Mercat <shop@mercat.example>"}


async def unsent(desk: Desk, order: UUID) -> UUID:
    """A parcel of one piece that nobody was told of."""
    parcel = UUID(await desk.sent(order, p1=1))
    await eventually(lambda: desk.value(_IDLE), what="its mail")
    await desk.execute("update parcels set mailed_at = null where id = $1", parcel)
    return parcel


async def test_each_parcel_is_told_once_with_its_tracking(desk: Desk, mailbox: Mailbox):
    order = await desk.paid(3)
    body = {"lines": [{"position": 1, "quantity": 2}], "carrier": "dhl", "tracking_number": "0034 1"}
    first = UUID((await desk.ask("POST", f"{order}/parcels", body)).json()["id"])
    await desk.sent(order, p1=1)
    told = "select count(*) = 2 from parcels where mailed_at is not null"
    await eventually(lambda: desk.value(told), what="both mails")
    mails = mailbox.to(ADA)
    assert len({mail["Message-ID"] for mail in mails}) == len(mails) == 2
    (tracked,) = [mail for mail in mails if "verfolgen.html?piececode=00341" in text_of(mail)]
    assert "DHL" in text_of(tracked)
    await mail_parcel(desk.service.ctx, ParcelMail(order, first))
    assert len(mailbox.to(ADA)) == 2


async def test_a_parcel_that_was_cancelled_or_is_unknown_is_not_told(desk: Desk, mailbox: Mailbox):
    order = await desk.paid(1)
    parcel = await unsent(desk, order)
    await desk.parcel(order, str(parcel), "cancel")
    mailbox.mails.clear()
    for job in (ParcelMail(order, parcel), ParcelMail(order, uuid4()), ParcelMail(uuid4(), parcel)):
        await mail_parcel(desk.service.ctx, job)
    assert mailbox.mails == []


async def test_a_mail_whose_note_was_lost_is_sent_again_as_the_same(desk: Desk, mailbox: Mailbox):
    order = await desk.paid(1)
    parcel = await unsent(desk, order)
    mailbox.mails.clear()
    failpoints.configure("parcel.mailed=raise*1")
    with pytest.raises(failpoints.InjectedFault):
        await mail_parcel(desk.service.ctx, ParcelMail(order, parcel))
    await mail_parcel(desk.service.ctx, ParcelMail(order, parcel))
    first, again = mailbox.to(ADA)
    assert first["Message-ID"] == again["Message-ID"]
    assert await desk.value("select mailed_at is not null from parcels where id = $1", parcel)


async def test_a_packing_slip_names_what_is_in_the_parcel(desk: Desk):
    order = await desk.paid(3, 1)
    parcel = await desk.sent(order, p1=2)
    async with desk.service.ctx.db.read() as tx:
        (found,) = await parcels_of(tx, order)
    slip = packing_slip(found, ZoneInfo("Pacific/Kiritimati"))
    assert (slip.pieces, slip.name, slip.carrier) == ({1: 2}, "1", "")
    assert slip.day == found.shipped_at.astimezone(ZoneInfo("Pacific/Kiritimati")).date()
    drawn = await desk.ask("GET", f"{order}/parcels/{parcel}/packing-slip.pdf")
    assert (drawn.status_code, drawn.content[:5]) == (200, b"%PDF-")
    assert drawn.headers["content-disposition"].endswith('-packing-slip-1.pdf"')
    assert (await desk.ask("GET", f"{order}/parcels/{uuid4()}/packing-slip.pdf")).status_code == 404
    assert await desk.value("select count(*) from audit_lines where action = 'parcel.slip_read'") == 1
    assert parcels.of_order is parcels_of
