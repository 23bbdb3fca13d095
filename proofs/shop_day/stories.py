"""What staff do with paid orders: parcels with their slips, cancellations and refunds. One function a story."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from proofs.shop_day.shop import Bought, Shop

Pieces = Sequence[dict[str, int]]


async def left(shop: Shop, bought: Bought) -> None:
    """Nobody has sent it yet: staff only print its slip."""
    await shop.pdf(f"{bought.path}/packing-slip.pdf")


async def sent(shop: Shop, bought: Bought) -> dict[str, Any]:
    """In one parcel, which arrives. What is collected is handed over."""
    parcel = await parcel_of(shop, bought, bought.all_pieces())
    if not parcel["by_hand"]:
        await shop.ask("POST", f"{bought.path}/parcels/{parcel['id']}/delivered")
    assert (await shop.ask("GET", bought.path))["fulfilment_status"] == "fulfilled"
    return parcel


async def sent_in_two(shop: Shop, bought: Bought) -> None:
    """One piece first, and the rest later; a third parcel is refused."""
    await parcel_of(shop, bought, [{"position": 1, "quantity": 1}])
    assert (await shop.ask("GET", bought.path))["fulfilment_status"] == "partly_fulfilled"
    left_over = (await shop.ask("GET", f"{bought.path}/parcels"))["left"]
    await parcel_of(shop, bought, left_over)
    again = await shop.asked("POST", f"{bought.path}/parcels", {"lines": [{"position": 1, "quantity": 1}]})
    assert again.status == 409, again


async def sent_anew(shop: Shop, bought: Bought) -> None:
    """The first parcel is taken back, and all is sent again."""
    first = await parcel_of(shop, bought, bought.all_pieces())
    if not first["by_hand"]:
        noted = "select mailed_at is not null from parcels where id = $1::uuid"
        await shop.until(lambda: shop.store.value("orders", noted, first["id"]), "the mail about the first parcel")
    await shop.ask("POST", f"{bought.path}/parcels/{first['id']}/cancel")
    await sent(shop, bought)


async def parcel_of(shop: Shop, bought: Bought, pieces: Pieces) -> dict[str, Any]:
    """Send these pieces, with a tracking number, and print the slip."""
    collected = bool((bought.order["shipping_method"] or {}).get("pickup"))
    wish: dict[str, Any] = {"lines": [*pieces], "by_hand": collected}
    if not collected:
        wish |= {"carrier": "dhl", "tracking_number": f"JJD{bought.wish.number:017d}"}
    parcel: dict[str, Any] = await shop.ask("POST", f"{bought.path}/parcels", wish)
    await shop.pdf(f"{bought.path}/parcels/{parcel['id']}/packing-slip.pdf")
    bought.mails["shipped"] += not collected
    bought.parcels += 1
    return parcel


async def cancelled_whole(shop: Shop, bought: Bought) -> None:
    """After the payment and before any parcel: all money goes back, and all pieces to the shelf."""
    done = await _cancel(shop, bought, None)
    assert done["refund"]["total"] == bought.order["total"], done
    again = await shop.asked("POST", f"{bought.path}/parcels", {"lines": bought.all_pieces()})
    assert again.status == 409, f"a cancelled order was sent: {again}"


async def cancelled_piece(shop: Shop, bought: Bought) -> None:
    """One piece is not sent, the others are."""
    await _cancel(shop, bought, [{"position": 1, "quantity": 1}])
    await parcel_of(shop, bought, (await shop.ask("GET", f"{bought.path}/parcels"))["left"])


async def _cancel(shop: Shop, bought: Bought, pieces: Pieces | None) -> Any:
    wish = {"reason": "customer", "restock": True, "refund": True, "lines": pieces}
    done = await shop.ask("POST", f"{bought.path}/cancellations", wish)
    bought.mails["cancelled_by_shop"] += 1
    expect_refund(bought)
    restock(bought, pieces or bought.all_pieces())
    return done


def restock(bought: Bought, pieces: Pieces) -> None:
    """These go back on the shelf."""
    for each in pieces:
        bought.restocked[bought.sku(each["position"])] += each["quantity"]


async def refunded_whole(shop: Shop, bought: Bought) -> None:
    """All of an order that was not sent, and its pieces back on the shelf."""
    made = await refund(shop, bought, {"whole": True, "restock": True})
    assert made["total"] == bought.order["total"], made
    restock(bought, bought.all_pieces())
    more = await shop.asked("POST", f"{bought.path}/refunds/previews", {"amount": bought.money(1)})
    assert more.status in {409, 422}, f"more than was paid: {more}"


async def refunded_by_line(shop: Shop, bought: Bought) -> None:
    """Piece by piece after it was sent: the last one takes what is left of the line."""
    await sent(shop, bought)
    line, given = bought.order["lines"][0], 0
    for _ in range(line["quantity"]):
        made = await refund(shop, bought, {"lines": [{"position": 1, "quantity": 1}]})
        given += made["total"]["amount"]
    assert given == line["charged"]["amount"], (
        f"{bought.name}: {given} of the line went back, {line['charged']} came in"
    )


async def refunded_amount(shop: Shop, bought: Bought) -> None:
    """An odd amount, and the order is sent all the same."""
    await refund(shop, bought, {"amount": bought.money(333)})
    await sent(shop, bought)


async def refunded_shipping(shop: Shop, bought: Bought) -> None:
    """What was paid for shipping, whole: it came late."""
    await sent(shop, bought)
    shipping = bought.order["shipping_charged"]
    assert shipping["amount"] > 0, bought.name
    made = await refund(shop, bought, {"shipping": shipping})
    assert made["total"] == shipping, made


async def refunded_by_two(shop: Shop, bought: Bought) -> None:
    """Two of the staff give all of it back at the same moment: it goes back once."""
    body = {"whole": True, "expected_total": bought.order["total"], "reason": "requested_by_customer"}
    two = await asyncio.gather(*(shop.asked("POST", f"{bought.path}/refunds", body) for _ in range(2)))
    assert sorted(each.status for each in two) == [201, 409], two
    expect_refund(bought)


async def refund_failed(shop: Shop, bought: Bought) -> None:
    """The customer's bank does not take it: the provider has the money again, and it goes back by a second refund."""
    made = await refund(shop, bought, {"amount": bought.money(1_000)})
    await until_refunded(shop, bought, made["id"], "refunded")
    known = await shop.store.at_provider("refunds")
    (there,) = [each for each in known if each["metadata"].get("refund_id") == made["id"]]
    await shop.store.double_control(f"refunds/{there['id']}", {"status": "failed", "reason": "declined"})
    await until_refunded(shop, bought, made["id"], "failed")
    bought.refunds -= 1
    await refund(shop, bought, {"amount": bought.money(999)})


async def refunded_in_dashboard(shop: Shop, bought: Bought) -> None:
    """Not by the shop, but in the provider's own dashboard."""
    await sent(shop, bought)
    intent = await shop.store.value("payments", "select intent_id from payments where order_id = $1::uuid", bought.id)
    amount = bought.order["total"]["amount"] // 3
    await shop.store.double_control("refunds", {"payment_intent": intent, "amount": amount})
    expect_refund(bought)

    async def known() -> bool:
        items = (await shop.ask("GET", f"{bought.path}/refunds"))["items"]
        return [(each["origin"], each["total"]["amount"]) for each in items] == [("provider", amount)]

    await shop.until(known, f"the refund of the dashboard at {bought.name}")


async def refund(shop: Shop, bought: Bought, parts: dict[str, Any]) -> Any:
    """Look at what it would give back, and give it back."""
    preview = await shop.ask("POST", f"{bought.path}/refunds/previews", parts)
    body = {**parts, "expected_total": preview["total"], "reason": "requested_by_customer"}
    made = await shop.ask("POST", f"{bought.path}/refunds", body)
    assert made["total"] == preview["total"], (preview, made)
    expect_refund(bought)
    return made


def expect_refund(bought: Bought) -> None:
    """One more, with its credit note and its mail."""
    bought.refunds += 1
    bought.mails["refunded"] += 1


async def until_refunded(shop: Shop, bought: Bought, refund_id: str, status: str) -> None:
    """Wait until a refund has this status."""

    async def there() -> bool:
        items = (await shop.ask("GET", f"{bought.path}/refunds"))["items"]
        return any((each["id"], each["status"]) == (refund_id, status) for each in items)

    await shop.until(there, f"a refund of {bought.name} that is {status}")
