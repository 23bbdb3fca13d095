"""The end of the day: everything is read from each place that has it, and compared to the cent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any

from proofs import checks
from proofs.balance import read_balance
from proofs.shop_day import sums
from proofs.shop_day.documents import Document, document_complaints, documents_of, numbers_complaints
from proofs.shop_day.figures import figure_rows
from proofs.shop_day.forgetting import forget
from proofs.shop_day.goods import goods_complaints
from proofs.shop_day.mails import mail_complaints
from proofs.shop_day.mapped_file import round_trip_complaints
from proofs.shop_day.shop import Bought, Shop
from proofs.shop_day.sums import Kept, Ledger, Row
from proofs.shop_day.telling import all_told, telling_complaints, told_amounts
from proofs.shop_day.worklist import Export, export
from proofs.waiting import eventually

_BY_HAND = {"bank_transfer": "bank", "cash": "cash"}
_ACCEPTED = {"succeeded", "pending"}
# Seconds for the messages that were refused twice: a try a minute later, and what the day left to do.
TOLD = 150


async def close(shop: Shop, first_day: date) -> list[str]:
    """What differs, after all that was under way has ended; prints what agreed."""
    found, printed = list[str](), ""

    async def again(_: Any) -> list[str]:
        nonlocal found, printed
        # The provider's clock was set forward for its disputes: what it booked last may not be read at the first time.
        await read_balance(shop.store)
        found, printed = await compared(shop, first_day)
        return found

    await eventually(partial(all_told, shop), TOLD, "each message to be taken")
    await checks.remaining(shop.store, again, 120)
    print(printed, flush=True)
    if found:
        return found
    known = await forget(shop)
    await checks.remaining(shop.store, again, 120)
    after = [f"after the erasures: {each}" for each in found]
    if not after:
        print("    after the erasures all of it is as before", flush=True)
    return [*known, *after, *await round_trip_complaints(shop)]


async def compared(shop: Shop, first_day: date) -> tuple[list[str], str]:
    """All complaints, and the table."""
    orders = {each.id: await shop.ask("GET", each.path) for each in shop.bought}
    documents = [each for bought in shop.bought for each in await documents_of(shop, bought)]
    exported = await export(shop)
    kept = await _kept(shop, orders, documents, exported)
    names = {each.id: each.name for each in shop.bought}
    currency_of = {each.id: each.wish.currency for each in shop.bought}
    ledger = await _ledger(shop, first_day)
    rows = [*sums.money_rows(kept, currency_of, ledger), *await figure_rows(shop, kept, first_day)]
    rows += [*await _stock(shop), *await _uses(shop, orders)]
    pages = await document_complaints(shop, documents)
    mails = await mail_complaints(shop)
    found = [
        *sums.complaints(rows),
        *sums.by_order("what came in", kept.came_in, lambda order: names.get(order, order)),
        *sums.by_order("what went back", kept.went_back, lambda order: names.get(order, order)),
        *sums.by_order("tax that went back", kept.tax_back, lambda order: names.get(order, order)),
        *[complaint for each in shop.bought for complaint in _states(each, orders[each.id], documents)],
        *numbers_complaints(documents),
        *exported.complaints,
        *pages,
        *mails,
        *await goods_complaints(shop),
        *await telling_complaints(shop),
        *[f"books: {complaint}" for complaint in await checks.records(shop.store)],
    ]
    kinds = Counter(each.kind for each in documents)
    counted = ", ".join(f"{count} {kind}s" for kind, count in sorted(kinds.items()))
    more = f"    {counted.replace('_', ' ')}: numbers without a gap, each PDF says its number and its sum"
    sent = sum(sum(each.mails.values()) for each in shop.bought)
    told = f"    {len(shop.receiver.taken)} messages of webhooks in {shop.receiver.tries.total()} tries: each was taken"
    mailed = f"    {sent} mails: each customer got those that belong, and no other"
    return found, f"{sums.table(rows)}\n{more}\n{mailed}\n{told}"


async def _kept(shop: Shop, orders: dict[str, Any], documents: list[Document], exported: Export) -> Kept:
    """What each place has of each order."""
    paid = {order: shown for order, shown in orders.items() if shown["paid_at"]}
    invoices = [each for each in documents if each.kind == "invoice"]
    notes = [each for each in documents if each.kind != "invoice"]
    charged, returned = await _at_provider(shop)
    told = told_amounts(shop)
    return Kept(
        came_in={
            "invoices": {each.order_id: each.total for each in invoices},
            "orders": {order: shown["total"]["amount"] for order, shown in paid.items()},
            "payments": charged,
            "export": exported.by_order("order_total"),
            "webhooks": told[0],
        },
        went_back={
            "credit notes": _by_order((each.order_id, each.sign * each.total) for each in notes),
            "orders": {order: shown["refunded"]["amount"] for order, shown in orders.items()},
            "payments": returned,
            "export": exported.by_order("order_refunded"),
            "webhooks": told[1],
        },
        tax={
            "invoices": {each.order_id: each.tax for each in invoices},
            "orders": {order: shown["tax"]["amount"] for order, shown in paid.items()},
            "export": exported.by_order("order_tax"),
        },
        tax_back={
            "credit notes": _by_order((each.order_id, each.sign * each.tax) for each in notes),
            "refunds": _by_order(await _tax_of_refunds(shop)),
        },
    )


def _by_order(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The sums by order."""
    found = Counter[str]()
    for order, amount in amounts:
        found[order] += amount
    return dict(found)


async def _tax_of_refunds(shop: Shop) -> list[tuple[str, int]]:
    """The tax in each refund that did not fail, with its order."""
    return [
        (bought.id, each["tax"]["amount"])
        for bought in shop.bought
        if bought.refunds
        for each in (await shop.ask("GET", f"{bought.path}/refunds"))["items"]
        if each["status"] == "refunded"
    ]


async def _at_provider(shop: Shop) -> tuple[dict[str, int], dict[str, int]]:
    """What the provider captured of each order and gave back; and what came and went by hand."""
    intents = (await shop.store.double_control("book"))["intents"]
    order_of = {each["id"]: each["metadata"]["order_id"] for each in intents}
    charged = {each["metadata"]["order_id"]: each["amount_received"] for each in intents if each["amount_received"]}
    returned = defaultdict[str, int](int)
    for each in await shop.store.at_provider("refunds"):
        if each["status"] in _ACCEPTED:
            returned[order_of[each["payment_intent"]]] += each["amount"]
    for payment in await shop.all_pages("/api/v1/admin/payments?status=captured"):
        if payment["method"] != "card":
            charged[payment["order_id"]] = payment["amount"]["amount"]
            returned[payment["order_id"]] += await _sent_back(shop, payment["id"])
    return charged, dict(returned)


async def _sent_back(shop: Shop, payment_id: str) -> int:
    """What staff have sent back of a payment by bank transfer or in cash."""
    lines = (await shop.ask("GET", f"/api/v1/admin/payments/{payment_id}"))["ledger"]
    return sum(each["amount"]["amount"] for each in lines if (each["kind"], each["side"]) == ("refund", "credit"))


async def _ledger(shop: Shop, first_day: date) -> Ledger:
    balances = (await shop.ask("GET", "/api/v1/admin/ledger/balances"))["items"]
    today, days = await shop.today(), list[dict[str, Any]]()
    while first_day <= today:
        days.append(await shop.ask("GET", f"/api/v1/admin/reports/daily?date={first_day.isoformat()}"))
        first_day += timedelta(days=1)
    held = await shop.store.provider("balance")
    provider = Counter[str]()
    for part in ("available", "pending"):
        provider.update({each["currency"].upper(): each["amount"] for each in held[part]})
    lost, paid_out = Counter[str](), Counter[str]()
    for each in (await shop.store.provider("disputes?limit=100"))["data"]:
        lost[each["currency"].upper()] += each["amount"] if each["status"] == "lost" else 0
    for each in (await shop.store.provider("payouts?limit=100"))["data"]:
        paid_out[each["currency"].upper()] += each["amount"] if each["status"] == "paid" else 0
    by_hand = {account: Counter[str]() for account in _BY_HAND.values()}
    for payment in await shop.all_pages("/api/v1/admin/payments?status=captured"):
        if account := _BY_HAND.get(payment["method"]):
            kept = payment["amount"]["amount"] - await _sent_back(shop, payment["id"])
            by_hand[account][payment["amount"]["currency"]] += kept
    return Ledger(balances, days, provider, lost, {**by_hand, "bank": paid_out + by_hand["bank"]})


async def _stock(shop: Shop) -> list[Row]:
    """Of each article: what there was in the morning, less what was sold, and what came back or was delivered."""
    sold, back = Counter[str](), Counter[str]()
    for each in shop.bought:
        back.update(each.restocked)
        if each.wish.is_paid:
            sold.update({line["sku"]: line["quantity"] for line in each.order["lines"]})
    rows = []
    for article in shop.shelf:
        level = await shop.ask("GET", f"/api/v1/admin/stock/{article.sku}")
        expected = article.on_hand - sold[article.sku] + back[article.sku] + shop.delivered[article.sku]
        sides = {"counted": expected, "on hand": level["on_hand"], "available": level["available"]}
        rows.append(Row(f"stock of {article.sku}", "", sides))
    return rows


async def _uses(shop: Shop, orders: dict[str, Any]) -> list[Row]:
    """Of each discount with a code: how many orders that did not end unpaid have it."""
    took = Counter(code for each in shop.bought if orders[each.id]["life"] != "cancelled" for code in each.codes)
    items = await shop.all_pages("/api/v1/admin/discounts?automatic=false")
    used = {each["title"]: each["used"] for each in items}
    return [Row(f"uses of {title}", "", {"orders": took[title], "counted": used[title]}) for title in sorted(used)]


def _states(bought: Bought, shown: dict[str, Any], documents: list[Document]) -> list[str]:
    """Whether the order ended as it was wished, with one invoice if it is paid and a credit note for each refund."""
    status = "paid" if bought.wish.is_paid else "cancelled"
    kinds = Counter(each.kind for each in documents if each.order_id == bought.id)
    told = {
        "status": (shown["status"], status),
        "invoices": (kinds["invoice"], int(bought.wish.is_paid)),
        "credit notes": (kinds["credit_note"] - kinds["reversal"], bought.refunds),
    }
    wrong = {what: sides for what, sides in told.items() if sides[0] != sides[1]}
    return [f"{what} of {bought.name}: {found}, not {expected}" for what, (found, expected) in wrong.items()]
