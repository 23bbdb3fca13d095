"""Addresses, VAT number and e-mail of an order, until something of it is sent; its money stays."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from chassis.testing import eventually
from chassis.values import uuid7
from orders.documents import issue_invoices
from orders.shoppers import MOST_RENEWALS, OrderTokens
from orders.tests.edits.clerk import ADA, BERLIN, EVE, PARIS, Clerk
from orders.tests.fulfilment.desk import text_of
from orders.tests.pricing.office import flat
from orders.tests.shop import ADDRESS

GERMAN, FRENCH = "DE136695976", "FR83404833048"


async def test_an_order_is_changed_until_something_of_it_is_sent(clerk: Clerk) -> None:
    order = await clerk.paid(2)
    moved = {**BERLIN, "phone": "+49 30 1234567"}
    shown = await clerk.edited(order, shipping_address=moved, billing_address=BERLIN, vat_id=" de 136 695 976")
    assert shown["shipping_address"]["lines"] == ["Am Weg 5", "10115 Berlin"]
    assert (shown["billing_address"]["line1"], shown["vat_id"], shown["invoice_kept"]) == ("Am Weg 5", GERMAN, None)
    assert shown["version"] == 2
    entry = await clerk.row("select kind, actor, data from order_events where order_id = $1 and version = 2", order)
    fields = ["shipping_address", "billing_address", "vat_id"]
    assert entry == {"kind": "edited", "actor": clerk.account_id, "data": {"fields": fields}}
    audited = "select after from audit_lines where action = 'order.edited' and object = $1"
    assert await clerk.value(audited, f"order:{order}") == {"fields": fields}
    # What is so already is no change.
    assert (await clerk.edited(order, shipping_address=moved, vat_id=GERMAN, email=ADA))["version"] == 2
    shown = await clerk.edited(order, billing_address=None, vat_id=None)
    assert (shown["billing_address"], shown["vat_id"]) == (None, None)
    parcel = await clerk.sent(order, p1=1)
    assert (await clerk.refused(order, "order-not-editable", shipping_address=ADDRESS))["obstacle"] == "sent"
    await clerk.parcel(order, parcel, "cancel")
    assert (await clerk.edited(order, shipping_address=ADDRESS))["shipping_address"]["country"] == "GB"
    ended = "update orders set status = 'cancelled', payment = 'cancelled', cancel_reason = 'expired', paid_at = null"
    await clerk.execute(f"{ended}, cancelled_at = now() where id = $1", order)
    assert (await clerk.refused(order, "order-not-editable", email=EVE))["obstacle"] == "ended"


async def test_what_makes_no_sense_is_refused_and_names_its_field(clerk: Clerk) -> None:
    order, digital = await clerk.paid(1), await clerk.paid(1, digital=(1,))
    wrong = {
        "email": (None, "Ada", f"a@{'b' * 260}.de"),
        "shipping_address": (None, {**BERLIN, "country": "XX"}, {**BERLIN, "line1": "a\u0000"}),
        "billing_address": ({"country": "DE"},),
        "vat_id": ("DE136695977", "DE1\u00006695976", "D" * 40),
        "version": (0, 1.5, "1", 2**40),
        "total": (1,),
    }
    for field, values in wrong.items():
        for value in values:
            answer = await clerk.ask("PATCH", str(order), {"version": 1, field: value})
            assert answer.status_code == 422, (field, value, answer.text)
            assert field in answer.text, (field, value, answer.text)
    answer = await clerk.edit(digital, shipping_address=BERLIN)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "shipping_address")
    assert (await clerk.edit(digital, billing_address=BERLIN)).status_code == 200
    assert (await clerk.ask("PATCH", str(uuid7()), {"version": 1, "email": EVE})).status_code == 404
    stale = await clerk.edit(order, version=9, email=EVE)
    assert (stale.status_code, stale.json()["type"], stale.json()["version"]) == (409, "order-changed", 1)
    bare = clerk.service.token(uuid4(), scopes=("orders:read",))
    assert (await clerk.service.client.patch(f"/api/v1/admin/orders/{order}", json={}, headers=bare)).status_code == 403


async def test_what_would_change_tax_or_shipping_is_refused_with_what_it_would_cost(clerk: Clerk) -> None:
    office = clerk.office
    germany = await office.zone({"country": "DE"}, title="Germany")
    await office.method(germany, flat(500))
    order = await clerk.paid(1)
    await clerk.execute("update orders set shipping_address = $2 where id = $1", order, BERLIN)
    nowhere = await clerk.refused(order, "edit-changes-price", shipping_address=PARIS)
    assert (nowhere["reason"], nowhere["total"]["amount"]) == ("no-method", 1000)
    france = await office.zone({"country": "FR"}, title="France")
    await office.method(france, flat(900))
    dearer = await clerk.refused(order, "edit-changes-price", shipping_address=PARIS)
    assert (dearer["reason"], dearer["charged"]["amount"], dearer["total"]["amount"]) == ("price", 1500, 1900)
    assert dearer["shipping"] == {"amount": 900, "currency": "EUR"}
    # The same country costs the same, whatever the rules have become since it was placed.
    hamburg = {**BERLIN, "city": "Hamburg", "postal_code": "20095"}
    assert (await clerk.edited(order, shipping_address=hamburg))["total"]["amount"] == 1500
    await office.settings({"country": "DE"})
    await office.rate("DE", 190_000)
    assert (await clerk.edited(order, shipping_address=BERLIN))["tax"]["amount"] == 0
    # A business elsewhere in the EU would owe the tax itself; one of the shop's own country does not.
    free = await clerk.refused(order, "edit-changes-price", vat_id=FRENCH, shipping_address=PARIS)
    assert free["total"]["amount"] < 1900
    assert (await clerk.edited(order, vat_id=GERMAN))["reverse_charge"] is False


async def test_an_invoice_that_was_written_stays_as_it_is(clerk: Clerk) -> None:
    before, after = await clerk.paid(1), await clerk.paid(1)
    await clerk.edited(after, shipping_address=BERLIN)
    await clerk.invoicing(on=True)
    await issue_invoices(clerk.service.ctx)
    content = "select content::text from documents where order_id = $1"
    assert "Am Weg 5" in await clerk.value(content, after)
    kept = await clerk.value(content, before)
    shown = await clerk.edited(before, shipping_address=BERLIN, billing_address=PARIS)
    assert shown["invoice_kept"] == await clerk.value("select number from documents where order_id = $1", before)
    assert await clerk.value(content, before) == kept
    assert "Am Weg 5" not in kept


async def test_a_new_address_makes_the_link_anew_and_the_old_one_learns_neither(clerk: Clerk) -> None:
    order = await clerk.paid(1)
    old = clerk.key_of(order)
    assert (await clerk.ask("GET", str(order), headers=old)).status_code == 200
    await clerk.edited(order, email=EVE)
    assert (await clerk.ask("GET", str(order), headers=old)).status_code == 404
    told, new = (await clerk.mails(ADA, 1))[0], (await clerk.mails(EVE, 1))[0]
    assert "token" not in text_of(told)
    assert EVE not in told.as_string()
    token = text_of(new).partition("#token=")[2].split()[0]
    assert token != old["Order-Token"]
    opened = await clerk.ask("GET", str(order), headers={"Order-Token": token})
    assert (opened.status_code, opened.json()["email"]) == (200, EVE)
    # Back again: the first link stays dead.
    await clerk.edited(order, email=ADA)
    assert (await clerk.ask("GET", str(order), headers=old)).status_code == 404
    hashed = await clerk.value("select token_hash from orders where id = $1", order)
    assert clerk.service.ctx.get(OrderTokens).known(order, hashed) not in {None, old["Order-Token"], token}
    for number in range(MOST_RENEWALS - 2):
        await clerk.edited(order, email=f"a{number}@example.com")
    assert (await clerk.refused(order, "order-not-editable", email=EVE))["obstacle"] == "too_often"


async def test_a_customers_order_moves_without_a_token_and_a_dead_mailbox_holds_nothing_up(clerk: Clerk) -> None:
    account = uuid7()
    order = await clerk.paid(1, account=account)
    clerk.mailbox.unknown.add(ADA)
    await clerk.edited(order, email=EVE)
    (new,) = await clerk.mails(EVE, 1)
    await eventually(lambda: clerk.value("select count(*) = 0 from jobs"), what="the jobs' end")
    assert "token" not in text_of(new)
    assert await clerk.value("select token_hash is null from orders where id = $1", order)
    # What the order's own address refuses is held, so that somebody calls.
    clerk.mailbox.unknown.add(EVE)
    assert (await clerk.resend(order, "confirmation")).status_code == 202
    held = "select count(*) from jobs where held_at is not null and name = 'orders.mail_again'"
    await eventually(lambda: clerk.value(held), what="the held job")


async def test_of_two_who_change_it_at_once_one_does(clerk: Clerk) -> None:
    order = await clerk.paid(1)
    addresses = [{**BERLIN, "line1": f"Am Weg {number}"} for number in range(6)]
    answers = await asyncio.gather(*(clerk.edit(order, 1, shipping_address=each) for each in addresses))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 5]
    assert await clerk.timeline(order) == ["placed", "edited"]


async def test_a_change_that_meets_a_parcel_comes_before_it_or_not_at_all(clerk: Clerk) -> None:
    ends = set()
    for _ in range(8):
        order = await clerk.paid(1)
        sent, edited = await asyncio.gather(clerk.send(order, p1=1), clerk.edit(order, 1, shipping_address=BERLIN))
        assert sent.status_code == 201, sent.text
        timeline = await clerk.timeline(order)
        if edited.status_code == 200:
            assert timeline.index("edited") < timeline.index("parcel_sent")
        else:
            assert (edited.status_code, "edited" in timeline) == (409, False)
        ends.add(edited.status_code)
    assert ends <= {200, 409}


@pytest.mark.parametrize("column", ["email = 'eve@example.com'", "shipping_address = $2", "billing_address = $2"])
async def test_the_database_refuses_a_change_of_what_is_sent_whoever_writes(clerk: Clerk, column: str) -> None:
    order = await clerk.paid(1)
    await clerk.sent(order, p1=1)
    sql = f"update orders set {column} where id = $1 and $2::jsonb is not null"
    with pytest.raises(asyncpg.CheckViolationError, match="pieces of it were sent"):
        await clerk.execute(sql, order, BERLIN)
    free = UUID(str(await clerk.paid(1)))
    await clerk.execute(sql, free, BERLIN)
