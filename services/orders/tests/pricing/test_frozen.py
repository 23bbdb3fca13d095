"""What an order keeps of its shipping."""

from __future__ import annotations

from orders.pricing import frozen_method, price
from orders.pricing.domain.basket import Destination
from orders.pricing.domain.places import Place
from orders.pricing.domain.priced import Estimate
from orders.pricing.domain.rules import Rules
from orders.pricing.domain.shipping import FlatRate, ShippingRules
from orders.pricing.domain.taxes import TaxRules
from orders.tests.pricing.samples import NOW, line, method, named, rate, wanted, zone

PARCEL = method("parcel", 595, estimate=Estimate(2, 4))
SHIPPING = ShippingRules.of((zone("Germany", Place("DE"), methods=(PARCEL,)),), {})
RATES = (rate("DE", 190_000, title="VAT"), rate("DE", 70_000, tax_class="reduced", title="Low"))
RULES = Rules(1, SHIPPING, TaxRules.of(RATES, Destination("DE")))


def test_the_method_is_kept_with_its_estimate_and_its_tax():
    # 595 holds 95.
    assert frozen_method(price(wanted(), RULES, NOW)) == {
        "id": named("parcel"),
        "title": "parcel",
        "zone": "Germany",
        "pickup": False,
        "pickup_at": None,
        "min_days": 2,
        "max_days": 4,
        "taxes": [{"rate": 190_000, "title": "VAT", "treatment": "taxed", "net": 500, "tax": 95}],
    }
    assert frozen_method(price(wanted(line(requires_shipping=False)), RULES, NOW)) is None


def test_of_a_flat_rate_its_tax_is_kept_where_it_has_several_rates():
    flat = Rules(1, ShippingRules.of((), {"EUR": FlatRate(500, None)}), RULES.taxes)
    assert frozen_method(price(wanted(), flat, NOW)) is None
    kept = frozen_method(price(wanted(line(), line(tax_class="reduced")), flat, NOW))
    assert kept is not None
    assert (kept["id"], [share["rate"] for share in kept["taxes"]]) == (None, [190_000, 70_000])
    # 250 x 19/119 = 39.9; 250 x 7/107 = 16.4
    assert [(share["net"], share["tax"]) for share in kept["taxes"]] == [(210, 40), (234, 16)]
