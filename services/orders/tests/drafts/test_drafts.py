"""Drafts are kept, listed, changed of the version that was read, priced with warnings, and forgotten."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID, uuid4

import asyncpg
import pytest

from chassis.values import uuid7
from orders.drafts import forget_drafts
from orders.drafts.domain.draft import MOST_DRAFTS
from orders.tests.drafts.agent import STAFF, Agent, wanted
from orders.tests.pricing.office import Office
from orders.tests.shop import ADDRESS, euros

FULL = {
    "account_id": str(uuid7()),
    "billing_address": {**ADDRESS, "name": "Babbage & Co"},
    "vat_id": "DE136695976",
    "shipping_method": None,
    "discount_codes": ["NOPE"],
    "payment_method": "bank_transfer",
    "locale": "de",
    "note": "Wie besprochen",
}


async def test_a_draft_is_kept_listed_changed_and_deleted(agent: Agent) -> None:
    one, two = agent.shop.shelves.articles(2)
    key = str(uuid4())
    first = await agent.ask("POST", "", wanted((one, 2), (two, 1), (one, 1), **FULL), key=key)
    assert (await agent.ask("POST", "", wanted((one, 2), (two, 1), (one, 1), **FULL), key=key)).json() == first.json()
    draft = first.json()
    assert first.headers["location"] == f"/api/v1/admin/drafts/{draft['id']}"
    assert [line["quantity"] for line in draft["lines"]] == [3, 1]
    assert {**FULL, **{name: draft[name] for name in FULL}} == {**FULL, "billing_address": draft["billing_address"]}
    assert draft["billing_address"]["name"] == "Babbage & Co"
    assert (draft["version"], draft["status"], draft["created_by"], draft["order"]) == (1, "open", str(STAFF), None)
    change = {**wanted((two, 5)), "version": 1}
    answers = await asyncio.gather(*(agent.ask("PUT", draft["id"], change) for _ in range(4)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (refused["type"], refused["version"]) == ("draft-changed", 2)
    changed = (await agent.ask("GET", draft["id"])).json()
    assert (changed["version"], changed["account_id"], changed["note"], len(changed["lines"])) == (2, None, None, 1)
    assert (await agent.ask("DELETE", f"{draft['id']}?version=1")).status_code == 409
    others = [await agent.drafted((one, 1)) for _ in range(2)]
    page = (await agent.ask("GET", "?limit=2&status=open")).json()
    assert [each["id"] for each in page["items"]] == [others[1]["id"], others[0]["id"]]
    rest = (await agent.ask("GET", f"?limit=2&cursor={page['next_cursor']}")).json()
    assert ([each["id"] for each in rest["items"]], rest["next_cursor"]) == ([draft["id"]], None)
    assert (await agent.ask("DELETE", f"{draft['id']}?version=2")).status_code == 204
    for method, path, body in (
        ("GET", draft["id"], None),
        ("PUT", draft["id"], change),
        ("DELETE", f"{draft['id']}?version=2", None),
        ("POST", f"{draft['id']}/price", None),
        ("POST", f"{draft['id']}/send", {"version": 2, "expected_total": euros(1)}),
    ):
        assert (await agent.ask(method, path, body)).status_code == 404, (method, path)
    audited = "select array_agg(action order by id) from audit_lines where object = $1"
    lines = ["draft.created", "draft.changed", "draft.read", "draft.deleted"]
    assert await agent.shop.value(audited, f"draft:{draft['id']}") == lines
    reader = agent.shop.service.token(uuid7(), scopes=("orders:read",))
    path = f"/api/v1/admin/drafts/{others[0]['id']}"
    assert (await agent.shop.client.get(path, headers=reader)).status_code == 200
    assert (await agent.shop.client.post(f"{path}/price", headers=reader)).status_code == 403


async def test_what_makes_no_sense_is_refused_and_names_its_field(agent: Agent) -> None:
    variant = str(uuid7())
    wrong = {
        "email": ("Ada", "a\u0000@b.de"),
        "currency": (None, "USD", "eur"),
        "lines": (
            [{"variant_id": variant, "quantity": 0}],
            [{"variant_id": variant, "quantity": 600}] * 2,
            [{"variant_id": variant, "quantity": 1}] * 51,
            [{"variant_id": "x", "quantity": 1}],
        ),
        "shipping_address": ({"country": "DE"},),
        "vat_id": ("DE1",),
        "discount_codes": (["A"] * 6, [""]),
        "payment_method": ("gold",),
        "locale": ("german",),
        "note": ("", "a" * 501, "a\u0000"),
        "account_id": ("me",),
    }
    for field, values in wrong.items():
        for value in values:
            answer = await agent.ask("POST", "", {**wanted(), field: value})
            assert (answer.status_code, field in answer.text) == (422, True), (field, value, answer.text)
    assert await agent.shop.value("select count(*) from drafts") == 0
    draft = await agent.drafted()
    sends: tuple[dict[str, object], ...] = (
        {"version": 0},
        {"version": 1, "expected_total": {"amount": -1, "currency": "EUR"}},
        {},
    )
    for body in sends:
        assert (await agent.ask("POST", f"{draft['id']}/send", body)).status_code == 422
    assert (await agent.ask("PUT", draft["id"], {**wanted(), "version": 1, "currency": "JPY"})).status_code == 422


async def test_its_price_says_what_stands_in_the_way(agent: Agent) -> None:
    shelves = agent.shop.shelves
    good, short, gone, dollars = (
        shelves.article(stock=9),
        shelves.article(stock=1),
        shelves.article(),
        shelves.article(currency="USD"),
    )
    shelves.withdraw(gone)
    draft = await agent.drafted((good, 1), (short, 3), (gone, 1), (dollars, 1), discount_codes=["NOPE"])
    price = await agent.priced(draft)
    found = {warning["variant_id"]: warning for warning in price["warnings"]}
    assert {name: found[each.variant_id]["reason"] for name, each in (("short", short), ("gone", gone))} == {
        "short": "out-of-stock",
        "gone": "unpublished",
    }
    assert (found[short.variant_id]["requested"], found[short.variant_id]["available"]) == (3, 1)
    assert found[dollars.variant_id]["reason"] in {"not-in-currency", "unknown"}
    assert [each["reason"] for each in price["calculation"]["rejected_codes"]] == ["unknown"]
    assert (price["missing"], price["calculation"]["subtotal"]) == ([], euros(10_000))
    bare = await agent.drafted((good, 1), email=None, shipping_address=None)
    assert (await agent.priced(bare))["missing"] == ["email", "shipping_address"]
    empty = await agent.priced(await agent.drafted(email=None, vat_id="DE136695976"))
    assert (empty["calculation"], empty["missing"]) == (None, ["email", "lines"])
    unknown = await agent.drafted((good, 1))
    await agent.execute("update drafts set lines = $2, vat_id = 'X' where id = $1", UUID(unknown["id"]), [*_stranger()])
    (warning,) = (await agent.priced(unknown))["warnings"]
    assert (warning["reason"], warning["sku"]) == ("unknown", None)
    lost = await agent.drafted((good, 1), account_id=str(uuid7()))
    await agent.execute("update drafts set vat_id = 'X' where id = $1", UUID(lost["id"]))
    assert (await agent.priced(lost))["calculation"]["total"] == euros(3000)
    office = Office(agent.shop.service)
    await office.method(await office.zone({"country": "FR"}))
    assert (await agent.priced(lost))["calculation"]["shipping_problem"] == "no-method"


def _stranger() -> list[dict[str, object]]:
    return [{"variant_id": str(uuid7()), "quantity": 1}]


async def test_there_are_never_more_than_the_shop_may_have_and_old_ones_go(agent: Agent) -> None:
    fill = """
    insert into drafts (id, currency, lines, discount_codes, payment_method, created_by)
    select uuidv7(), 'EUR', '[]', '{}', 'card', $1 from generate_series(1, $2)
    """
    await agent.execute(fill, STAFF, MOST_DRAFTS - 2)
    answers = await asyncio.gather(*(agent.ask("POST", "", wanted()) for _ in range(6)))
    assert Counter(answer.status_code for answer in answers) == {201: 2, 409: 4}
    assert {answer.json()["limit"] for answer in answers if answer.status_code == 409} == {MOST_DRAFTS}
    await agent.execute("update drafts set updated_at = now() - interval '91 days' where email is null")
    await asyncio.gather(*(forget_drafts(agent.shop.service.ctx) for _ in range(2)))
    assert await agent.shop.value("select count(*) from drafts") == 2


async def test_the_database_keeps_a_sent_draft_as_it_is(agent: Agent) -> None:
    draft = await agent.drafted((agent.shop.shelves.article(), 1))
    draft_id = UUID(draft["id"])
    # No draft is sent without its order.
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await agent.execute("update drafts set order_id = id, sent_at = now(), sent_by = id where id = $1", draft_id)
    assert (await agent.send(draft)).status_code == 200
    with pytest.raises(asyncpg.CheckViolationError, match="it stays as it is"):
        await agent.execute("update drafts set note = 'x' where id = $1", draft_id)
    for method, path, body in (
        ("PUT", draft["id"], {**wanted(), "version": 2}),
        ("DELETE", f"{draft['id']}?version=2", None),
    ):
        answer = await agent.ask(method, path, body)
        assert (answer.status_code, answer.json()["type"]) == (409, "draft-sent")
