from __future__ import annotations

import stripe

from stripe_double.tests.running import Double
from stripe_double.tests.test_payment_intents import ORDER


async def test_the_export_sends_those_whose_metadata_is_asked_for(double: Double, sdk: stripe.StripeClient) -> None:
    made = [
        (await sdk.v1.payment_intents.create_async({**ORDER, "metadata": {"order_id": order, 'a "b': "c"}})).id
        for order in ("export-1", "export-2")
    ]
    for wanted, sent in (
        ({"order_id": "export-1"}, made[:1]),
        ({'a "b': "c"}, made),
        ({'a "b': "c", "order_id": "export-2"}, made[1:]),
        ({"order_id": "export"}, []),
        ({"id": made[0]}, []),
    ):
        book = double.raw("GET", "/_double/book", params=wanted).raise_for_status().json()
        assert [each["id"] for each in book["intents"]] == sent
