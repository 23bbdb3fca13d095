"""What comes back to the shop: pieces that customers return, and disputes. One function a story."""

from __future__ import annotations

import uuid
from typing import Any

from proofs.shop_day.shop import Bought, Shop
from proofs.shop_day.stories import expect_refund, restock, sent

# The double decides by these words, as Stripe's test mode does.
WINS, LOSES = "winning_evidence", "losing_evidence"


async def returned(shop: Shop, bought: Bought) -> None:
    """All pieces of the first line: the shopper asks, staff look at what came, and pay it back less a fee."""
    await sent(shop, bought)
    pieces = bought.pieces(1)
    asked = await _request(bought, pieces)
    path = f"{bought.path}/returns/{asked['id']}"
    fee = bought.money(290)
    await shop.ask("POST", f"{path}/approve", {"answer": "Send it to our workshop", "fee": fee})
    # One piece is whole, one is to be looked at, and a third one did not come.
    told = {"position": 1, "restocked": 1, "to_process": 1, "missing": pieces - 2}
    await shop.ask("POST", f"{path}/receive", {"lines": [told]})
    await shop.ask("POST", f"{path}/inspect", {"lines": [{"position": 1, "restocked": 0, "discarded": 1}]})
    restock(bought, [{"position": 1, "quantity": 1}])
    bought.mails.update(["return_approved", "return_received"])
    await _pay_back(shop, bought, path)


async def _pay_back(shop: Shop, bought: Bought, path: str) -> None:
    """Twice: the second one gives nothing back."""
    paid = await shop.ask("POST", f"{path}/refund", {})
    again = await shop.asked("POST", f"{path}/refund", {})
    assert again.status in {200, 201, 409}, again
    assert again.status == 409 or again.body["refund_id"] == paid["refund_id"], again
    expect_refund(bought)
    await shop.ask("POST", f"{path}/close")


async def return_refused(shop: Shop, bought: Bought) -> None:
    """Staff refuse the shopper's return, and take one back out of goodwill: the second is received whole."""
    await sent(shop, bought)
    asked = await _request(bought, 1)
    await shop.ask("POST", f"{bought.path}/returns/{asked['id']}/refuse", {"answer": "It was worn"})
    bought.mails["return_refused"] += 1
    wish = {"lines": [{"position": 1, "quantity": 1}], "reason": "defective"}
    opened = await shop.ask("POST", f"{bought.path}/returns", wish)
    path = f"{bought.path}/returns/{opened['id']}"
    await shop.ask("POST", f"{path}/receive", {"lines": [{"position": 1, "restocked": 0, "discarded": 1}]})
    bought.mails.update(["return_approved", "return_received"])
    await _pay_back(shop, bought, path)


async def return_withdrawn(shop: Shop, bought: Bought) -> None:
    """The shopper keeps it after all."""
    await sent(shop, bought)
    asked = await _request(bought, 1)
    answer = await bought.buyer.call("POST", f"/api/v1/orders/{bought.id}/returns/{asked['id']}/cancel")
    assert (answer.status, answer.body["status"]) == (200, "cancelled"), answer


async def _request(bought: Bought, pieces: int) -> dict[str, Any]:
    """A return of pieces of the first line, as the shopper asks for it."""
    body = {"lines": [{"position": 1, "quantity": pieces}], "reason": "does_not_fit", "note": "Too small"}
    answer = await bought.buyer.call(
        "POST", f"/api/v1/orders/{bought.id}/returns", json=body, **{"Idempotency-Key": uuid.uuid4().hex}
    )
    assert answer.status == 201, f"{bought.name}: {answer}"
    asked: dict[str, Any] = answer.body
    return asked


async def dispute_won(shop: Shop, bought: Bought) -> None:
    """Staff send evidence, and the bank believes it."""
    await _dispute(shop, bought, WINS, "won")


async def dispute_lost(shop: Shop, bought: Bought) -> None:
    """Staff send evidence, and the bank does not believe it."""
    await _dispute(shop, bought, LOSES, "lost")


async def dispute_accepted(shop: Shop, bought: Bought) -> None:
    """Staff send no evidence."""
    await _dispute(shop, bought, "", "lost")


async def _dispute(shop: Shop, bought: Bought, evidence: str, outcome: str) -> None:
    """The customer disputes the charge, so the order is not sent without a word; then as the bank decides."""

    async def opened() -> str:
        found = await shop.all_pages("/api/v1/admin/disputes?kind=dispute")
        return next((str(each["id"]) for each in found if each["order_id"] == bought.id), "")

    dispute = await shop.until(opened, f"the dispute of {bought.name}")

    async def marked() -> bool:
        return bool((await shop.ask("GET", bought.path))["payment_status"] == "disputed")

    await shop.until(marked, f"{bought.name} as disputed")
    parcel = await shop.asked("POST", f"{bought.path}/parcels", {"lines": bought.all_pieces()})
    assert parcel.status == 409, f"a disputed order was sent: {parcel}"
    path = f"/api/v1/admin/disputes/{dispute}"
    if evidence:
        await shop.ask("POST", f"{path}/evidence", {"text": evidence, "submit": True})
        await shop.store.double_control("clock", {"advance_seconds": 1})
    else:
        await shop.ask("POST", f"{path}/accept")

    async def closed() -> bool:
        return bool((await shop.ask("GET", path))["outcome"] == outcome)

    await shop.until(closed, f"a dispute of {bought.name} that is {outcome}")
