"""The evening at the provider: its balance is read, what can be paid out is, and staff look at the day's report."""

from __future__ import annotations

from typing import Any

from proofs.balance import read_balance
from proofs.shop_day.shop import Shop
from proofs.shop_day.wishes import CURRENCIES


async def pay_out(shop: Shop) -> None:
    """A payout of each currency: the bank takes the first, and sends the second one back."""
    payouts: dict[str, tuple[str, str]] = {}
    for currency, ends in zip(CURRENCIES, (("in_transit", "paid"), ("in_transit", "failed")), strict=True):
        payout = await shop.store.double_control("payouts", {"currency": currency.lower()})
        for status in ends:
            await shop.store.double_control(f"payouts/{payout['id']}", {"status": status})
        payouts[payout["id"]] = (currency, ends[-1])
    await read_balance(shop.store)
    for id_, (currency, status) in payouts.items():
        await _check_payout(shop, id_, currency, status)
    print("  the provider has paid out euros; the bank sent the francs back", flush=True)


async def _check_payout(shop: Shop, id_: str, currency: str, status: str) -> None:
    """What is in a payout adds up to what was sent to the bank."""
    shown: dict[str, Any] = await shop.ask("GET", f"/api/v1/admin/payouts/{id_}")
    assert (shown["status"], shown["amount"]["currency"]) == (status, currency), shown
    sent = {each["type"]: each["amount"]["amount"] - each["fee"]["amount"] for each in shown["contents"]}
    held = sum(amount for kind, amount in sent.items() if not kind.startswith("payout"))
    assert shown["movements_sum"] == {"amount": 0, "currency": currency}, shown
    assert held == shown["amount"]["amount"], f"a payout of {shown['amount']} holds {held}: {shown['contents']}"
