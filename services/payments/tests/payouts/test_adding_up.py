"""What a payout's movements add up to is read again while it is not the payout."""

from __future__ import annotations

from payments import metrics
from payments.payouts import count_payouts, read_balance
from payments.tests.payouts.conftest import paid
from payments.tests.payouts.test_payouts import paid_out
from payments.tests.shop import Shop


async def test_a_payout_that_does_not_add_up_is_read_again_for_a_week(shop: Shop, currency: str):
    await paid(shop, currency)
    payout_id = await paid_out(shop, currency)
    await read_balance(shop.app.ctx)

    async def differs(since: str) -> float:
        """As where the provider listed a movement late."""
        await shop.rows("update payouts set movements_sum = 7, updated_at = now() - $1::text::interval", since)
        await count_payouts(shop.app.ctx)
        return metrics.payouts_differing.value()

    assert await differs("6 days") == 1
    await read_balance(shop.app.ctx)
    assert (await shop.staff(f"/payouts/{payout_id}")).json()["movements_sum"]["amount"] == 0
    await count_payouts(shop.app.ctx)
    assert metrics.payouts_differing.value() == 0
    assert await differs("8 days") == 0
