"""Collections by rule: products enter and leave them as they change, whoever changes them, and however many at once."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from catalog.collections.usecases.fill_collections import fill_collections
from catalog.tests.collections.shelf import PREFIX, Shelf, rule
from catalog.tests.shop import simple
from chassis.resilience import failpoints

WARM = rule(("tag", "is", "warm"))
TAGS, VENDORS, TYPES, TITLES = (
    ("warm", "cold", "a,b"),
    ("Nord", "Süd"),
    ("Print", "Frame"),
    ("Tide", "Écho", "tide two"),
)
# Of a product without a price in it.
USD = ("price", "at_most", 999_999, "USD")


async def test_products_enter_and_leave_as_they_change(shelf: Shelf):
    await shelf.shop.stock_up(simple("A", tags=("warm",)), simple("B", tags=("cold",)))
    made = await shelf.create("warm", rule=WARM)
    assert made["filling"] is True
    assert await shelf.fill() == 1
    assert (await shelf.ask("GET", f"{PREFIX}/{made['id']}")).json()["collection"]["filling"] is False
    assert await shelf.shown("warm") == ["a"]
    await shelf.ask("PATCH", "/api/v1/admin/products/b", {"tags": ["warm", "new"]})
    await shelf.ask("PATCH", "/api/v1/admin/products/a", {"tags": []})
    assert await shelf.fill() == 2
    assert await shelf.shown("warm") == ["b"]
    await shelf.shop.stock_up(simple("C", tags=("warm",)))
    assert await shelf.fill() == 1
    first = (await shelf.client.get("/api/v1/collections/warm/products", params={"limit": 1})).json()
    assert [item["slug"] for item in first["items"]] == ["c"]
    assert await shelf.shown("warm", cursor=first["next_cursor"]) == ["b"]
    assert await shelf.fill() == 0


async def test_a_price_and_the_stock_decide_when_they_change(shelf: Shelf):
    await shelf.shop.stock_up(simple("A", 5, price=1000), simple("B", 0, price=3000))
    await shelf.create("cheap", rule=rule(("price", "at_most", 1500, "EUR")))
    await shelf.create("here", rule=rule(("stock", "is", "in_stock")))
    await shelf.create("gone", rule=rule(("stock", "is", "out_of_stock")))
    await shelf.fill()
    assert [await shelf.shown(slug) for slug in ("cheap", "here", "gone")] == [["a"], ["a"], ["b"]]
    prices: dict[str, Any] = {"currency": "EUR", "prices": [{"sku": "A", "amount": 2000}]}
    await shelf.ask("PUT", "/api/v1/admin/products/a/prices", prices)
    await shelf.ask("PUT", "/api/v1/admin/stock/A", {"on_hand": 0})
    await shelf.ask("PUT", "/api/v1/admin/stock/B", {"on_hand": 1})
    await shelf.fill()
    assert [await shelf.shown(slug) for slug in ("cheap", "here", "gone")] == [[], ["b"], ["a"]]
    prices["prices"][0]["amount"] = None
    await shelf.ask("PUT", "/api/v1/admin/products/a/prices", prices)
    await shelf.create("dear", rule=rule(("price", "at_least", 1, "EUR")))
    await shelf.fill()
    assert await shelf.shown("dear") == ["b"]


async def test_a_changed_rule_looks_at_all_products_anew(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("catalog.collections.usecases.fill_collections.PAGE", 3)
    monkeypatch.setattr("catalog.collections.usecases.fill_collections.CHECKS", 2)
    await shelf.shop.stock_up(*(simple(f"P{n}", tags=("warm",) if n % 2 else ("cold",)) for n in range(7)))
    made = await shelf.create("warm", rule=WARM)
    assert await shelf.fill() == 3
    body: dict[str, Any] = {"slug": "warm", "title": "W", "published": True, "version": 1, "rule": WARM}
    same = (await shelf.ask("PUT", f"{PREFIX}/{made['id']}", body)).json()
    assert (same["version"], same["filling"]) == (2, False)
    body |= {"version": 2, "rule": rule(("tag", "is_not", "warm"))}
    assert (await shelf.ask("PUT", f"{PREFIX}/{made['id']}", body)).json()["filling"] is True
    assert await shelf.fill() == 7
    assert await shelf.shown("warm") == ["p6", "p4", "p2", "p0"]


SENSELESS: list[tuple[dict[str, Any], str]] = [
    ({"about": "tag", "relation": "at_most", "value": "x"}, "relation"),
    ({"about": "price", "relation": "at_most", "value": "x"}, "price"),
    ({"about": "price", "relation": "at_most", "price": {"amount": 1, "currency": "eur"}}, "currency"),
    ({"about": "tag", "relation": "is", "price": {"amount": 1, "currency": "EUR"}}, "value"),
    ({"about": "stock", "relation": "is", "value": "maybe"}, "value"),
    ({"about": "tag", "relation": "is", "value": "a\u0000b"}, "value"),
    ({"about": "price", "relation": "at_most", "price": {"amount": 2**63, "currency": "EUR"}}, "amount"),
]


async def test_a_rule_that_makes_no_sense_is_refused(shelf: Shelf):
    for condition, field in SENSELESS:
        body = {"slug": "x", "title": "X", "rule": {"match": "all", "conditions": [condition]}}
        answer = await shelf.ask("POST", PREFIX, body)
        told = answer.json()["errors"][0]
        assert (answer.status_code, told["field"].startswith("rule.conditions.0")) == (422, True), condition
        assert field in told["field"] or field in told["message"], told
    body["rule"] = {"match": "all", "conditions": []}
    empty = (await shelf.ask("POST", PREFIX, body)).json()["errors"][0]
    assert empty["field"] == "rule.conditions"
    assert (await shelf.ask("GET", PREFIX)).json()["items"] == []


def _draft(rng: random.Random, number: int) -> tuple[dict[str, Any], Any]:
    """A product, and what is known of it."""
    known: dict[str, Any] = {
        "title": f"{rng.choice(TITLES)} {number}",
        "vendor": rng.choice(VENDORS),
        "product_type": rng.choice(TYPES),
        "tags": tuple(sorted(rng.sample(TAGS, rng.randrange(3)))),
        "price": rng.choice((0, 1000, 2000)),
        "stock": rng.choice((0, 3)),
    }
    own = {name: value for name, value in known.items() if name not in {"stock", "price"}}
    return known, simple(f"P{number}", known["stock"], price=known["price"], **own)


def _any_condition(rng: random.Random) -> tuple[Any, ...]:
    return rng.choice(
        [
            ("tag", rng.choice(("is", "is_not")), rng.choice(TAGS)),
            ("vendor", rng.choice(("is", "is_not")), rng.choice(VENDORS)),
            ("type", rng.choice(("is", "is_not")), rng.choice(TYPES)),
            ("title", rng.choice(("contains", "begins_with")), rng.choice(("tide", "ÉCHO", "echo", "two", "%", "1"))),
            ("price", rng.choice(("at_least", "at_most")), rng.choice((0, 1000, 1001)), "EUR"),
            ("stock", "is", rng.choice(("in_stock", "out_of_stock"))),
            USD,
        ]
    )


def _holds(known: dict[str, Any], condition: tuple[Any, ...]) -> bool:
    """The rule by hand."""
    about, relation, value, *currency = condition
    if about == "price":
        right = known["price"] >= value if relation == "at_least" else known["price"] <= value
        return right and currency == ["EUR"]
    if about == "stock":
        return bool(known["stock"]) == (value == "in_stock")
    if about == "title":
        title, part = (text.lower().replace("é", "e") for text in (known["title"], value))
        return bool(title.startswith(part) if relation == "begins_with" else part in title)
    own = {"tag": known["tags"], "vendor": (known["vendor"],), "type": (known["product_type"],)}[about]
    return (value in own) == (relation == "is")


async def test_any_rule_finds_what_it_says(shelf: Shelf):
    rng = random.Random(17)
    products = [_draft(rng, number) for number in range(24)]
    await shelf.shop.stock_up(*(draft for _, draft in products))
    wanted = {}
    for number in range(40):
        conditions = [_any_condition(rng) for _ in range(rng.randint(1, 3))]
        match = rng.choice(("all", "any"))
        together = all if match == "all" else any
        await shelf.create(f"c{number}", rule=rule(*conditions, match=match))
        holds = [together(_holds(known, each) for each in conditions) for known, _ in products]
        wanted[f"c{number}"] = [draft.slug for (_, draft), held in zip(products, holds, strict=True) if held][::-1]
    await shelf.fill()
    assert {slug: await shelf.shown(slug, limit=100) for slug in wanted} == wanted
    assert sum(map(bool, wanted.values())) > 20


async def test_products_and_rules_that_change_while_they_are_compared_are_not_missed(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("catalog.collections.usecases.fill_collections.PAGE", 5)
    await shelf.shop.stock_up(*(simple(f"P{n}", tags=("warm",)) for n in range(12)))
    made = await shelf.create("warm", rule=WARM)
    rng = random.Random(3)
    done = asyncio.Event()

    async def change(number: int) -> None:
        for _ in range(4):
            tags = rng.choice((["warm"], ["cold"], []))
            answer = await shelf.ask("PATCH", f"/api/v1/admin/products/p{number}", {"tags": tags})
            assert answer.status_code == 200

    async def change_rule() -> None:
        for version in range(1, 7):
            body = {"slug": "warm", "title": "W", "published": True, "version": version}
            body["rule"] = rule(("tag", "is" if version % 2 else "is_not", "cold"))
            assert (await shelf.ask("PUT", f"{PREFIX}/{made['id']}", body)).status_code == 200

    async def compare() -> None:
        while not done.is_set():
            await fill_collections(shelf.shop.app.ctx)

    compared = [asyncio.create_task(compare()) for _ in range(3)]
    await asyncio.gather(*(change(number) for number in range(12)), change_rule())
    done.set()
    await asyncio.gather(*compared)
    await shelf.fill()
    async with shelf.shop.db.read() as tx:
        wrong = """
        select count(*) from products p full join collection_products cp on cp.product_id = p.id
        where (cp.product_id is not null) is distinct from (not p.tags @> array['cold'])
        """
        assert await tx.value(wrong) == 0
        assert await tx.value("select count(*) from collection_checks") == 0


async def test_what_was_not_committed_is_compared_again(shelf: Shelf):
    await shelf.shop.stock_up(simple("A", tags=("warm",)))
    await shelf.create("warm", rule=WARM)
    failpoints.configure("collections.compared=raise*1")
    with pytest.raises(failpoints.InjectedFault):
        await shelf.fill()
    assert await shelf.shown("warm") == []
    await shelf.fill()
    assert await shelf.shown("warm") == ["a"]
