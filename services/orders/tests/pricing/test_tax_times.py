"""From when to when a rate of tax holds: moments that the service can compare, or null."""

from __future__ import annotations

import asyncpg
import pytest

from orders.tests.pricing.office import Office

MOMENTS = ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999Z", 10**14)


async def test_the_first_and_the_last_moment_of_all_are_refused(office: Office):
    """The driver writes them as infinity. It comes back without a time zone, and no order could be priced beside it."""
    for field in ("valid_from", "valid_until"):
        for moment in MOMENTS:
            body = {"country": "DE", "rate": 190_000, "title": "VAT", field: moment}
            answer = await office.ask("POST", "taxes/rates", body)
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text
    insert = "insert into tax_rates (country, tax_class, title, rate, {}) values ('DE', 'standard', 'VAT', 1, '{}')"
    for column, moment in (("valid_from", "-infinity"), ("valid_until", "infinity")):
        with pytest.raises(asyncpg.CheckViolationError, match="tax_rates_finite"):
            async with office.service.ctx.db.write() as tx:
                await tx.execute(insert.format(column, moment))
    assert (await office.done("GET", "taxes/rates"))["items"] == []
