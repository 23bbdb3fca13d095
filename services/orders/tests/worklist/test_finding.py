"""Staff find orders: by each filter, by several, page by page; and what they send wrongly is named."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from chassis.testing.counts import RecordCount
from chassis.testing.databases import database_name
from chassis.testing.statements import counted
from chassis.web import pagination
from orders.tests.test_budget import assert_within
from orders.tests.worklist.clerk import LIST, Clerk

# What goes on by itself.
_SWEEPS = ("update orders set attempts", "documents", "update refunds set attempts")


async def test_orders_are_found_by_each_filter_and_by_all_together(clerk: Clerk) -> None:
    account, method, day = uuid4(), uuid4(), 86_400
    plain = await clerk.placed(age=5)
    other = await clerk.placed(
        age=2 * day,
        name="José Ångström",
        country="FR",
        currency="HUF",
        email="jose@other.example",
        sku="Tide-9",
        title="Tide No. 4",
        account=account,
        method=method,
    )
    waiting = await clerk.placed(age=3, status="pending_payment")
    ended = await clerk.placed(age=2, status="cancelled")
    stuck = await clerk.placed(age=1, attention="paid_without_stock")
    await clerk.edit(other, add_tags=["VIP", "Gift"], archived=True)
    await clerk.edit(plain, add_tags=["gift"])
    await clerk.edit(stuck, add_tags=["rush"])
    number = (await clerk.shown(other))["number"]
    everything = [stuck, ended, waiting, plain, other]
    day_ago = await _ago(clerk, day)
    asked: list[tuple[dict[str, Any], list[UUID]]] = [
        *_by_state(everything),
        ({}, everything),
        ({"sort": "oldest"}, everything[::-1]),
        ({"number": number.lower().replace("-", " ")}, [other]),
        ({"account_id": account}, [other]),
        ({"attention": True}, [stuck]),
        ({"country": "FR"}, [other]),
        ({"currency": "HUF"}, [other]),
        ({"payment_method": "card"}, everything),
        ({"payment_method": "cash"}, []),
        ({"shipping_method": method}, [other]),
        ({"placed_from": day_ago}, everything[:-1]),
        ({"placed_to": day_ago}, [other]),
        ({"text": "angstrom JOSE"}, [other]),
        ({"text": "tide 4"}, [other]),
        ({"text": f"#{number[2:].lower()}"}, [other]),
        ({"text": "…"}, []),
        ({"text": "lovelace nobody"}, []),
        ({"sku": "tide-9"}, [other]),
        ({"email": "Jose@other.example"}, [other]),
        ({"email": "jos*"}, [other]),
        ({"email": "ada@*"}, everything[:-1]),
        ({"email": "other.example*"}, []),
        ({"tag": "Gift"}, [plain, other]),
        ({"tag": ["gift", "vip"]}, [other]),
        ({"tag": ["gift", "rush"]}, []),
        ({"tag": ["rush", "gift"]}, []),
        ({"tag": "gift", "life": "open", "country": "GB", "currency": "EUR", "text": "Fifth"}, [plain]),
        ({"tag": "gift", "country": "DE"}, []),
        ({"limit": 2, "life": ["open", "cancelled"]}, everything[:-1]),
    ]
    for query, expected in asked:
        assert await clerk.found(**query) == expected, query
    listed = (await clerk.get(country="FR")).json()["items"][0]
    assert (listed["tags"], listed["life"], listed["number"]) == (["gift", "vip"], "archived", number)


def _by_state(orders: list[UUID]) -> list[tuple[dict[str, Any], list[UUID]]]:
    stuck, ended, waiting, plain, other = orders
    return [
        ({"payment_status": "pending"}, [waiting]),
        ({"payment_status": ["pending", "cancelled"]}, [ended, waiting]),
        ({"payment_status": "disputed"}, []),
        ({"payment_status": ["disputed", "refunded"]}, []),
        ({"fulfilment_status": "unfulfilled"}, orders),
        ({"fulfilment_status": "returned"}, []),
        ({"life": "archived"}, [other]),
        ({"life": "open"}, [stuck, waiting, plain]),
    ]


async def _ago(clerk: Clerk, seconds: int) -> str:
    found = await clerk.value("select now() - make_interval(secs => $1)", float(seconds))
    return str(found.isoformat())


async def test_orders_are_found_by_what_happened_to_them_and_by_what_was_changed(clerk: Clerk) -> None:
    first, second, third = [await clerk.placed(age=age) for age in (3, 2, 1)]
    await clerk.execute("insert into order_progress (order_id, disputes) values ($1, 1)", first)
    await clerk.execute("insert into order_progress (order_id, refunded) values ($1, 400)", second)
    await clerk.execute("insert into order_progress (order_id, fulfilled, returned) values ($1, 1, 1)", third)
    assert await clerk.found(payment_status="disputed") == [first]
    assert await clerk.found(payment_status=["disputed", "partly_refunded"]) == [second, first]
    assert await clerk.found(payment_status=["disputed", "paid"]) == [third, first]
    assert await clerk.found(fulfilment_status=["returned", "partly_returned"]) == [third]
    address = (await clerk.shown(first))["shipping_address"] | {"name": "Grace Hopper"}
    await clerk.execute("update orders set email = 'Grace@example.com' where id = $1", first)
    await clerk.execute("update orders set shipping_address = $2 where id = $1", first, address)
    assert await clerk.found(text="hopper", email="grace@example.com") == [first]
    assert await clerk.found(text="lovelace") == [third, second]


_BAD: list[tuple[str, Any]] = [
    ("payment_status", "lost"),
    ("fulfilment_status", "fine"),
    ("life", "dead"),
    ("country", "gb"),
    ("currency", "EURO"),
    ("placed_from", "2026-11-01T00:00:00"),
    ("placed_from", "0001-01-01T00:00:00+14:00"),
    ("placed_to", "9999-12-31T23:59:59-14:00"),
    ("text", ""),
    ("text", "x" * 101),
    ("text", "a\x00b"),
    ("sku", "\ud7ff" * 101),
    ("email", "a*"),
    ("email", "a*b*"),
    ("email", "x" * 255),
    ("number", "M-7F3K9Q" * 3),
    ("account_id", "1"),
    ("tag", "a,b"),
    ("tag", [f"t{number}" for number in range(6)]),
    ("shipping_method", "parcel"),
    ("payment_method", "shells"),
    ("attention", "perhaps"),
    ("sort", "total"),
    ("limit", 101),
    ("limit", "1e9"),
    ("cursor", "x" * 501),
    ("cursor", "bm90IGEgcGFnZQ"),
    ("cursor", pagination.encode((-1, UUID(int=1)))),
    ("cursor", pagination.encode((10**18, UUID(int=1)))),
    ("cursor", pagination.encode(("2026-11-01T00:00:00Z", UUID(int=1)))),
]


async def test_a_filter_that_is_wrong_is_named_and_reads_nothing(clerk: Clerk) -> None:
    for name, value in _BAD:
        answer = await clerk.get(**{name: value})
        assert answer.status_code == 422, (name, value, answer.text)
        assert {error["field"].split(".")[1] for error in answer.json()["errors"]} == {name}, answer.text
    assert await clerk.value("select count(*) from audit_lines where action = 'orders.read'") == 0
    for path in (LIST, f"{LIST}/{uuid4()}", f"{LIST}/export.csv", f"{LIST}/tags"):
        answer = await clerk.get(path, headers=clerk.of(UUID(int=8), "catalog:read"))
        assert answer.status_code == 403, path


async def test_a_list_and_an_order_are_within_their_budgets(clerk: Clerk, record_count: RecordCount) -> None:
    for age in range(3):
        order_id = await clerk.placed(age=age)
    server, database = clerk.service.bench.postgres, database_name("orders")
    asked: list[tuple[str, int, str, dict[str, Any]]] = [
        ("a list", 2, LIST, {}),
        ("a list by filters", 3, LIST, {"text": "lovelace", "life": "open", "country": "GB"}),
        ("an order", 5, f"{LIST}/{order_id}", {}),
    ]
    for what, budget, path, query in asked:
        async with counted(server, database) as cost:
            assert (await clerk.get(path, **query)).status_code == 200
        work = cost.work("orders", *_SWEEPS)
        record_count(f"{what} of staff", statements=work.statements)
        assert_within([work], statements=budget, commits=1, events=0)
